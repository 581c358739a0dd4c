"""What import-linter cannot see: it knows other people's packages only as a whole."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
WEB = ("rest_framework", "django.http", "django.shortcuts", "django.views")
DOMAIN = (
    "wallet/services",
    "wallet/ledger",
    "wallet/reconciliation",
    "wallet/models",
    "wallet/statuses.py",
    "wallet/money.py",
    "merchants/services",
    "merchants/models",
    "merchants/crypto.py",
)
FILES = [
    file for place in DOMAIN for file in sorted({CHECKOUT / place, *(CHECKOUT / place).rglob("*.py")}) if file.is_file()
]


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_the_domain_does_not_know_that_it_is_on_the_web(file: Path) -> None:
    assert not {name for name in imported(file) if name.startswith(WEB)}
