"""`swimctl proved`, and what a person is told of the first of its kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swimctl.cli import main

Capture = pytest.CaptureFixture[str]
Place = Any  # conftest.py's: folders of tests are no packages
REAL = "sw9: {hostname: 10.0.0.9, platform: cisco_xe, username: a, password: b, data: {model: C9300-24T}}\n"
WHY = "no cisco_xe cat9k_iosxe 17.12 was upgraded by this store yet"


@pytest.fixture
def real(place: Place) -> Place:
    """Return a place with a device that is not at an address of this machine, beside those of the lab."""
    hosts = place.folder / "inventory" / "hosts.yaml"
    hosts.write_text(hosts.read_text() + REAL)
    return place


def actions(place: Place) -> list[str]:
    return [entry.action for entry in place.store.audit()]


@pytest.mark.usefixtures("place")
def test_nothing_is_proved_at_first(capsys: Capture) -> None:
    assert main(["proved"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "nothing is proved yet" in told.err
    assert main(["proved", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"count": 0, "proved": []}


@pytest.mark.usefixtures("real")
def test_what_a_lab_proves_stands_apart(capsys: Capture) -> None:
    assert main(["upgrade", "sw1", "sw2", "sw9", "--yes"]) == 0
    assert f"swimctl: sw9: {WHY}\n" in capsys.readouterr().err
    assert main(["proved"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split("\t") == ["system", "family", "train", "where", "devices", "longest outage", "since"]
    assert [row.split("\t")[:6] for row in rows] == [
        ["cisco_xe", "cat9k_iosxe", "17.12", "lab", "2", "not seen"],
        ["cisco_xe", "cat9k_iosxe", "17.12", "real", "1", "not seen"],
    ]
    assert main(["proved", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["count"] == 2
    assert {key: document["proved"][1][key] for key in ("ground", "platform", "family", "train", "devices")} == {
        "ground": "real", "platform": "cisco_xe", "family": "cat9k_iosxe", "train": "17.12", "devices": 1,
    }  # fmt: skip
    assert document["proved"][1]["longest_outage_seconds"] is None
    assert main(["upgrade", "sw9", "--yes", "--quiet"]) == 0
    assert "goes alone" not in capsys.readouterr().err


def test_no_pilot_is_in_the_audit_and_in_the_report(real: Place, capsys: Capture) -> None:
    assert main(["upgrade", "sw9", "sw1", "--yes", "--no-pilot"]) == 0
    assert WHY not in capsys.readouterr().err
    assert sorted(actions(real)) == ["no-pilot", "trigger"]
    assert main(["report"]) == 0
    assert "- First of its kind: all at once (--no-pilot)" in capsys.readouterr().out


@pytest.mark.usefixtures("real")
def test_the_report_names_who_went_first(capsys: Capture) -> None:
    assert main(["upgrade", "sw9", "--yes"]) == 0
    capsys.readouterr()
    assert main(["report"]) == 0
    said = "- First of its kind: sw9: the first of its kind (cisco_xe cat9k_iosxe 17.12) in this store: it goes alone"
    assert said in capsys.readouterr().out


def test_a_retry_may_start_all_at_once(real: Place, capsys: Capture) -> None:
    real.script.fates["sw9"] = "broken"
    assert main(["upgrade", "sw9", "--yes"]) == 1
    batch = real.store.batches(limit=1)[0].id
    assert main(["retry", "--batch", batch, "--yes"]) == 1
    assert WHY in capsys.readouterr().err
    assert main(["retry", "--batch", real.store.batches(limit=1)[0].id, "--yes", "--no-pilot"]) == 1
    assert WHY not in capsys.readouterr().err
    assert actions(real).count("no-pilot") == 1


@pytest.mark.usefixtures("real")
def test_the_plan_has_it_for_programs(capsys: Capture) -> None:
    main(["plan", "sw9", "sw1", "--json"])
    devices = {each["device_hostname"]: each for each in json.loads(capsys.readouterr().out)["devices"]}
    assert (devices["sw9"]["pilot"], devices["sw9"]["kind"]) == ("sw9", "cisco_xe cat9k_iosxe 17.12")
    assert (devices["sw1"]["pilot"], devices["sw1"]["kind"]) == (None, "cisco_xe cat9k_iosxe 17.12 in the lab")
