"""Addresses of statements on operators' hosts, as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import SplitResult, quote, unquote, urlsplit

from django.utils.translation import gettext as _

from merchants.errors import Refusal
from wallet.models.reconciliation_plan import StatementSource

DAY = "{day}"
LONGEST = 500
PORTS = {"https": 443, "sftp": 22}
SCHEMES = {StatementSource.Kind.URL.value: "https", StatementSource.Kind.SFTP.value: "sftp"}
PRINTABLE = re.compile(r"[\x21-\x7e]+")
EXAMPLES = {"https": "https://files.example.com/{day}.csv", "sftp": "sftp://user@files.example.com/out/{day}.csv"}


class WrongAddress(Refusal):
    """The address is not valid, and nothing was saved. The text says which form an address has."""


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
        """Return the server and user for which a password is stored."""
        return self.scheme, self.user, self.host, self.port

    def target(self, day: date) -> str:
        """Return path and query for a day, as HTTP sends them."""
        path = quote(self.path, safe="/{}:@!$&'()*+,;=~%-._") or "/"
        return (f"{path}?{self.query}" if self.query else path).replace(DAY, day.isoformat())

    def file(self, day: date) -> str:
        return unquote(self.path).replace(DAY, day.isoformat())

    def name(self, day: date) -> str:
        """Return the name of the file in the portal."""
        return self.file(day).rpartition("/")[2] or day.isoformat()


def parse_place(kind: str, address: str) -> RemotePlace:
    """Return the parts of the address. Raises WrongAddress."""
    scheme, address = SCHEMES[kind], address.strip()
    if len(address) > LONGEST or not PRINTABLE.fullmatch(address):
        raise WrongAddress(
            _("An address has no spaces, only ASCII characters, and at most %(longest)s characters.")
            % {"longest": LONGEST}
        )
    try:
        found = urlsplit(address)
        port = found.port
    except ValueError as fault:
        raise WrongAddress(
            _("This address is not valid. Write it in the form %(scheme)s.") % {"scheme": EXAMPLES[scheme]}
        ) from fault
    _check(scheme, found)
    if port == 0:
        raise WrongAddress(_("A port is a number from 1 to 65535."))
    user, host = unquote(found.username or ""), (found.hostname or "").rstrip(".")
    return RemotePlace(scheme, user, host, port or PORTS[scheme], found.path, found.query)


def _check(scheme: str, found: SplitResult) -> None:
    if found.scheme == "http":
        raise WrongAddress(
            _("With http, anyone on the network can read and change the file. Enter an address with https.")
        )
    if found.scheme != scheme or not found.hostname or found.fragment:
        raise WrongAddress(
            _("This address is not valid. Write it in the form %(scheme)s.") % {"scheme": EXAMPLES[scheme]}
        )
    if found.password is not None:
        raise WrongAddress(
            _(
                "Remove the password from the address, because the address is shown. Enter the password in "
                "its own field."
            )
        )
    if DAY in found.netloc or DAY not in f"{found.path}?{found.query}":
        raise WrongAddress(
            _("Write %(day)s in place of the day in the file name, so that each day has its own file.") % {"day": DAY}
        )
    if scheme == "sftp" and (not found.username or found.query):
        raise WrongAddress(
            _("An SFTP address contains a user name. Write it in the form %(scheme)s.") % {"scheme": EXAMPLES[scheme]}
        )
