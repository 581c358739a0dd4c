"""History: what was changed, kept by triggers in tables that only grow, so that a change by plain SQL is kept too.

Each tracked table has an event table beside it. An event holds the row as it is after the change (for a deleted row: as
it was), what stood there before, the transaction, and what `merchants.services.history` knew of who did it and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import pghistory
import pgtrigger
from django.db import connection, models
from django.db.models.fields.json import KT
from pghistory.models import Event
from pghistory.trigger import Event as EventTrigger

from merchants import author_proofs

NEVER_EMPTIED = pgtrigger.Trigger(
    name="never_emptied",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'the history is never emptied';",
)
NOT_EMPTIED_UNSEEN = pgtrigger.Trigger(
    name="not_emptied_unseen",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;",
)
# Our staff's changes, and those named by `always`, are put down for the job that mails the merchant's owners
# (merchants.services.staff_changes): here, where the change is noted, so that no door can forget it.
STAFF_ACTS = "coalesce(NEW.pgh_context ->> 'role', '') <> ''"
PUT_DOWN = """
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.{merchant}, '{thing}', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;
"""
OF_ITS_KEY = "(SELECT merchant_id FROM merchants_apikey WHERE id = {row}.key_id)"


@contextmanager
def attach_context(**known: Any) -> Iterator[None]:
    """Events that are written in this block say this of their author; blocks may stand in others."""
    with _proven_context() as current:
        before = dict(current.metadata)
        current.metadata.update(known)
        try:
            yield
        finally:
            current.metadata.clear()
            current.metadata.update(before)


@contextmanager
def _proven_context() -> Iterator[Any]:
    with ExitStack() as stack:
        if not any(isinstance(each, author_proofs.StatementProver) for each in connection.execute_wrappers):
            stack.enter_context(connection.execute_wrapper(author_proofs.StatementProver()))  # outside pghistory's
        yield stack.enter_context(pghistory.context())


class SessionUser(models.Func):
    """The role that a session signed in with, whatever rights it has at the moment."""

    template = "SESSION_USER"
    output_field = models.CharField()


class Trace(Event):
    """What every event holds beside the row itself. The database fills in `pgh_role`; the portal's role may not say it
    (portal/database/grants.py). Events from before it was kept have none.
    """

    pgh_before = models.JSONField(null=True)
    pgh_transaction = models.BigIntegerField()
    pgh_role = models.CharField(max_length=63, null=True, db_default=SessionUser(), editable=False)

    pgh_scopes: Mapping[str, str] = {}

    class Meta:
        abstract = True


class TraceTrigger(EventTrigger):
    event_model: Any
    condition: Any

    def get_func(self, model: Any) -> Any:
        of_many = self.level == pgtrigger.Statement
        new, old, once = ("n", "o", "(SELECT {})") if of_many else (self.row, "OLD", "{}")
        columns = tracked_columns(self.event_model)
        values = {name: f'{new}."{name}"' for name in columns} | {
            "pgh_label": f"'{self.label}'",
            "pgh_created_at": "clock_timestamp()",  # in order, also within one transaction
            "pgh_obj_id": f"{new}.id",
            "pgh_transaction": once.format("pg_current_xact_id()::text::bigint"),
            "pgh_context": once.format("nullif(current_setting('pghistory.context_metadata', true), '')::jsonb"),
            "pgh_context_id": once.format("nullif(current_setting('pghistory.context_id', true), '')::uuid"),
            "pgh_before": before_trigger(columns, old) if self.operation == pgtrigger.Update else "NULL",
        }
        if "merchant_id" not in columns and hasattr(self.event_model, "merchant"):
            values["merchant_id"] = OF_ITS_KEY.format(row=new)
        insert = self.insert_many if of_many else self.insert_one
        return f"{insert(model, values)} RETURN NULL;"

    def insert_one(self, model: Any, values: Mapping[str, str]) -> str:
        return f"{self.insert_into(values)} VALUES ({', '.join(values.values())});"

    def insert_many(self, model: Any, values: Mapping[str, str]) -> str:
        """All rows of an update that changed. A plan is kept for the session, also one that was made for a single row:
        a full join is never a loop within a loop, which 2,500 rows would be under such a plan. Where nothing changed,
        as at launches, a plain comparison finds it at a third of the cost.
        """
        columns = ", ".join(f'"{name}"' for name in ("id", *tracked_columns(self.event_model)))
        changed = self.condition.resolve(model).replace("OLD.", "o.").replace("NEW.", "n.")
        return (
            f"IF EXISTS (SELECT {columns} FROM new_values EXCEPT SELECT {columns} FROM old_values) THEN "
            f"{self.insert_into(values)} SELECT {', '.join(values.values())} "
            f"FROM old_values o FULL JOIN new_values n ON n.id = o.id WHERE {changed}; END IF;"
        )

    def insert_into(self, columns: Iterable[str]) -> str:
        names = ", ".join(f'"{name}"' for name in columns)
        return f'INSERT INTO "{self.event_model._meta.db_table}" ({names})'  # noqa: SLF001


def before_trigger(columns: Sequence[str], row: str) -> str:
    pairs = ", ".join(f"""'{name}', {row}."{name}\"""" for name in columns)
    return f"jsonb_build_object({pairs})"


