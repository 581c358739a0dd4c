"""What a simulated game server does: the scenarios of rounds, and the purpose of each call in plain words."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scenario(TextChoices):
    """A story that one round follows, or the part of a run beside the rounds."""

    START = "start", _("Start of the run")
    PLAIN_ROUND = "plain_round", _("Bet and payout")
    FREE_SPINS = "free_spins", _("Free spins: one bet pays several times")
    BONUS = "bonus", _("Bet, payout and a reward")
    ANSWER_LOST = "answer_lost", _("Answer lost: the bet is sent again")
    PAYOUT_REPEATED = "payout_repeated", _("Answer lost: the payout is sent again")
    ABANDONED_BET = "abandoned_bet", _("Answer lost: the bet is rolled back")
    LOST_BET = "lost_bet", _("Early rollback: received before its bet")
    VOIDED_ROUND = "voided_round", _("Rollback of a paid round")
    BROKEN_TABLE = "broken_table", _("Rollback of several bets in one batch")
    LATE_PAYOUT = "late_payout", _("Late payout by retry")
    UNDELIVERED_PAYOUT = "undelivered_payout", _("Late payout by settlement")
    REFUSALS = "refusals", _("Refused requests")
    END = "end", _("End of the run")


class Purpose(TextChoices):
    """What one call is for, as a sentence."""

    CHECK_ACCESS = "check_access", _("Check that the key and the address are accepted before money moves.")
    LAUNCH = "launch", _("Open a session. The answer contains the session id for the next requests.")
    BALANCE = "balance", _("Read the balance of the player.")
    DEPOSIT = "deposit", _("Deposit money, so that the player can bet.")
    BET = "bet", _("Place a bet. The stake leaves the balance.")
    BET_AGAIN = (
        "bet_again",
        _("Send the same bet again with the same id, because no answer arrived. The portal repeats the first answer."),
    )
    BET_AFTER_ROLLBACK = (
        "bet_after_rollback",
        _("The lost bet arrives after its rollback. It is refused, and no money moves."),
    )
    PAYOUT_WON = "payout_won", _("Pay the winnings of the bet.")
    PAYOUT_LOST = "payout_lost", _("The player lost: a payout of 0 settles the bet.")
    PAYOUT_AGAIN = (
        "payout_again",
        _("Send the same payout again with the same id, because no answer arrived. No money moves twice."),
    )
    FREE_SPIN = "free_spin", _("Pay one of several wins of the same bet.")
    REWARD = "reward", _("Credit a reward. A reward needs no bet.")
    ROLLBACK = "rollback", _("Roll back the bet. The stake returns to the player.")
    ROLLBACK_AGAIN = (
        "rollback_again",
        _("Roll back the same bet again with a new id. The request is accepted, and no money moves."),
    )
    ROLLBACK_EARLY = (
        "rollback_early",
        _("Roll back a bet that never arrived. It is accepted and kept as an early rollback."),
    )
    ROLLBACK_PAID = (
        "rollback_paid",
        _("Roll back a paid round. The stake returns, and the payout is reversed."),
    )
    ROLLBACK_BATCH = "rollback_batch", _("Roll back all open bets of a broken game in one batch.")
    RETRY = "retry", _("Send a late payout of a multiplayer round. The round id finds its bet.")
    SETTLEMENT = "settlement", _("Send the payouts that could not be delivered, as the nightly settlement does.")
    HEADER_MISSING = "header_missing", _("A required header is missing.")
    KEY_UNKNOWN = "key_unknown", _("The auth key is unknown.")
    ORIGIN_FOREIGN = "origin_foreign", _("The request comes from a domain that is not on the domain allowlist.")
    CLOCK_SLOW = "clock_slow", _("The clock of the caller is 11 minutes slow.")
    CLOCK_SECONDS = "clock_seconds", _("The timestamp is in seconds instead of milliseconds.")
    SIGNATURE_WRONG = "signature_wrong", _("The signature was not made with the secret key.")
    BODY_CUT = "body_cut", _("The body ends in the middle of a field.")
    AMOUNT_FRACTION = "amount_fraction", _("The amount is a fraction. Amounts are whole numbers.")
    PLAYER_EMPTY = "player_empty", _("The player id is empty.")
    PAGE_ZERO = "page_zero", _("The page number is 0. The first page is 1.")
    NUMBER_TOO_LARGE = "number_too_large", _("The amount is larger than JavaScript can hold exactly.")
    STAKE_NEGATIVE = "stake_negative", _("The stake is negative.")
    DEPOSIT_EMPTY = "deposit_empty", _("The deposit is 0.")
    ID_USED_TWICE = "id_used_twice", _("Another bet uses the id of a bet that was accepted.")
    PLAYER_UNKNOWN = "player_unknown", _("The player does not exist.")
    SESSION_UNKNOWN = "session_unknown", _("The session does not exist.")
    GAME_OFF = "game_off", _("The game is switched off.")
    PLAYER_BLOCKED = "player_blocked", _("The player is blocked and tries to start a game.")
    PAYOUT_WITHOUT_BET = "payout_without_bet", _("The payout names a bet that does not exist.")
    STAKE_TOO_HIGH = "stake_too_high", _("The stake is above the limit of the player.")
    BALANCE_TOO_LOW = "balance_too_low", _("The withdrawal is larger than the balance.")
    BET_TOO_HIGH = "bet_too_high", _("The stake is larger than the balance.")
    PATH_UNKNOWN = "path_unknown", _("The endpoint does not exist.")
    METHOD_WRONG = "method_wrong", _("The HTTP method is wrong.")
    TYPE_WRONG = "type_wrong", _("The content type is not JSON.")
