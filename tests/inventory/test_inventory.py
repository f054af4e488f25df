from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from nornir.core.task import Result, Task
from support.projects import Project

from swimctl.cli import main
from swimctl.config.reading import Credentials
from swimctl.errors import ConfigError, InventoryError, NotFound, SelectionError
from swimctl.inventory.selection import Selection
from swimctl.models import Device
from swimctl.platforms import PLATFORM_NAMES


def test_devices_carry_what_the_inventory_says(project: Project) -> None:
    bern, _, basel, chur = project.inventory().devices
    assert bern == Device(
        id=1, name="bern-1", platform="cisco_ios", address="127.0.0.1", port=2201,
        groups=("access", "switches"), model="C9300-24P", serial="FOC0001", role="access",
        tags=("lobby", "poe"),
    )  # fmt: skip
    assert (basel.address, basel.port, basel.groups) == ("basel-core", 22, ("core", "switches"))
    assert (chur.platform, chur.site, chur.role) == ("cisco_ios", None, None)  # its site has a city and a floor


def test_ids_stay_and_are_never_given_again(project: Project) -> None:
    first = {device.name: device.id for device in project.inventory().devices}
    project.write("inventory/hosts.yaml", "new-1: {platform: ios}\nbasel-core: {groups: [core]}\n")
    second = {device.name: device.id for device in project.inventory().devices}
    assert second["basel-core"] == first["basel-core"]
    assert second["new-1"] not in first.values()


