"""Actions of people on cases, each under the lock of its case. Runs open and close cases.

All actions on a case refuse people who are not our support (NotYours); a note without text, too long or with a secret;
and a resolved case (CaseResolved), unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any, NamedTuple

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from merchants.errors import Refusal
from merchants.models import Membership, Merchant, Person
from merchants.services import emails
from merchants.services.independence import check_second_person
from merchants.services.typed_text import check_no_secret
from portal.lib import clock, money
from wallet.models.case import STAKE, Case, CaseNote
from wallet.models.currency_rate import lower_limit
from wallet.models.statement import Statement
from wallet.reconciliation import break_amounts, refusals, severity, statements
from wallet.reconciliation.plans import write_off_alone
from wallet.reconciliation.severity import severity_of

MOST_AT_ONCE = 1_000
LONGEST_NOTE = 2_000
STAKES: Any = RawSQL(STAKE.format(row="wallet_case"), [])  # noqa: S611 - made of constants
WORKERS = frozenset({Person.StaffRole.SUPPORT, Person.StaffRole.ADMINISTRATOR})
SPEAKERS = (Membership.Role.OWNER, Membership.Role.MANAGER)
State, Resolution = Case.State, Case.Resolution


# --- who may ----------------------------------------------------------------------------------------------------------
def works_on_cases(person: Person) -> bool:
    """Return whether the person works on cases: active support staff and administrators."""
    return person.is_active and person.staff_role in WORKERS


def check_worker(person: Person) -> None:
    """Refuse a person who does not work on cases (NotYours)."""
    if not works_on_cases(person):
        raise refusals.NotYours


def check_speaker(case: Case, person: Person) -> None:
    """Refuse people other than our support, and owners or managers of the case's merchant (ReadersOnly)."""
    own = Q(merchant=case.merchant_id) | Q(merchant__sandbox=case.merchant_id)
    spoken_for = Membership.objects.filter(own, person=person, role__in=SPEAKERS)
    is_an_operator = person.is_active and not person.is_staff
    if not works_on_cases(person) and not (is_an_operator and spoken_for.exists()):
        raise refusals.ReadersOnly


# --- the verbs --------------------------------------------------------------------------------------------------------
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseChange:
    """An action on a locked, unresolved case: `of` returns its new fields or raises Refusal. `text`: its note.

    The rule is the same for one case and for a thousand.
    """

    of: Callable[[Case], Fields]
    by: Person
    text: str | None = None


def assign_change(*, to: Person, by: Person) -> CaseChange:
    """Return the change that assigns a case. Refuses a person who does not work on cases (NotTheirs)."""
    check_worker(by)
    if not works_on_cases(to):
        raise refusals.NotTheirs(to.email)
    return CaseChange(lambda _: {"state": State.ASSIGNED, "owner": to}, by)


def wait_change(*, by: Person) -> CaseChange:
    """Return the change that makes a case wait for the operator."""
    check_worker(by)
    return CaseChange(lambda _: {"state": State.WAITING}, by)


def resolve_change(*, resolution: str, text: str, by: Person) -> CaseChange:
    """Return the change that resolves a case. A remaining difference is judged as in a write-off."""
    check_worker(by)
    if resolution == Resolution.WRITTEN_OFF:
        raise refusals.WriteOffIsAVerb
    if resolution == Resolution.SETTLED:
        raise refusals.CorrectionIsAVerb
    return _closing(Resolution(resolution), text=text, by=by)


def write_off_change(*, text: str, by: Person) -> CaseChange:
    """Return the change that writes a case off. It refuses money owed to a player (OwedIsPaid)."""
    check_worker(by)
    closing = _closing(Resolution.WRITTEN_OFF, text=text, by=by)

    def of(case: Case) -> Fields:
        if case.kind == Case.Kind.OWED:
            raise refusals.OwedIsPaid
        return closing.of(case)

    return CaseChange(of, by, closing.text)


def _closing(resolution: Case.Resolution, *, text: str, by: Person) -> CaseChange:
    """Return the change that closes a case: at once up to the limit of one person. Above the limit the case stays open,
    until a second approver confirms.
    """
    allowance = Allowance(by)

    def of(case: Case) -> Fields:
        if case.write_off_asked_by_id:
            raise refusals.WriteOffAsked
        if allowance.covers(case):
            return _done_with(resolution, by)
        return {"write_off_asked_by": by, "asked_resolution": resolution}

    return CaseChange(of, by, _checked(text))


