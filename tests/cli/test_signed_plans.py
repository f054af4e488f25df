"""A plan in a file: what was agreed runs, and what has changed since is refused, each with its reason."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support.icalendars import nights

from swimctl.cli import main
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.facts import Running, Snapshot
from swimctl.steps.first_look import FirstLook

Capture = pytest.CaptureFixture[str]
Place = Any  # of conftest.py
HOSTS = Path("inventory/hosts.yaml")
CONFIG = Path("config.yaml")
FILE = "tonight.json"


@dataclass
class Devices:
    """What sw1 to sw3 say of themselves, as a test changes it."""

    runs: dict[str, str] = field(default_factory=lambda: dict.fromkeys(("sw1", "sw2", "sw3"), "17.09.05"))
    serials: dict[str, str] = field(default_factory=lambda: {"sw1": "FOC1", "sw2": "FOC2", "sw3": "FOC3"})
    full: set[str] = field(default_factory=set)
    more: list[Finding] = field(default_factory=list)
    cleanable: tuple[str, ...] = ()

    def look(self, device: Device, image: Image, options: JobOptions) -> FirstLook:
        assert options.cleanup_flash is False
        assert image.platform == device.platform
        runs, room = self.runs[device.name], device.name not in self.full
        free = Finding("free flash", room, "1 GB", "2 GB", "install remove inactive")
        return FirstLook(
            (free, *self.more),
            running=Running(runs, 60, None, {"1": runs}),
            snapshot=Snapshot("", runs, 60, None, {}, (), (), {}, serials=(self.serials[device.name],)),
            origin="push",
            cleanable=self.cleanable,
        )


@pytest.fixture
def devices(place: Place, monkeypatch: pytest.MonkeyPatch) -> Devices:
    found = Devices()
    monkeypatch.setattr(type(place.engine), "check", lambda _, *asked: found.look(*asked))
    return found


def written(capsys: Capture, *options: str, code: int = 0) -> dict[str, Any]:
    """Write the plan of all devices, and return the file."""
    assert main(["plan", "--all", *options, "--out", FILE]) == code
    document = dict(json.loads(Path(FILE).read_text()))
    assert document["sha256"] in capsys.readouterr().err.replace("\n  ", "")
    return document


def run(capsys: Capture, *options: str) -> tuple[int, dict[str, Any]]:
    code = main(["--json", "upgrade", "--plan", FILE, "--yes", *options])
    return code, dict(json.loads(capsys.readouterr().out))


@pytest.mark.usefixtures("devices")
def test_what_was_agreed_runs_with_its_options_and_in_its_waves(place: Place, capsys: Capture) -> None:
    document = written(capsys, "--canary", "1", "--ticket", "CHG7", "--workers", "2")
    assert [one["name"] for one in document["devices"]] == ["sw1", "sw2", "sw3"]
    assert document["preview"]["counts"] == {"ready": 3}
    code, told = run(capsys)
    assert (code, told["counts"]["success"]) == (0, 3)
    (batch,) = place.store.batches()
    assert (batch.policy.waves, batch.policy.ticket, batch.workers) == (("1", "100%"), "CHG7", 2)
    assert [job.wave for job in place.store.jobs(batch_id=batch.id)] == [1, 2, 2]
    entry = next(entry for entry in place.store.audit() if entry.action == "trigger")
    assert entry.data["plan_sha256"] == document["sha256"]


def test_who_was_not_ready_is_no_part_of_it(place: Place, devices: Devices, capsys: Capture) -> None:
    devices.full.add("sw2")
    document = written(capsys, code=1)
    assert ([one["name"] for one in document["devices"]], document["left_out"]) == (["sw1", "sw3"], ["sw2"])
    devices.full.clear()
    run(capsys)
    assert [job.device_name for job in place.store.jobs()] == ["sw1", "sw3"]


def swapped(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def moved(_: Devices) -> None:
    HOSTS.write_text(swapped(HOSTS.read_text(), "port: 2\n", "port: 22\n"))


def hung(_: Devices) -> None:
    text = HOSTS.read_text()
    HOSTS.write_text(text[: text.index("sw3:")].rstrip() + "\n    depends_on: [sw1]\n" + text[text.index("sw3:") :])


def of_sw2(lines: str) -> None:
    text = HOSTS.read_text()
    HOSTS.write_text(text[: text.index("sw3:")].rstrip() + f"\n{lines}\n" + text[text.index("sw3:") :])


def in_site(_: Devices) -> None:
    of_sw2("    site: ber")


def relayed(_: Devices) -> None:
    token = Path("relay.token").absolute()
    token.write_text("t" * 32)
    token.chmod(0o600)
    of_sw2(f"    swimctl: {{distribution: {{relay: {{url: 'http://192.0.2.7', token: {{file: {token}}}}}}}}}")


def sourced(_: Devices) -> None:
    of_sw2("    swimctl: {distribution: {sources: ['http://192.0.2.7/ios/', push]}}")


def gone(_: Devices) -> None:
    text = HOSTS.read_text()
    HOSTS.write_text(text[: text.index("sw2:")] + text[text.index("sw3:") :])


def upgraded(devices: Devices) -> None:
    devices.runs["sw2"] = "17.12.04"


def replaced(devices: Devices) -> None:
    devices.serials["sw2"] = "FOC9"


def filled(devices: Devices) -> None:
    devices.full.add("sw2")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (moved, "its port was 2, is 22"),
        (hung, "what it depends on was [], is ['sw1']"),
        (in_site, "its site was None, is 'ber'"),
        (relayed, "'relay': ['http://192.0.2.7:8101', '', '']"),
        (sourced, "'sources': [['http://192.0.2.7/ios/', ''], ['push']]"),
        (gone, "it is no longer in the inventory"),
        (upgraded, "it ran 17.09.05, and runs 17.12.04 now"),
        (replaced, "its serial numbers were FOC2, and are FOC9 now"),
        (filled, "a rule holds no longer: free flash: seen 1 GB, needed 2 GB; next: install remove inactive"),
    ],
)
def test_a_device_that_has_changed_gets_no_job_and_the_others_run(
    place: Place, devices: Devices, capsys: Capture, change: Callable[[Devices], None], says: str
) -> None:
    written(capsys)
    change(devices)
    code, told = run(capsys)
    assert code == 1
    assert [job.device_name for job in place.store.jobs()] == ["sw1", "sw3"]
    (skipped,) = told["skipped"]
    assert skipped["device_hostname"] == "sw2"
    assert "changed since the plan was made: " in skipped["message"]
    assert says in skipped["message"]
    assert "tttt" not in json.dumps(told)


@pytest.mark.usefixtures("devices")
def test_an_image_that_is_no_longer_there_is_refused(place: Place, capsys: Capture) -> None:
    written(capsys)
    place.store.remove_image(place.image.id)
    code, told = run(capsys)
    assert (code, place.store.batches()) == (3, [])
    assert "cat9k_iosxe.17.12.04.SPA.bin is no longer in the catalogue" in told["message"]


@pytest.mark.usefixtures("devices")
def test_an_image_with_another_hash_is_refused(place: Place, capsys: Capture) -> None:
    document = written(capsys)
    for one in document["devices"]:
        one["image"]["sha512"] = "f" * 128
    del document["sha256"]
    whole = hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    Path(FILE).write_text(json.dumps(document | {"sha256": whole}))
    code, told = run(capsys)
    assert (code, place.store.batches()) == (3, [])
    assert f"has another hash: SHA-512 was ffffffffffff…, is {place.image.sha512[:12]}…" in told["message"]


@pytest.mark.usefixtures("devices")
@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("  readiness:\n    space_factor: 1.5\n", "swimctl.readiness.space_factor was 2.5, is 1.5"),
        ("  pilot: never\n", "swimctl.pilot was 'real', is 'never'"),
        ("  under_way: 9\n", "swimctl.under_way was None, is 9"),
        ("  checks:\n    defaults: none\n", "swimctl.checks.defaults was 'configured', is 'none'"),
    ],
)
def test_a_rule_that_has_changed_in_config_is_refused_with_both_values(
    place: Place, capsys: Capture, more: str, says: str
) -> None:
    written(capsys)
    CONFIG.write_text(CONFIG.read_text() + more)
    code, told = run(capsys)
    assert code == 3
    assert says in told["message"]
    assert place.store.batches() == []


@pytest.mark.usefixtures("devices")
def test_a_calendar_that_has_changed_is_refused(place: Place, capsys: Capture) -> None:
    freezes = Path("freezes.ics")
    freezes.write_bytes(nights())
    CONFIG.write_text(CONFIG.read_text() + "  freeze_calendars: [freezes.ics]\n")
    written(capsys, "--no-activate")
    freezes.write_bytes(nights(days="SA"))
    code, told = run(capsys)
    assert code == 3
    assert f"swimctl.freeze_calendars {freezes.absolute()} was " in told["message"]
    freezes.unlink()
    code, told = run(capsys)
    assert (code, place.store.batches()) == (3, [])
    assert "cannot be read" in told["message"]


def test_a_rule_that_was_not_asked_then_is_refused(place: Place, devices: Devices, capsys: Capture) -> None:
    written(capsys)
    devices.more.append(Finding("a new rule", True, "yes", "yes"))
    code, told = run(capsys)
    assert code == 3
    assert "other rules apply to it than when the plan was made: a new rule" in told["message"]
    assert place.store.batches() == []


@pytest.mark.usefixtures("devices")
@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--force"], "--force"),
        (["sw1", "--workers", "3"], "DEVICE, --workers"),
        (["--all"], "--all"),
        (["--workflow", "standard"], "--workflow"),  # its default
    ],
)
def test_another_option_than_those_of_the_file_is_refused(
    place: Place, capsys: Capture, options: list[str], named: str
) -> None:
    written(capsys)
    code, told = run(capsys, *options)
    assert (code, place.store.batches()) == (2, [])
    assert f"leave out {named}, or make the plan again" in told["message"]


@pytest.mark.usefixtures("devices")
@pytest.mark.parametrize(
    ("old", "new"), [('"force": false', '"force": true'), ('"wave": 1', '"wave": 2'), ("17.09.05", "17.09.06")]
)
def test_a_file_that_was_changed_is_refused(place: Place, capsys: Capture, old: str, new: str) -> None:
    written(capsys)
    Path(FILE).write_text(swapped(Path(FILE).read_text(), old, new))
    code, told = run(capsys)
    assert (code, place.store.batches()) == (2, [])
    assert "was changed after it was made" in told["message"]


@pytest.mark.usefixtures("place", "devices")
@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"swimctl_plan": 2}', '{"swimctl_plan": 1, "sha256": ""}', "\0"]
)
def test_what_is_no_plan_is_refused(capsys: Capture, text: str) -> None:
    Path(FILE).write_text(text)
    code, told = run(capsys)
    assert (code, told["error"]) == (2, "usage")
    assert FILE in told["message"]


@pytest.mark.usefixtures("place", "devices")
def test_a_signed_plan_is_not_overwritten_and_not_made_unasked(capsys: Capture) -> None:
    before = written(capsys)
    assert main(["plan", "sw1", "--out", FILE]) == 2
    assert "exists" in capsys.readouterr().err
    assert json.loads(Path(FILE).read_text()) == before
    assert main(["plan", "sw1", "--offline", "--out", "other.json"]) == 2
    assert "leave out --offline" in capsys.readouterr().err
    assert not Path("other.json").exists()


@pytest.mark.usefixtures("devices")
def test_a_dry_run_of_a_file_makes_nothing(place: Place, capsys: Capture) -> None:
    whole = written(capsys)["sha256"]
    assert main(["upgrade", "--plan", FILE, "--dry-run"]) == 0
    assert f"has the SHA-256 {whole}" in capsys.readouterr().err
    code, told = run(capsys, "--dry-run")
    assert (code, told["counts"], place.store.batches()) == (0, {"ready": 3}, [])


def test_without_its_first_wave_nothing_of_it_runs(place: Place, devices: Devices, capsys: Capture) -> None:
    written(capsys, "--canary", "1")
    devices.full.add("sw1")
    code, told = run(capsys)
    assert (code, place.store.batches()) == (3, [])
    assert "sw1: changed since the plan was made: a rule holds no longer" in told["message"]
    assert "sw2, sw3: changed since the plan was made: no device of the first wave is left" in told["message"]


def test_a_plan_whose_first_wave_could_not_go_is_not_written(devices: Devices, capsys: Capture) -> None:
    devices.full.add("sw1")
    assert main(["plan", "--all", "--canary", "1", "--out", FILE]) == 3
    assert "no device of the first wave is ready" in capsys.readouterr().err
    assert not Path(FILE).exists()


def test_more_is_not_removed_than_was_agreed(place: Place, devices: Devices, capsys: Capture) -> None:
    devices.cleanable = ("17.03.03", "17.06.01")
    written(capsys)
    devices.cleanable = ("17.06.01",)
    assert run(capsys, "--dry-run")[1]["counts"] == {"ready": 3}
    devices.cleanable = ("17.06.01", "notes.txt")
    code, told = run(capsys)
    assert (code, place.store.batches()) == (3, [])
    assert "a clean-up would remove more from its flash: notes.txt" in told["message"]


def test_no_device_is_asked_for_a_file_that_exists(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(type(place.engine), "check", lambda _, *one: asked.append(one))
    Path(FILE).write_text("signed")
    assert main(["plan", "--all", "--out", FILE]) == 2
    assert ("exists" in capsys.readouterr().err, asked) == (True, [])


@pytest.mark.usefixtures("devices")
def test_a_plan_in_a_freeze_says_that_the_upgrade_is_refused(place: Place, capsys: Capture) -> None:
    CONFIG.write_text(
        CONFIG.read_text() + "  freeze:\n    - {from: 2001-01-01, to: 2901-01-01, reason: the year end}\n"
    )
    why = "changes are frozen until 2901-01-02T00:00:00+00:00: the year end"
    assert main(["--json", "plan", "--all"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ready"], told["forecast"], told["frozen"].startswith(why)) == (False, None, True)
    assert main(["plan", "--all"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].endswith(" frozen=yes")
    assert main(["upgrade", "--all", "--yes"]) == 3
    assert why in capsys.readouterr().err.replace("\n  ", " ")
    assert main(["plan", "--all", "--no-activate"]) == 0
    assert place.store.batches() == []


@pytest.mark.usefixtures("place", "devices")
def test_a_sequential_plan_says_one_at_a_time(capsys: Capture) -> None:
    assert main(["--json", "plan", "--all", "--sequential"]) == 0
    assert json.loads(capsys.readouterr().out)["forecast"]["workers"] == 1


@pytest.mark.usefixtures("devices")
def test_a_step_of_ones_own_that_has_changed_is_another_plan(place: Place, capsys: Capture) -> None:
    own = (
        "  workflows:\n    look:\n      steps: [readiness, {command: {name: Clock, run: show clock%s}}, distribution]\n"
    )
    before = CONFIG.read_text()
    CONFIG.write_text(before + own % "")
    document = written(capsys, "--workflow", "look")
    assert document["rules"]["steps of the workflow"] == "readiness, Clock, distribution"
    CONFIG.write_text(before + own % " detail")
    assert main(["upgrade", "--plan", FILE, "--yes"]) == 3
    said = capsys.readouterr().err
    assert "step 'Clock' of the workflow was" in said
    assert "show clock detail" in said
    assert place.store.batches() == []
