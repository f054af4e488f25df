"""The stage of a rehearsal: nothing of the network's own environment reaches a twin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from nornir.core.inventory import Host
from nornir.core.plugins.inventory import TransformFunctionRegister
from support.projects import make_project

from swimctl.clock import SystemClock
from swimctl.inventory.hosts import Inventory
from swimctl.lab.mixed import mixed_fleet
from swimctl.rehearse.stage import config_for, settings_for, write_inventory
from swimctl.store import Store


def test_twins_get_no_account_and_no_way_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path)

    def enters(host: Host) -> None:
        host.username, host.password = "netops", "of-the-network"

    TransformFunctionRegister.register("of-the-network", enters)
    (tmp_path / "ways").write_text("Host *\n  ProxyJump bastion.example\n", encoding="utf-8")
    monkeypatch.setenv("NORNIR_INVENTORY_TRANSFORM_FUNCTION", "of-the-network")
    monkeypatch.setenv("NORNIR_SSH_CONFIG_FILE", str(tmp_path / "ways"))
    monkeypatch.setenv("SWIMCTL_PASSWORD", "of-the-network")
    folder = tmp_path / "stage"
    folder.mkdir()
    settings = settings_for(project.config().settings, folder)
    device = replace(project.inventory().devices[0], platform="arista_eos")
    spec = next(one for one in mixed_fleet(6) if one.platform == "arista_eos")
    section = write_inventory(folder, [(device, spec, 2201, spec.serial)], ("rehearsal", "made-up", "made-up-2"), {})
    with Store.open(settings.store, SystemClock()) as store:
        inventory = Inventory.load(config_for(settings, folder, section), store)
        twin = inventory.device(device.name)
        found = inventory.credentials(twin)
        assert (found.username, found.password) == ("rehearsal", "made-up")
        assert inventory.ssh_config_file(twin)[0] is None
