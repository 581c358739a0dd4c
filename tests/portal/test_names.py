"""Public names are verb and object, or a noun phrase; one class name has one meaning."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
FILES = [
    file
    for room in ("portal", "merchants", "wallet")
    for file in (CHECKOUT / room).rglob("*.py")
    if "migrations" not in file.parts
]
VAGUE = re.compile(
    r"about|after|around|as|at|because|before|beside|between|beyond|by|for|from|in|into|of|on|onto|to|with"
    r"|without|again|look|many|mostly|never|once|only|others|own|same|some|tell|that|this|those|what|when|who"
    r"|whose|became|drawn|found|given|gone|held|kept|left|lost|made|meant|said|seen|shown|told|written"
)
STATES = {"at", "on", "when"}  # of one object, which says what is on, and when


def is_bare(name: str) -> bool:
    participle = "_" not in name and len(name) > len("seed") and name.endswith("ed")
    return participle or VAGUE.fullmatch(name) is not None


def public_names() -> Iterator[tuple[str, str]]:
    """Names of functions, and of methods but for an admin's: those are columns, and say what stands in them."""
    for file in FILES:
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and is_bare(node.name):
                yield str(file.relative_to(CHECKOUT)), node.name
            if isinstance(node, ast.ClassDef) and not node.name.endswith("Admin"):
                methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
                bare = {name for name in methods - STATES if VAGUE.fullmatch(name)}
                yield from ((f"{file.relative_to(CHECKOUT)}: {node.name}", name) for name in bare)


def test_public_names_are_no_bare_participles_or_prepositions() -> None:
    assert list(public_names()) == []


def test_a_class_name_has_one_meaning() -> None:
    names = Counter(
        node.name
        for file in FILES
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.endswith("Form") and not node.name.startswith("_")
    )
    names.pop("Command", None)  # Django finds a command by this name
    assert [name for name, number in names.items() if number > 1] == []


SERVICES = (
    "merchants/services",
    "wallet/services",
    "wallet/ledger",
    "wallet/reconciliation",
    "portal/lib",
    "portal/database",
)
NO_VERB = re.compile(r"(As|For|How|In|It|Of|That|They|To|What|When|Where|Whether|Which|Who|Whoever|Whom)\b")


def test_a_docstring_of_a_service_begins_with_what_the_function_does_or_returns() -> None:
    found = [
        f"{file.relative_to(CHECKOUT)}: {node.name}"
        for file in FILES
        if str(file.relative_to(CHECKOUT)).startswith(SERVICES)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if NO_VERB.match(ast.get_docstring(node) or "")
    ]
    assert found == []
