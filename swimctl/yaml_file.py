"""Read the YAML files that people write, and say in which line a mistake stands.

Files may hold passwords, so no message ever repeats a value: a YAML error's own words are used, with
whatever it quotes from the file left out.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from swimctl.errors import UsageError

# What a parser quotes: a sign or the name of a token, which stays; else it may be a secret of the file.
_QUOTED = re.compile(r"""(['"])(?P<stays>\\?.|<[a-z ]+>)\1|(['"]).{2,}?\3""")
_composing = threading.Lock()
_DUPLICATE = re.compile(r'duplicate key "([^"]*)"')


def read(path: Path, error: type[UsageError], missing: str) -> object:
    """Load one YAML document; None where the file is empty.

    `missing` says what to do where the file is not there. Raises `error`, with file and line.
    """
    text = _text(path, error, missing)
    try:
        return _load(text)
    except YAMLError as problem:
        raise error(_explain(path, problem)) from None
    except (ValueError, TypeError) as problem:  # ruamel lets the constructors of dates and mapping keys raise these
        raise error(f"{path}: a value cannot be read ({type(problem).__name__}); put it in quotes") from None


def _load(text: str) -> object:
    """Read by libyaml, a quarter of the time; what it refuses is read by ruamel itself, which has the better words.

    libyaml does not know that YAML 1.2 allows a colon in `{from: 2030-12-20T00:00}`.
    """
    try:
        return YAML(typ="safe").load(text)
    except YAMLError:
        return _silent(YAML(typ="safe", pure=True)).load(text)


def _silent(yaml: YAML) -> YAML:
    """Have it not warn of an anchor that is there twice: the warning would print both lines, with what is secret."""
    yaml.composer.warn_double_anchors = False
    return yaml


def line_of(path: Path, keys: Sequence[object]) -> int | None:
    """Find the line (from 1) in which the value under these keys stands, or the deepest of them that exists."""
    try:
        with _composing:  # many threads may have the same mistake: it is looked for once
            node = _compose(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        return None
    line: int | None = None
    for key in keys:
        found = _child(node, key)
        if found is None:
            break
        mark, node = found
        line = mark
    return line


@lru_cache(maxsize=3)
def _compose(text: str) -> Node | None:
    """Parse for places alone; kept, as a file with many mistakes is asked for each of them."""
    node: Node | None = _silent(YAML()).compose(text)
    return node


def _child(node: Node | None, key: object) -> tuple[int, Node] | None:
    """Step into one key of a mapping or one index of a list; the line is that of the key."""
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if str(name.value) == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
        item: Node = node.value[key]
        return item.start_mark.line + 1, item
    return None


def _text(path: Path, error: type[UsageError], missing: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error(f"{path} does not exist; {missing}") from None
    except IsADirectoryError:
        raise error(f"{path} is a folder; name a file") from None
    except UnicodeDecodeError:
        raise error(f"{path} is not UTF-8 text; save it as UTF-8") from None
    except OSError as problem:
        raise error(f"{path} cannot be read: {problem.strerror}") from None


def _explain(path: Path, problem: YAMLError) -> str:
    where, what = str(path), "not valid YAML"
    if isinstance(problem, MarkedYAMLError):
        mark = problem.problem_mark or problem.context_mark
        if mark is not None:
            where = f"{path} line {mark.line + 1}"
        if isinstance(problem, DuplicateKeyError):
            key = _DUPLICATE.search(problem.problem or "")
            return f"{where}: the key {key.group(1) if key else ''!r} is there twice; remove one"
        if problem.problem:
            what += f": {_QUOTED.sub(_unquoted, ' '.join(problem.problem.split()))}"
    return f"{where}: {what}; indent with blanks, and put values that begin with * & ! % @ or hold ': ' in quotes"


def _unquoted(found: re.Match[str]) -> str:
    return found.group() if found["stays"] else "…"
