"""The readiness check against switches that are not ready: each is refused with its cause, and left as it was."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.upgrades import TARGET, Upgraded, lab_folder, request

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.clock import SystemClock
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import JobOptions
from swimctl.sessions.connecting import connect
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.states import JobStatus, StepStatus

SUCCESS, FAILED = JobStatus.SUCCESS, JobStatus.FAILED
READINESS = "Readiness Check"
GOLDEN = f"cat9k_iosxe.{TARGET}.SPA.bin"
OLDER = "cat9k_iosxe.17.09.04a.SPA.bin"
CHANGING = ("copy", "install", "reload", "write", "delete", "configure", "scp", "boot", "verify")


@dataclass(frozen=True)
class Case:
    """A switch, what the inventory says of it, and the words of its refusal; none: it is let through."""

    words: tuple[str, ...] = ()
    spec: Mapping[str, Any] = field(default_factory=dict)
    host: Mapping[str, Any] = field(default_factory=dict)
    model: str = "C9300-24P"
    size: int = 1


def account(password: str, secret: str) -> dict[str, Any]:
    return {
        "username": "viewer",
        "password": password,
        "connection_options": {"netmiko": {"extras": {"secret": secret}}},
    }


VIEWER = {"users": {"viewer": ("look", 1)}}
SET_SECRET = "set SWIMCTL_ENABLE_SECRET, or give the account privilege 15"
CASES = {
    "other-model": Case(
        ("model: seen C9200L-48P, needed C9300-24P, as the inventory says; next: check address and `model`",
         "image family: seen C9200L-48P, needed hardware that cat9k_iosxe runs on (does not fit); next: `swimctl"),
        host={"data": {"model": "C9300-24P"}}, model="C9200L-48P",
    ),
    "other-serial": Case(
        ("serial number: seen FLB", "needed FLB2600ZZZZ, as the inventory says; next: check address and `serial`"),
        host={"data": {"serial": "FLB2600ZZZZ"}},
    ),
    "other-device-on-target": Case(
        ("needed FLB2600ZZZZ, as the inventory says",),
        spec={"version": TARGET}, host={"data": {"serial": "FLB2600ZZZZ"}},
    ),
    "bundle": Case(
        ("boot variable: seen nothing first, needed cat9k_iosxe.17.06.05.SPA.bin, which runs, first on every member",
         "next: `boot system flash:cat9k_iosxe.17.06.05.SPA.bin` as the first"),
        {"mode": "BUNDLE", "config": ("no boot system",)},
    ),
    "by-hand": Case(
        ("boots by itself: seen manual boot (register 0x102), needed no manual boot; next: `no boot manual`",),
        {"manual_boot": True},
    ),
    "boots-old": Case(
        ("boot variable: seen flash:old.bin, needed packages.conf first; next: `no boot system`",),
        {"config": ("no boot system", "boot system flash:old.bin")},
    ),
    "forgetful": Case(
        ("startup configuration: seen ignored at the next boot", "needed read at the next boot; next: `no system"),
        {"config": ("system ignore startupconfig switch all",)},
    ),
    "nearly-full": Case(
        ("free flash: seen 7.0 MB, needed 7.5 MB (2.5 times the image", "next: run again with --cleanup-flash"),
        {"free": 7_000_000},
    ),
    "full-stack": Case(
        tuple(f"free flash on member {n}: seen 2.0 MB, needed 7.5 MB" for n in (1, 2, 3)), {"free": 2_000_000}, size=3
    ),
    "newer": Case(
        ("not a downgrade: seen 17.15.01 to 17.12.4, needed 17.15.01 or newer; next: set swimctl.readiness",),
        {"version": "17.15.01"},
    ),
    "no-secret": Case(("the enable secret is missing; " + SET_SECRET,), VIEWER, account("look", "")),
    "wrong-secret": Case(("the enable secret was refused; " + SET_SECRET,), VIEWER, account("look", "guessed")),
    "unreadable": Case(
        ("cannot read the output of 'show", "needed an output that can be read", "next: type `show "),
        {"faults": (parse_fault("garbled-output"),)},
    ),
    "uncommitted": Case(
        ("no uncommitted install: seen 17.09.04a", " is U", "auto-abort timer: seen running", "next: `install commit`"),
        {"faults": (parse_fault("install-fails:commit"),)},
    ),
    "other-added": Case(
        ("no other image added: seen 17.09.04a", "needed none but 17.12.4", "next: run again with --cleanup-flash"),
        {"faults": (parse_fault("install-fails:activate"),)},
    ),
    "on-target": Case(spec={"version": TARGET}),
    "unsaved": Case(),
    "elevated": Case(spec=VIEWER, host=account("look", "enable")),
    "stack": Case(size=3),
}  # fmt: skip
REFUSED = [name for name, case in CASES.items() if case.words]
# Each was refused once; what is done about it in the second round, and how that ends.
SECOND = {
    "nearly-full": (SUCCESS, ""),
    "newer": (SUCCESS, ""),
    "full-stack": (FAILED, "not enough space after the clean-up: free flash on member 1: seen 2.9 MB, needed 7.5 MB"),
    "other-added": (FAILED, "'install activate' failed"),
}  # fmt: skip


def specs() -> list[SwitchSpec]:
    """Make the switches, alike but for what their cases change."""
    made = []
    for number, (name, case) in enumerate(CASES.items(), 1):
        spec = default_fleet(number)[-1]
        members = tuple(
            MemberSpec(case.model, f"FLB2600{number:02}{place}Z", f"0c75.bd{number:02}.0{place}00")
            for place in range(case.size)
        )
        made.append(replace(spec, **{"name": name, "members": members, "version": "17.06.05", **case.spec}))
    return made


def edit(path: Path, change: Any) -> None:
    yaml = YAML()
    document = yaml.load(path.read_text(encoding="utf-8"))
    change(document)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)


def tell_inventory(hosts: dict[str, Any]) -> None:
    for name, case in CASES.items():
        hosts[name] |= {key: value for key, value in case.host.items() if key != "data"}
        hosts[name]["data"] |= case.host.get("data", {})


def configure(lab: LabFleet, folder: Path, name: str, *lines: str) -> None:
    """Change a switch's configuration over SSH, without saving it."""
    host, port = lab.address(name)
    target = Target(name, host, port, "cisco_xe", "admin", "admin", "enable")
    with connect(
        target, SystemClock(), Transcript(folder / "configure.log", SystemClock(), Redaction()), 30
    ) as session:
        for line in ("configure terminal", *lines, "end"):
            session.run(line, 30)


