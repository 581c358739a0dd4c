"""Prints the measures of docs/architecture.md: `python -m tests.measures`."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import grimp

CHECKOUT = Path(__file__).parents[1]
ROOMS = ("portal", "merchants", "wallet")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LONGEST_FILES = 5


def source_files() -> list[Path]:
    files = [file for room in ROOMS for file in (CHECKOUT / room).rglob("*.py")]
    return sorted(file for file in files if "migrations" not in file.parts)


def function_lengths(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the lines of each function, without its decorators and its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            body = node.body[1:] if ast.get_docstring(node) is not None and len(node.body) > 1 else node.body
            yield (node.end_lineno or node.lineno) - body[0].lineno + 2, node.name


def public_names(tree: ast.Module) -> tuple[int, int]:
    """Return how many public functions and classes a module has."""
    names = [node for node in tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))]
    shown = [node for node in names if not node.name.startswith("_")]
    classes = sum(isinstance(node, ast.ClassDef) for node in shown)
    return len(shown) - classes, classes


def import_arrows(package: str) -> dict[tuple[str, str], int]:
    """Return how many imports go from each child of a package to each other child."""
    graph = grimp.build_graph(package.partition(".")[0], exclude_type_checking_imports=True)
    depth, arrows = package.count(".") + 2, Counter[tuple[str, str]]()
    for importer in sorted(graph.find_descendants(package)):
        here = ".".join(importer.split(".")[:depth])
        for imported in graph.find_modules_directly_imported_by(importer):
            there = ".".join(imported.split(".")[:depth])
            if imported.startswith(f"{package}.") and here != there:
                arrows[here, there] += 1
    return arrows


def measures() -> Iterator[str]:
    files = source_files()
    trees = {file: ast.parse(file.read_text()) for file in files}
    lines = sorted(((len(file.read_text().splitlines()), file) for file in files), reverse=True)
    counted = [number for number, _ in lines if number]
    yield f"files: {len(counted)}; lines: {sum(counted):,}; median {median(counted):.0f}"
    yield from (f"  {number:5} {file.relative_to(CHECKOUT)}" for number, file in lines[:LONGEST_FILES])
    lengths = [length for tree in trees.values() for length, _ in function_lengths(tree)]
    ninth = quantiles(lengths, n=10)[-1]
    yield f"functions: {len(lengths):,}; lines: median {median(lengths):.0f}, nine in ten at most {ninth:.0f}"
    names = [public_names(tree) for tree in trees.values()]
    yield f"public functions: {sum(each for each, _ in names):,}; public classes: {sum(each for _, each in names)}"
    for package in ("portal", "merchants", "wallet", "wallet.services"):
        arrows = import_arrows(package)
        both = sum((there, here) in arrows for here, there in arrows) // 2
        yield f"import arrows between rooms of {package}: {len(arrows)} ({both} both ways)"


def main() -> None:
    sys.stdout.write("\n".join(measures()) + "\n")


if __name__ == "__main__":
    main()
