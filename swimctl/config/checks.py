"""`swimctl.checks`: rules for what must be as before an upgrade, of one's own and of each system. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Annotated, Any, Final, Literal, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from swimctl.config.patterns import groups, why_unreadable
from swimctl.config.read_only import not_only_reading

Verdict = Literal["fail", "warn", "record"]
Defaults = Literal["configured", "all", "none"]
Parser = Literal["ntc", "textfsm", "genie", "swimctl", "regex", "json", "xml"]
PARSERS: Final[tuple[Parser, ...]] = get_args(Parser)
PLAIN_PARSERS: Final = frozenset({"ntc", "genie", "swimctl"})
"""Those that may stand alone, without a template or a path."""

EXPECTATIONS: Final = (
    "still there", "as many", "nothing new", "same", "within", "count", "at least", "at most", "equals", "in",
)  # fmt: skip
_OF_ROWS: Final = frozenset({"still there", "as many", "nothing new"})
_OF_ROWS_TOLD: Final = "`still there`, `as many` and `nothing new`"
_OF_BOTH: Final = frozenset({"same", "within"})
ABSOLUTE: Final = frozenset({"at least", "at most", "equals", "in"})
"""What a row must be whatever it was before."""

KEPT: Final = {"kept": True}
"""The context in which a rule is read that was right when a baseline was kept with it."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")
_SIDES: Final = frozenset({"fall", "rise"})


class Wrong(ValueError):
    """What is wrong with a value, in a sentence: `must be …`."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[list[str], BeforeValidator(_listed)]
Pattern = str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class On(_Strict):
    """Which devices a rule is for: those that fit each of these that is given; of a list, one must fit."""

    platform: Texts = []
    group: Texts = []
    site: Texts = []
    role: Texts = []
    tag: Texts = []
    model: Texts = Field([], description="regular expressions that the whole model must fit")
    name: Texts = Field([], description="globs of names, such as `core-*`")
    filter: Texts = Field([], description="`key=value` of the host's data, as for --filter; all must fit")

    @field_validator("model")
    @classmethod
    def _patterns(cls, value: list[str]) -> list[str]:
        return [_pattern(each) for each in value]

    @field_validator("filter")
    @classmethod
    def _pairs(cls, value: list[str]) -> list[str]:
        for each in value:
            if not each.partition("=")[0] or "=" not in each:
                raise Wrong(f"must be key=value, not {each!r}")
        return value


class CheckRule(_Strict):
    """One check: what is asked, how its answer becomes rows, which rows count, and what must hold of them."""

    about: str = Field(min_length=1, max_length=160)
    command: str | dict[str, str]
    parse: dict[Parser, str]
    none: Pattern | None = None
    bare: Pattern | None = None
    when: Pattern | None = None
    read_as: dict[str, dict[Pattern, str]] = {}
    where: dict[str, Texts] = {}
    key: Texts = []
    repeats: bool = False
    expect: list[dict[str, Any]] = Field(min_length=1)
    ignore: Texts = []
    tolerate: int | str = 0
    verdict: Verdict = "fail"
    slow: bool = False
    ready: bool = False
    optional: bool = False
    extra: bool = False
    on: On = On()
    source: str = ""

    @field_validator("parse", mode="before")
    @classmethod
    def _one_parser(cls, value: object) -> object:
        if isinstance(value, str):
            if value not in PLAIN_PARSERS:
                raise Wrong(f"must be {', '.join(sorted(PLAIN_PARSERS))}, or one of {', '.join(PARSERS)} with a value")
            return {value: ""}
        if not isinstance(value, dict) or len(value) != 1 or not set(value) <= set(PARSERS):
            raise Wrong(f"must be one parser of {', '.join(PARSERS)}")
        ((name, how),) = value.items()
        if not isinstance(how, str) or (not how and name not in PLAIN_PARSERS | {"json"}):
            raise Wrong(f"`{name}` needs a text: a template, a path or a regular expression")
        if name == "regex" and not groups(_pattern(how)):
            raise Wrong("`regex` needs named groups, such as (?P<state>\\S+): they are the fields")
        return value

    @field_validator("none", "bare", "when")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        return None if value is None else _pattern(value)

    @field_validator("where")
    @classmethod
    def _wheres(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        return {field: [_pattern(each) for each in patterns] for field, patterns in value.items()}

    @field_validator("read_as")
    @classmethod
    def _words(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for patterns in value.values():
            for pattern in patterns:
                _pattern(pattern)
        return value

    @field_validator("expect", mode="before")
    @classmethod
    def _each_one(cls, value: object) -> object:
        each = value if isinstance(value, list) else [value]
        return [_expectation(one) for one in each]

    @field_validator("tolerate")
    @classmethod
    def _amount(cls, value: int | str) -> int | str:
        amount(value)
        return value

    @model_validator(mode="after")
    def _whole(self, info: ValidationInfo) -> CheckRule:
        # A rule that is kept with a baseline is read whatever it asks: who asks looks at that.
        kept = info.context == KEPT
        for platform, command in self.commands.items():
            if not kept and (why := not_only_reading(command, platform)):
                raise Wrong(f"`{command}` is not asked: {why}")
        kinds = {kind for one in self.expect for kind in one}
        if not self.key and kinds & _OF_ROWS:
            raise Wrong(f"needs `key`, the fields that name a row: {_OF_ROWS_TOLD} look for rows")
        if self.repeats and kinds & _OF_BOTH:
            raise Wrong(f"`repeats` leaves open which row is which, so it is not for {', '.join(sorted(_OF_BOTH))}")
        if self.ready and not kinds & ABSOLUTE:
            raise Wrong(f"`ready` needs one of {', '.join(sorted(ABSOLUTE))}: the others need a time before")
        return self

    @property
    def commands(self) -> Mapping[str, str]:
        """Return the command of each platform; the key is empty where it is one for all."""
        return {"": self.command} if isinstance(self.command, str) else self.command

    def command_on(self, platform: str) -> str:
        """Return what a platform's devices are asked, empty where the rule has nothing for them."""
        return self.commands.get(platform) or self.commands.get("", "")

    @property
    def parser(self) -> tuple[Parser, str]:
        """Return the parser's name, and its template, path or expression."""
        ((name, how),) = self.parse.items()
        return name, how

    @property
    def expectations(self) -> tuple[tuple[str, Any], ...]:
        """Return what must hold, each with what it is held against."""
        return tuple((kind, what) for one in self.expect for kind, what in one.items())


