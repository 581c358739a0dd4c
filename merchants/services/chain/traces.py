"""Compares tables with their history: the newest event of each row holds the row as it should be.

This finds a row that was changed with the triggers off, and an event that was removed before it was sealed.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.apps import apps
from psycopg import sql

from merchants.models import Merchant
from merchants.models.audit import Trace, tracked_columns
from merchants.services.chain.tables import merchant_column
from merchants.services.chain.verification import ChainFinding, ChainVerdict
from portal.lib import database

NEWEST_EVENTS = sql.SQL("""
    SELECT coalesce(e.pgh_obj_id, m.id), {merchant},
           CASE WHEN e.pgh_label = 'delete' THEN 'back' WHEN m.id IS NULL THEN 'gone' ELSE 'other' END
      FROM (SELECT DISTINCT ON (pgh_obj_id) * FROM {events} ORDER BY pgh_obj_id, pgh_id DESC) e
      LEFT JOIN {table} m ON m.id = e.pgh_obj_id
     WHERE (e.pgh_label = 'delete' AND m.id IS NOT NULL)
        OR (e.pgh_label <> 'delete' AND m.id IS NULL AND {keeps_deletes})
        OR (e.pgh_label <> 'delete' AND m.id IS NOT NULL AND {keeps_updates}
            AND ROW({ours}) IS DISTINCT FROM ROW({theirs}))
     ORDER BY 1
""")
# Since the first insert that was kept, each is.
WITHOUT_EVENT = sql.SQL("""
    SELECT m.id, 0, 'unknown' FROM {table} m
     WHERE m.id > (SELECT min(e.pgh_obj_id) FROM {events} e WHERE e.pgh_label = 'insert')
       AND NOT EXISTS (SELECT FROM {events} e WHERE e.pgh_obj_id = m.id)
     ORDER BY 1
""")
SENTENCES = {
    "other": (
        "Row {row} of {table} differs from its newest event: the row was changed without an event, "
        "or the event was removed."
    ),
    "gone": "Row {row} of {table} was deleted without an event.",
    "back": "Row {row} of {table} exists, although its newest event says that it was deleted.",
    "unknown": "Row {row} of {table} has no event for its creation.",
}


def compare_traces(verdict: ChainVerdict, merchant: Merchant | None = None) -> None:
    """Add to the verdict of the history each row that differs from its newest event."""
    codes = dict(Merchant.objects.values_list("pk", "code"))
    for model in apps.get_models():
        if issubclass(model, Trace):
            _compare(verdict, model, codes, merchant)


def _compare(verdict: ChainVerdict, event_model: Any, codes: dict[int, str], merchant: Merchant | None) -> None:
    table = event_model.pgh_tracked_model._meta.db_table  # noqa: SLF001
    for row, of, what in _differences(event_model):
        if merchant is None or of == merchant.pk:
            sentence = SENTENCES[what].format(row=row, table=table)
            verdict.add(ChainFinding(codes.get(of, ""), sentence, table, row))


def _differences(event_model: Any) -> list[tuple[Any, ...]]:
    tracked = event_model.pgh_tracked_model
    kept = {tracker.label for tracker in event_model.pgh_trackers}
    columns, of = tracked_columns(event_model), merchant_column(event_model)
    names = {
        "table": sql.Identifier(tracked._meta.db_table),  # noqa: SLF001
        "events": sql.Identifier(event_model._meta.db_table),  # noqa: SLF001
        "merchant": sql.Identifier("e", of) if of else sql.Literal(0),
        "ours": sql.SQL(", ").join(sql.Identifier("m", column) for column in columns),
        "theirs": sql.SQL(", ").join(sql.Identifier("e", column) for column in columns),
        "keeps_deletes": sql.Literal("delete" in kept or _never_deletes(tracked)),
        "keeps_updates": sql.Literal("update" in kept),
    }
    found = database.fetch_rows(NEWEST_EVENTS.format(**names))
    return found + database.fetch_rows(WITHOUT_EVENT.format(**names)) if "insert" in kept else found


def _never_deletes(tracked: Any) -> bool:
    """Whether a trigger keeps the rows of this table, so that one that is gone was deleted past it."""
    triggers = (trigger for model, trigger in pgtrigger.registered() if model is tracked)
    return any(isinstance(each, pgtrigger.Protect) and "DELETE" in str(each.operation) for each in triggers)
