"""swimctl campaign: what is typed, what is printed, and with which exit code."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.campaigns import BACK, LOST, wished
from support.projects import Project
from support.stores import StandingClock, said

from swimctl.campaigns.nights import Begun, Nights, NotNow
from swimctl.campaigns.rule import Rule
from swimctl.cli import campaign_screen, main, output
from swimctl.errors import ConflictError
from swimctl.store import Campaign

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with wished(tmp_path, clock=StandingClock(datetime.now(UTC))):
        monkeypatch.chdir(tmp_path)


def closed_now() -> str:
    """Return a window that opens in some hours."""
    return f"{datetime.now(UTC) + timedelta(hours=3):%H:%M}/2h@UTC"


def create(*more: str) -> int:
    return main(["campaign", "create", "access", "--all", "--window", closed_now(), *more])


def test_a_rule_is_kept_as_it_was_typed(capsys: Capture) -> None:
    assert create("--per-night", "40", "--wave", "2,100%", "--soak", "15m", "--max-failures", "3", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    rule = document["rule"]
    assert (rule["most"], rule["waves"], rule["soak"], rule["max_failures"]) == (40, ["2", "100%"], 900.0, "3")
    assert (document["state"], document["counts"]["behind"], document["nights"]) == ("waiting", 4, [])
    assert create() == 3
    assert "there is a campaign access already" in capsys.readouterr().err


def test_what_is_changed_is_changed_alone(capsys: Capture) -> None:
    assert create("--by-hand", "--tries", "3", "--image", "1") == 0
    assert main(["campaign", "change", "access"]) == 2
    assert "give what to change" in capsys.readouterr().err
    assert main(["campaign", "change", "access", "--by-hand"]) == 3
    assert "is like that already" in capsys.readouterr().err
    typed = ["--by-itself", "--golden", "--per-night", "2", "--limit", "sw*,!sw4", "--max-failures", "5%"]
    assert main(["campaign", "change", "access", *typed, "--json"]) == 0
    changed = json.loads(capsys.readouterr().out)
    rule = changed["rule"]
    assert (rule["by_hand"], rule["image"], rule["most"], rule["tries"], rule["max_failures"]) == (
        False, None, 2, 3, "5%",
    )  # fmt: skip
    assert [each["device_hostname"] for each in changed["devices"]] == ["sw1", "sw2", "sw3"]
    assert main(["campaign", "change", "access", "--per-night", "0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rule"]["most"] is None


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (["create", "x", "--all"], 2, "needs a window"),
        (["create", "x", "--window", "22:00-04:00"], 2, "no devices were selected"),
        (["create", "-x", "--all", "--window", "22:00-04:00"], 2, "No such option"),
        (["create", ".x", "--all", "--window", "22:00-04:00"], 2, "is no name of a campaign"),
        (["create", "x", "--all", "--window", "22:00-04:00", "--golden", "--image", "1"], 2, "not both"),
        (["show", "x"], 2, "there is no campaign 'x'"),
        (["tonight", "x"], 2, "there is no campaign 'x'"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else str(one),
)
def test_what_cannot_be_says_what_to_type(capsys: Capture, typed: list[str], code: int, said: str) -> None:
    assert main(["campaign", *typed]) == code
    assert said in capsys.readouterr().err


def test_tonight_says_when_the_window_opens_and_ends_with_3(capsys: Capture) -> None:
    assert main(["campaign", "tonight"]) == 0
    assert create() == 0
    capsys.readouterr()
    assert main(["campaign", "tonight"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("swimctl: campaign access: it is not the time; window: ")
    assert " in 2 h 59 min\n" in said.err or " in 3 h\n" in said.err
    assert main(["campaign", "tonight", "--quiet"]) == 3
    assert capsys.readouterr() == ("", "")


def test_a_campaign_whose_night_cannot_begin_keeps_no_other_from_it(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert create() == 0
    assert main(["campaign", "create", "core", "--all", "--window", closed_now()]) == 0
    capsys.readouterr()
    tonight = Nights.tonight

    def fails(nights: Nights, campaign: Campaign) -> Begun | NotNow:
        if campaign.name == "access":
            raise ConflictError("no night of campaign access begins: night 1 has not ended")
        return tonight(nights, campaign)

    monkeypatch.setattr(Nights, "tonight", fails)
    assert main(["campaign", "tonight"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == "swimctl: campaign access: no night of campaign access begins: night 1 has not ended"
    assert second.startswith("swimctl: campaign core: it is not the time")
    assert main(["campaign", "tonight", "access"]) == 3
    assert "night 1 has not ended" in capsys.readouterr().err


def test_a_window_that_is_given_anew_is_of_here(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swimctl.requests.plans.zone_here", lambda: "Asia/Tokyo")
    assert main(["campaign", "create", "access", "--all", "--window", "22:00-04:00"]) == 0
    monkeypatch.setattr("swimctl.requests.plans.zone_here", lambda: "Europe/Berlin")
    zones = []
    for typed in (["--per-night", "2"], ["--window", "22:00-04:00"], ["--window", "22:00-04:00@UTC"]):
        capsys.readouterr()
        assert main(["campaign", "change", "access", *typed, "--json"]) == 0
        zones.append(json.loads(capsys.readouterr().out)["rule"]["zone"])
    assert zones == ["Asia/Tokyo", "Europe/Berlin", ""]


def test_it_is_steered(capsys: Capture) -> None:
    assert create() == 0
    capsys.readouterr()
    for typed, code in (
        (["pause", "access"], 0),
        (["pause", "access"], 3),
        (["continue", "access"], 0),
        (["continue", "access", "--device", "sw1"], 2),
        (["continue", "access", "--device", "sw1", "--reason", "new flash"], 3),
        (["approve", "access", "--as", "bert", "--rule", "1-00000000"], 3),
        (["next", "access"], 0),
        (["end", "access", "--reason", "merged"], 0),
        (["next", "access"], 3),
        (["tonight", "access"], 3),
    ):
        assert main(["campaign", *typed]) == code, typed
    assert [line for line in capsys.readouterr().out.splitlines() if line] == [
        "campaign access: paused",
        "campaign access: goes on",
        "campaign access: the next night is released",
        "campaign access: ended",
    ]
    assert main(["campaign", "tonight"]) == 0, "nothing is wished any more"


def test_an_approval_names_the_rule_that_was_shown(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert create("--approval", "--exclude", "sw4", "--workers", "3", "--soak", "5m", "--json") == 0
    mark = json.loads(capsys.readouterr().out)["mark"]
    approve = ["campaign", "approve", "access", "--as", "bert"]
    assert main(approve) == 2
    assert "--rule MARK, as `swimctl campaign show access` has it" in capsys.readouterr().err
    assert main(["campaign", "show", "access"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(f" mark={mark}")
    monkeypatch.setattr(output, "can_ask", lambda: True)
    asked: list[str] = []

    def no(question: str, **_: object) -> bool:
        asked.append(question)
        return False

    monkeypatch.setattr("typer.confirm", no)
    assert main(approve) != 0
    assert asked == ["Approve campaign access with exactly this rule?"]
    seen = capsys.readouterr().err
    assert f"Campaign access, rule {mark}\n" in seen
    assert "all devices; without sw4; " in seen
    assert "; soak 5 min; 3 at the same time; " in seen

    def yes_while_it_is_changed(*_: object, **__: object) -> bool:
        return main(["campaign", "change", "access", "--workers", "40"]) == 0

    monkeypatch.setattr("typer.confirm", yes_while_it_is_changed)
    assert main(approve) == 3
    assert f"{mark} is not the rule that campaign access has now" in capsys.readouterr().err
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    assert main(approve) == 0
    assert capsys.readouterr().out == "campaign access: approved\n"


def test_lines_and_documents_for_programs(capsys: Capture) -> None:
    assert main(["campaign", "list"]) == 0
    assert "no campaign yet" in capsys.readouterr().err
    assert create() == 0
    assert capsys.readouterr().out.startswith("swimctl: campaign=access state=waiting nights=0 there=0 tonight=0 ")
    assert main(["campaign", "list", "-o", "tsv"]) == 0
    (line,) = csv.DictReader(capsys.readouterr().out.splitlines(), delimiter="\t")
    assert (line["campaign"], line["state"], line["behind"]) == ("access", "waiting", "4")
    assert main(["campaign", "list", "-o", "yaml"]) == 0
    assert "name: access" in capsys.readouterr().out
    assert main(["campaign", "show", "access"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "device\twhere\truns\tgets\twhy"
    assert lines[1].startswith("sw1\tbehind\t\t17.12.4\tit was never asked")
    assert len(lines) == 6


def test_the_screen_is_calm_at_80_by_24(tmp_path: Path) -> None:
    with wished(tmp_path, devices=40) as wish:
        wish.create(most=12, max_failures=5, ticket="CHG0041337", reason="17.12.4 closes PSIRT 2031-7")
        wish.ends(wish.begun(), sw3=BACK, sw5=BACK, sw7=LOST)
        for day in ("08", "13"):
            wish.at(f"2031-05-{day}T22:00+00:00")
            wish.ends(wish.begun(), sw13=BACK)
        wish.nights.settle()
        shown = wish.campaigns.show("access")
        assert shown.sight.rule == Rule.read(wish.store.campaign("access").rule)
        text = campaign_screen.shown(shown.sight, shown.outlook, wish.clock.now(), 80)
    assert len(text.splitlines()) <= 24, text
    assert max(map(len, text.splitlines())) <= 80, text
    assert text.startswith("Campaign access: waiting\n\n  40 devices: 32 there, 7 behind, 1 held back\n")
    assert "Left: about 1 night, the last one on Thu 2031-05-15" in text
    assert "sw7: job 7 ended unknown" in text


def test_a_campaign_that_this_version_cannot_read_hides_no_other_and_says_what_is_wrong(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert create("--approval") == 0
    assert main(["campaign", "create", "core", "--all", "--window", closed_now()]) == 0
    unread(tmp_path)
    capsys.readouterr()
    assert main(["campaign", "list", "-o", "tsv"]) == 0
    listed = capsys.readouterr()
    broken, well = csv.DictReader(listed.out.splitlines(), delimiter="\t")
    assert (broken["campaign"], broken["state"], broken["window"]) == ("access", "blocked", "")
    assert (well["campaign"], well["state"], well["behind"]) == ("core", "waiting", "4")
    assert listed.err.startswith("swimctl: campaign access: the rule that the store has of a campaign cannot be read (")
    assert main(["campaign", "list", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["campaigns"]
    assert (first["rule"], second["rule"]["tries"], second["problem"]) == (None, 2, "")
    assert "cannot be read" in first["problem"]
    assert main(["campaign", "show", "access", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["state"], shown["next_window"], shown["devices"]) == ("blocked", None, [])
    monkeypatch.setattr(output, "is_terminal", lambda *_: True)
    assert main(["campaign", "show", "access"]) == 0
    screen = " ".join(capsys.readouterr().out.split())
    assert screen.startswith("Campaign access: blocked 0 devices Rule 1-")
    assert "cannot be read (KeyError: 'selection'); next: end the campaign, and create another one" in screen
    for typed in (["--rule", shown["mark"]], []):
        assert main(["campaign", "approve", "access", "--as", "bert", *typed]) == 3, typed
        assert "cannot be read" in capsys.readouterr().err
    assert main(["campaign", "tonight", "access"]) == 3
    assert main(["campaign", "end", "access"]) == 0
    assert main(["campaign", "list"]) == 0


def unread(folder: Path) -> None:
    """Make the rule of `access` one that this version cannot read."""
    with Project(folder).store() as store:
        said(store, "UPDATE campaigns SET rule = '{}' WHERE name = 'access'")
