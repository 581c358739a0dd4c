"""Say which of our secrets stand in a text: exit code 1 when one of them can be used, 2 when the text can't be read."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from merchants.services import scan
from merchants.services.scan import SecretFinding, SecretState

COLOURS = {
    SecretState.USABLE: "red",
    SecretState.OVERLAP: "red",
    SecretState.FOREIGN: "yellow",
    SecretState.BY_SHAPE: "yellow",
}
UNREADABLE = 2


class Command(BaseCommand):
    help = "Find secrets of this portal in a file. No secret is decrypted or printed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="any file, text or binary; - means standard input")

    def handle(self, *, file: str, **options: Any) -> None:
        console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, highlight=False)
        states, leaked, tokens = Counter[SecretState](), dict[int, str](), set[str]()
        with open_input(file) as content:
            for finding in scan.findings(content):
                states[finding.state] += 1
                console.print(sighting_line(finding), style=COLOURS.get(finding.state, ""), markup=False)
                if finding.usable and finding.secret is not None:
                    leaked[finding.secret.key_id] = finding.secret.key.auth_key
                if finding.usable and finding.token is not None:
                    tokens.add(f"“{finding.token}” of {finding.token.person.email}")
        console.print(summary(states), style="red" if leaked or tokens else "green", markup=False)
        for pk, auth_key in leaked.items():
            console.print(f"Report a compromise of {auth_key}: {settings.BASE_URL}/admin/merchants/apikey/{pk}/leak/")
        for name in sorted(tokens):
            console.print(f"Revoke the access token {name} on the page “API tokens”.", markup=False)
        if leaked or tokens:
            sys.exit(1)


@contextmanager
def open_input(name: str) -> Iterator[BinaryIO]:
    try:
        with Path(name).open("rb") if name != "-" else open(0, "rb", closefd=False) as content:
            yield content
    except OSError as fault:
        raise CommandError(f"The file cannot be read: {fault.strerror}.", returncode=UNREADABLE) from None


def sighting_line(finding: SecretFinding) -> str:
    place, secret = f"line {finding.line}, column {finding.column}", finding.secret
    if finding.token is not None:
        return f"{place}: access token “{finding.token}” of {finding.token.person.email} · {finding.said}"
    if secret is None:
        return f"{place}: {finding.said}"
    return f"{place}: {secret.key.merchant.code} · {secret.key.auth_key} · version {secret.version} · {finding.said}"


def summary(states: Counter[SecretState]) -> str:
    if not states:
        return "The file contains no secret of this portal."
    usable, foreign = states[SecretState.USABLE] + states[SecretState.OVERLAP], states[SecretState.FOREIGN]
    by_shape = states[SecretState.BY_SHAPE]
    ours = states.total() - foreign - by_shape
    counts = f"Secrets of this portal: {ours:,}, of which active: {usable:,}. Unknown secrets: {foreign:,}."
    return f"{counts} Signing secrets of event endpoints, by their form: {by_shape:,}." if by_shape else counts
