"""Waivers as they are typed, shown, signed and kept: one finding, one value, a name and a reason."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from swimctl.cli import main, output
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.facts import Running, Snapshot
from swimctl.states import JobStatus
from swimctl.steps.first_look import FirstLook, with_waivers
from swimctl.waivers import Waiver

Capture = pytest.CaptureFixture[str]
Place = Any  # of conftest.py
ALONE = Finding("redundancy group", ok=False, seen="none in the inventory", needed="one", next_command="name one")
FULL = Finding("free flash", ok=False, seen="1 MB", needed="2 MB", next_command="delete something")
PASTED = "sw2: redundancy group = none in the inventory"
WHY = ("--reason", "CHG77: its partner is off")


@dataclass
class Devices:
    """What sw1 to sw3 say of themselves; of each, the last answer is repeated."""

    answers: dict[str, list[list[Finding]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def look(self, device: Device, image: Image, options: JobOptions) -> FirstLook:
        assert image.platform == device.platform
        self.asked.append(device.name)
        answers = self.answers.setdefault(device.name, [[]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return FirstLook(
            with_waivers(found, options, device.name),
            running=Running("17.09.05", 60, None, {"1": "17.09.05"}),
            snapshot=Snapshot("", "17.09.05", 60, None, {}, (), (), {}, serials=(f"FOC-{device.name}",)),
            origin="push",
        )


@pytest.fixture
def devices(place: Place, monkeypatch: pytest.MonkeyPatch) -> Devices:
    found = Devices({"sw2": [[ALONE]]})
    monkeypatch.setattr(type(place.engine), "check", lambda _, *asked: found.look(*asked))
    return found


def waivers_of(place: Place) -> tuple[Waiver, ...]:
    (batch,) = place.store.batches()
    found: tuple[Waiver, ...] = batch.options.waivers
    return found


def test_a_waiver_takes_what_is_seen_now_and_stands_in_the_batch_and_in_the_audit(
    place: Place, devices: Devices, capsys: Capture
) -> None:
    code = main(["--json", "upgrade", "--all", "--yes", "--waive", "sw2: redundancy group", *WHY])
    assert code == 0, capsys.readouterr().err
    assert devices.asked == ["sw2"], "only the device whose finding is not known is asked beforehand"
    (waiver,) = waivers_of(place)
    assert (waiver.device, waiver.finding, waiver.seen) == ("sw2", "redundancy group", "none in the inventory")
    assert (waiver.reason, waiver.by) == ("CHG77: its partner is off", place.store.batches()[0].requested_by)
    assert waiver.by
    entry = next(entry for entry in place.store.audit() if entry.action == "trigger")
    assert (entry.actor, entry.data["waivers"]) == (waiver.by, [asdict(waiver)])


def test_a_waiver_that_says_what_was_seen_asks_nobody(place: Place, devices: Devices) -> None:
    assert main(["upgrade", "--all", "--yes", "--waive", PASTED, *WHY]) == 0
    assert devices.asked == []
    assert [waiver.seen for waiver in waivers_of(place)] == ["none in the inventory"]


@pytest.mark.parametrize(
    ("waive", "says"),
    [
        ("sw1: redundancy group", "sw1 has no such finding now; what does not hold there: nothing"),
        ("sw2: vPC partner", "sw2 has no such finding now; what does not hold there: 'redundancy group'"),
        ("sw3: redundancy group", "that rule holds there now (seen core-3); leave the waiver out"),
    ],
)
def test_a_finding_that_is_not_there_is_not_waived_and_nothing_starts(
    place: Place, devices: Devices, capsys: Capture, waive: str, says: str
) -> None:
    devices.answers["sw3"] = [[replace(ALONE, ok=True, seen="core-3")]]
    assert main(["upgrade", "--all", "--yes", "--waive", waive, *WHY]) == 3
    assert says in capsys.readouterr().err.replace("\n  ", " ")
    assert place.store.batches() == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("--waive", "sw2: free flash = 1 MB", *WHY), "identity, hash, family and room never can"),
        (("--waive", "sw2: serial number", *WHY), "identity, hash, family and room never can"),
        (("--waive", "sw2: hash", *WHY), "an image with another hash is another image"),
        (("--waive", PASTED), "say why 'redundancy group' of sw2 is waived: --reason TEXT"),
        (WHY, "--reason says why something is waived"),
        (("--waive", "sw2", *WHY), "names no finding of a device"),
        (("--waive", "sw9: redundancy group", *WHY), "waivers name devices that are not asked for: sw9"),
    ],
)
def test_what_cannot_be_waived_is_refused_before_anybody_is_asked(
    place: Place, devices: Devices, capsys: Capture, typed: tuple[str, ...], says: str
) -> None:
    assert main(["upgrade", "--all", "--yes", *typed]) == 2
    assert says in " ".join(capsys.readouterr().err.split())
    assert (place.store.batches(), devices.asked) == ([], [])


def test_the_plan_shows_what_to_paste_and_what_was_waived_by_whom(
    devices: Devices, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices.answers["sw1"] = [[FULL]]
    monkeypatch.setattr(output, "is_terminal", lambda _: True)
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["plan", "--all"]) == 1
    shown = capsys.readouterr().out
    assert f"      accept  --waive '{PASTED}' --reason …\n" in shown
    assert "--waive 'sw1" not in shown, "nobody can waive room"
    assert main(["plan", "--all", "--exclude", "sw1", "--waive", PASTED, "--waive", "sw3: routes = fell", *WHY]) == 0
    shown = capsys.readouterr().out
    assert "Waived\n  sw2: redundancy group: seen none in the inventory (waived: CHG77:" in shown
    assert "Waivers that cover nothing now\n  sw3: routes: seen fell (waived: CHG77" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_programs_get_the_same_of_a_plan(devices: Devices, capsys: Capture) -> None:
    assert devices.answers
    assert main(["--json", "plan", "--all"]) == 1
    (row,) = [one for one in json.loads(capsys.readouterr().out)["devices"] if one["lacks"]]
    assert row["lacks"][0]["waive"] == row["findings"][0]["waive"] == f"--waive '{PASTED}'"
    assert main(["--json", "plan", "--all", "--waive", PASTED, "--waive", "sw3: routes = fell", *WHY]) == 0
    document = json.loads(capsys.readouterr().out)
    finding = next(one for one in document["devices"] if one["findings"])["findings"][0]
    assert (finding["ok"], finding["waived"]["reason"]) == (False, "CHG77: its partner is off")
    assert [one["finding"] for one in document["idle_waivers"]] == ["routes"]
    assert main(["plan", "--all", "--waive", PASTED, *WHY]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[lines.index("device\tfinding\tseen\treason\tby\tcovers") + 1].startswith("sw2\tredundancy group\tnone")


def test_a_value_that_changes_while_the_plan_is_made_is_not_covered(
    place: Place, devices: Devices, capsys: Capture
) -> None:
    devices.answers["sw2"] = [[ALONE], [replace(ALONE, seen="core-9")]]
    assert main(["--json", "plan", "--all", "--waive", "sw2: redundancy group", *WHY]) == 1
    (row,) = [one for one in json.loads(capsys.readouterr().out)["devices"] if one["verdict"] != "ready"]
    assert (row["verdict"], row["lacks"][0]["seen"]) == ("not ready", "core-9")
    assert row["lacks"][0]["waive"] == "--waive 'sw2: redundancy group = core-9'"
    assert place.store.batches() == []


def test_a_waiver_without_a_value_needs_a_look(devices: Devices, capsys: Capture) -> None:
    assert main(["plan", "--all", "--offline", "--waive", "sw2: redundancy group", *WHY]) == 2
    assert "do not say what was seen: sw2: redundancy group" in " ".join(capsys.readouterr().err.split())
    assert devices.asked == []


def test_a_signed_plan_holds_with_the_values_that_were_waived(place: Place, devices: Devices, capsys: Capture) -> None:
    waived = ("--waive", "sw2: redundancy group", *WHY)
    assert main(["plan", "--all", *waived, "--out", "tonight.json"]) == 0
    (kept,) = json.loads(Path("tonight.json").read_text())["request"]["options"]["waivers"]
    assert (kept["seen"], kept["reason"]) == ("none in the inventory", "CHG77: its partner is off")
    capsys.readouterr()
    assert main(["upgrade", "--plan", "tonight.json", "--yes", *waived]) == 2
    assert "leave out --waive, --reason" in " ".join(capsys.readouterr().err.split())
    devices.answers["sw2"] = [[replace(ALONE, seen="core-9")]]
    assert main(["--json", "upgrade", "--plan", "tonight.json", "--yes"]) == 1
    (skipped,) = json.loads(capsys.readouterr().out)["skipped"]
    assert skipped["device_hostname"] == "sw2"
    assert "a rule holds no longer: redundancy group: seen core-9" in json.dumps(skipped)
    assert [job.device_name for job in place.store.jobs()] == ["sw1", "sw3"]
    devices.answers["sw2"] = [[ALONE]]
    assert main(["upgrade", "--plan", "tonight.json", "--yes"]) == 0
    assert place.store.batches()[0].options.waivers == (Waiver(**kept),)


def test_what_was_waived_of_a_device_that_is_left_out_stands_in_no_file_and_in_no_retry(
    place: Place, devices: Devices, capsys: Capture
) -> None:
    devices.answers["sw1"] = [[FULL]]
    waived = ("--waive", PASTED, "--waive", "sw1: routes = fell from 9 to 4", *WHY)
    assert main(["plan", "--all", *waived, "--out", "tonight.json"]) == 1
    place.script.fates["sw2"] = "rolled back"
    capsys.readouterr()
    assert main(["upgrade", "--plan", "tonight.json", "--yes"]) == 1, capsys.readouterr().err
    (batch,) = place.store.batches()
    assert [waiver.device for waiver in batch.options.waivers] == ["sw2"]
    assert [job.device_name for job in place.store.jobs(batch_id=batch.id)] == ["sw2", "sw3"]

    place.script.fates["sw3"] = place.script.fates.pop("sw2")
    assert main(["upgrade", "--all", "--yes", *waived]) == 1
    place.script.fates.clear()
    assert main(["retry", "--batch", place.store.batches(limit=1)[0].id, "--out", "again.json"]) == 0
    capsys.readouterr()
    assert main(["retry", "--plan", "again.json", "--yes"]) == 0, capsys.readouterr().err
    newest = place.store.batches(limit=1)[0]
    assert [job.device_name for job in place.store.jobs(batch_id=newest.id)] == ["sw3"]
    assert newest.options.waivers == ()


def test_a_retry_takes_waivers_to_those_of_its_batch(place: Place, capsys: Capture) -> None:
    place.script.fates["sw2"] = "rolled back"
    assert main(["upgrade", "--all", "--yes", "--waive", PASTED, *WHY]) == 1
    place.script.fates.clear()
    (batch,) = place.store.batches()
    again = ("--waive", "sw2: uplink Te1/1/1 = not back", "--reason", "it was pulled")
    assert main(["retry", "--batch", batch.id, "--waive", "sw1: routes = fell", "--reason", "no"]) == 2
    assert "not asked for: sw1" in capsys.readouterr().err
    assert main(["retry", "--batch", batch.id, "--yes", *again]) == 0
    newest = place.store.batches(limit=1)[0]
    assert [(one.finding, one.reason) for one in newest.options.waivers] == [
        ("redundancy group", "CHG77: its partner is off"), ("uplink Te1/1/1", "it was pulled"),
    ]  # fmt: skip
    entry = next(entry for entry in place.store.audit() if entry.action == "retry")
    assert [one["finding"] for one in entry.data["waivers"]] == ["redundancy group", "uplink Te1/1/1"]


def test_what_a_job_met_stands_in_its_record_and_in_the_report(place: Place, capsys: Capture) -> None:
    def met(job: Any) -> None:
        if job.device_name == "sw2":
            (waiver, _) = place.store.batch(job.batch_id).options.waivers
            place.store.remember(job.id, f"waived {waiver.finding} = {waiver.seen}", asdict(waiver))

    place.script.while_running = met
    assert main(["upgrade", "--all", "--yes", "--waive", PASTED, "--waive", "sw3: routes = fell", *WHY]) == 0
    (job,) = [one for one in place.store.jobs() if one.device_name == "sw2"]
    assert (job.status, [one.seen for one in job.waived]) == (JobStatus.SUCCESS, ["none in the inventory"])
    capsys.readouterr()
    assert main(["job", "show", str(job.id)]) == 0
    assert f"waived:        {job.waived[0]}" in capsys.readouterr().out.splitlines()
    (third,) = [one for one in place.store.jobs() if one.device_name == "sw3"]
    assert main(["job", "show", str(third.id)]) == 0
    assert "waiver:        routes: seen fell (waived: CHG77: its partner is off, by " in capsys.readouterr().out
    assert main(["--json", "job", "show", str(job.id)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["waived"], len(told["batch"]["waivers"])) == ([asdict(job.waived[0])], 2)
    assert main(["report"]) == 0
    met_ones, _, others = capsys.readouterr().out.partition("## Waived, and not met")
    assert "| sw2 | waived | redundancy group |" in met_ones
    assert "| sw3 | routes | fell |" in others


def test_a_job_that_went_back_names_all_that_would_have_kept_it(place: Place, capsys: Capture) -> None:
    place.script.fates["sw2"] = "rolled back"
    waive = [f"--waive 'sw2: uplink Te1/1/{number} = not back'" for number in range(12)]
    found = [{"finding": "x", "seen": "y", "waive": each} for each in waive]

    def told(job: Any) -> None:
        place.store.record(job.id, "not as before", "an older look", {"found": found[:1]})
        place.store.record(job.id, "not as before", "12 uplinks lost", {"found": found})

    place.script.while_running = told
    assert main(["upgrade", "sw2", "sw3", "--yes"]) == 1
    first, second = place.store.jobs()
    capsys.readouterr()
    assert main(["job", "show", str(first.id)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("accept:")]
    assert lines == [f"accept:        {each} --reason …" for each in waive]
    assert main(["job", "show", str(second.id)]) == 0
    assert "accept:" not in capsys.readouterr().out
