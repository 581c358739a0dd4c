"""Reads delivery status notifications: emails of mail servers about failed deliveries (multipart/report, RFC 3464)."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.policy import default
from typing import IO, Any

FAILED = "failed"  # a "delayed" is none yet
LONGEST = 256 * 1024
SAID = 300


@dataclass(frozen=True, slots=True)
class Bounce:
    message_id: str
    recipient: str
    said: str


def bounces_in(message: IO[bytes]) -> list[Bounce]:
    """Return the failed deliveries that a notification names; empty for any other email."""
    read = email.message_from_bytes(message.read(LONGEST), policy=default)
    number = _original(read)
    return [Bounce(number, to, said) for to, said in _failed(read)] if number else []


def _original(read: Message) -> str:
    """Message-ID of the email that came back; it stands in the copy of it, or of its head, at the end."""
    for part in read.walk():
        if part.get_content_type() == "text/rfc822-headers":
            head = email.message_from_string(_text(part), policy=default)
            return str(head.get("Message-ID", ""))
        if part.get_content_type() == "message/rfc822":
            inner: Any = part.get_payload()
            return str(inner[0].get("Message-ID", "")) if isinstance(inner, list) and inner else ""
    return ""


def _failed(read: Message) -> Iterator[tuple[str, str]]:
    for part in read.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from filter(None, map(_recipient, part.get_payload()))


def _recipient(fields: Message) -> tuple[str, str] | None:
    recipient = str(fields.get("Final-Recipient") or fields.get("Original-Recipient") or "").rpartition(";")[2].strip()
    if str(fields.get("Action", "")).strip().lower() != FAILED or not recipient:
        return None
    said = f"{fields.get('Status', '')} {str(fields.get('Diagnostic-Code', '')).partition(';')[2].strip()}".strip()
    return recipient, " ".join(said.replace("\0", "").split())[:SAID]


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode(errors="replace") if isinstance(payload, bytes) else str(part.get_payload())
