"""Rules for tests, from the form that they have in a file."""

from __future__ import annotations

from typing import Any

from swimctl.config.checks import CheckRule

PEERS = r"^(?P<peer>\S+) +(?P<state>\S+) +(?P<prefixes>\S+)$"


def rule(**fields: Any) -> CheckRule:
    """Return a rule of peers with states and prefixes; `fields` replace its own."""
    usual = {
        "about": "each peer is as before",
        "command": "show peers",
        "parse": {"regex": PEERS},
        "key": "peer",
        "expect": ["still there", {"same": "state"}],
    }
    return CheckRule.model_validate({**usual, **fields})


def peers(**states: str) -> list[dict[str, str | int | float | bool | None]]:
    """Return rows of peers by their states."""
    return [{"peer": name, "state": state} for name, state in states.items()]
