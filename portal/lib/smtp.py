"""SMTP with a timeout for each phase, by RFC 5321 (4.5.3.2).

A server that scans an email for viruses may take minutes after the final dot. A client that disconnects before the
answer sends the email again, although the server has accepted it.
"""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail.backends import smtp

BEFORE_DATA = 120.0  # the answer to DATA
BLOCK = 180.0  # a part of the mail is on its way
AFTER_DOT = 600.0  # the mail has been sent, and the server thinks about it


class _Phases(smtplib.SMTP):
    """Connection and commands have the time-out of the constructor."""

    is_body = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        usual = self._wait(BEFORE_DATA)
        self.is_body = True
        try:
            return super().data(msg)
        finally:
            self.is_body = False
            self._wait(usual)

    def send(self, s: Any) -> None:
        """Commands are text; the body is bytes, and all of it."""
        is_body = self.is_body and isinstance(s, bytes)
        if is_body:
            self._wait(BLOCK)
        super().send(s)
        if is_body:
            self._wait(AFTER_DOT)

    def _wait(self, seconds: float | None) -> float | None:
        """None of a connection that is gone."""
        if self.sock is None:
            return seconds
        before = self.sock.gettimeout()
        self.sock.settimeout(seconds)
        return before


class PhasedSMTP(_Phases):
    pass


class PhasedSMTPS(_Phases, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return PhasedSMTPS if self.use_ssl else PhasedSMTP
