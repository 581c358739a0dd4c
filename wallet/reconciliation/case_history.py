"""Sentences of the history of reconciliation, for the merchant's timeline and for a case."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import Person
from merchants.services import history, history_sentences
from merchants.services.history_sentences import Event, Thing
from portal.lib import money
from portal.lib.texts import Text
from wallet.models.case import Case
from wallet.models.correction import Correction
from wallet.models.currency_rate import CurrencyRate
from wallet.models.reconciliation_plan import ReconciliationPlan, ReportOptOut, ReportRecipient, StatementSource

BECAME: dict[str, Text] = {
    Case.State.WAITING: gettext_lazy("Waiting for operator"),
    Case.State.OPEN: gettext_lazy("Unassigned"),
}


def register() -> None:
    """Add these sentences to the history."""
    history_sentences.register(
        {
            ReconciliationPlan: Thing("reconciliation", "event_repeat", _says_plan),
            ReportRecipient: Thing("reconciliation", "mail", _says_recipient),
            ReportOptOut: Thing("reconciliation", "mail", _says_opt_out),
            StatementSource: Thing("reconciliation", "cloud_download", _says_source),
            Case: Thing("reconciliation", "rule", _says_case),
            Correction: Thing("reconciliation", "currency_exchange", _says_correction),
            CurrencyRate: Thing("reconciliation", "currency_exchange", _says_rate),
        },
        kinds={"reconciliation": gettext_lazy("Reconciliation")},
        amounts=["high_amount", "write_off_alone", "difference", "per_euro"],
        amounts_by_currency=["high_amount_by_currency", "write_off_alone_by_currency"],
    )
    history.register({Case: "case", CurrencyRate: "rate"})


def _says_plan(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        _("Daily reconciliation set up, with reports at %(hour)s:00") % {"hour": event.row["hour"]}
        if event.label == "insert"
        else _plan(event)
        for event in events
    ]


def _plan(event: Event) -> str:
    became = event.new_value("is_on")
    if became is None:
        return _("Reconciliation plan: %(changes)s") % {"changes": history_sentences.fields_of(event)}
    sentence = _("Daily reconciliation switched on") if became else _("Daily reconciliation switched off")
    return history_sentences.with_other_fields(sentence, event, "is_on")


def _says_rate(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        _("Exchange rate added: EUR 1.00 is %(rate)s")
        % {"rate": money.format_with_code(event.row["per_euro"], event.row["currency"])}
        if event.label == "insert"
        else _("Exchange rate of %(currency)s: %(changes)s")
        % {"currency": event.row["currency"], "changes": history_sentences.fields_of(event)}
        for event in events
    ]


def _says_recipient(events: list[Event], everything: list[Event]) -> list[str]:
    words = {"insert": _("receives the report"), "delete": _("no longer receives the report")}
    usual = _("changed in the list of report recipients")
    return [f"{event.row['email']} {words.get(event.label, usual)}" for event in events]


def _says_opt_out(events: list[Event], everything: list[Event]) -> list[str]:
    words = {"insert": _("unsubscribed from the reports"), "delete": _("receives the reports again")}
    return [
        f"{event.row['email']} {words.get(event.label, _('changed in the list of unsubscribed addresses'))}"
        for event in events
    ]


def _says_source(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        _("Statements are fetched from %(address)s") % {"address": event.row["address"]}
        if event.label == "insert"
        else _source(event)
        for event in events
    ]


def _source(event: Event) -> str:
    became = event.new_value("is_on")
    if became is None:
        return _("Statement source: %(changes)s") % {"changes": history_sentences.fields_of(event)}
    sentence = _("Fetching of statements started") if became else _("Fetching of statements stopped")
    return history_sentences.with_other_fields(sentence, event, "is_on")


def _says_case(events: list[Event], everything: list[Event]) -> list[str]:
    return [_case(event) for event in events]


def _says_correction(events: list[Event], everything: list[Event]) -> list[str]:
    return [_correction(event) for event in events]


def _correction(event: Event) -> str:
    """No player: mails say it too."""
    way = _("to the player") if event.row["is_credit"] else _("from the player")
    shown = money.format_with_code(event.row["amount"], event.row["currency"])
    amount = _("%(amount)s %(direction)s, case %(case)s") % {
        "amount": shown,
        "direction": way,
        "case": event.row["case_id"],
    }
    if event.label == "insert":
        return _("Correction proposed: %(amount)s. A second person must approve it") % {"amount": amount}
    if event.new_value("approved_by_id"):
        return _("Correction posted: %(amount)s. Proposed by %(proposer)s") % {
            "amount": amount,
            "proposer": _proposer(event),
        }
    declined = event.new_value("declined_by_id")
    return (_("Correction declined: %(amount)s") if declined else _("Correction superseded: %(amount)s")) % {
        "amount": amount
    }


def _proposer(event: Event) -> str:
    return str(Person.objects.get(pk=event.row["asked_by_id"]))


def _case(event: Event) -> str:
    if event.label == "insert":
        return _("Case opened: %(kind)s") % {"kind": Case.Kind(event.row["kind"]).label}
    if event.new_value("write_off_asked_by_id"):
        asked = Case.Resolution(event.row["asked_resolution"] or Case.Resolution.WRITTEN_OFF).label.lower()
        return _("Closing as “%(asked)s” requested. A second person must approve it") % {"asked": asked}
    state = event.new_value("state")
    return _became(event, state)


def _became(event: Event, state: str | None) -> str:
    if state == Case.State.RESOLVED:
        return _("Resolved: %(resolution)s") % {"resolution": Case.Resolution(event.row["resolution"]).label.lower()}
    if event.old and event.old["state"] == Case.State.RESOLVED:
        return _("Reopened")
    if state in BECAME:
        return str(BECAME[state])
    if event.new_value("owner_id"):
        return _("Assigned to %(person)s") % {"person": event.name or _("nobody")}
    return history_sentences.fields_of(event)
