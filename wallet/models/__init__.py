from wallet.models.account import Account
from wallet.models.play_money import PlayTransaction
from wallet.models.request_log import RefusedCall, SignedRequest
from wallet.models.session import Session
from wallet.models.transaction import Transaction

__all__ = ["Account", "PlayTransaction", "RefusedCall", "Session", "SignedRequest", "Transaction"]
