"""What OpenSSH's client configuration says of a host, and at which line it says it."""

from __future__ import annotations

import fnmatch
import getpass
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from asyncssh.config import ConfigParseError, SSHClientConfig
from asyncssh.misc import IllegalUserName

from swimctl.errors import ConfigError

_Handler = Callable[[SSHClientConfig, str, list[str]], None]


def _noting(handler: _Handler) -> _Handler:
    """Let a reader of one option note the line that gave it its value."""

    def note(config: SSHClientConfig, option: str, args: list[str]) -> None:
        handler(config, option, args)
        if isinstance(config, _Noted) and option in config._options:  # noqa: SLF001 - asyncssh keeps no places
            config.places.setdefault(option, f"{config._path} line {config._line_no}")  # noqa: SLF001 - as above

    return note


class _Noted(SSHClientConfig):
    """asyncssh's reader (Host, Match, Include, tokens), with where each value was first said."""

    _percent_expand = SSHClientConfig._percent_expand | {"ProxyJump", "UserKnownHostsFile"}  # noqa: SLF001 - its own way
    _handlers = {  # noqa: RUF012 - as asyncssh has it
        name: (option, _noting(handler))
        for name, (option, handler) in {
            **SSHClientConfig._handlers,  # noqa: SLF001 - as above
            "stricthostkeychecking": ("StrictHostKeyChecking", SSHClientConfig._set_string),  # noqa: SLF001 - as above
        }.items()
    }

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - asyncssh's own
        super().__init__(*args)
        self.places: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Told:
    """What a configuration says of one host. `places` has file and line of each option; what was given has none."""

    options: Mapping[str, object] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def text(self, option: str) -> str | None:
        """Return an option that is one text; None where it is not said, or said to be `none`."""
        value = self.options.get(option)
        return None if value is None else str(value)

    def texts(self, option: str) -> tuple[str, ...]:
        """Return an option that may be said several times, in its order."""
        return tuple(cast("Iterable[str]", self.options.get(option) or ()))

    def first_of(self, *options: str) -> str | None:
        """Return which of these options was said first: of ProxyJump and ProxyCommand the first one counts alone."""
        return next((option for option in self.options if option in options), None)


def read(path: Path, host: str, *, user: str | None = None, port: int | None = None) -> Told:
    """Return what the file says of a host, where user and port may be given already. ConfigError: it does not read."""
    given = (getpass.getuser(), user or (), host, port or ())
    try:
        config = _Noted.load(None, path, False, False, False, *given)
        if config.has_match_final():
            config = _Noted.load(None, path, False, False, True, *given)
    except OSError as problem:
        raise ConfigError(f"the OpenSSH configuration {path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"the OpenSSH configuration {path} is no text in UTF-8") from None
    except (ConfigParseError, IllegalUserName) as problem:
        raise ConfigError(f"the OpenSSH configuration for {host}: {problem} ({path})") from None
    assert isinstance(config, _Noted)  # noqa: S101 - `load` makes what it is called on
    return Told(config.get_options(reload=False), config.places)


def chosen(written: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return which of the known algorithms a list of OpenSSH leaves, in their order; empty where it leaves none.

    `+a,b` adds to the known ones, `-a,b` takes from them, `^a,b` puts first; each name may have wildcards.
    """
    known = tuple(known)
    sign, names = (written[0], written[1:]) if written[:1] in _SIGNS else ("", written)
    named = tuple(
        dict.fromkeys(one for name in names.split(",") for one in known if fnmatch.fnmatchcase(one, name.strip()))
    )
    rest = tuple(one for one in known if one not in named)
    return {"": named, "+": known, "-": rest, "^": named + rest}[sign]


_SIGNS: Final = ("+", "-", "^")
