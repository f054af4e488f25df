"""All fleets, by the names of their files."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from fleets.fleet import Fleet

FLEETS: Mapping[str, Fleet] = {
    path.stem: import_module(f"fleets.{path.stem}").FLEET
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if path.stem not in {"__init__", "fleet", "every"}
}