class Allowance:
    """The amount that one person may still close alone: the merchant's limit in the currency, minus the last 24 hours.

    The database holds the same rule (`case_by_two_people`).
    """

    def __init__(self, by: Person) -> None:
        self.by = by
        self.left: dict[tuple[int, str], int] = {}

    def covers(self, case: Case) -> bool:
        """Return whether the allowance covers the amount, and subtract it if so. In a sandbox it always does."""
        if case.merchant.is_sandbox:
            return True
        if case.kind == Case.Kind.OWED or is_folded(case):
            return False
        stake = amount_at_stake(case)
        if stake == 0:
            return True
        of = (case.merchant_id, case.currency)
        if of not in self.left:
            self.left[of] = self._read(case)
        if stake > self.left[of]:
            return False
        self.left[of] -= stake
        return True

    def _read(self, case: Case) -> int:
        Person.objects.select_for_update(no_key=True).get(pk=self.by.pk)
        closed = Case.objects.filter(
            resolved_by=self.by,
            resolved_at__gt=clock.now() - timedelta(hours=24),
            merchant=case.merchant,
            currency=case.currency,
            state=State.RESOLVED,
            write_off_asked_by=None,
        )
        used = closed.aggregate(sum=Sum(STAKES))["sum"]
        return write_off_alone(case.merchant, case.currency) - int(used or 0)


def is_folded(case: Case) -> bool:
    """Return whether the case stands for many rows, whose differences cancel; as FOLDED has it."""
    behind = case.kind == Case.Kind.TRUNCATED and int((case.ours or {}).get("rows") or 0) > 0
    return behind or case.subject.startswith("all|")


def amount_at_stake(case: Case) -> int:
    """Return the amount that still differs, or is open, in a case (× 100000); as STAKE has it."""
    ours, theirs = (int((side or {}).get("amount") or 0) for side in (case.ours, case.theirs))
    if case.difference:
        return abs(case.difference)
    if case.kind in {Case.Kind.UNSETTLED, Case.Kind.BALANCE}:
        return abs(ours)
    return abs(ours - theirs) if case.kind == Case.Kind.TOTALS else 0


def assign_case(*, case: Case, to: Person, by: Person) -> Case:
    """Assign a case to a person of our support. Refuses another person (NotTheirs)."""
    return _changed(case, assign_change(to=to, by=by))


def ask_operator(*, case: Case, by: Person) -> Case:
    """Make a case wait for the operator."""
    return _changed(case, wait_change(by=by))


def resolve_case(*, case: Case, resolution: str, text: str, by: Person) -> Case:
    """Resolve a case. Above the limit of one person, the case stays open until a second approver confirms.

    Refuses the resolutions “written off” and “settled” (WriteOffIsAVerb, CorrectionIsAVerb), and a case whose closing
    is already requested (WriteOffAsked).
    """
    return _changed(case, resolve_change(resolution=resolution, text=text, by=by))


def write_off(*, case: Case, text: str, by: Person) -> Case:
    """Write off a case. Above the limit of one person, the case stays open until a second approver confirms.

    Refuses money owed to a player (OwedIsPaid), and a case whose closing is already requested (WriteOffAsked).
    """
    return _changed(case, write_off_change(text=text, by=by))


@transaction.atomic
def reopen_case(*, case: Case, by: Person, text: str) -> Case:
    """Reopen a resolved case; its notes stay. Refuses an unresolved case (CaseOpen)."""
    check_worker(by)
    case = _locked(case)
    if case.state != State.RESOLVED:
        raise refusals.CaseOpen
    _note(case, by, text)
    return _saved(
        case,
        state=_at_work(case),
        resolution="",
        resolved_at=None,
        resolved_by=None,
        write_off_asked_by=None,
        asked_resolution="",
    )


@transaction.atomic
def confirm_write_off(*, case: Case, difference: int, by: Person) -> Case:
    """Confirm a write-off as the second approver; the case is resolved. `difference`: as the person saw it.

    Refuses a case without a request (WriteOffNotAsked) or with a proposed correction (CorrectionAsked), the person who
    requested it (OwnWriteOff), a difference that has changed (CaseChanged), people who are not independent, and a
    second factor that is newer than the request.
    """
    case = _asked_for(case, by)
    if case.asked_resolution == Resolution.SETTLED:
        raise refusals.CorrectionAsked
    if case.write_off_asked_by_id == by.pk:
        raise refusals.OwnWriteOff
    if case.difference != difference:
        raise refusals.CaseChanged
    if asker := case.write_off_asked_by:
        check_second_person(asker, by, case.merchant, write_off_asked_at(case))
    return _saved(case, **_done_with(Resolution(case.asked_resolution), by))


