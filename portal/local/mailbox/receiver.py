"""The SMTP side: takes every letter for everybody, over plain SMTP on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

    from portal.local.mailbox.store import Store

LARGEST_LETTER = 10 * 1024 * 1024


class Receiver:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        self.store.add(content, envelope.mail_from or "", envelope.rcpt_tos)
        return "250 Kept"


def smtp_server(store: Store, port: int) -> Controller:
    return Controller(Receiver(store), hostname="127.0.0.1", port=port, data_size_limit=LARGEST_LETTER)
