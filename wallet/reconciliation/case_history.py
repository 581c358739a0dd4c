"""What the history of reconciliation says to a person, on the merchant's timeline and on a case's own."""

from __future__ import annotations

from merchants.models import Person
from merchants.services import history, history_sentences
from merchants.services.history_sentences import Event, Thing
from portal.lib import money
from wallet.models.case import Case
from wallet.models.correction import Correction
from wallet.models.currency_rate import CurrencyRate
from wallet.models.reconciliation_plan import ReconciliationPlan, ReportOptOut, ReportRecipient, StatementSource

BECAME: dict[str, str] = {Case.State.WAITING: "Waits for the operator", Case.State.OPEN: "Nobody's again"}


def register() -> None:
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
        kinds={"reconciliation": "Reconciliation"},
        amounts=["high_amount", "write_off_alone", "difference", "per_euro"],
        amounts_by_currency=["high_amount_by_currency", "write_off_alone_by_currency"],
    )
    history.register({Case: "case", CurrencyRate: "rate"})


def _says_plan(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        f"Days are reconciled from now on, at {event.row['hour']}:00"
        if event.label == "insert"
        else f"Reconciliation: {history_sentences.fields_of(event)}"
        for event in events
    ]


def _says_rate(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        f"Exchange rate added: EUR 1.00 is {money.format_with_code(event.row['per_euro'], event.row['currency'])}"
        if event.label == "insert"
        else f"Exchange rate of {event.row['currency']}: {history_sentences.fields_of(event)}"
        for event in events
    ]


def _says_recipient(events: list[Event], everything: list[Event]) -> list[str]:
    words = {"insert": "gets the report", "delete": "gets the report no longer"}
    return [f"{event.row['email']} {words.get(event.label, 'changed among its recipients')}" for event in events]


def _says_opt_out(events: list[Event], everything: list[Event]) -> list[str]:
    words = {"insert": "unsubscribed from the reports", "delete": "gets the reports again"}
    return [
        f"{event.row['email']} {words.get(event.label, 'changed among those who unsubscribed')}" for event in events
    ]


def _says_source(events: list[Event], everything: list[Event]) -> list[str]:
    return [
        f"Statements are fetched from {event.row['address']}"
        if event.label == "insert"
        else f"Where statements are fetched from: {history_sentences.fields_of(event)}"
        for event in events
    ]


def _says_case(events: list[Event], everything: list[Event]) -> list[str]:
    return [_case(event) for event in events]


def _says_correction(events: list[Event], everything: list[Event]) -> list[str]:
    return [_correction(event) for event in events]


def _correction(event: Event) -> str:
    """No player: mails say it too."""
    way = "to the player" if event.row["is_credit"] else "from the player"
    amount = f"{money.format_with_code(event.row['amount'], event.row['currency'])} {way}, case {event.row['case_id']}"
    if event.label == "insert":
        return f"Correction proposed: {amount}. A second person must approve it"
    if event.new_value("approved_by_id"):
        return f"Correction posted: {amount}. Proposed by {_proposer(event)}"
    return f"Correction {'declined' if event.new_value('declined_by_id') else 'superseded'}: {amount}"


def _proposer(event: Event) -> str:
    return str(Person.objects.get(pk=event.row["asked_by_id"]))


def _case(event: Event) -> str:
    if event.label == "insert":
        return f"Found: {Case.Kind(event.row['kind']).label.lower()}"
    if event.new_value("write_off_asked_by_id"):
        asked = Case.Resolution(event.row["asked_resolution"] or Case.Resolution.WRITTEN_OFF).label.lower()
        return f"Closing it as “{asked}” asked for; a second person must approve it"
    state = event.new_value("state")
    if state == Case.State.RESOLVED:
        return f"Resolved: {Case.Resolution(event.row['resolution']).label.lower()}"
    if state and event.old and event.old["state"] == Case.State.RESOLVED:
        return "Open again"
    if state in BECAME:
        return BECAME[state]
    return (
        f"Assigned to {event.name or 'nobody'}" if event.new_value("owner_id") else history_sentences.fields_of(event)
    )
