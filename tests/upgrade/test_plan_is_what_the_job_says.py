"""What `plan` and `device check` say of a device is what its job says, with the same words, and nothing is changed."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from support.upgrades import TARGET, Upgraded, go, lab_folder

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.errors import DeadlineExceeded
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.faults import parse_fault
from swimctl.models import Policy
from swimctl.sessions.session import Session
from swimctl.states import JobStatus

DENIED = "Command authorization failed.\n\n"
CHANGING = ("copy", "install", "reload", "write", "delete", "configure", "scp", "boot")
# By device: what it answers to some commands, and what must be said of it.
BENT: Mapping[str, tuple[Mapping[str, str | Exception], tuple[str, ...]]] = {
    "neighbours": (
        {"show cdp neighbors": DENIED, "show lldp neighbors": DENIED},
        ("'show cdp neighbors': the device answered 'Command authorization failed.'", "type `show cdp neighbors` on"),
    ),
    "routes": (
        {"show ip route summary": "% This command is not authorized\n"},
        ("'show ip route summary': the device answered '% This command is not authorized'", "as 'admin'"),
    ),
    "installed": (
        {"show install summary": "[ Switch 1 ] Installed Package(s) Information:\n??\n"},
        ("cannot read the output of 'show install summary'", "type `show install summary` on"),
    ),
    "configuration": (
        {"show running-config": DENIED},
        ("'show running-config': the device answered 'Command authorization failed.'",),
    ),
    "slow": (
        {"show running-config": DeadlineExceeded("'show running-config' on slow did not end within 60s")},
        ("did not end within 60s", "the rest was not asked"),
    ),
    "full": ({}, ("free flash: seen ",)),
}
READY, THERE = "ready", "there"


@dataclass(frozen=True)
class Said:
    """What the plan, the check and the jobs said, by device."""

    plan: Mapping[str, Any]
    check: Mapping[str, Any]
    table: str
    done: Upgraded
    planned: Mapping[str, list[str]]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    folder = tmp_path_factory.mktemp("plan")
    names = [*BENT, READY, THERE]
    one, faults = default_fleet(1)[0], {"full": (parse_fault("no-space"),)}
    members = [replace(one.members[0], serial=f"FLB26{number:02d}0AAZ") for number in range(len(names))]
    fleet = [
        replace(
            one,
            name=name,
            members=(member,),
            faults=faults.get(name, ()),
            version=TARGET if name == THERE else one.version,
        )
        for name, member in zip(names, members, strict=True)
    ]
    really = Session.run

    def bent(self: Session, command: str, deadline: float, *, quiet: bool = False) -> str:
        answer = BENT.get(self.hostname, ({}, ()))[0].get(command)
        if isinstance(answer, Exception):
            self.close()
            raise answer
        return really(self, command, deadline, quiet=quiet) if answer is None else answer

    with pytest.MonkeyPatch.context() as patch, lab_folder(folder, ssh=False, fleet=fleet) as lab:
        patch.setattr(Session, "run", bent)
        documents = [asked(folder, "--json", "plan", "--all"), asked(folder, "--json", "device", "check", "--all")]
        table = asked(folder, "plan", "--all")
        planned = {name: lab.commands(name) for name in names}
        by_name = [{each["device_hostname"]: each for each in json.loads(one)["devices"]} for one in documents]
        with Context(folder / "config.yaml").open() as opened:
            yield Said(*by_name, table, go(opened, lab, Policy()), planned)


def asked(folder: Path, *words: str) -> str:
    """Run a command line that ends with 1, and give what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["--config", str(folder / "config.yaml"), *words]) == 1
    return out.getvalue()


@pytest.mark.xdist_group("plan")
@pytest.mark.parametrize("name", BENT)
def test_what_the_plan_finds_is_what_the_job_fails_with(said: Said, name: str) -> None:
    job, planned = said.done.jobs[name], said.plan[name]
    lacks = [each for each in planned["findings"] if not each["ok"]]
    assert (planned["ready"], planned["error"], planned["already"]) == (False, None, "")
    told = " | ".join(f"{e['rule']}: seen {e['seen']}, needed {e['needed']}; next: {e['next']}" for e in lacks)
    assert (job.status, job.error) == (JobStatus.FAILED, f"not ready, nothing was changed: {told}")
    assert [words for words in BENT[name][1] if words not in told] == []
    assert [e["rule"] for e in said.check[name]["findings"]] == [e["rule"] for e in planned["findings"]]
    told = [line.split("\t") for line in said.table.splitlines() if line.startswith(f"{name}\t")]
    assert told == [
        [name, *(" ".join(e[key].split()) for key in ("rule", "seen", "needed", "next", "waive"))] for e in lacks
    ]


@pytest.mark.xdist_group("plan")
def test_what_the_plan_calls_ready_the_job_calls_ready(said: Said) -> None:
    assert said.plan[READY]["ready"] is said.check[READY]["ready"] is True
    assert said.done.jobs[READY].status is JobStatus.SUCCESS
    assert said.done.runs_target(READY)


@pytest.mark.xdist_group("plan")
def test_what_has_the_image_already_is_told_so_in_the_words_of_the_job(said: Said) -> None:
    words = said.done.jobs[THERE].steps[0].message
    assert words.startswith(f"already runs {TARGET}")
    assert (said.plan[THERE]["already"], said.check[THERE]["already"]) == (words, words)
    assert (said.plan[THERE]["ready"], said.plan[THERE]["verdict"]) == (True, "already there")
    row = next(line.split("\t") for line in said.table.splitlines() if f"\t{THERE}\t" in line)
    assert (row[2], row[-1]) == (TARGET, "already there")


@pytest.mark.xdist_group("plan")
def test_the_plan_changes_nothing(said: Said) -> None:
    for name, lines in said.planned.items():
        assert lines, name
        assert [line for line in lines if line.startswith(CHANGING)] == []
