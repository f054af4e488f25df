"""The code of the package, as Python reads it: read once for all tests that look at it."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

import pytest

import swimctl

PACKAGE = Path(swimctl.__file__).parent
# For tests that look at it: in the worker that has read it already.
in_one_worker = pytest.mark.xdist_group("the package's code")


@cache
def code() -> list[tuple[Path, ast.AST]]:
    """Return all calls and functions of the package, each with its file."""
    gc.disable()  # nothing here can be garbage, and looking for some takes two thirds of the time
    try:
        return [
            (file.relative_to(PACKAGE), node)
            for file in sorted(PACKAGE.rglob("*.py"))
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call | ast.FunctionDef | ast.AsyncFunctionDef)
        ]
    finally:
        gc.freeze()  # it stays, and is not to be looked through again and again
        gc.enable()
