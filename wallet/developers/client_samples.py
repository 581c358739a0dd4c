"""Clients of the signed API in several languages. Each is a file of `samples/`: the page shows it, a test runs it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "samples"
REMARKS = re.compile(r"  # noqa:.*$", re.MULTILINE)
FILES = {
    "Python": "call.py",
    "Node": "call.mjs",
    "PHP": "call.php",
    "Java": "Call.java",
    "Go": "call.go",
    "C#": "Call.cs",
    "Python, generated": "generated.py",
    "TypeScript, generated": "generated.ts",
}


class ClientSample(NamedTuple):
    language: str
    file: str
    code: str


@cache
def client_samples() -> tuple[ClientSample, ...]:
    """Return the samples as they are shown: without remarks to our linter."""
    texts = ((language, file, (FOLDER / file).read_text()) for language, file in FILES.items())
    return tuple(ClientSample(language, file, REMARKS.sub("", text)) for language, file, text in texts)