@dataclass
class Rounds:
    """The lab after two rounds; `before` counts what each switch had received when a round began."""

    folder: Path
    first: Upgraded
    second: Upgraded
    before: dict[str, int]
    between: dict[str, int]

    def received(self, name: str) -> list[str]:
        """List what a switch received in the first round."""
        return self.first.lab.commands(name)[self.before[name] : self.between[name]]


def upgrade(lab: LabFleet, folder: Path, names: list[str], **changes: Any) -> Upgraded:
    with Context(folder / "config.yaml").open() as opened:
        devices = tuple(device for device in opened.inventory.devices if device.name in names)
        made = opened.service.trigger(request(opened, devices=devices, **changes))
        opened.engine.run(made.batch, made.jobs, threading.Event())
        return Upgraded(lab, opened, {job.device_name: job for job in opened.store.jobs(batch_id=made.batch.id)})


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounds]:
    folder = tmp_path_factory.mktemp("readiness")
    with lab_folder(folder, ssh=False, fleet=specs(), speed=400) as lab:
        edit(folder / "inventory" / "hosts.yaml", tell_inventory)
        configure(lab, folder, "unsaved", "snmp-server location hall")
        left = upgrade(lab, folder, ["uncommitted", "other-added"], image=OLDER)
        assert {job.status for job in left.jobs.values()} == {FAILED}
        before = {name: len(lab.commands(name)) for name in CASES}
        first = upgrade(lab, folder, list(CASES))
        between = {name: len(lab.commands(name)) for name in CASES}
        edit(folder / "config.yaml", lambda all_: all_["swimctl"].update({"readiness": {"allow_downgrade": True}}))
        second = upgrade(lab, folder, list(SECOND), options=JobOptions(cleanup_flash=True))
        yield Rounds(folder, first, second, before, between)