def write_off_asked_at(case: Case) -> datetime:
    """Return when the request that waits was made, by the history; the first moment of all times if that lacks it."""
    events: QuerySet[Any] = apps.get_model("wallet", "CaseEvent").objects.filter(pgh_obj=case.pk)
    newest_without = events.filter(write_off_asked_by=None).aggregate(newest=Max("pgh_id"))["newest"] or 0
    asked = events.filter(pgh_id__gt=newest_without).order_by("pgh_id").first()
    return asked.pgh_created_at if asked else datetime.min.replace(tzinfo=UTC)


@transaction.atomic
def decline_write_off(*, case: Case, text: str, by: Person) -> Case:
    """Decline a write-off; the case stays open. The person who requested it may withdraw it this way.

    Refuses a case without a request (WriteOffNotAsked) or with a proposed correction (CorrectionAsked).
    """
    case = _asked_for(case, by)
    if case.asked_resolution == Resolution.SETTLED:
        raise refusals.CorrectionAsked
    _note(case, by, text)
    return _saved(case, write_off_asked_by=None, asked_resolution="")


def _asked_for(case: Case, by: Person) -> Case:
    check_worker(by)
    case = _unresolved(case)
    if case.write_off_asked_by_id is None:
        raise refusals.WriteOffNotAsked
    return case


@transaction.atomic
def _changed(case: Case, change: CaseChange) -> Case:
    case = _unresolved(case)
    fields = change.of(case)
    if change.text is not None:
        _note(case, change.by, change.text)
    _ask_second(change, [case] if "asked_resolution" in fields else [])
    return _saved(case, **fields)


def _done_with(resolution: Case.Resolution, by: Person) -> Fields:
    return {"state": State.RESOLVED, "resolution": resolution, "resolved_at": clock.now(), "resolved_by": by}


# --- what is said -----------------------------------------------------------------------------------------------------
@transaction.atomic
def add_note(*, case: Case, text: str, by: Person, internal: bool = False) -> CaseNote:
    """Add a note of our support, also to a resolved case. The operator does not see an internal note."""
    check_worker(by)
    return _note(_locked(case), by, text, internal=internal)


@transaction.atomic
def add_comment(*, case: Case, text: str, by: Person, statement: Statement | None = None) -> CaseNote:
    """Add a comment of our support or of the operator, also to a resolved case. Refuses other people (ReadersOnly).

    A comment of the operator returns a case that waits for the operator to us.
    """
    check_speaker(case, by)
    case = _locked(case)
    said = _note(case, by, text, statement=statement)
    if case.state == State.WAITING and not said.is_staff:
        _saved(case, state=_at_work(case))
    return said


def attach_statement(*, case: Case, text: str, name: str, content: IO[bytes], by: Person) -> CaseNote:
    """Attach a corrected statement with a comment, in the scope of the case. It is received and read like any other.

    A refused statement is attached with its errors and changes nothing. Raises ScopeNotKnown, and ReadersOnly for
    people who may not comment.
    """
    check_speaker(case, by)
    _checked(text)
    received = statements.receive_statement(
        merchant=case.merchant, day=case.day, name=name, content=content, source=Statement.Source.UPLOAD, by=by,
        scope=statements.scope_of_row(case),
    )  # fmt: skip
    if received.state == Statement.State.RECEIVED:
        received = statements.read_statement(statement=received)
    return add_comment(case=case, text=text, by=by, statement=received)


def notes_of(case: Case, *, for_staff: bool) -> QuerySet[CaseNote]:
    """Return the notes of a case; internal notes only `for_staff`."""
    notes = CaseNote.objects.filter(case=case).select_related("by", "statement")
    return notes if for_staff else notes.filter(is_internal=False)


def _note(case: Case, by: Person, text: str, *, internal: bool = False, statement: Statement | None = None) -> CaseNote:
    note = _written(case, by, text, internal=internal, statement=statement)
    note.save()
    return note


def _written(
    case: Case, by: Person, text: str, *, internal: bool = False, statement: Statement | None = None
) -> CaseNote:
    return CaseNote(
        case=case,
        by=by,
        text=_checked(text),
        is_staff=by.is_staff,
        is_internal=internal,
        statement=statement,
        created_at=clock.now(),
    )


