from wallet.models.account import Account
from wallet.models.books import AccountProof, BookFinding, BooksSlice
from wallet.models.case import Case, CaseNote, FoldedRow
from wallet.models.case_due import CaseReminder
from wallet.models.closing import Invoice, Settlement, SettlementAdjustment, SettlementConfirmation
from wallet.models.correction import Correction
from wallet.models.currency_rate import CurrencyRate
from wallet.models.export import Export
from wallet.models.merchant_hour import MerchantHour
from wallet.models.play_money import PlayTransaction
from wallet.models.reconciliation import Reconciliation, ReportDelivery
from wallet.models.reconciliation_plan import (
    HostKeyLookup,
    ReconciliationPlan,
    ReportOptOut,
    ReportRecipient,
    StatementSource,
)
from wallet.models.refused_payout import RefusedPayout
from wallet.models.request_log import RefusedCall, RefusedHour, SignedRequest
from wallet.models.session import Session
from wallet.models.simulation import SimulatedCall, Simulation
from wallet.models.statement import Statement, StatementPreview
from wallet.models.traffic_incident import TrafficIncident
from wallet.models.transaction import Transaction
from wallet.models.usage import CallHour, MovementHour, OpenBet, PlayerDay, Watermark

__all__ = [
    "Account",
    "AccountProof",
    "BookFinding",
    "BooksSlice",
    "CallHour",
    "Case",
    "CaseNote",
    "CaseReminder",
    "Correction",
    "CurrencyRate",
    "Export",
    "FoldedRow",
    "HostKeyLookup",
    "Invoice",
    "MerchantHour",
    "MovementHour",
    "OpenBet",
    "PlayTransaction",
    "PlayerDay",
    "Reconciliation",
    "ReconciliationPlan",
    "RefusedCall",
    "RefusedHour",
    "RefusedPayout",
    "ReportDelivery",
    "ReportOptOut",
    "ReportRecipient",
    "Session",
    "Settlement",
    "SettlementAdjustment",
    "SettlementConfirmation",
    "SignedRequest",
    "SimulatedCall",
    "Simulation",
    "Statement",
    "StatementPreview",
    "StatementSource",
    "TrafficIncident",
    "Transaction",
    "Watermark",
]
