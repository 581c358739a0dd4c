"""Letters as files, one each, named so that their names sort by arrival."""

from __future__ import annotations

import re
import secrets
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.local.mailbox.letter import CaughtEmail, read_letter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KEPT = 200  # all of them are read for each view of the list
NAME = re.compile(r"\d{20}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Store:
    folder: Path

    def __post_init__(self) -> None:
        """Letters hold links that open accounts: nobody else on this machine reads them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(stat.S_IRWXU)

    def add(self, content: bytes, sender: str, recipients: Iterable[str]) -> None:
        """The envelope is kept as headers on top: who gets a letter need not be named inside it."""
        envelope = "".join(f"X-Envelope-To: {recipient}\r\n" for recipient in recipients)
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        draft = self.folder / f"{name}.new"
        draft.write_bytes(f"X-Envelope-From: {sender}\r\n{envelope}".encode(errors="replace") + content)
        draft.rename(self.folder / f"{name}.eml")
        for old in self.names()[KEPT:]:
            self.remove(old)

    def names(self) -> list[str]:
        """Newest first."""
        return sorted((path.stem for path in self.folder.glob("*.eml") if NAME.fullmatch(path.stem)), reverse=True)

    def letters(self) -> list[CaughtEmail]:
        return [letter for name in self.names() if (letter := self.get(name))]

    def get(self, name: str) -> CaughtEmail | None:
        content = self.raw(name)
        return None if content is None else read_letter(name, content)

    def raw(self, name: str) -> bytes | None:
        """None when there is no such letter, or it has been deleted meanwhile."""
        if not NAME.fullmatch(name):
            return None
        try:
            return (self.folder / f"{name}.eml").read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        (self.folder / f"{name}.eml").unlink(missing_ok=True)

    def clear(self) -> None:
        for name in self.names():
            self.remove(name)
