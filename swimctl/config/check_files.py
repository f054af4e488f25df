"""Rules for checks that stand in files of their own: `swimctl.checks.files`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from swimctl import yaml_file
from swimctl.config.checks import CheckRule, Checks
from swimctl.config.explain import explain
from swimctl.errors import ConfigError

_ENDINGS: Final = frozenset({".yaml", ".yml"})


def gathered(checks: Checks, config: Path) -> Checks:
    """Return the checks with the rules of their files among their own. ConfigError: a file, or a name that is twice."""
    rules, places = dict(checks.rules), dict.fromkeys(checks.rules, str(config))
    for path in _files(checks, config):
        for name, rule in read(path).items():
            if name in rules:
                raise ConfigError(f"{_where(path, (name,))}: the check {name} is in {places[name]} too; rename one")
            rules[name], places[name] = rule, str(path)
    return checks.model_copy(update={"rules": rules, "files": []})


def read(path: Path) -> dict[str, CheckRule]:
    """Read the rules of one file, by name. ConfigError with file and line."""
    document = yaml_file.read(path, ConfigError, "swimctl.checks.files names it")
    document = {} if document is None else document
    if not isinstance(document, dict) or not all(isinstance(name, str) for name in document):
        raise ConfigError(f"{path}: it must be a mapping, `name:` with a rule each")
    try:
        return Checks.model_validate({"rules": document}).rules
    except ValidationError as problems:
        lines = []
        for problem in problems.errors(include_url=False):
            keys = problem["loc"][1:]
            lines.append(f"{_where(path, keys)}: {explain(Checks, problem, keys)}")
        raise ConfigError("\n".join(lines)) from None


def _files(checks: Checks, config: Path) -> list[Path]:
    found: list[Path] = []
    for each in checks.files:
        path = config.parent / Path(each).expanduser()
        if path.is_dir():
            inside = sorted(inner for inner in path.iterdir() if inner.suffix in _ENDINGS)
            if not inside:
                raise ConfigError(
                    f"{path}: swimctl.checks.files names this folder, and no file in it ends in .yaml or .yml, so it "
                    "has no rules; put one there, or leave the folder out"
                )
            found += inside
        else:
            found.append(path)
    return found


def _where(path: Path, keys: tuple[int | str, ...]) -> str:
    line = yaml_file.line_of(path, keys)
    return f"{path} line {line}" if line else str(path)
