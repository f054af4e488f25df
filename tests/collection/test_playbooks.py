"""The collection in real playbooks, against a real server and the lab."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from support.ansible_collection import ROOT, environment, play, start
from support.certificates import self_signed
from support.server_process import Served, serving
from support.upgrades import lab_folder

from swimctl.lab.fleet import LabFleet

pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("collection")]
UPGRADE = "swimctl.swim.upgrade"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabFleet, Served]]:
    """Serve a lab of six; sw6 cannot install."""
    folder = tmp_path_factory.mktemp("collection")
    with lab_folder(folder, devices=6, faults={"sw6": ["install-fails"]}) as lab, serving(folder) as served:
        yield lab, served


def task(*devices: str, **options: Any) -> dict[str, Any]:
    """Return a task that upgrades devices, and does not fail the play."""
    return {
        UPGRADE: {"devices": list(devices), "poll": 0.3, **options},
        "register": "done",
        "ignore_errors": True,
    }


def test_check_mode_upgrade_and_a_second_run(house: tuple[LabFleet, Served], tmp_path: Path) -> None:
    lab, served = house
    asked = {**task("sw1", "sw2"), "diff": True}
    played = play(
        tmp_path,
        served,
        {**asked, "register": "checked", "check_mode": True},
        {"swimctl.swim.compliance_info": {"devices": ["sw1"]}, "register": "between"},
        {**asked, "register": "done"},
        {**asked, "register": "again"},
        {**asked, "register": "last", "check_mode": True},
    )
    found = {name: (result.get("changed"), result["failed"]) for name, result in played.results.items()}
    assert found == {
        "checked": (True, False),
        "between": (False, False),
        "done": (True, False),
        "again": (False, False),
        "last": (False, False),
    }, played.text
    planned = played.results["checked"]["devices"]
    assert [(each["device"], each["status"], each["changed"]) for each in planned] == [
        ("sw1", "ready", True),
        ("sw2", "ready", True),
    ]
    assert any("install activate" in line for line in planned[0]["commands"])
    assert played.results["between"]["devices"][0]["runs"] == "17.06.05"
    done, again = played.results["done"], played.results["again"]
    assert [(each["outcome"], each["changed"], each["release"]) for each in done["devices"]] == [
        ("upgraded", True, "17.12.4")
    ] * 2
    assert {each["outcome"] for each in again["devices"]} == {"untouched"}
    assert again["batch_id"] != done["batch_id"]
    assert played.results["last"]["devices"][0]["status"] == "already there"
    for line in ("-sw1: 17.06.05\n", "-sw2: 17.06.05\n", "+sw1: 17.12.4\n", "+sw2: 17.12.4\n"):
        assert played.text.count(line) == 2, played.text  # of what was planned, and of what was done
    assert len(lab.reloads("sw1")) == len(lab.reloads("sw2")) == 1
    assert served.token not in played.text


def test_what_fails_is_named_with_its_reason(house: tuple[LabFleet, Served], tmp_path: Path) -> None:
    _lab, served = house
    refused = {
        "unknown": (task("nobody"), "unknown device 'nobody'"),
        "image": (task("sw1", image_id=77), "no image 77"),
        "option": (task("sw1", wave=[1]), "Unsupported parameters"),
        "window": (task("sw1", window="at night"), "window"),
        "token": (task("sw1", token="not-a-token"), "answers 401"),
        "path": (task("sw1", url=f"{served.url}/api/health"), "answers 404"),
        "server": (task("sw1", url="http://127.0.0.1:9"), "is `swimctl serve` running there?"),
        "user": (task("sw1", url="https://ana:secret@127.0.0.1"), "leave the user and the password out"),
    }
    tasks = [{**asked, "register": name} for name, (asked, _) in refused.items()]
    played = play(tmp_path, served, task("sw3", "sw6"), *tasks)
    assert "Traceback" not in played.text
    for name, (_, said) in refused.items():
        result = played.results[name]
        assert (result["failed"], result["changed"]) == (True, False), result
        assert said in result["msg"], result
    result = played.results["done"]
    assert (result["changed"], result["failed"]) == (True, True), played.text
    (why,) = result["failures"]
    assert why.startswith("sw6 failed: 'install add' failed")
    assert why in result["msg"]
    assert {each["device"]: each["changed"] for each in result["devices"]} == {"sw3": True, "sw6": False}


def test_the_playbook_and_the_inventory_of_the_page(house: tuple[LabFleet, Served], tmp_path: Path) -> None:
    _lab, served = house
    page = (ROOT / "docs" / "ansible.md").read_text(encoding="utf-8")
    book, _, inventory, _ = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for name, text in (("night.yml", book), ("night.swimctl.yml", inventory)):
        assert "http://127.0.0.1:8080\n" in text
        here = text.replace("http://127.0.0.1:8080\n", f"{served.url}\n").replace("/etc/swimctl", str(tmp_path))
        (tmp_path / name).write_text(here, encoding="utf-8")
    (tmp_path / "token").write_text(served.token, encoding="utf-8")
    done = subprocess.run(
        ["ansible-playbook", "night.yml", "--check", "--diff"],
        cwd=tmp_path, env=environment(tmp_path, None), capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done
    assert "sw1" in listed(tmp_path, tmp_path / "night.swimctl.yml")["_meta"]["hostvars"]


def test_tls_and_a_token_in_a_file(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    token_file, ask = tmp_path / "token", {"swimctl.swim.compliance_info": {"by": "model"}}
    with lab_folder(tmp_path, devices=2), serving(tmp_path, f"--tls-cert={certificate}", f"--tls-key={key}") as served:
        token_file.write_text(f"{served.token}\n", encoding="utf-8")
        named = {"token_file": str(token_file), "ca_path": str(certificate)}
        known = {"swimctl.swim.compliance_info": {**named, "devices": ["sw2", "sw1"], "by": "model"}}
        nobody = {"swimctl.swim.compliance_info": {**named, "devices": ["sw1", "nobody"]}}
        inventory = tmp_path / "night.swimctl.yml"
        inventory.write_text(
            json.dumps(
                {
                    "plugin": "swimctl.swim.compliance",
                    "url": served.url,
                    "group_by": ["status", "model"],
                    "keyed_groups": [{"key": "swimctl_platform", "prefix": "of"}],
                    "cache": True,
                    "cache_plugin": "jsonfile",
                    "cache_connection": str(tmp_path / "cache"),
                    **named,
                }
            ),
            encoding="utf-8",
        )
        played = play(
            tmp_path, served, {**ask, "register": "untrusted", "ignore_errors": True},
            {**known, "register": "known"}, {**nobody, "register": "nobody", "ignore_errors": True},
        )  # fmt: skip
        hosts = listed(tmp_path, inventory)
    assert "if its certificate is of your own authority, name that in ca_path" in played.results["untrusted"]["msg"]
    found = played.results["known"]
    assert [each["device_hostname"] for each in found["devices"]] == ["sw2", "sw1"], played.text
    assert (found["compliant"], found["counts"]["unknown"]) == (False, 2)
    assert [(each["name"], each["count"]) for each in found["groups"]] == [
        ("C9300-24P", 1),
        ("C9300-48P", 1),
    ]
    assert played.results["nobody"]["msg"] == "swimctl has no device 'nobody'"
    assert hosts["status_unknown"]["hosts"] == ["sw1", "sw2"]
    assert hosts[f"model_{found['devices'][0]['model'].replace('-', '_')}"]["hosts"] == ["sw2"]
    assert [name for name in hosts if name.startswith("of_")] != []
    # So Ansible prints what must not be read as a template.
    assert hosts["_meta"]["hostvars"]["sw1"]["swimctl_golden_release"] == {"__ansible_unsafe": "17.12.4"}
    # The server is gone: the cache answers, and has no token.
    assert listed(tmp_path, inventory) == hosts
    kept = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "cache").iterdir())
    assert "C9300-24P" in kept
    assert served.token not in kept + played.text + json.dumps(hosts)


def listed(folder: Path, inventory: Path) -> dict[str, Any]:
    """Return what `ansible-inventory` makes of a file."""
    done = subprocess.run(
        ["ansible-inventory", "-i", str(inventory), "--list"],
        cwd=folder, env=environment(folder, None), capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_server_that_dies_in_the_middle_is_waited_for(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=2, speed=100) as lab:
        with serving(tmp_path) as first:
            port = first.url.rpartition(":")[2]
            asked = task("sw1", "sw2", idempotency_key="CHG1", outage=200, token=first.token)
            with start(tmp_path, first, [asked], "-vvv", SWIMCTL_TOKEN="") as process:
                while not any(job["status"] == "activating" for job in of_any_batch(first)):
                    assert process.poll() is None, process.communicate()
                    assert first.token.encode() not in all_command_lines()
                    time.sleep(0.2)
                first.process.kill()
                time.sleep(2)
                with serving(tmp_path, "--port", port, token=first.token) as second:
                    text, _ = process.communicate(timeout=300)
                    assert process.returncode == 0, text
                    assert "changed: [localhost]" in text
                    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in text
                    assert first.token not in text
                    joined = play(tmp_path, second, task("sw1", "sw2", idempotency_key="CHG1"))
                    result = joined.results["done"]
                    assert (result["changed"], result["failed"]) == (True, False), joined.text
                    assert [each["job_id"] for each in result["devices"]] == [1, 2]
                    refused = play(tmp_path, second, task("sw1", idempotency_key="CHG1"))
                    assert refused.results["done"]["status"] == 409
        assert [len(lab.reloads(name)) for name in ("sw1", "sw2")] == [1, 1]


def all_command_lines() -> bytes:
    """Return what a list of all processes shows."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended
            found.append(process.read_bytes())
    return b"\n".join(found)


