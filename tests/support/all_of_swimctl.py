"""Import all that `swimctl` may load: the process that others are forked from begins with this. See forked.py."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.metadata import entry_points

import swimctl

# The lab's own, and what swimctl starts where python-ldap is, which is not everywhere.
_LEFT_OUT = ("swimctl.lab", "swimctl.accounts.ldap_child")

try:
    for _module in pkgutil.walk_packages(swimctl.__path__, "swimctl."):
        if not _module.name.startswith(_LEFT_OUT):
            import_module(_module.name)
    import_module("swimctl.lab.fleet")
    for _plugin in entry_points(group="nornir.plugins.connections"):  # Nornir loads what is installed
        _plugin.load()
except ImportError as error:
    # Python's fork server passes over this one without a word; each process would read the rest itself, a second each.
    raise RuntimeError("not all of swimctl can be imported") from error
