"""swimctl checks: which there are, whether they are right, and what devices say to them now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from support.upgrades import lab_folder, without_data

from swimctl.cli import app, completing, main
from swimctl.lab.fleet import LabFleet
from swimctl.lab.mixed import mixed_fleet

PORTS = {
    "about": "each port that was connected is connected",
    "command": {"cisco_xe": "show interfaces status"},
    "parse": "ntc",
    "key": "port",
    "where": {"status": "connected"},
    "expect": "still there",
}
FREE = {
    "about": "there is a port",
    "command": {"cisco_xe": "show interfaces status"},
    "parse": "ntc",
    "expect": {"at least": 900},
    "verdict": "warn",
}
REFUSED = {**PORTS, "command": {"cisco_xe": "show sdwan bfd sessions"}}
CHECKS = {"defaults": "none", "rules": {"ports": PORTS, "many": FREE}}


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabFleet]:
    monkeypatch.chdir(tmp_path)
    with lab_folder(tmp_path, settings={"checks": CHECKS}, ssh=False) as lab:
        yield lab


def with_rule(folder: Path, name: str, rule: object) -> None:
    path = folder / "config.yaml"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["swimctl"]["checks"]["rules"][name] = rule
    path.write_text(json.dumps(document), encoding="utf-8")


def said(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


def test_checks_are_listed_with_what_they_ask(lab: LabFleet, capsys: pytest.CaptureFixture[str]) -> None:
    (name,) = lab.ports
    assert main(["checks", "list", name]) == 0
    assert said(capsys) == [
        ["check", "about", "command", "platforms", "verdict", "asked", "from"],
        ["ports", PORTS["about"], "show interfaces status", "cisco_xe", "fail", "always", "config.yaml"],
        ["many", FREE["about"], "show interfaces status", "cisco_xe", "warn", "always", "config.yaml"],
    ]
    assert main(["checks", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    *come_with_it, ports, many = [(each["name"], each["commands"]) for each in found["checks"]]
    assert [ports, many] == [(name, {"cisco_xe": "show interfaces status"}) for name in ("ports", "many")]
    assert dict(come_with_it)["bgp-sessions"]["juniper_junos"] == "show bgp summary"


@pytest.mark.usefixtures("lab")
def test_a_shell_offers_the_names_of_checks() -> None:
    ctx = typer.Context(typer.main.get_command(app))
    assert completing.checks(ctx, "po")[-1] == "ports"


@pytest.mark.usefixtures("lab")
def test_rules_that_are_right_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["checks", "validate"]) == 0
    assert capsys.readouterr().out == "2 checks are right\n"


def test_a_file_of_rules_is_checked_before_it_is_used(
    lab: LabFleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        "odd": {**PORTS, "command": {"cisco_xe": "show nothing at all"}},
        "none": {**PORTS, "on": {"platform": "x"}},
    }
    (tmp_path / "mine.yaml").write_text(json.dumps(wrong), encoding="utf-8")
    assert main(["checks", "validate", "mine.yaml"]) == 2
    told = capsys.readouterr().err
    assert "check odd: on cisco_xe: ntc-templates has no template 'cisco_ios_show_nothing_at_all'" in told
    assert "check none: `on` has 'x', which is no platform" in told
    assert not [line for name in lab.ports for line in lab.commands(name)], "no device is asked"


def test_the_doctor_looks_at_the_rules_too(lab: LabFleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--offline"]) == 0
    assert ["checks", "ok", "2 rules are right", ""] in said(capsys)
    with_rule(tmp_path, "odd", {**PORTS, "command": {"cisco_xe": "show nothing at all"}})
    assert main(["doctor", "--offline"]) == 2
    (row,) = [line for line in said(capsys) if line[0] == "checks"]
    assert row[1] == "fail"
    assert "check odd: on cisco_xe: ntc-templates has no template" in row[2]
    assert lab.ports


def test_a_device_is_asked_now_and_nothing_is_changed(lab: LabFleet, capsys: pytest.CaptureFixture[str]) -> None:
    (name,) = lab.ports
    assert main(["checks", "run", name, "--quiet"]) == 0
    lines = said(capsys)
    assert lines[0] == ["device", "check", "rows", "result", "verdict"]
    assert [(line[1], line[3], line[4]) for line in lines[1:3]] == [
        ("ports", "holds", "fail"),
        ("many", "broken", "warn"),
    ]
    assert lines[4] == ["device", "check", "what", "before", "now", "needed", "result"]
    assert lines[5][:3] == [name, "many", "rows"]
    asked = [line for line in lab.commands(name) if not line.startswith(("show ", "terminal ", "enable"))]
    assert asked == []
    assert lab.commands(name).count("show interfaces status") == 1, "two checks share one command"


def test_a_check_for_some_models_goes_by_the_device_where_the_inventory_names_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each system says its model in words of its own."""
    fleet = mixed_fleet(6)
    own = {
        "about": "it is asked",
        "command": "show version",
        "parse": {"regex": "(?P<word>.+)"},
        "expect": {"at least": 1},
    }
    rules = {
        name: {**own, "on": {"platform": spec.platform, "model": model}}
        for spec in fleet
        for name, model in ((f"of-{spec.name}", re.escape(spec.model)), (f"not-of-{spec.name}", "another one"))
    }
    monkeypatch.chdir(tmp_path)
    with lab_folder(tmp_path, fleet=fleet, settings={"checks": {"rules": rules}}, ssh=False):
        for spec in fleet:
            without_data(tmp_path, spec.name, "model")
        assert main(["checks", "run", "--all", "--json", "--quiet"]) == 0
        found = {
            name: {each["name"] for each in checks}
            for name, checks in json.loads(capsys.readouterr().out)["devices"].items()
        }
        (catalyst,) = [spec.name for spec in fleet if spec.platform == "cisco_xe"]
        assert main(["checks", "list", catalyst]) == 0
    assert {name: {each for each in checks if "of-" in each} for name, checks in found.items()} == {
        spec.name: {f"of-{spec.name}"} for spec in fleet
    }
    assert {"vlans", "temperature", "poe-faults"} <= found[catalyst]
    asked = {line[0]: line[5] for line in said(capsys)}
    assert asked["temperature"] == "models: (C9[23]\\d\\d.*|WS-C[23].*)"


