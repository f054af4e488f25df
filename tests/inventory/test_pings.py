"""Which addresses a host must reach by its own ping: the nearest that says it counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.projects import make_project

from swimctl.errors import InventoryError
from swimctl.inventory.hosts import Inventory


def inventory(folder: Path, group: str, host: str = "{}") -> Inventory:
    made = make_project(folder)
    made.write("inventory/hosts.yaml", f"sw1:\n  platform: cisco_xe\n  groups: [ber]\n  data: {host}\n")
    made.write("inventory/groups.yaml", f"ber:\n  username: anna\n  data: {group}\n")
    return made.inventory()


@pytest.mark.parametrize(
    ("group", "host", "found"),
    [
        ("{}", "{}", None),
        ("{swimctl: {checks: {ping: 192.0.2.1}}}", "{}", ("192.0.2.1",)),
        ("{swimctl: {checks: {ping: 192.0.2.1}}}", "{swimctl: {checks: {ping: [192.0.2.7, 192.0.2.9]}}}",
         ("192.0.2.7", "192.0.2.9")),
        ("{swimctl: {checks: {ping: 192.0.2.1}}}", "{swimctl: {checks: {ping: []}}}", ()),
    ],
)  # fmt: skip
def test_the_nearest_that_names_addresses_counts(
    tmp_path: Path, group: str, host: str, found: tuple[str, ...] | None
) -> None:
    known = inventory(tmp_path, group, host)
    assert known.pings(known.device("sw1")) == found


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            "{ping: core-1}",
            "swimctl.checks.ping of the group ber must be an IPv4 address, or a list of them, not 'core-1'",
        ),
        ("{pings: 192.0.2.1}", "unknown key swimctl.checks.pings of the group ber; known are ping"),
    ],
)
def test_what_is_none_is_told_with_who_says_it(tmp_path: Path, said: str, why: str) -> None:
    known = inventory(tmp_path, f"{{swimctl: {{checks: {said}}}}}")
    with pytest.raises(InventoryError, match=why):
        known.pings(known.device("sw1"))
