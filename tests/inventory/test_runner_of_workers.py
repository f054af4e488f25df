"""`runner: {plugin: swimctl_dask}`: what its options must be, and what is said where Dask is not installed."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from swimctl.errors import ConfigError
from swimctl.inventory.plugins.workers import DaskRunner


def options(folder: Path, **changes: Any) -> dict[str, Any]:
    """Return options with files that are there."""
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (folder / name).write_text("", encoding="utf-8")
    known = {"scheduler": "tls://s:8786", "ca": "ca.pem", "cert": "cert.pem", "key": "key.pem", "folder": str(folder)}
    return {**known, **changes}


def test_files_are_relative_to_config_yaml_and_it_listens_anywhere(tmp_path: Path) -> None:
    runner = DaskRunner(**options(tmp_path, num_workers=7))
    assert (runner.scheduler, runner.listen, runner.num_workers) == ("tls://s:8786", "tls://", 7)
    assert (runner.ca, runner.key) == (tmp_path / "ca.pem", tmp_path / "key.pem")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scheduler": "tcp://s:8786"}, "scheduler: tcp://s:8786 is not encrypted"),
        ({"listen": "10.0.0.5:1"}, "listen: 10.0.0.5:1 is not encrypted"),
        ({"scheduler": "", "key": ""}, "scheduler, key must be there"),
        ({"cert": "gone.pem"}, "gone.pem is no file"),
        ({"retries": "3"}, "unknown: retries; known are ca, cert"),
    ],
)
def test_what_is_not_safe_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        DaskRunner(**options(tmp_path, **changes))


def test_where_dask_is_not_installed_it_says_how_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "swimctl.engine.dask_side", raising=False)
    with pytest.raises(ConfigError, match=r"Dask is not installed .*pip install 'swimctl\[dask\]'"):
        import_module("swimctl.engine.dask_side")
