"""Read OpenSSH's client configuration. It loads asyncssh, so it is imported where a file is named."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asyncssh.config import ConfigParseError, SSHClientConfig
from asyncssh.misc import IllegalUserName

from swimctl.errors import ConfigError
from swimctl.sessions.way.told import Told

_Handler = Callable[[SSHClientConfig, str, list[str]], None]


def _noting(handler: _Handler) -> _Handler:
    """Return a reader of one option that also records the line of its value."""

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


def read(path: Path, host: str, *, user: str | None = None, port: int | None = None) -> Told:
    """Return what the file says of a host, where user and port may be given already. ConfigError: it cannot be read."""
    given = (getpass.getuser(), user or (), host, port or ())
    try:
        config = _Noted.load(None, path, False, False, False, *given)
        if config.has_match_final():
            config = _Noted.load(None, path, False, False, True, *given)
    except OSError as problem:
        raise ConfigError(f"the OpenSSH configuration {path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"the OpenSSH configuration {path} is not UTF-8 text") from None
    except (ConfigParseError, IllegalUserName) as problem:
        raise ConfigError(f"the OpenSSH configuration for {host}: {problem} ({path})") from None
    assert isinstance(config, _Noted)  # noqa: S101 - `load` makes what it is called on
    return Told(config.get_options(reload=False), config.places)
