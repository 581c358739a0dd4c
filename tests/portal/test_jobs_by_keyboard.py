"""Each everyday job has a test in a browser that does it by keyboard alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.browser.jobs import OPERATORS, STAFF

BROWSER = Path(__file__).parents[1] / "browser"
# What a pointer does, or what puts text or focus into a control from outside.
NOT_BY_KEYBOARD = {
    *("check", "clear", "click", "dblclick", "dispatch_event", "drag_to", "fill", "focus", "hover", "press"),
    *("press_sequentially", "select_option", "set_checked", "set_input_files", "tap", "type", "uncheck"),
}


def functions(file: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((BROWSER / file).read_text())
    return {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}


def others(file: str, name: str) -> list[str]:
    """Return what the test, or a function of its file that it calls, does to a page without the keyboard."""
    known, waiting, seen, found = functions(file), [name], set(), []
    while waiting:
        current = waiting.pop()
        seen.add(current)
        for call in (node for node in ast.walk(known[current]) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in known.keys() - seen:
                waiting.append(call.func.id)
            if isinstance(call.func, ast.Attribute) and call.func.attr in NOT_BY_KEYBOARD:
                receiver = ast.unparse(call.func.value)
                found += [] if receiver.endswith("keyboard") else [ast.unparse(call)]
    return found


def test_the_jobs_are_ten_for_staff_and_ten_for_operators() -> None:
    assert (len(STAFF), len(OPERATORS)) == (10, 10)


@pytest.mark.parametrize("test", [*STAFF.values(), *OPERATORS.values()])
def test_a_job_is_done_by_keyboard_alone(test: str) -> None:
    file, _, name = test.partition("::")
    assert "keyboard" in {argument.arg for argument in functions(file)[name].args.args}, "it has no keyboard"
    assert others(file, name) == []
