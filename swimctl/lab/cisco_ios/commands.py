"""The commands of a device of classic IOS: the Catalyst's, fewer and other ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

from swimctl.lab.cisco_ios import shows
from swimctl.lab.cisco_ios.archives import download
from swimctl.lab.cisco_ios.device import IosSwitch
from swimctl.lab.cisco_xe.commands import COMMANDS, show_where
from swimctl.lab.cisco_xe.device import Switch
from swimctl.lab.cisco_xe.session import Command
from swimctl.lab.cisco_xe.show_commands import POWER_SHOWS, PRIVILEGED_SHOWS, SHOWS, gives_power
from swimctl.lab.grammar import Grammar
from swimctl.lab.plain_commands import PRIVILEGED, USER, Show

# What only IOS-XE has.
_NEWER = ("show install", "install ", "show romvar", "verify /sha512", "show license summary", "show platform")
# What only a device that switches has.
_SWITCHING = ("show interfaces status", "show etherchannel summary", "show vlan", "show mac address-table",
              "show interfaces counters")  # fmt: skip
_OWN: dict[str, Callable[[IosSwitch], str]] = {
    "show version": shows.version,
    "show inventory": shows.inventory,
    "show file systems": shows.file_systems,
}
_SWITCHES: dict[str, Callable[[IosSwitch], str]] = {"show boot": shows.boot, "show switch [detail]": shows.stack}
_ROUTERS: dict[str, Callable[[IosSwitch], str]] = {"show bootvar": shows.bootvar}


@lru_cache(maxsize=2)
def exec_grammar(*, router: bool) -> Grammar[Command]:
    """Teach the commands, once for routers and once for switches."""
    grammar: Grammar[Command] = Grammar()
    own = _OWN | (_ROUTERS if router else _SWITCHES)
    theirs = {"show boot", "show bootvar", *own}
    for listed, level in ((SHOWS, USER), (PRIVILEGED_SHOWS, PRIVILEGED)):
        for pattern, function in listed:
            if pattern not in theirs and not pattern.startswith(_NEWER + _SWITCHING * router):
                grammar.add(pattern, Show(function), level)
    for pattern, own_function in own.items():
        level = PRIVILEGED if "boot" in pattern else USER
        grammar.add(pattern, Show(cast("Callable[[Switch], str]", own_function)), level)
    for pattern, function in POWER_SHOWS:
        grammar.add(pattern, show_where(gives_power, pattern, function), USER)
    for pattern, command, level in COMMANDS:
        if not pattern.startswith(_NEWER):
            grammar.add(pattern, command, level)
    if not router:
        grammar.add("archive download-sw [/overwrite] [/leave-old-sw] [/no-set-boot] <path>", download, PRIVILEGED)
    return grammar
