"""Find mistakes in the YAML files of Nornir's SimpleInventory, and say in which line they stand.

Nornir itself answers most of them with a KeyError or not at all: a misspelt `hostname` is just ignored.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from nornir.core.inventory import Host, Inventory

from swimctl import yaml_file
from swimctl.config.reading import INVENTORY_FILES, SIMPLE_PLUGINS, Config
from swimctl.config.references import is_reference
from swimctl.errors import InventoryError
from swimctl.inventory.accounts import connection_of

_TEXTS: Final = frozenset({"hostname", "username", "password", "platform"})
_CONNECTION_KEYS: Final = _TEXTS | {"port", "extras"}
_HOST_KEYS: Final = _TEXTS | {"port", "groups", "data", "connection_options"}
_KEY_WORD: Final = re.compile(r"(?:^[ \t]+|[{,]\s*)([\w-]+)\s*:", re.MULTILINE)
# Names become names of files in the jobs folder, and words of the command line.
_HOST_NAME: Final = re.compile(r"(?!-)[^\s/\\\x00-\x1f\x7f,=!&]+")


def _is_port(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535)


# A value is never repeated: it may be a password.
_TEXT: Final[tuple[Callable[[object], bool], str]] = (lambda value: isinstance(value, str), "text; put it in quotes")
_SECRET: Final[tuple[Callable[[object], bool], str]] = (
    lambda value: isinstance(value, str) or is_reference(value),
    "text in quotes, or a reference such as {env: NAME}",
)
_MAPPING: Final[tuple[Callable[[object], bool], str]] = (
    lambda value: isinstance(value, dict),
    "a mapping, lines of `key: value`",
)
_SHAPES: Final[dict[object, tuple[Callable[[object], bool], str]]] = {
    **dict.fromkeys(_TEXTS, _TEXT),
    **dict.fromkeys(("username", "password"), _SECRET),
    "port": (_is_port, "a whole number 1 to 65535"),
    "groups": (lambda value: isinstance(value, list), "a list, such as [access]"),
    "data": _MAPPING,
    "connection_options": _MAPPING,
}


def check(config: Config) -> None:
    """Refuse a missing host file, and misspelt keys. Raises InventoryError.

    All files are read here only where a word in them looks like a misspelt key, as reading them twice takes
    a second for a thousand hosts.
    """
    files = _files(config)
    host_file = files.get("host_file")
    if host_file is None:
        return
    if not host_file.is_file() or not os.access(host_file, os.R_OK):
        what = f"correct inventory.options.host_file: it is a path from the folder of {config.path.name}"
        what += "" if Path.cwd() == config.path.parent else f", or else from the working folder {Path.cwd()}"
        yaml_file.read(host_file, InventoryError, what)
    words: set[str] = set()
    for path in files.values():
        if path.is_file() and os.access(path, os.R_OK):
            words.update(_KEY_WORD.findall(path.read_text(encoding="utf-8", errors="replace")))
    if any(_misspelt(word, _HOST_KEYS | _CONNECTION_KEYS) for word in words):
        diagnose(config)


def diagnose(config: Config) -> None:
    """Read all files strictly. Raises InventoryError with every mistake found, a line each; else does nothing."""
    files = _files(config)
    documents = {key: _document(path) for key, path in files.items() if key == "host_file" or path.exists()}
    groups = documents.get("group_file", {})
    mistakes: list[str] = []
    for key, named_elements in (("group_file", groups), ("host_file", documents.get("host_file", {}))):
        for name, element in named_elements.items():
            for keys, what in _element(name, element, groups, files.get("group_file")):
                mistakes.append(f"{_at(files[key], (name, *keys))}: {what}")
    for keys, what in _element("defaults", documents.get("defaults_file", {}), groups, None):
        mistakes.append(f"{_at(files['defaults_file'], keys)}: {what}")
    if mistakes:
        raise InventoryError("\n".join(mistakes))


# An address with a port behind it, which belongs into a key of its own; two colons or more are IPv6.
_WITH_PORT: Final = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:\[\]/]+)):(?P<port>\d+)")


def check_loaded(config: Config, inventory: Inventory, ours: Callable[[Host], bool]) -> None:
    """Check that what an inventory plugin loaded has what swimctl needs. Raises InventoryError.

    A host that is not `ours` may be called as it likes: patch panels and power strips stand in inventories too.
    """
    elements: list[tuple[str, object]] = [
        (str(element.name), element.data) for element in (*inventory.hosts.values(), *inventory.groups.values())
    ]
    for name, data in [*elements, ("defaults", inventory.defaults.data)]:
        if not isinstance(data, dict):
            diagnose(config)
            raise InventoryError(f"inventory of {config.path}: data of {name} must be a mapping")
    parents = {name: [parent.name for parent in group.groups] for name, group in inventory.groups.items()}
    mistakes = [f"{_place(config, 'group_file', (name, 'groups'))}: {what}" for name, what in _circles(parents)][:1]
    # Nornir would follow a circle of groups without end, so that it must be known before a host is asked.
    mistakes = mistakes or [
        f"{Where(config, name)}: {what}"
        for name, host in inventory.hosts.items()
        if (what := _unusable(name, host, ours))
    ]
    if mistakes:
        raise InventoryError("\n".join(mistakes))


def _unusable(name: object, host: Host, ours: Callable[[Host], bool]) -> str | None:
    if not isinstance(name, str) or (not _HOST_NAME.fullmatch(name) and ours(host)):
        return f"{name!r} cannot be a host's name: put a number in quotes, and use no blanks, slashes or any of , = ! &"
    if not _is_port(host.port) or not _is_port(connection_of(host).port):
        return f"the port of {name} must be a whole number 1 to 65535"
    if not all(value is None or _TEXT[0](value) for value in (host.hostname, host.platform)):
        return f"hostname and platform of {name} must be text; put them in quotes"
    return _no_address(name, host.hostname) if host.hostname and ours(host) else None


def _no_address(name: object, written: str) -> str | None:
    """Return what is wrong with what stands for an address; None where it may be one."""
    told = f"hostname {written!r} of {name}"
    if found := _WITH_PORT.fullmatch(written):
        address = found["v6"] or found["host"]
        return f"{told} has a port in it; write `hostname: {address!r}` and `port: {found['port']}`"
    if written.startswith("[") and written.endswith("]"):
        return f"{told} has brackets; write the address alone, in quotes: `hostname: '{written[1:-1]}'`"
    if "@" in written or "/" in written or " " in written:
        return f"{told} is not an address; write a name or an address alone, and `username` and `port` beside it"
    return None


@dataclass(frozen=True, slots=True)
class Where:
    """The file and line of a host; where another plugin read it, the configuration that says so.

    They are looked for when the text is made, for a message: to read a file of 1,000 hosts for its lines takes a
    second, and each session of each device would.
    """

    config: Config
    host: object
    what: str = ""

    def __str__(self) -> str:
        """Return the place, and behind it what is spoken of there."""
        return ": ".join(filter(None, (_place(self.config, "host_file", (self.host,)), self.what)))


def _place(config: Config, file: str, keys: tuple[object, ...]) -> str:
    path = _files(config).get(file)
    return f"inventory of {config.path}" if path is None else _at(path, keys)


def plugin_of(config: Config) -> str:
    """Return the plugin that reads the inventory."""
    section = config.nornir.get("inventory", {})
    return str(section.get("plugin") or os.environ.get("NORNIR_INVENTORY_PLUGIN") or "SimpleInventory")


def _files(config: Config) -> dict[str, Path]:
    """Return the three files; none where another plugin reads the inventory, or the environment names them."""
    options = config.nornir.get("inventory", {}).get("options") or {}
    if plugin_of(config) not in SIMPLE_PLUGINS:
        return {}
    return {key: Path(options[key]).expanduser() for key in INVENTORY_FILES if key in options}


def _document(path: Path) -> dict[object, object]:
    document = yaml_file.read(path, InventoryError, "correct inventory.options in config.yaml")
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InventoryError(f"{path} line 1: must be a mapping: one key per name")
    return document


def _element(
    name: object, element: object, groups: Mapping[object, object], group_file: Path | None
) -> Iterator[tuple[tuple[object, ...], str]]:
    """Find what is wrong with one host, one group or the defaults: where, and what."""
    if not isinstance(element, dict):
        yield (), f"{name} must be a mapping; write `{name}: {{}}` if it has no keys"
        return
    for key, value in element.items():
        near = _misspelt(str(key))
        if near:
            yield (key,), f"{name} has the unknown key {key}; did you mean {near}?"
        elif value is None:
            continue
        elif key in _SHAPES and not _SHAPES[key][0](value):
            yield (key,), f"{key} of {name} must be {_SHAPES[key][1]}"
        elif key == "groups":
            unknown = [group for group in value if group not in groups]
            for group in unknown:
                found = get_close_matches(str(group), [str(known) for known in groups], n=1)
                hint = f"did you mean {found[0]}?" if found else f"add it to {group_file or 'the group file'}"
                yield (key,), f"{name} is in the group {group!r}, which does not exist; {hint}"
        elif key == "connection_options":
            yield from _connections(name, value)


def _connections(name: object, options: Mapping[object, object]) -> Iterator[tuple[tuple[object, ...], str]]:
    for kind, values in options.items():
        keys = ("connection_options", kind)
        if not isinstance(values, dict):
            yield keys, f"connection_options.{kind} of {name} must be a mapping"
            continue
        for key, value in values.items():
            near = _misspelt(str(key), _CONNECTION_KEYS)
            if near:
                yield (*keys, key), f"connection_options.{kind} of {name}: unknown key {key}; did you mean {near}?"
            elif key == "port" and not _is_port(value):
                yield (*keys, key), f"connection_options.{kind}.port of {name} must be a whole number 1 to 65535"
            elif key == "extras" and not isinstance(value, dict | None):
                yield (*keys, key), f"connection_options.{kind}.extras of {name} must be a mapping"


def _circles(parents: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Find groups that are their own parents."""
    for name in parents:
        seen: set[str] = set()
        todo = list(parents[name])
        while todo:
            parent = todo.pop()
            if parent == name:
                yield name, f"the group {name} is among its own parents; take one of the groups out"
                break
            if parent not in seen:
                seen.add(parent)
                todo += parents.get(parent, [])


def _misspelt(key: str, known: frozenset[str] = _HOST_KEYS) -> str | None:
    if key in known:
        return None
    near = get_close_matches(key, known, n=1, cutoff=0.8)
    return near[0] if near else None


def _at(path: Path, keys: tuple[object, ...]) -> str:
    line = yaml_file.line_of(path, keys)
    return f"{path} line {line}" if line else str(path)