class Checks(_Strict):
    """Checks of one's own, and which of each system's are on."""

    defaults: Defaults = Field(
        "configured",
        description="which of the checks that come with swimctl are on: configured: those of features that the "
        "device's configuration has; all: those too that need a line of their own on each device; none",
    )
    off: Texts = Field([], description="names of checks that come with swimctl, and are not wanted")
    ping: Texts = Field(
        [], description="IPv4 addresses that each device reaches by its own ping, before and after; also by group"
    )
    files: Texts = Field([], description="YAML files with more rules, or folders of them; relative to config.yaml")
    rules: dict[str, CheckRule] = Field(
        default_factory=dict, description="your own checks, by name: [their form](checks.md)"
    )

    @field_validator("ping")
    @classmethod
    def _addresses(cls, value: list[str]) -> list[str]:
        return pinged(value)

    @field_validator("rules")
    @classmethod
    def _named(cls, value: dict[str, CheckRule]) -> dict[str, CheckRule]:
        for name in value:
            if not _NAME.fullmatch(name):
                raise Wrong(f"must have names of letters, digits, `-`, `_` and `.`, not {name!r}")
        return value


def pinged(said: object) -> list[str]:
    """Read addresses that devices ping: one, or a list. Wrong: they are none."""
    found = _listed(said)
    if not isinstance(found, list) or not all(isinstance(each, str) and _is_ipv4(each) for each in found):
        raise Wrong(f"must be an IPv4 address, or a list of them, not {said!r}")
    return list(dict.fromkeys(found))


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def amount(said: object) -> tuple[float, bool]:
    """Read `5` or `5%`; return the number, and whether it is per cent. Wrong: it is neither."""
    if isinstance(said, int | float) and not isinstance(said, bool) and said >= 0:
        return float(said), False
    found = _AMOUNT.fullmatch(said.strip()) if isinstance(said, str) else None
    if found is None:
        raise Wrong(f"must be a number such as 3, or a share such as 10%, not {said!r}")
    return float(found[1]), bool(found[2])


def limits(said: object) -> tuple[object, object]:
    """Return how far a number may fall and rise: an amount each, None without a limit. Wrong: it is none."""
    if isinstance(said, dict):
        if not said or not set(said) <= _SIDES:
            raise Wrong("must be an amount, or `fall` and `rise` with one each")
        for each in said.values():
            amount(each)
        return said.get("fall"), said.get("rise")
    amount(said)
    return said, said


def _pattern(text: str) -> str:
    if why := why_unreadable(text):
        raise Wrong(f"has a regular expression that cannot be read: {text!r}: {why}")
    return text


def _expectation(one: object) -> dict[str, Any]:
    if isinstance(one, str):
        if one not in _OF_ROWS:
            raise Wrong(f"must be one of {', '.join(EXPECTATIONS)}, not {one!r}")
        return {one: True}
    if not isinstance(one, dict) or len(one) != 1 or not set(one) <= set(EXPECTATIONS):
        raise Wrong(f"must be a list of {', '.join(EXPECTATIONS)}, each alone or with its value")
    ((kind, what),) = one.items()
    return {kind: _CHECKED[kind](what)}


def _always(what: object) -> object:
    if what is not True and what is not None:
        raise Wrong(f"must stand alone: {_OF_ROWS_TOLD} have no value")
    return True


def _names(what: object) -> object:
    names = _listed(what)
    if not isinstance(names, list) or not names or not all(isinstance(each, str) for each in names):
        raise Wrong("must be `same: all`, or `same:` with fields")
    return names


def _fields(what: object, of: Any) -> dict[str, Any]:  # noqa: ANN401 - what it is called with stands in the file
    if not isinstance(what, dict) or not what:
        raise Wrong("must be a mapping of fields")
    return {str(field): of(value) for field, value in what.items()}


def _limits(what: object) -> object:
    limits(what)
    return what


def _bound(what: object) -> object:
    if isinstance(what, int | float) and not isinstance(what, bool):
        return what
    raise Wrong(f"must be a number, not {what!r}")


def _bounds(what: object) -> object:
    return _fields(what, _bound) if isinstance(what, dict) else _bound(what)


def _scalar(what: object) -> object:
    if isinstance(what, str | int | float | bool):
        return what
    raise Wrong("must be a text, a number, true or false")


def _scalars(what: object) -> object:
    if not isinstance(what, list) or not what:
        raise Wrong("must be a list of values")
    return [_scalar(each) for each in cast("Sequence[object]", what)]


_CHECKED: Final[Mapping[str, Any]] = {
    "still there": _always,
    "as many": _always,
    "nothing new": _always,
    "same": _names,
    "within": lambda what: _fields(what, _limits),
    "count": _limits,
    "at least": _bounds,
    "at most": _bounds,
    "equals": lambda what: _fields(what, _scalar),
    "in": lambda what: _fields(what, _scalars),
}
