"""`runner: {plugin: swimctl_dask}` of config.yaml, as Nornir's plug-in. Imports nothing of Dask: dask_side.py does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nornir.plugins.runners import ThreadedRunner

from swimctl.errors import ConfigError

NAME: Final = "swimctl_dask"
_FILES: Final = ("ca", "cert", "key")
_KNOWN: Final = {"scheduler", *_FILES, "listen", "num_workers"}
_WHERE: Final = f"runner.options of {NAME}"


def require_tls(address: str, what: str) -> None:
    """Refuse an address that is not spoken to by TLS. ConfigError."""
    if not address.startswith("tls://"):
        raise ConfigError(f"{what}: {address or 'nothing'} is not encrypted; needed: an address as tls://HOST:PORT")


class DaskRunner(ThreadedRunner):
    """Where the jobs of swimctl go to workers of their sites.

    Nornir's own tasks stay here, in threads: they hold their hosts with passwords, and no password goes through a
    scheduler.
    """

    def __init__(self, *, folder: str = ".", num_workers: int = 20, **options: str) -> None:
        super().__init__(num_workers=num_workers)
        if unknown := sorted(set(options) - _KNOWN):
            raise ConfigError(f"{_WHERE}: unknown: {', '.join(unknown)}; known are {', '.join(sorted(_KNOWN))}")
        if missing := [key for key in ("scheduler", *_FILES) if not options.get(key)]:
            raise ConfigError(f"{_WHERE}: {', '.join(missing)} must be there; all nodes prove who they are by TLS")
        self.scheduler = options["scheduler"]
        self.listen = options.get("listen") or "tls://"
        require_tls(self.scheduler, f"{_WHERE}: scheduler")
        require_tls(self.listen, f"{_WHERE}: listen")
        self.ca, self.cert, self.key = (Path(folder) / Path(options[key]).expanduser() for key in _FILES)
        for path in (self.ca, self.cert, self.key):
            if not path.is_file():
                raise ConfigError(f"{_WHERE}: {path} is no file; needed: PEM")


def section_with_folder(section: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the section `runner` with the folder of config.yaml, to which the files of our plug-in are relative."""
    if section.get("plugin") != NAME:
        return dict(section)
    return {**section, "options": {**(section.get("options") or {}), "folder": str(folder)}}
