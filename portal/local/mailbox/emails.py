"""Reads the emails of a maildir without trusting them: something can be shown of each, and nothing is raised."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

UNREADABLE = (MessageError, LookupError, ValueError, TypeError, AttributeError)
SHOWN_IN_PLACE = frozenset({"image/png", "image/jpeg", "image/gif"})


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""  # by which the markup of the email may show it

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Email:
    name: str
    received: datetime
    text: str
    html: str = ""
    subject: str = "(no subject)"
    sender: str = "(unknown)"
    recipients: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def html_with_images(self) -> str:
        """Return the markup as a mail program shows it: with the first use of each attached image in place."""
        html = self.html
        for part in self.attachments:
            if part.content_id and part.content_type in SHOWN_IN_PLACE:
                data = f"data:{part.content_type};base64,{b64encode(part.content).decode()}"
                html = html.replace(f'"cid:{part.content_id}"', f'"{data}"', 1)
        return html


def newest_first(folder: Path) -> list[Path]:
    return sorted((folder / "new").iterdir(), key=_arrival, reverse=True)


def _arrival(path: Path) -> tuple[int, ...]:
    """Return second, microsecond, process and number, as the name of a maildir's file has them."""
    return tuple(int(number) for number in re.findall(r"\d+", path.name)[:4])


def read_email(path: Path) -> Email:
    content, received = path.read_bytes(), datetime.fromtimestamp(_arrival(path)[0], tz=UTC)
    try:
        return _parsed(path.name, received, message_from_bytes(content, policy=policy.default))
    except UNREADABLE:
        return Email(path.name, received, content.decode(errors="replace"))


def _parsed(name: str, received: datetime, message: EmailMessage) -> Email:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    headers = tuple((_printable(key), _printable(value)) for key, value in message.items())
    by_name = {key.lower(): value for key, value in headers}
    return Email(
        name=name,
        received=received,
        text=_printable(text.get_content()) if text else "",
        html=_printable(html.get_content()) if html else "",
        subject=by_name.get("subject") or Email.subject,
        sender=by_name.get("from") or by_name.get("x-mailfrom") or Email.sender,
        recipients=by_name.get("x-rcptto", ""),
        headers=headers,
        attachments=tuple(
            _attachment(part) for part in message.walk() if not part.is_multipart() and part not in {text, html}
        ),
    )


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    return Attachment(
        name=_printable(part.get_filename() or "unnamed"),
        content_type=part.get_content_type(),
        content=content if isinstance(content, bytes) else b"",
        content_id=_printable(part.get("content-id", "")).strip("<> "),
    )


def _printable(text: object) -> str:
    """Return it with a question mark for each byte that is no character: a browser could not be sent it."""
    return str(text).encode(errors="replace").decode()
