"""Where a statement is fetched from, as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import SplitResult, quote, unquote, urlsplit

from merchants.errors import Refusal
from wallet.models.reconciliation_plan import StatementSource

DAY = "{day}"
LONGEST = 500
PORTS = {"https": 443, "sftp": 22}
SCHEMES = {StatementSource.Kind.URL.value: "https", StatementSource.Kind.SFTP.value: "sftp"}
PRINTABLE = re.compile(r"[\x21-\x7e]+")
EXAMPLES = {"https": "https://files.example.com/{day}.csv", "sftp": "sftp://user@files.example.com/out/{day}.csv"}


class WrongAddress(Refusal):
    """Nothing was saved; the text says what an address looks like."""


@dataclass(frozen=True, slots=True)
class RemotePlace:
    scheme: str
    user: str
    host: str
    port: int
    path: str
    query: str

    @property
    def server(self) -> tuple[str, str, str, int]:
        """To whom a password is given."""
        return self.scheme, self.user, self.host, self.port

    def target(self, day: date) -> str:
        """Path and query of a day, as HTTP sends them."""
        path = quote(self.path, safe="/{}:@!$&'()*+,;=~%-._") or "/"
        return (f"{path}?{self.query}" if self.query else path).replace(DAY, day.isoformat())

    def file(self, day: date) -> str:
        return unquote(self.path).replace(DAY, day.isoformat())

    def name(self, day: date) -> str:
        """What the file is called here."""
        return self.file(day).rpartition("/")[2] or day.isoformat()


def parse_place(kind: str, address: str) -> RemotePlace:
    """Raises WrongAddress."""
    scheme, address = SCHEMES[kind], address.strip()
    if len(address) > LONGEST or not PRINTABLE.fullmatch(address):
        raise WrongAddress(f"An address has no spaces, only ASCII characters, and at most {LONGEST} of them.")
    try:
        found = urlsplit(address)
        port = found.port
    except ValueError as fault:
        raise WrongAddress(f"This address cannot be read. It looks like {EXAMPLES[scheme]}.") from fault
    _check(scheme, found)
    if port == 0:
        raise WrongAddress("A port is a number from 1 to 65535.")
    user, host = unquote(found.username or ""), (found.hostname or "").rstrip(".")
    return RemotePlace(scheme, user, host, port or PORTS[scheme], found.path, found.query)


def _check(scheme: str, found: SplitResult) -> None:
    if found.scheme == "http":
        raise WrongAddress("Over http anybody on the way can read the file and change it. Give an address with https.")
    if found.scheme != scheme or not found.hostname or found.fragment:
        raise WrongAddress(f"This address cannot be read. It looks like {EXAMPLES[scheme]}.")
    if found.password is not None:
        raise WrongAddress("Leave the password out of the address, which is shown: it has a field of its own.")
    if DAY in found.netloc or DAY not in f"{found.path}?{found.query}":
        raise WrongAddress(
            f"Write {DAY} where the day stands in the file's name, so that each day has a file of its own."
        )
    if scheme == "sftp" and (not found.username or found.query):
        raise WrongAddress(f"An SFTP address names its user. It looks like {EXAMPLES[scheme]}.")
