"""Import all that `swimctl` may load: the process that others are forked from begins with this. See forked.py."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.metadata import entry_points

import swimctl

for _module in pkgutil.walk_packages(swimctl.__path__, "swimctl."):
    if not _module.name.startswith("swimctl.lab") and not _module.name.endswith("__main__"):
        import_module(_module.name)
import_module("swimctl.lab.fleet")
for _plugin in entry_points(group="nornir.plugins.connections"):  # Nornir loads what is installed
    _plugin.load()