def test_an_answer_that_cannot_be_read_is_an_error(
    lab: LabFleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rule(tmp_path, "bfd", REFUSED | {"parse": {"regex": "(?P<port>x)(?P<status>y)"}})
    assert main(["checks", "run", "--all", "--json", "--quiet"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["devices"].values()
    bfd = next(each for each in found if each["name"] == "bfd")
    assert bfd["standing"] == "not read"
    assert "'show sdwan bfd sessions': the device answered '% Invalid input" in bfd["why"]
    assert lab.ports


def test_what_was_saved_is_compared(lab: LabFleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (name,) = lab.ports
    assert main(["checks", "run", name, "--save", "before.json", "--check", "ports", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["checks", "run", name, "--against", "before.json", "--check", "ports", "--quiet"]) == 0
    assert [line[3] for line in said(capsys)] == ["result", "holds"]
    with_row(tmp_path / "before.json", 0)
    assert main(["checks", "run", name, "--against", "before.json", "--check", "ports", "--quiet"]) == 1
    assert said(capsys)[-1] == [name, "ports", "Te9/9", "there", "gone", "there", "broken (fail)"]


def with_row(saved: Path, at: int) -> None:
    """Have one more row before than there is now: the first one, or the last."""
    kept = json.loads(saved.read_text(encoding="utf-8"))
    ((ports,),) = kept["devices"].values()
    ports["rows"].insert(at if at >= 0 else len(ports["rows"]), {"port": "Te9/9", "status": "connected"})
    saved.write_text(json.dumps(kept), encoding="utf-8")


def test_what_was_saved_is_held_against_now_with_the_doubts_of_a_job(
    lab: LabFleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The end of an output may have got lost, and rows by another rule are other rows."""
    (name,) = lab.ports
    assert main(["checks", "run", name, "--save", "before.json", "--check", "ports", "--quiet"]) == 0
    with_row(tmp_path / "before.json", -1)
    capsys.readouterr()
    assert main(["checks", "run", name, "--against", "before.json", "--check", "ports", "--quiet"]) == 1
    out = capsys.readouterr().out
    assert f"{name}\tports\t" in out
    assert "\tnot read\tfail" in out
    assert "Te9/9 is gone; only the end of 'show interfaces status' is missing: it may be half an answer" in out
    with_rule(tmp_path, "ports", {**PORTS, "key": ["port", "vlan_id"]})
    assert main(["checks", "run", name, "--against", "before.json", "--check", "ports", "--quiet"]) == 1
    assert "its rule was changed since, and makes other rows" in capsys.readouterr().out


def test_what_was_saved_and_is_not_asked_any_more_is_not_well(
    lab: LabFleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (name,) = lab.ports
    assert main(["checks", "run", name, "--save", "before.json", "--quiet"]) == 0
    with_rule(tmp_path, "ports", {**PORTS, "when": "feature nobody has"})
    capsys.readouterr()
    assert main(["checks", "run", name, "--against", "before.json", "--quiet"]) == 1
    out = capsys.readouterr().out
    assert f"{name}\tports\t\tnot read\tfail" in out
    assert f"{name}: check ports (fail): it is in the file, and is not asked now" in out
    assert main(["checks", "run", name, "--against", "before.json", "--check", "many", "--quiet"]) == 0


def test_a_mistake_in_what_is_typed_is_said_before_a_device_is_asked(
    lab: LabFleet, capsys: pytest.CaptureFixture[str]
) -> None:
    (name,) = lab.ports
    for typed, said_ in (
        (["--check", "prots"], "there is no check prots"),
        (["--save", "nowhere/before.json"], "nowhere/before.json cannot be written"),
    ):
        assert main(["checks", "run", name, *typed]) == 2
        assert said_ in capsys.readouterr().err
    assert lab.commands(name) == []


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize(
    ("text", "why"), [("{}", "is no file of"), ("nonsense", "is no file of"), (None, "cannot be read")]
)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, why: str
) -> None:
    if text is not None:
        (tmp_path / "before.json").write_text(text, encoding="utf-8")
    assert main(["checks", "run", "--all", "--against", "before.json"]) == 2
    assert why in capsys.readouterr().err