def test_loading_prints_nothing_and_writes_no_log(
    project: Project, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORNIR_LOGGING_ENABLED", "True")
    monkeypatch.setenv("NORNIR_LOGGING_TO_CONSOLE", "True")
    project.write("inventory/groups.yaml", "# empty\n")  # Nornir warns of that
    project.write("inventory/hosts.yaml", "a: {platform: ios}\n")
    nornir = project.inventory().nornir(["a"], 1)
    nornir.run(task=lambda task: Result(host=task.host))
    assert capfd.readouterr() == ("", "")
    assert not list(project.folder.parent.rglob("nornir.log"))
    assert logging.getLogger("nornir").level == logging.NOTSET


def test_another_inventory_plugin_works(project: Project) -> None:
    text = (project.folder / "config.yaml").read_text().replace("inventory:\n", "inventory:\n  plugin: YAMLInventory\n")
    project.write("config.yaml", text)
    assert len(project.inventory().devices) == 4


def test_nornirs_environment_variables_work(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    other = project.write("other/hosts.yaml", "from-environment: {platform: iosxe}\n")
    project.write("config.yaml", "swimctl: {}\n")
    monkeypatch.setenv("NORNIR_INVENTORY_OPTIONS", repr({"host_file": str(other)}))
    assert [device.name for device in project.inventory().devices] == ["from-environment"]


def test_a_wrong_environment_variable_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORNIR_RUNNER_OPTIONS", "num_workers=3")
    with pytest.raises(InventoryError, match="NORNIR_RUNNER_OPTIONS"):
        project.inventory()


def test_an_unknown_plugin_is_named_with_the_known_ones(project: Project) -> None:
    project.write("config.yaml", "inventory: {plugin: NoInventory}\n")
    with pytest.raises(ConfigError, match="SimpleInventory"):
        project.inventory()


class TestNornir:
    def test_hosts_come_in_the_order_asked(self, project: Project) -> None:
        names = ["chur-small", "bern-2", "bern-1"]
        nornir = project.inventory().nornir(names, 1)
        seen: list[str] = []

        def look(task: Task) -> Result:
            seen.append(task.host.name)
            return Result(host=task.host)

        nornir.run(task=look)
        assert seen == names

    def test_a_host_that_failed_is_run_again(self, project: Project) -> None:
        inventory = project.inventory()

        def fail(task: Task) -> Result:
            raise ValueError(task.host.name)

        inventory.nornir(["bern-1"], 1).run(task=fail)
        again = inventory.nornir(["bern-1"], 1).run(task=lambda task: Result(host=task.host))
        assert list(again) == ["bern-1"]
        assert not again.failed

    def test_as_many_threads_as_asked(self, project: Project) -> None:
        assert project.inventory().nornir(["bern-1"], 17).runner.num_workers == 17  # type: ignore[attr-defined]  # of ThreadedRunner


class TestCredentials:
    def test_inventory_is_the_last_source(self, project: Project) -> None:
        inventory = project.inventory()
        found = inventory.credentials(inventory.device("bern-1"))
        assert found == Credentials("from-defaults", "pw-of-defaults", "secret-of-defaults")

    def test_enable_secret_may_stand_in_data(self, project: Project) -> None:
        project.write("inventory/defaults.yaml", "{}\n")
        project.write("inventory/hosts.yaml", "a: {platform: ios, data: {enable_secret: 4711}}\n")
        inventory = project.inventory()
        assert inventory.credentials(inventory.device("a")).enable_secret == "4711"

    def test_extras_for_netmiko_leave_the_secret_out(self, project: Project) -> None:
        project.write(
            "inventory/hosts.yaml",
            "a:\n  platform: ios\n  connection_options: {netmiko: {extras: {secret: x, key_file: /k}}}\n",
        )
        inventory = project.inventory()
        assert inventory.connection_extras(inventory.device("a")) == {"key_file": "/k"}


class TestPlatforms:
    @pytest.fixture
    def mixed(self, project: Project) -> Project:
        project.write("inventory/hosts.yaml", "ours: {platform: ios}\nother: {platform: panos}\nnone: {}\n")
        return project

    def test_other_platforms_may_stand_in_the_inventory(self, mixed: Project) -> None:
        inventory = mixed.inventory()
        assert inventory.problem("ours") is None
        assert [device.name for device in inventory.select(Selection(names=("ours",))).devices] == ["ours"]

    def test_one_that_is_named_is_refused_with_host_file_and_known_platforms(self, mixed: Project) -> None:
        for wanted, strict in ((Selection(names=("ours", "other", "none")), False), (Selection(all=True), True)):
            with pytest.raises(InventoryError) as refused:
                mixed.inventory().select(wanted, strict=strict)
            first, second = str(refused.value).splitlines()
            hosts = mixed.folder / "inventory/hosts.yaml"
            known = ", ".join(PLATFORM_NAMES)
            assert first == f"{hosts} line 2: other has the platform 'panos'; swimctl can upgrade {known}"
            assert second.startswith(f"{hosts} line 3: none has no platform; add `platform:`")

    @pytest.mark.parametrize(
        "wanted", [Selection(all=True), Selection(limit="o*,none"), Selection(filters=("port=22",))]
    )
    def test_those_that_a_pattern_brings_are_left_out_and_counted(self, mixed: Project, wanted: Selection) -> None:
        chosen = mixed.inventory().select(wanted)
        assert [device.name for device in chosen.devices] == ["ours"]
        assert chosen.left_out == "2 hosts of other systems are left out: 1 panos, 1 without a platform"

    def test_a_selection_of_nothing_else_is_empty(self, mixed: Project) -> None:
        with pytest.raises(SelectionError, match="no device is left: 1 host of another system is left out: 1 panos"):
            mixed.inventory().select(Selection(limit="oth*"))

    def test_a_plan_tells_them_and_goes_on(self, mixed: Project, capfd: pytest.CaptureFixture[str]) -> None:
        main(["--config", str(mixed.path), "plan", "--all", "--offline"])
        out, err = capfd.readouterr()
        assert "swimctl: 2 hosts of other systems are left out" in err
        assert "ours" in out
        assert "other" not in out
        assert main(["--config", str(mixed.path), "plan", "--all", "--offline", "--strict"]) == 2
        assert "line 2: other has the platform" in capfd.readouterr().err

    def test_the_doctor_counts_them_in_one_line(self, mixed: Project, capfd: pytest.CaptureFixture[str]) -> None:
        main(["--config", str(mixed.path), "doctor", "--offline"])
        assert capfd.readouterr().out.count("left out: 1 panos, 1 without a platform") == 1


def test_three_hundred_hosts_of_another_system_are_one_sentence(project: Project) -> None:
    text = "".join(f"fw{number}: {{platform: panos}}\n" for number in range(300))
    project.write("inventory/hosts.yaml", text + "ours: {platform: ios}\n")
    assert project.inventory().select(Selection(all=True)).left_out.startswith("300 hosts of other systems")
    with pytest.raises(InventoryError) as refused:  # the file is read once for all of their lines
        project.inventory().select(Selection(all=True), strict=True)
    assert "hosts.yaml line 300: fw299" in str(refused.value).splitlines()[-1]


def test_the_example_of_the_repository_is_a_good_one(capfd: pytest.CaptureFixture[str], project: Project) -> None:
    for name in ("config.yaml", "inventory/hosts.yaml", "inventory/groups.yaml", "inventory/defaults.yaml"):
        project.write(name, (Path(__file__).parents[2] / name).read_text(encoding="utf-8"))
    assert main(["--config", str(project.path), "doctor", "--offline"]) == 0
    assert "2 devices" in capfd.readouterr().out


class TestNames:
    def test_resolve_names_and_ids_once_each(self, project: Project) -> None:
        inventory = project.inventory()
        found = inventory.resolve(["bern-2", 1, "2", "bern-1"])
        assert [device.name for device in found] == ["bern-2", "bern-1"]

    def test_resolve_lists_every_unknown_one(self, project: Project) -> None:
        with pytest.raises(NotFound) as refused:
            project.inventory().resolve(["bern-1", "bern-9", 77])
        assert "'bern-9' (did you mean bern-" in str(refused.value)
        assert "'77'" in str(refused.value) or "77" in str(refused.value)

    def test_a_host_named_with_digits_is_found_by_its_name(self, project: Project) -> None:
        project.write("inventory/hosts.yaml", "a: {platform: ios}\n'1': {platform: ios}\n")
        inventory = project.inventory()
        assert inventory.resolve(["1"])[0].name == "1"
        assert inventory.resolve([1])[0].name == "a"

    def test_an_unknown_device_is_not_found(self, project: Project) -> None:
        with pytest.raises(NotFound, match="device list"):
            project.inventory().device("nobody")


def test_a_thousand_hosts_load_in_a_breath(project: Project, tmp_path: Path) -> None:
    text = "".join(f"sw{number:04d}: {{groups: [access], data: {{model: C9300-24P}}}}\n" for number in range(1000))
    project.write("inventory/hosts.yaml", text)
    assert len(project.inventory().devices) == 1000
    assert not list(tmp_path.rglob("nornir.log"))


def test_a_path_counts_from_the_folder_of_the_configuration_and_else_from_the_working_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The second one is Nornir's own way; where neither has the file both are named. netmiko's platform counts."""
    for folder in ("conf", "elsewhere"):
        (tmp_path / folder).mkdir()
    config = tmp_path / "conf" / "config.yaml"
    config.write_text("inventory: {plugin: SimpleInventory, options: {host_file: inv/hosts.yaml}}\n", encoding="utf-8")
    (tmp_path / "inv").mkdir()
    hosts = "sw1: {hostname: 192.0.2.1, connection_options: {netmiko: {platform: cisco_xe}}}\n"
    (tmp_path / "inv" / "hosts.yaml").write_text(hosts, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["-c", str(config), "device", "list", "--json"]) == 0
    (listed,) = json.loads(capfd.readouterr().out)["devices"]
    assert (listed["hostname"], listed["platform"]) == ("sw1", "cisco_xe")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["-c", str(config), "device", "list"]) == 2
    said = capfd.readouterr().err
    assert f"{tmp_path}/conf/inv/hosts.yaml does not exist" in said
    assert f"or else from the working folder {tmp_path}/elsewhere" in said
