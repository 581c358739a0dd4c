"""Fetches a file from an operator's host by HTTPS or SFTP: the whole file, or an error that says whom to ask."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import IO

from django.conf import settings

from wallet.reconciliation import over_https
from wallet.reconciliation.host_addresses import NotFetched
from wallet.reconciliation.places import RemotePlace


def fetch_file(place: RemotePlace, *, password: str, host_key: str, day: date, into: IO[bytes]) -> None:
    """Write the file of the day into `into`. Raises NotFetched; then the written part is incomplete."""
    with _told(place):
        if place.scheme == "sftp":
            from wallet.reconciliation import over_sftp  # noqa: PLC0415 - only workers speak SFTP, and it is large

            over_sftp.fetch_over_sftp(place, password, host_key, day, into)
        else:
            over_https.fetch_over_https(place, password, day, into)


def look_up_host_key(place: RemotePlace) -> str:
    """Return the fingerprint of an SFTP host's key. Raises NotFetched."""
    from wallet.reconciliation import over_sftp  # noqa: PLC0415 - as above

    with _told(place):
        return over_sftp.look_up_fingerprint(place)


@contextmanager
def _told(place: RemotePlace) -> Iterator[None]:
    try:
        yield
    except _trouble() as fault:
        raise NotFetched(f"{_sentence(fault, place)} Ask the people who run the host.") from fault


def _trouble() -> tuple[type[BaseException], ...]:
    """Return what a host can cause."""
    import paramiko  # noqa: PLC0415 - as above

    return OSError, EOFError, ValueError, http.client.HTTPException, paramiko.SSHException, paramiko.SFTPError


def _sentence(fault: BaseException, place: RemotePlace) -> str:
    """Return the error text, without data of the host and without credentials."""
    host, seconds = place.host, settings.STATEMENT_FETCH_IDLE_SECONDS
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not valid: {fault.verify_message.rstrip('.')}."
    sentences: list[tuple[tuple[type[BaseException], ...], str]] = [
        (
            (ssl.SSLEOFError, EOFError, http.client.IncompleteRead),
            f"{host} closed the connection before the end of the file.",
        ),
        ((ssl.SSLError,), f"{host} does not speak TLS correctly."),
        ((TimeoutError,), f"{host} did not answer for {seconds} seconds."),
        ((ConnectionRefusedError,), f"{host} accepts no connections on port {place.port}."),
        ((OSError,), f"{host} cannot be reached, or closed the connection."),
    ]
    strange = f"{host} does not speak {place.scheme.upper()} correctly."
    return next((sentence for kinds, sentence in sentences if isinstance(fault, kinds)), strange)
