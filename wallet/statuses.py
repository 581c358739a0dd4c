"""The 20 keys that every answer carries, each with the sentence for a person."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

OK = "RS_OK"


class CallRefused(Exception):
    """A call that is not done. `balance` is told where the contract says so. `advice` is what its caller does next."""

    key: ClassVar[str] = "RS_ERROR"
    sentence: ClassVar[str] = "The request could not be decided. Send it again."
    advice: ClassVar[str] = (
        "HTTP 500 or 503: send the same body again, with a new timestamp and signature. Another HTTP status: "
        "correct the request."
    )
    http_status: ClassVar[int] = 200

    def __init__(self, message: str = "", *, balance: int | None = None) -> None:
        super().__init__(message or self.sentence)
        self.balance = balance

    @property
    def message(self) -> str:
        return str(self)


class Undecided(CallRefused):
    """Nobody knows yet: the database is away, or something unforeseen. Nothing was half done."""

    http_status = 500


class Overloaded(Undecided):
    http_status = 503
    sentence = "The wallet is busy or not reachable, and nothing was done. Send the request again."


class Unanswered(Undecided):
    """The database was asked and did not answer in time: done or not, it is whole, and its id tells."""

    http_status = 503
    sentence = "The wallet did not answer in time. Send the same request again: the answer shows the result."


class MissingHeaders(CallRefused):
    key = "RS_ERROR_MISSING_HEADERS"
    sentence = "A required header is missing."
    advice = "Send all three headers."


class DuplicateTransaction(CallRefused):
    key = "RS_ERROR_DUPLICATE_TRANSACTION"
    sentence = "This transactionId was already used with other content. No money moved."
    advice = "Do not send it again. Use a new `transactionId` for a new transaction."


class TransactionDoesNotExist(CallRefused):
    key = "RS_ERROR_TRANSACTION_DOES_NOT_EXIST"
    sentence = "The referenced transaction does not exist here, or was rolled back."
    advice = "Do not send it again: the bet does not stand. A rollback needs the player and session of its reference."


class SessionRequiredOrInvalid(CallRefused):
    key = "RS_ERROR_SESSION_REQUIRED_OR_INVALID"
    sentence = "The session is unknown, expired, or belongs to another player, game or currency."
    advice = "Launch the game again, and place the bet in the new session."


class NotEnoughMoney(CallRefused):
    key = "RS_ERROR_NOT_ENOUGH_MONEY"
    sentence = "The balance is too low."
    advice = "Show the `balance` of the answer to the player. Use a new `transactionId` for the next try."


class LimitReached(CallRefused):
    key = "RS_ERROR_LIMIT_REACHED"
    sentence = "The player's limit is reached."
    advice = "Tell the player. Use a new `transactionId` for the next try."


class IpRestriction(CallRefused):
    key = "RS_ERROR_IP_RESTRICTION"
    sentence = "Requests are not accepted from this address or domain."
    advice = "Add the address or domain to the allowlist, or send from a listed one."


class SignatureExpired(CallRefused):
    key = "RS_ERROR_SIGNATURE_EXPIRED"
    sentence = "x-timestamp is not the current time in whole milliseconds."
    advice = "Set your clock by NTP, and sign with the current time."


class SignatureNotMatch(CallRefused):
    key = "RS_ERROR_SIGNATURE_NOT_MATCH"
    sentence = "x-signature does not match the body and the timestamp."
    advice = "Sign the bytes that you send. **Find mistake** on the page of the request names the cause."


class InvalidApiKey(CallRefused):
    key = "RS_ERROR_INVALID_APIKEY"
    sentence = "x-api-key is unknown, or is not allowed for this request."
    advice = "Check the auth key on the Keys page, and whether it is revoked, expired or quarantined."


class InvalidAmount(CallRefused):
    key = "RS_ERROR_INVALID_AMOUNT"
    sentence = "The amount is out of range."
    advice = "Correct the amount."


class InvalidNumber(CallRefused):
    key = "RS_ERROR_INVALID_NUMBER"
    sentence = "A number is out of range."
    advice = "Correct the number."


class MerchantNotActive(CallRefused):
    key = "RS_ERROR_MERCHANT_NOT_ACTIVE"
    sentence = "The merchant is not active for this request."
    advice = "Ask your contact at Oppi Games."


class GameInactive(CallRefused):
    key = "RS_ERROR_GAME_INACTIVE"
    sentence = "The game is switched off."
    advice = "Do not offer the game. Use a new `transactionId` for the next try."


class PlayerBlocked(CallRefused):
    key = "RS_ERROR_PLAYER_BLOCKED"
    sentence = "The player is blocked and cannot place new bets."
    advice = "Tell the player. Use a new `transactionId` for the next try."


class IncorrectData(CallRefused):
    key = "RS_ERROR_INCORRECT_DATA"
    sentence = "The body is not a JSON object of the right types."
    advice = "Correct the body. `message` names the field."


class FieldRequiredOrInvalid(CallRefused):
    key = "RS_ERROR_FIELD_REQUIRED_OR_INVALID"
    sentence = "A field is missing or invalid."
    advice = "Correct the field that `message` names."


class RecordNotFound(CallRefused):
    key = "RS_ERROR_RECORD_NOT_FOUND"
    sentence = "The player or the game does not exist here."
    advice = "Check the ids. A player exists after its first launch or deposit."


class NotFound(CallRefused):
    http_status = 404
    sentence = "This endpoint does not exist."


class MethodNotAllowed(CallRefused):
    http_status = 405
    sentence = "This endpoint needs another HTTP method."


class BodyTooLarge(CallRefused):
    http_status = 413
    sentence = "The body is too large."


class UnsupportedMediaType(CallRefused):
    http_status = 415
    sentence = "The body must be application/json."


class RefusedTooOften(CallRefused):
    """Only for calls that fail rows 1 to 5; one with a valid signature is never answered so."""

    http_status = 429
    sentence = (
        "Too many refused requests came from this address. Correct the request and wait a minute. "
        "Requests with a valid signature are answered as usual."
    )


BY_KEY: dict[str, type[CallRefused]] = {
    kind.key: kind for kind in CallRefused.__subclasses__() if kind.key != CallRefused.key
} | {CallRefused.key: Undecided}
ALL_KEYS = (OK, *sorted(BY_KEY))


OK_SENTENCE = "The request was accepted, or repeats an accepted one."
OK_ADVICE = "Store the answer. Do not send the request again."


class StatusGuide(NamedTuple):
    """One status for its reader: the key, what it means, and what the caller does."""

    key: str
    meaning: str
    advice: str


def status_guides() -> list[StatusGuide]:
    """Return every status in the order of the API docs and of docs/signed-api.md, section 9."""
    refusals = (StatusGuide(key, kind.sentence, kind.advice) for key, kind in sorted(BY_KEY.items()))
    return [StatusGuide(OK, OK_SENTENCE, OK_ADVICE), *refusals]


def refusal_for(key: str, *, balance: int | None = None) -> CallRefused:
    """The exception for a status that the ledger gave."""
    return BY_KEY[key](balance=balance)
