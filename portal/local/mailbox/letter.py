"""Reads a letter without trusting it: whatever bytes arrived, something can be shown, and nothing is raised."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

UNREADABLE = (MessageError, HeaderParseError, LookupError, ValueError, TypeError, AttributeError)
NANOSECONDS = 10**9
IN_PLACE = frozenset({"image/png", "image/jpeg", "image/gif"})


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""  # by which the letter's own markup may show it

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class CaughtEmail:
    name: str
    received: datetime
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[Attachment, ...]

    def header(self, wanted: str) -> str:
        return ", ".join(value for name, value in self.headers if name.lower() == wanted)

    @property
    def subject(self) -> str:
        return self.header("subject") or "(no subject)"

    @property
    def sender(self) -> str:
        return self.header("from") or self.header("x-envelope-from") or "(unknown)"

    @property
    def shown_time(self) -> str:
        return f"{self.received.astimezone():%d %b %Y, %H:%M:%S}"

    @property
    def html_with_images(self) -> str:
        """As a mail program shows it: an image that came along stands where the markup names it, the first time."""
        html = self.html
        for part in self.attachments:
            if part.content_id and part.content_type in IN_PLACE:
                data = f"data:{part.content_type};base64,{b64encode(part.content).decode()}"
                html = html.replace(f'"cid:{part.content_id}"', f'"{data}"', 1)
        return html

    @property
    def recipients(self) -> list[str]:
        return [value for name, value in self.headers if name.lower() == "x-envelope-to"]


def read_letter(name: str, content: bytes) -> CaughtEmail:
    message = message_from_bytes(content)
    parts = [part for part in message.walk() if not part.is_multipart()]
    return CaughtEmail(
        name=name,
        received=datetime.fromtimestamp(int(name.split("-", maxsplit=1)[0]) // NANOSECONDS, tz=UTC),
        headers=tuple((printable(key), decoded_header(value)) for key, value in message.items()),
        text=first_body(parts, "text/plain"),
        html=first_body(parts, "text/html"),
        attachments=tuple(attachment(part) for part in parts if is_attachment(part)),
    )


def printable(text: str) -> str:
    """Bytes that were no characters become question marks; they could not be sent on to a browser."""
    return text.encode(errors="replace").decode()


def decoded_header(value: object) -> str:
    """A header with its encoded words decoded (RFC 2047); as it came, when they are broken."""
    raw = " ".join(str(value).splitlines())
    try:
        return printable(str(make_header(decode_header(raw))))
    except UNREADABLE:
        return printable(raw)


def is_attachment(part: Message) -> bool:
    inline_text = part.get_content_type() in {"text/plain", "text/html"}
    return not inline_text or file_name(part) is not None


def file_name(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except UNREADABLE:
        return "unreadable-name"
    return None if name is None else decoded_header(name)


def first_body(parts: list[Message], content_type: str) -> str:
    for part in parts:
        if part.get_content_type() == content_type and not is_attachment(part):
            return body(part)
    return ""


def body(part: Message) -> str:
    try:
        return payload(part).decode(part.get_content_charset() or "utf-8", "replace")
    except UNREADABLE:
        return payload(part).decode("utf-8", "replace")


def payload(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except UNREADABLE:
        content = part.get_payload()
    return content if isinstance(content, bytes) else printable(str(content or "")).encode()


def attachment(part: Message) -> Attachment:
    content_id = decoded_header(part.get("content-id", "")).strip("<> ")
    return Attachment(file_name(part) or "unnamed", part.get_content_type(), payload(part), content_id)
