"""Presets for common programs: a start for a person, who checks the mapping before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wallet.reconciliation.reading.mapping import Mapping, from_json, suggested_mapping

EUROPE = {"amounts": "decimal_comma", "thousands": "point", "times": "dmy", "negative": "absolute", "minus": "any"}
SWISS = EUROPE | {"amounts": "decimal_point", "thousands": "apostrophe"}
US = {"amounts": "decimal_point", "thousands": "comma", "times": "mdy", "negative": "absolute", "minus": "any"}
NORTH_AMERICA = {"pst": "America/Los_Angeles", "pdt": "America/Los_Angeles"}
ZONES = {"cet": "Europe/Amsterdam", "cest": "Europe/Amsterdam", "est": "America/New_York", "edt": "America/New_York"}


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset. `columns` replace those of the form if the file has them; `stated`: all other settings."""

    key: str
    label: str
    stated: dict[str, Any]
    columns: dict[str, str] = field(default_factory=dict)


PRESETS = (
    Preset("sheet_eu", "Spreadsheet, European: 1.234,50 and 31.01.2026", EUROPE),
    Preset("sheet_us", "Spreadsheet, US: 1,234.50 and 1/31/2026 1:05 PM", US),
    Preset("sheet_uk", "Spreadsheet, UK: 1,234.50 and 31/01/2026", US | {"times": "dmy"}),
    Preset("sheet_ch", "Spreadsheet, Swiss: 1'234.50 and 31.01.2026", SWISS),
    Preset("sheet_fr", "Spreadsheet, French: 1 234,50 and 31/01/2026", EUROPE | {"thousands": "space"}),
    Preset(
        "wallet_cents",
        "Wallet, cents and milliseconds since 1970",
        {"amounts": "minor", "times": "unix_ms", "negative": "absolute"},
    ),
    Preset(
        "wallet_signed",
        "Wallet, one signed amount in cents",
        {"amounts": "minor", "negative": "kind", "out_kind": "bet", "in_kind": "payout"},
    ),
    Preset(
        "rounds",
        "One round in each line: stake and win",
        {"amounts": "decimal_point"},
        {"stake": "stake", "win": "win"},
    ),
    Preset(
        "adyen_settlement",
        "Adyen, settlement detail report",
        {
            "amounts": "decimal_point", "zones": ZONES | NORTH_AMERICA,
            "kinds": {"settled": "deposit", "refunded": "withdraw"},
            "ignored_kinds": [
                "fee", "miscadjustment", "merchantpayout", "invoicededuction", "balancetransfer", "depositcorrection",
            ],
        },
        {
            "transaction_id": "Merchant Reference", "kind": "Type", "player_id": "Shopper Reference",
            "currency": "Gross Currency", "debit": "Gross Debit (GC)", "credit": "Gross Credit (GC)",
            "at": "Creation Date", "time_zone": "TimeZone",
        },
    ),
    Preset(
        "stripe_balance",
        "Stripe, itemised balance report",
        {
            "amounts": "decimal_point", "negative": "absolute", "zone": "UTC",
            "kinds": {"charge": "deposit", "payment": "deposit", "refund": "withdraw"},
            "ignored_kinds": ["fee", "payout", "adjustment", "topup", "network_cost"],
        },
        {
            "transaction_id": "source_id", "kind": "reporting_category", "player_id": "customer_id",
            "currency": "currency", "amount": "gross", "at": "created_utc",
        },
    ),
    Preset(
        "paypal_activity",
        "PayPal, activity download",
        US | {
            "zones": ZONES | NORTH_AMERICA,
            "kinds": {"express checkout payment": "deposit", "payment refund": "withdraw"},
            "ignored_states": ["pending", "denied"], "states": {"completed": False},
        },
        {
            "transaction_id": "Transaction ID", "kind": "Type", "player_id": "From Email Address",
            "currency": "Currency", "amount": "Gross", "state": "Status", "at": "Date", "time_of_day": "Time",
            "time_zone": "TimeZone",
        },
    ),
)  # fmt: skip


def labels() -> list[tuple[str, str]]:
    """Return key and name of each preset."""
    return [(preset.key, preset.label) for preset in PRESETS]


def apply_preset(key: str, known: Mapping, headers: Sequence[str]) -> Mapping:
    """Return the mapping `known` with the settings of the preset, and its columns as far as the file has them.

    Notations of amounts and times come from the preset alone. Words, zone and sheet of `known` stay.
    """
    preset = next(each for each in PRESETS if each.key == key)
    columns = {name: header for name, header in preset.columns.items() if header in headers}
    if not columns:
        columns = dict(known.columns) if known.known(headers) else dict(suggested_mapping(headers).columns)
    kept = {
        name: getattr(known, name) for name in ("zone", "encoding", "sheet", "currency", "grain", "states", "rollbacks")
    }
    stated = kept | preset.stated | {"columns": columns}
    stated["kinds"] = dict(known.kinds) | stated.get("kinds", {})
    return from_json(stated)
