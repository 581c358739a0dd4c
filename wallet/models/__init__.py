from wallet.models.account import Account
from wallet.models.closing import Invoice, Settlement, SettlementAdjustment, SettlementConfirmation
from wallet.models.export import Export
from wallet.models.merchant_hour import MerchantHour
from wallet.models.play_money import PlayTransaction
from wallet.models.reconciliation import (
    Case,
    CaseNote,
    HostKeyLookup,
    Reconciliation,
    ReconciliationPlan,
    ReportDelivery,
    ReportRecipient,
    Statement,
    StatementSource,
)
from wallet.models.refused_payout import RefusedPayout
from wallet.models.request_log import RefusedCall, RefusedHour, SignedRequest
from wallet.models.session import Session
from wallet.models.transaction import Transaction
from wallet.models.usage import CallHour, Mark, MovementHour, OpenBet, PlayerDay

__all__ = [
    "Account",
    "CallHour",
    "Case",
    "CaseNote",
    "Export",
    "HostKeyLookup",
    "Invoice",
    "Mark",
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
    "ReportRecipient",
    "Session",
    "Settlement",
    "SettlementAdjustment",
    "SettlementConfirmation",
    "SignedRequest",
    "Statement",
    "StatementSource",
    "Transaction",
]
