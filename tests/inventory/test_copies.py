"""What an inventory says of how an image gets to a host: the nearest one wins, and what cannot be is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.projects import Project, make_project

from swimctl.errors import InventoryError
from swimctl.inventory.copies import CopyPolicy

DISTRIBUTION = "    swimctl: {{distribution: {}}}\n"


def project(folder: Path, host: str = "", group: str = "", defaults: str = "") -> Project:
    """Make a project of one host in one group; each may say something of copies."""
    made = make_project(folder)
    said = {"host": host, "group": group, "defaults": defaults}
    data = {who: "  data:\n" + DISTRIBUTION.format(text) if text else "" for who, text in said.items()}
    made.write("inventory/hosts.yaml", f"sw1:\n  platform: cisco_xe\n  groups: [access]\n{data['host']}")
    made.write("inventory/groups.yaml", f"access:\n  username: anna\n{data['group']}")
    made.write("inventory/defaults.yaml", f"username: netops\n{data['defaults'].replace('  ', '', 1)}")
    return made


def policy(made: Project) -> CopyPolicy:
    inventory = made.inventory()
    return inventory.copy_policy(inventory.device("sw1"))


def test_where_nobody_says_anything_the_settings_decide(tmp_path: Path) -> None:
    assert policy(project(tmp_path)) == CopyPolicy(transport=None, address="", vrf="")


def test_each_key_is_from_the_nearest_that_names_it(tmp_path: Path) -> None:
    made = project(
        tmp_path,
        host="{transport: pull}",
        group="{transport: push, vrf: MGMT}",
        defaults="{transport: auto, vrf: none, address: 192.0.2.7}",
    )
    assert policy(made) == CopyPolicy("pull", "192.0.2.7", "MGMT")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{transport: ftp}", "swimctl.distribution.transport of sw1 must be one of auto, pull, push"),
        ("{transport: true}", "swimctl.distribution.transport of sw1 must be one of auto, pull, push"),
        ("{vrf: 'MGMT; reload'}", "swimctl.distribution.vrf of sw1 must be one word"),
        ('{vrf: "M\\n"}', "swimctl.distribution.vrf of sw1 must be one word"),
        ("{vrf: 7}", "swimctl.distribution.vrf of sw1 must be one word"),
        ("{address: ''}", "swimctl.distribution.address of sw1 must be one word"),
        ("{address: 'a b'}", "swimctl.distribution.address of sw1 must be one word"),
        ("{source: a}", "unknown key swimctl.distribution.source of sw1; known are transport, address, vrf"),
        ("[pull]", "`swimctl: {distribution: …}` in the data of sw1 must be a mapping"),
    ],
)
def test_what_cannot_be_is_refused_with_who_says_it(tmp_path: Path, said: str, words: str) -> None:
    made = project(tmp_path, host=said)
    with pytest.raises(InventoryError, match=re.escape(words)) as refused:
        policy(made)
    assert "hosts.yaml" in str(refused.value)