def tracked_columns(event_model: Any) -> list[str]:
    """Of the row, in the order of the tracked model. What is not tracked is in no event table at all."""
    kept = {field.column for field in event_model._meta.concrete_fields}  # noqa: SLF001
    return [field.column for field in event_model.pgh_tracked_model._meta.concrete_fields if field.column in kept]  # noqa: SLF001


class Kept:
    """A tracker whose trigger writes a Trace."""

    def add_event_trigger(self: Any, event_model: Any) -> None:
        trigger = TraceTrigger(  # type: ignore[no-untyped-call]
            event_model=event_model,
            label=self.label,
            name=f"history_{self.label}",
            row=self.row,
            operation=self.operation,
            condition=self.condition,
            level=self.level,
        )
        pgtrigger.register(trigger)(event_model.pgh_tracked_model)


class Inserted(Kept, pghistory.InsertEvent):
    pass


class Updated(Kept, pghistory.UpdateEvent):
    pass


class Deleted(Kept, pghistory.DeleteEvent):
    pass


def track_history[M: type[models.Model]](
    *trackers: Any,
    scopes: Mapping[str, str],
    fields: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    owners_told: bool = False,
    always: str = "false",
) -> Callable[[M], M]:
    """Keep the history of this table.

    `owners_told`: the merchant's owners are mailed what our staff change here; `always`, in SQL over an event: and such
    a change by whomever.

    `scopes`: by which field of the event its merchant, key, person … is found; each gets an index, so that a timeline
    costs the same however long the history is.
    """
    merchant_of_key = scopes.get("merchant") == "merchant" and "key" in scopes.values()

    def track(model: M) -> M:
        name = model.__name__
        own = {field.name for field in model._meta.local_fields}  # noqa: SLF001
        extra = (
            {"merchant": unbound_reference("merchants.Merchant")} if merchant_of_key and "merchant" not in own else {}
        )
        tracker: Callable[[M], M] = pghistory.track(
            *(trackers or (Inserted(), Updated(), Deleted())),
            fields=list(fields) if fields else None,
            exclude=["id", "created_at", *exclude],
            obj_field=pghistory.ObjForeignKey(db_index=False, related_name="+"),
            context_field=pghistory.ContextJSONField(),
            append_only=True,
            base_model=Trace,
            model_name=f"{name}Event",
            attrs={"pgh_scopes": dict(scopes), **extra},
            meta={
                "indexes": [
                    models.Index(fields=[field, "-pgh_created_at"], name=f"history_{name.lower()}_{field}"[:30])
                    for field in sorted(set(scopes.values()))
                ]
                + deed_indexes(name),
                "triggers": [NEVER_EMPTIED, *(_put_down(name, scopes["merchant"], always) if owners_told else [])],
            },
        )
        pgtrigger.register(NOT_EMPTIED_UNSEEN)(model)
        return tracker(model)

    return track


def deed_indexes(name: str) -> list[models.Index]:
    """Return the indexes by which all changes are listed, by time and by author (merchants/services/history.py)."""
    newest = models.F("pgh_created_at").desc()
    return [
        models.Index(newest, name=f"deed_at_{name.lower()}"[:30]),
        models.Index(KT("pgh_context__person"), newest, name=f"deed_by_{name.lower()}"[:30]),
    ]


def _put_down(thing: str, merchant: str, always: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name="owners_are_told",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Condition(f"{STAFF_ACTS} OR ({always})"),
            func=PUT_DOWN.format(merchant=f"{merchant}_id", thing=thing),
        )
    ]


def unbound_reference(model: str) -> models.ForeignKey[Any, Any]:
    """A reference that neither blocks nor follows what becomes of the row."""
    return models.ForeignKey(
        model, on_delete=models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
