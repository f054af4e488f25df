"""Docstrings have the field's plain words: `Return …`, `Send …`, `Record …`, `Wait …`."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from support.source import code, in_one_worker

# "Give a user another password" does something; "Give the password" would be what comes back.
RETURNED = re.compile(r"(?:Tells?|Gives?|Hears?)\b(?! up\b)")
# Each has a plainer word: Print or Notify for Say, Read or Apply for Take, Run or Make for Let, Add or Write for Put,
# Record for Note, Compare or Reserve for Hold, Check for Look.
ODD = re.compile(r"(?:Tell|Hear|Say|Take|Let|Put|Note|Hold|Look|Judge)s?\b")


@cache
def docstrings() -> list[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    """Return each function of the package that has a docstring."""
    return [
        (file, node, text)
        for file, node in code()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (text := ast.get_docstring(node))
    ]


@in_one_worker
def test_a_function_that_returns_something_says_return() -> None:
    assert [
        f"{file}:{node.lineno}: {text.splitlines()[0]}"
        for file, node, text in docstrings()
        if RETURNED.match(text) and (node.returns and ast.unparse(node.returns)) not in (None, "None")
    ] == []


@in_one_worker
def test_no_docstring_begins_with_a_word_of_our_own() -> None:
    assert [
        f"{file}:{node.lineno}: {text.splitlines()[0]}" for file, node, text in docstrings() if ODD.match(text)
    ] == []


@pytest.mark.parametrize("text", ["Let the device go.", "Takes a line.", "Note that it is up."])
def test_the_odd_words_are_found(text: str) -> None:
    assert ODD.match(text)


@pytest.mark.parametrize("text", ["Letters of a name.", "Return what a look shows.", "Notify that a batch starts."])
def test_other_words_are_not(text: str) -> None:
    assert not ODD.match(text)
