"""The page of one request: its headers and body, its answer, the reason, and the answer it would get now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants.access import Visit
from merchants.errors import Refusal
from merchants.models import Player, Secret
from merchants.pages import page_frame
from merchants.pages.guard import page
from portal.lib import money
from portal.lib.untrusted_text import visible_text
from wallet import statuses
from wallet.models import RefusedCall, SignedRequest, Transaction
from wallet.services.explain import explanation as explain
from wallet.services.explain import rate_limit, signature_diagnosis
from wallet.services.explain.checks import Value
from wallet.services.explain.explanation import CheckOutcome, Explanation, Rung
from wallet.services.explain.rate_limit import TooManyQuestions
from wallet.services.log import retention
from wallet.services.log.masked_request import masked_call

NOW_A_MINUTE = 60  # calls that one person sees judged anew
TEXT_SHOWN = 300
TOO_MANY = 429
LEVELS = {
    CheckOutcome.PASSED: "good",
    CheckOutcome.FAILED: "bad",
    CheckOutcome.NOT_REACHED: "",
    CheckOutcome.NOT_ASKED: "",
}


def in_words(outcome: CheckOutcome) -> str:
    return {
        CheckOutcome.PASSED: _("passed"),
        CheckOutcome.FAILED: _("failed"),
        CheckOutcome.NOT_REACHED: _("not reached"),
        CheckOutcome.NOT_ASKED: _("not applicable"),
    }[outcome]


@dataclass(frozen=True, slots=True)
class CheckStep:
    """A rung of the ladder, as it is shown."""

    rung: Rung
    is_deciding: bool
    then: tuple[str, str]  # text and level of a badge
    now: tuple[str, str]
    values: list[tuple[Value, str]]


@page(back="operator:requests")
def request_page(request: HttpRequest, visit: Visit, request_id: UUID) -> HttpResponse:
    try:
        line = signature_diagnosis.own_request(visit.merchant, request_id)
    except signature_diagnosis.NoSuchCall as fault:
        raise Http404 from fault
    examined = examine(visit, line) if request.method == "POST" else {}
    explanation, notice = explanation_with_note(visit, line)
    kept = RefusedCall.objects.filter(pk=line.request_id).first()
    context: dict[str, Any] = {
        "line": line,
        "facts": [(label, visible_text(str(text))) for label, text in (*facts(line), *desk_facts(visit, line)) if text],
        "arrived": masked_call(kept) if kept else None,
        "kept_until": kept and kept.created_at + timedelta(days=settings.REFUSED_BODY_DAYS),
        "verdict": verdict(explanation),
        "now_verdict": now_verdict(explanation) if explanation.asked_now else "",
        "notice": notice,
        "notes": explanation.notes,
        "steps": [step(rung, explanation) for rung in explanation.rungs],
        "asked_now": explanation.asked_now,
        "can_be_examined": line.status in signature_diagnosis.KNOWN,
        "links": list(links(visit, line)),
    }
    status = examined.pop("status", 200)
    return page_frame.render_page(
        request, visit, "call.html", tab="requests", title=_("Request"), status=status, **context | examined
    )


def explanation_with_note(visit: Visit, line: SignedRequest) -> tuple[Explanation, str]:
    """With what is to be said when it could not be asked what would happen now."""
    try:
        rate_limit.count_question("now", merchant=visit.merchant, person=visit.person, most=NOW_A_MINUTE)
        with transaction.atomic():
            return explain.explain_request(line=line), ""
    except Refusal as refused:
        return explain.explain_request(line=line, ask_now=False), _("The current answer is unknown. %(refused)s") % {
            "refused": refused
        }
    except DatabaseError:
        busy = _("The current answer is unknown, because the records of this request are in use. Load the page again.")
        return explain.explain_request(line=line, ask_now=False), busy


# --- What is said -----------------------------------------------------------------------------------------------------
def verdict(explanation: Explanation) -> str:
    row, message = explanation.decided_by, explanation.message
    if explanation.status == statuses.OK:
        return _("Repeat: the request got its first answer again.") if row else _("Accepted: all checks passed.")
    if row is None:
        return _("Not decided by a check: %(message)s") % {"message": message}
    return _("Refused by check %(row)s, “%(name)s”: %(message)s") % {
        "row": row,
        "name": explanation.rungs[row - 1].name,
        "message": message,
    }


def now_verdict(explanation: Explanation) -> str:
    now = explanation.now
    if now.status == statuses.OK:
        return _("The same request would be accepted now.")
    if now.row is None:
        return _("The same request would be answered now: %(answer)s") % {"answer": now.message or now.status}
    return _("The same request would be refused now by check %(row)s, “%(name)s”.") % {
        "row": now.row,
        "name": explanation.rungs[now.row - 1].name,
    }


def step(rung: Rung, explanation: Explanation) -> CheckStep:
    deciding = rung.number == explanation.decided_by
    return CheckStep(
        rung=rung,
        is_deciding=deciding,
        then=(in_words(rung.then), LEVELS[rung.then]),
        now=(_("now: %(now)s") % {"now": in_words(rung.now)}, LEVELS[rung.now]),
        values=[(value, visible_text(value.text)[:TEXT_SHOWN]) for value in rung.values],
    )


def facts(line: SignedRequest) -> Any:
    """What is known of any call, kept as it arrived or not."""
    yield _("Time"), f"{line.created_at:%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"
    yield _("Request id"), str(line.request_id)
    yield _("Request"), f"{line.method} {line.endpoint}"
    yield _("Address"), str(line.address or _("unknown"))
    yield _("Auth key"), line.auth_key
    yield _("Answer"), f"{line.status}, HTTP {line.http_status}"
    yield _("Message"), line.message
    yield _("Duration"), f"{line.duration_us / 1000:.1f} ms"
    yield _("Player"), line.player_id
    yield _("Session"), line.session_id
    yield _("Game"), line.game_id
    yield _("Transaction"), line.transaction_id
    yield _("Referenced transaction"), line.ref_transaction_id
    yield _("Round"), line.round_id
    yield _("Amount"), amount(line.amount, line.currency)
    yield _("Balance in the answer"), amount(line.balance, line.currency)
    yield _("Items"), line.items
    yield _("Kept until"), retention.kept_until(line)


def desk_facts(visit: Visit, line: SignedRequest) -> Any:
    """What our staff see besides."""
    if visit.at_desk and line.secret_id is not None:
        version = Secret.objects.filter(pk=line.secret_id).values_list("version", flat=True).first()
        yield _("Secret version"), version
    if visit.at_desk:
        yield _("Address taken from"), line.address_source


def amount(units: int | None, currency: str | None) -> str:
    return "" if units is None else money.format_with_code(units, currency or "")


def links(visit: Visit, line: SignedRequest) -> Any:
    code = visit.merchant.code
    listed = reverse("operator:requests", args=[code])
    moved = Transaction.objects.filter(merchant=visit.merchant, transaction_id=line.transaction_id, part=0)
    if line.transaction_id and (row := moved.first()):
        yield _("Round"), reverse("operator:round", args=[code, row.pk])
    player = Player.objects.filter(merchant=visit.merchant, player_id=line.player_id)
    if line.player_id and (found := player.first()):
        yield _("Player"), reverse("operator:player", args=[code, found.pk])
    for title, name, value in (
        (_("All requests of this transaction"), "transaction", line.transaction_id),
        (_("Requests of the referenced transaction"), "transaction", line.ref_transaction_id),
        (_("All requests of this player"), "player", line.player_id),
        (_("All requests from this address"), "address", line.address),
        (_("All requests with this answer"), "status", line.status),
    ):
        if value:
            yield title, f"{listed}?{urlencode({name: value})}"


# --- The diagnosis of a signature -------------------------------------------------------------------------------------
def examine(visit: Visit, line: SignedRequest) -> dict[str, Any]:
    try:
        found = signature_diagnosis.diagnose_signature(
            merchant=visit.merchant, person=visit.person, request_id=line.request_id
        )
    except TooManyQuestions as refused:
        return {"sorry": str(refused), "status": TOO_MANY}
    except Refusal as refused:
        return {"sorry": str(refused)}
    return {"diagnosis": found}
