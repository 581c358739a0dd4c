"""One portal a checkout: whoever holds the claim may start servers on `var/` or remove it."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parent.parent.parent
VAR = CHECKOUT / "var"


class Running(Exception):
    def __str__(self) -> str:
        return "A portal is running from this checkout; stop it first (Ctrl-C where it was started)."


@contextmanager
def lock_checkout(folder: Path) -> Iterator[None]:
    """Held by an open file, so that the kernel gives it back however the holder ends."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "claim").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Running from None
        yield