@pytest.mark.xdist_group("readiness")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_ready_is_refused_with_its_cause(rounds: Rounds, name: str) -> None:
    job = rounds.first.jobs[name]
    assert (job.status, job.current_step) == (FAILED, READINESS)
    assert [words for words in CASES[name].words if words not in (job.error or "")] == []


@pytest.mark.xdist_group("readiness")
@pytest.mark.parametrize("name", [*REFUSED, "on-target"])
def test_what_is_not_upgraded_is_left_as_it_was(rounds: Rounds, name: str) -> None:
    received = rounds.received(name)
    assert received
    assert [line for line in received if line.startswith(CHANGING)] == []
    assert name in SECOND or rounds.first.lab.switch(name).find(f"flash:{GOLDEN}") is None


@pytest.mark.xdist_group("readiness")
def test_what_runs_the_target_already_ends_there_with_success(rounds: Rounds) -> None:
    job = rounds.first.jobs["on-target"]
    assert job.status is SUCCESS
    assert [step.status for step in job.steps] == [StepStatus.SUCCESS, *[StepStatus.SKIPPED] * 3]
    assert f"already runs {TARGET}, committed" in job.steps[0].message


@pytest.mark.xdist_group("readiness")
@pytest.mark.parametrize("name", ["unsaved", "stack"])
def test_what_is_ready_is_upgraded(rounds: Rounds, name: str) -> None:
    assert (rounds.first.jobs[name].error, rounds.first.jobs[name].status) == (None, SUCCESS)
    assert rounds.first.runs_target(name)


@pytest.mark.xdist_group("readiness")
def test_what_was_not_saved_is_saved_before_the_install(rounds: Rounds) -> None:
    received = rounds.received("unsaved")
    assert received.index("write memory") < next(i for i, line in enumerate(received) if line.startswith("install add"))
    assert rounds.first.lab.switch("unsaved").startup.has("snmp-server location hall")


@pytest.mark.xdist_group("readiness")
def test_an_account_that_needs_the_enable_secret_passes_the_check(rounds: Rounds) -> None:
    steps = {step.name: step.status for step in rounds.first.jobs["elevated"].steps}
    assert steps[READINESS] is StepStatus.SUCCESS


@pytest.mark.xdist_group("readiness")
@pytest.mark.parametrize("name", SECOND)
def test_what_the_refusal_advised_lets_it_through(rounds: Rounds, name: str) -> None:
    job, (status, words) = rounds.second.jobs[name], SECOND[name]
    assert (job.status, words in (job.error or "")) == (status, True)
    assert job.steps[0].status is StepStatus.SUCCESS
    assert rounds.second.runs_target(name) is (status is SUCCESS)


@pytest.mark.xdist_group("readiness")
def test_no_room_after_the_clean_up_copies_nothing(rounds: Rounds) -> None:
    lab = rounds.second.lab
    later = lab.commands("full-stack")[rounds.between["full-stack"] :]
    # Its release does not know the word, refuses it, and asks.
    quiet, asking = "install remove inactive prompt-level none", "install remove inactive"
    assert [line for line in later if line.startswith(CHANGING)] == [quiet, asking]
    assert all(lab.switch("full-stack").flash(member).get(GOLDEN) is None for member in (1, 2, 3))


@pytest.mark.xdist_group("readiness")
def test_the_command_line_ends_with_the_code_of_a_failure(rounds: Rounds, capsys: pytest.CaptureFixture[str]) -> None:
    """On a switch that was refused before and is as it was, so it is refused again."""
    assert main(["--config", str(rounds.folder / "config.yaml"), "upgrade", "by-hand", "--yes", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["counts"] == {"success": 0, "failed": 1, "unknown": 0, "not_attempted": 0}
    assert CASES["by-hand"].words[0] in document["jobs"][0]["error"]
