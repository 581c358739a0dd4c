"""The life of a key from a shell: the same verbs as the administration's pages, for the day on which no page works."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.dateparse import parse_datetime

from merchants import errors
from merchants.models import ApiKey, Approval, Compromise, Merchant, Person, Secret
from merchants.services import approvals, claim_links, compromise, history, keys
from merchants.services.keys import Issued
from portal.lib import clock

FOR_OWNERS = "This merchant does not let our staff see its secrets. Add --to-owners before the verb."
WAITS = " The new secret needs an approval: sign in to the administration and request a rotation or a new key."
DURATION = re.compile(r"(\d{1,7})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    found = DURATION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def moment(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return clock.checked_moment(found if found.tzinfo else found.replace(tzinfo=UTC))


def length_limit(most: int) -> Callable[[str], str]:
    def short(said: str) -> str:
        if len(said) > most:
            raise ArgumentTypeError(f"at most {most} characters")
        return said

    return short


class Command(BaseCommand):
    help = (
        "Manage a key: `key VERB --help` shows the arguments. A new secret is the only line on "
        "standard output. Store it: it is shown once."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", metavar="EMAIL", help="the person who requests this; stored in the history")
        parser.add_argument("--reason", type=length_limit(500), default="", help="the reason; stored in the history")
        parser.add_argument(
            "--to-owners",
            action="store_true",
            help="send a new secret to the owners by claim link, and do not print it",
        )
        verbs = parser.add_subparsers(dest="verb", required=True)
        issue = verbs.add_parser("issue", help="issue a new auth key with its first secret")
        issue.add_argument("merchant", help="the merchant's code")
        issue.add_argument(
            "--environment",
            choices=ApiKey.Environment.values,
            default=ApiKey.Environment.LIVE,
            help="a test key belongs to the merchant's sandbox",
        )
        issue.add_argument("--label", type=length_limit(80), default="")
        issue.add_argument("--ends", type=moment, metavar="MOMENT", help="2027-01-31T12:00, in UTC; default: never")
        for name, verb in VERBS.items():
            of_key = verbs.add_parser(name, help=verb.help)
            of_key.add_argument("auth_key")
            verb.options(of_key)

    def handle(self, *, verb: str, by: str | None, reason: str, to_owners: bool, **options: Any) -> None:
        person = find_person(by) if by else None
        try:
            with ExitStack() as known:
                known.enter_context(history.act_as(door=f"manage.py key {verb}", person=person))
                known.enter_context(history.give_reason(reason))
                act = issue if verb == "issue" else VERBS[verb].act
                with transaction.atomic():
                    done = act(options | {"by": person, "reason": reason})
                    if isinstance(done, Issued):
                        done = claim_links.hand_over(issued=done, to_owners=to_owners, by=person)
        except errors.SecretIsForOwners as refused:
            raise CommandError(FOR_OWNERS) from refused
        except errors.Refusal as refused:
            raise CommandError(f"{refused} Nothing was changed.") from refused
        if isinstance(done, Issued):
            self.stderr.write(f"{done.key.auth_key}: version {done.row.version} is current.")
            self.stdout.write(done.secret)
        else:
            self.stderr.write(f"Done: {verb}.{WAITS if done is None else ''}")


def find_key(auth_key: str) -> ApiKey:
    key = ApiKey.objects.select_related("merchant").filter(auth_key=auth_key).first()
    if key is None:
        raise CommandError(f"The key {auth_key} does not exist.")
    return key


def find_person(email: str) -> Person:
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        raise CommandError(f"No person has the address {email}.")
    return person


def find_merchant(code: str) -> Merchant:
    merchant = Merchant.objects.open().filter(code=code).first()
    if merchant is None:
        raise CommandError(f"No open merchant has the code {code}.")
    return merchant


def old_secret(wish: dict[str, Any]) -> dict[str, Any]:
    overlapping = Secret.objects.overlapping(at=clock.now()).select_related("key")
    secret = overlapping.filter(key=find_key(wish["auth_key"])).order_by("version").first()
    if secret is None:
        raise errors.NoOverlap
    return {"secret": secret, "expected_version": wish["seen"]}


def find_version(auth_key: str, version: int) -> Secret:
    secret = Secret.objects.filter(key=find_key(auth_key), version=version).first()
    if secret is None:
        raise CommandError(f"The key {auth_key} has no version {version}.")
    return secret


def issue(wish: dict[str, Any]) -> Issued:
    merchant = find_merchant(wish["merchant"])
    check_one_person(merchant)
    return keys.issue_key(
        merchant=merchant,
        environment=wish["environment"],
        label=wish["label"],
        expires_at=wish["ends"],
    )


def check_one_person(merchant: Merchant) -> None:
    """A command knows no person, so it neither asks nor approves where two people have to."""
    if merchant.two_person:
        raise errors.SignedInPersonNeeded


def rotate(wish: dict[str, Any]) -> Issued:
    key = find_key(wish["auth_key"])
    check_one_person(key.merchant)
    return keys.rotate_secret(
        key=key,
        overlap=wish["overlap"],
        quiet_hours=wish["quiet_hours"],
        expected_version=wish["seen"],
    )


def revoke(wish: dict[str, Any]) -> ApiKey:
    key = find_key(wish["auth_key"])
    if key.status != ApiKey.Status.REVOKED:
        check_one_person(key.merchant)
    return keys.revoke_key(key=key)


def report_compromise(wish: dict[str, Any]) -> Issued | None:
    """Where two people have to approve the replacement it is not asked for: nobody knows by whom."""
    if not wish["reason"]:
        raise CommandError("Add the cause: --reason TEXT, before the verb.")
    key = find_key(wish["auth_key"])
    return compromise.declare_compromise(
        key=key,
        response=wish["response"],
        reason=wish["reason"],
        exposed_since=wish["since"],
        by=None if key.merchant.two_person else wish["by"],
        exposed=find_version(wish["auth_key"], wish["version"]) if wish["version"] else None,
        overlap=wish["overlap"],
        expected_version=wish["seen"],
    ).issued


def add_seen_options(parser: CommandParser) -> None:
    parser.add_argument("--seen", type=int, metavar="VERSION", help="only if this version is still the current one")


def add_overlap_options(parser: CommandParser) -> None:
    add_seen_options(parser)
    parser.add_argument(
        "--overlap", type=duration, default=keys.DEFAULT_OVERLAP, metavar="24h", help="0s to 7d; default 24h"
    )


def add_rotation_options(parser: CommandParser) -> None:
    add_overlap_options(parser)
    parser.add_argument("--quiet-hours", type=int, help="end the overlap early after this many hours without use")


def add_end_options(parser: CommandParser) -> None:
    add_seen_options(parser)
    parser.add_argument("--until", type=moment, required=True, metavar="MOMENT", help="2027-01-31T12:00, in UTC")


def add_compromise_options(parser: CommandParser) -> None:
    add_overlap_options(parser)
    parser.add_argument("--response", choices=Compromise.Response.values, required=True)
    parser.add_argument("--version", type=int, help="the secret version; default: the latest")
    parser.add_argument("--since", type=moment, required=True, metavar="MOMENT", help="compromised since, in UTC")


def add_moment_options(parser: CommandParser) -> None:
    parser.add_argument("--at", type=moment, metavar="MOMENT", help="2027-01-31T12:00, in UTC; default: never")


def add_hours_options(parser: CommandParser) -> None:
    add_seen_options(parser)
    parser.add_argument("--hours", type=int, help="1 to 168; default: the overlap ends at its date only")


def add_request_options(parser: CommandParser) -> None:
    parser.add_argument("--wish", choices=Approval.Verb.values, help="only if this was requested")


def asker(wish: dict[str, Any]) -> dict[str, Any]:
    """Who declines has a name. To ask and to approve, a person signs in: a command believes whatever --by says."""
    if wish["by"] is None:
        raise CommandError("Add the person: --by EMAIL, before the verb.")
    return {"by": wish["by"]}


def find_question(wish: dict[str, Any]) -> Approval:
    found = Approval.objects.filter(key=find_key(wish["auth_key"]), state=Approval.State.WAITING).first()
    if found is None or wish["wish"] not in {None, found.verb}:
        raise errors.AlreadyDecided
    return found


class KeyCommand(NamedTuple):
    help: str
    act: Callable[[dict[str, Any]], Any]
    options: Callable[[CommandParser], None] = lambda _: None


VERBS = {
    "rotate": KeyCommand("rotate the secret; the old version works during the overlap", rotate, add_rotation_options),
    "extend": KeyCommand(
        "extend the overlap",
        lambda wish: keys.extend_overlap(**old_secret(wish), until=wish["until"]),
        add_end_options,
    ),
    "end": KeyCommand("end the overlap now", lambda wish: keys.end_overlap(**old_secret(wish)), add_seen_options),
    "end-when-quiet": KeyCommand(
        "end the overlap automatically after this many hours without use",
        lambda wish: keys.end_when_quiet(**old_secret(wish), hours=wish["hours"]),
        add_hours_options,
    ),
    "expire": KeyCommand(
        "set the expiry of the key",
        lambda wish: keys.set_end(key=find_key(wish["auth_key"]), ends=wish["at"]),
        add_moment_options,
    ),
    "quarantine": KeyCommand(
        "quarantine the key: players are paid, no new round starts",
        lambda wish: keys.quarantine_key(key=find_key(wish["auth_key"])),
    ),
    "revoke": KeyCommand("revoke the key permanently", revoke),
    "leak": KeyCommand(
        "report a compromise: respond at once and keep the case", report_compromise, add_compromise_options
    ),
    "decline": KeyCommand(
        "decide on a request",
        lambda wish: approvals.decline_request(**asker(wish), approval=find_question(wish)),
        add_request_options,
    ),
}