def _checked(text: str) -> str:
    text = text.replace("\0", "").strip()
    if not text:
        raise refusals.NoReason
    if len(text) > LONGEST_NOTE:
        raise refusals.NoteTooLong(LONGEST_NOTE)
    check_no_secret(text, many_lines=True)
    return text


# --- many at once -----------------------------------------------------------------------------------------------------
class CaseRefused(NamedTuple):
    case: Case
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    cases: Sequence[Case]
    refused: Sequence[CaseRefused]


@transaction.atomic
def change_many(cases: QuerySet[Case], change: CaseChange) -> Done:
    """Change at most MOST_AT_ONCE cases in one transaction. Refuses more cases (TooManyCases).

    A case that the change refuses is named in `Done.refused` and does not stop the others.
    """
    found = list(cases.order_by("pk").select_for_update(of=("self",)).select_related("merchant")[: MOST_AT_ONCE + 1])
    if len(found) > MOST_AT_ONCE:
        raise refusals.TooManyCases(MOST_AT_ONCE)
    done: list[tuple[Case, Fields]] = []
    refused = []
    for case in found:
        try:
            if case.state == State.RESOLVED:
                raise refusals.CaseResolved
            done.append((case, change.of(case)))
        except Refusal as why:
            refused.append(CaseRefused(case, str(why)))
    if change.text is not None:
        CaseNote.objects.bulk_create(_written(case, change.by, change.text) for case, _ in done)
    _save_all(done)
    _ask_second(change, [case for case, fields in done if "asked_resolution" in fields])
    return Done([case for case, _ in done], refused)


def _save_all(changed: Iterable[tuple[Case, Fields]]) -> None:
    """Save the cases: one statement for those that become the same."""
    alike: dict[tuple[str, ...], list[tuple[Case, Fields]]] = {}
    for case, fields in changed:
        alike.setdefault(tuple(fields), []).append((case, fields))
    for group in alike.values():
        Case.objects.filter(pk__in=[case.pk for case, _ in group]).update(**group[0][1])


class CurrencySum(NamedTuple):
    """The sum of some cases in one currency, × 100000. Currencies are never added."""

    currency: str
    cases: int
    difference: int


def currency_sums(found: QuerySet[Case]) -> list[CurrencySum]:
    """Return number and amount at stake by currency; positive and negative differences do not cancel."""
    rows = (
        found.order_by("currency")
        .values("currency")
        .annotate(cases=Count("pk"), stake=Sum(break_amounts.stake_expression()))
    )
    return [CurrencySum(row["currency"], row["cases"], int(row["stake"] or 0)) for row in rows]


def _ask_second(change: CaseChange, asked: Sequence[Case]) -> None:
    """Email everybody who may confirm it, once for each merchant."""
    others = Person.objects.filter(is_active=True, staff_role__in=WORKERS).exclude(pk=change.by.pk)
    for merchant, of_one in _by_merchant(asked).items():
        told = currency_sums(Case.objects.filter(pk__in=[case.pk for case in of_one]))
        context = {
            "merchant": merchant.name,
            "asked_by": str(change.by),
            "number": len(of_one),
            "sums": [money.format_with_code(each.difference, each.currency) for each in told],
            "reason": change.text or "",
            "page": f"/admin/wallet/case/{of_one[0].pk}/change/"
            if len(of_one) == 1
            else f"/admin/wallet/case/?state=asked&merchant__id__exact={merchant.pk}",
        }
        emails.write_each(others.values_list("email", flat=True), merchant, "write_off_waiting", context)


def _by_merchant(asked: Sequence[Case]) -> dict[Merchant, list[Case]]:
    found: dict[Merchant, list[Case]] = {}
    for case in asked:
        found.setdefault(case.merchant, []).append(case)
    return found


def write_offs_to_confirm(merchant: Merchant | None = None) -> QuerySet[Case]:
    """Return the write-offs that wait for a second approver."""
    return unresolved_cases(merchant).filter(write_off_asked_by__isnull=False)


# --- reads ------------------------------------------------------------------------------------------------------------
def unresolved_cases(merchant: Merchant | None = None) -> QuerySet[Case]:
    """Return the unresolved cases, worst first: money owed to players on top. For all merchants, without sandboxes."""
    found = Case.objects.exclude(state=State.RESOLVED).order_by("-severity", "opened_at")
    return found.filter(merchant=merchant) if merchant else found.filter(merchant__in=Merchant.objects.live())


