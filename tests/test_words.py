"""What a function gives back is said as the field says it: `Return …`, `Yield …`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import swimctl

PACKAGE = Path(swimctl.__file__).parent
# "Give a user another password" does something; "Give the password" would say what comes back.
NOT_SAID = re.compile(r"(?:Tells?|Gives?|Hears?)\b(?! up\b)")


def test_a_function_that_returns_something_says_return() -> None:
    assert list(said_otherwise()) == []


def said_otherwise() -> Iterator[str]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            said, returned = ast.get_docstring(node) or "", node.returns and ast.unparse(node.returns)
            if returned not in (None, "None") and NOT_SAID.match(said):
                yield f"{file.relative_to(PACKAGE)}:{node.lineno}: {said.splitlines()[0]}"