def of_any_batch(served: Served) -> list[Any]:
    status, answer = served.ask("/api/upgrade/status/?job_ids=1,2")
    return list(answer["jobs"]) if status == 200 else []


def test_a_run_that_was_killed_is_joined_by_the_next_one(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=1, speed=100) as lab, serving(tmp_path) as served:
        with start(tmp_path, served, [task("sw1")]) as process:
            while not of_any_batch(served):
                assert process.poll() is None, process.communicate()
                time.sleep(0.1)
            process.kill()
        again = play(tmp_path, served, task("sw1"))
        result = again.results["done"]
        assert (result["changed"], result["failed"]) == (True, False), again.text
        assert [each["job_id"] for each in result["devices"]] == [1]
        assert len(lab.reloads("sw1")) == 1


def test_ordering_cancelling_and_a_time_that_is_over(house: tuple[LabFleet, Served], tmp_path: Path) -> None:
    _lab, served = house
    later = {"schedule_time": "2090-01-01T00:00:00Z"}
    cancel = {"swimctl.swim.cancel": {"batch_id": "{{ done.batch_id }}"}, "register": "gone"}
    would = {**cancel, "register": "would", "check_mode": True}
    again = {**cancel, "register": "again"}
    done = play(tmp_path, served, task("sw4", wait=False, **later), would, cancel, again)
    assert done.code == 0, done.text
    assert done.results["done"]["changed"] is True
    assert [each["changed"] for each in done.results["done"]["devices"]] == [None]
    assert done.results["would"]["job_ids"] == done.results["gone"]["job_ids"] == done.results["done"]["job_ids"]
    assert (done.results["would"]["changed"], done.results["gone"]["changed"]) == (True, True)
    assert (done.results["again"]["changed"], done.results["again"]["job_ids"]) == (False, [])
    assert done.results["again"]["not_cancelled"][0]["status"] == "cancelled"

    over = play(tmp_path, served, task("sw5", wait_timeout=1, on_timeout="cancel", comment="over", **later))
    result = over.results["done"]
    assert (result["failed"], result["changed"]) == (True, False), over.text
    assert "after 1 seconds not all jobs have ended" in result["msg"]
    assert result["failures"] == ["sw5 cancelled: somebody cancelled it"]