def owed_cases(merchant: Merchant | None = None) -> QuerySet[Case]:
    """Return the unresolved cases of money owed to a player."""
    return unresolved_cases(merchant).filter(severity=Case.Severity.OWED)


BUCKETS = (
    ("< 1 d", timedelta(0), timedelta(days=1)),
    ("1–3 d", timedelta(days=1), timedelta(days=3)),
    ("3–7 d", timedelta(days=3), timedelta(days=7)),
    ("7–30 d", timedelta(days=7), timedelta(days=30)),
    ("> 30 d", timedelta(days=30), None),
)


@dataclass(frozen=True, slots=True)
class Ages:
    """Open cases of one kind, by age."""

    kind: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def label(self) -> str:
        return str(Case.Kind(self.kind).label)


def open_case_ages(merchant: Merchant | None = None, *, now: datetime | None = None) -> list[Ages]:
    """Return the open cases of each kind by age, in one query."""
    now = now or clock.now()
    counts = {
        f"bucket_{number}": Count("pk", _opened(now, young, old)) for number, (_, young, old) in enumerate(BUCKETS)
    }
    found = unresolved_cases(merchant).order_by("kind").values("kind").annotate(**counts)
    rows: Iterable[Any] = found
    told = [Ages(row["kind"], tuple(row[name] for name in counts)) for row in rows]
    return sorted(told, key=lambda kind: (kind.kind != Case.Kind.OWED, -kind.total, kind.kind))


def _opened(now: datetime, young: timedelta, old: timedelta | None) -> Q:
    """The youngest bucket has those of a clock that goes before ours too."""
    until = Q(opened_at__lte=now - young) if young else Q()
    return until & Q(opened_at__gt=now - old) if old else until


# --- older by the day -------------------------------------------------------------------------------------------------
GROWN = severity.severity_sql(
    kind=severity.unpaid_kind("c"),
    difference="c.difference",
    high_amount=lower_limit(
        by_currency="p.high_amount_by_currency", amount="coalesce(p.high_amount, 100000000)", currency="c.currency"
    ),
    age="(%(now)s - c.opened_at)",
    misdirected=severity.misdirected_condition("c"),
)
GROW = f"""
    UPDATE wallet_case SET severity = grown.severity
      FROM (SELECT c.id, {GROWN} AS severity
              FROM wallet_case c LEFT JOIN wallet_reconciliationplan p USING (merchant_id)
             WHERE c.state <> 'resolved' AND c.severity < {GROWN}
             ORDER BY c.id FOR NO KEY UPDATE OF c) grown
     WHERE wallet_case.id = grown.id AND wallet_case.severity < grown.severity
"""  # noqa: S608 - made of constants


def grow_older() -> int:
    """Raise the severity of cases by their age; return how many were raised."""
    with connection.cursor() as cursor:
        cursor.execute(GROW, {"now": clock.now()})
        return int(cursor.rowcount)


# --- a case under its lock --------------------------------------------------------------------------------------------
def _locked(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=case.pk)


def lock_unresolved(case: Case) -> Case:
    """Return the case under its lock. Raises CaseResolved."""
    return _unresolved(case)


def save_fields(case: Case, **fields: Any) -> Case:
    """Save the fields of a locked case."""
    return _saved(case, **fields)


def _unresolved(case: Case) -> Case:
    case = _locked(case)
    if case.state == State.RESOLVED:
        raise refusals.CaseResolved
    return case


def _at_work(case: Case) -> Case.State:
    return State.ASSIGNED if case.owner_id else State.OPEN


def _saved(case: Case, **fields: Any) -> Case:
    for name, value in fields.items():
        setattr(case, name, value)
    case.save(update_fields=[*fields])
    return case


__all__ = [
    "BUCKETS",
    "Ages",
    "CaseChange",
    "CaseRefused",
    "CurrencySum",
    "Done",
    "add_comment",
    "add_note",
    "amount_at_stake",
    "ask_operator",
    "assign_case",
    "assign_change",
    "attach_statement",
    "change_many",
    "confirm_write_off",
    "currency_sums",
    "decline_write_off",
    "grow_older",
    "lock_unresolved",
    "notes_of",
    "open_case_ages",
    "owed_cases",
    "reopen_case",
    "resolve_case",
    "resolve_change",
    "save_fields",
    "severity_of",
    "unresolved_cases",
    "wait_change",
    "works_on_cases",
    "write_off",
    "write_off_change",
    "write_offs_to_confirm",
]  # fmt: skip
