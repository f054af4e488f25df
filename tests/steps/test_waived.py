"""A waiver lets through exactly what it names, before the upgrade and after it, and stands in the job's record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.after_reload import back, keeping
from support.scripted_steps import AFTER, BEFORE, NAME, NEW, OLD_RUNS, Scripted, runs, stands

from swimctl.checks.comparing import Compared as Check
from swimctl.checks.comparing import Difference, Standing
from swimctl.config.settings import Settings, Tolerances
from swimctl.errors import NotReady, OtherDevice, StepFailed
from swimctl.models import Finding, JobOptions
from swimctl.platforms.facts import Placement, Snapshot
from swimctl.steps import PostChecks
from swimctl.steps.checking import added
from swimctl.steps.comparison import Deviation, compare
from swimctl.steps.evidence import Compared
from swimctl.steps.readiness import FOUND, ReadinessCheck
from swimctl.waivers import Waiver, read_waiver

HOLDS = Finding("rule", ok=True, seen="well", needed="well")
ALONE = Finding("redundancy group", ok=False, seen="none", needed="one", next_command="name one")
NO_ROOM = Finding("free flash", ok=False, seen="1 MB", needed="2 MB", next_command="delete something")
STRANGER = Finding("serial number", ok=False, seen="FOC9", needed="FOC1", next_command="look at its address")
UPLINK = "TenGigabitEthernet1/1/1"
DARK = replace(AFTER, interfaces_up=("GigabitEthernet1/0/1",), neighbours=())
FEWER = replace(AFTER, routes={"connected": 4, "ospf 1": 30})
UP, NEIGHBOUR, ROUTES = f"uplink {UPLINK}", f"network neighbour {UPLINK} → core-1", "routes"


def accepting(*pairs: tuple[str, str]) -> JobOptions:
    return JobOptions(waivers=tuple(Waiver(NAME, what, seen, "CHG9, as agreed", "ada") for what, seen in pairs))


def looked_at(tmp_path: Path, findings: Sequence[Sequence[Finding]], options: JobOptions, **script: Any) -> Scripted:
    """Return a job whose device answers its readiness checks with these findings, one list after the other."""
    script = {"identity": [[HOLDS]], "installed": [stands(Placement.ABSENT)], "running": [OLD_RUNS]} | script
    facts = {"file_size": [None], "unready": [None], "snapshot": [BEFORE], "configuration": ["hostname sw1\n"]}
    job = Scripted(folder=tmp_path, options=options, check=findings, log_mark=["a line"], **facts, **script)
    for key in ("baseline", "baseline taken", FOUND):
        del job.record.memory[key]
    return job


def test_a_finding_that_was_waived_as_it_is_lets_the_device_through_and_is_recorded_once(tmp_path: Path) -> None:
    job = looked_at(tmp_path, [[HOLDS, ALONE]], accepting(("redundancy group", "none")))
    first = ReadinessCheck().run(job.context)
    assert first.message.endswith("rules hold, 1 waived")
    told = "redundancy group: seen none (waived: CHG9, as agreed, by ada)"
    assert job.told("waived") == [told]
    kept = {"device": NAME, "finding": "redundancy group", "seen": "none", "reason": "CHG9, as agreed", "by": "ada"}
    assert job.record.memory["waived redundancy group = none"] == kept
    ReadinessCheck().run(job.context)
    assert job.told("waived") == [told]


def test_a_refusal_shows_what_to_paste_and_what_is_pasted_lets_just_that_through(tmp_path: Path) -> None:
    job = looked_at(tmp_path, [[HOLDS, ALONE]], JobOptions())
    with pytest.raises(NotReady) as refused:
        ReadinessCheck().run(job.context)
    shown = f"to accept exactly this: `--waive '{NAME}: redundancy group = none' --reason WHY`"
    assert str(refused.value).endswith(shown)
    pasted = JobOptions(waivers=(read_waiver(f"{NAME}: redundancy group = none", "as agreed"),))
    ReadinessCheck().run(looked_at(tmp_path, [[HOLDS, ALONE]], pasted).context)


@pytest.mark.parametrize("seen", ["none ", "None", "another group", ""])
def test_where_another_value_is_seen_than_was_waived_nothing_is_let_through(tmp_path: Path, seen: str) -> None:
    job = looked_at(tmp_path, [[HOLDS, replace(ALONE, seen=seen)]], accepting(("redundancy group", "none")))
    with pytest.raises(NotReady, match="not ready, nothing was changed: redundancy group"):
        ReadinessCheck().run(job.context)
    assert job.told("waived") == []


def test_a_value_that_changes_between_the_check_and_the_activation_is_not_what_was_waived(tmp_path: Path) -> None:
    answers = [[HOLDS, ALONE], [HOLDS, replace(ALONE, seen="core-9")]]
    job = looked_at(tmp_path, answers, accepting(("redundancy group", "none")))
    ReadinessCheck().run(job.context)
    job.clock.seconds += 3600.0
    with pytest.raises(StepFailed, match="no longer ready, nothing was activated: redundancy group: seen core-9"):
        ReadinessCheck().once_more(job.context)


def test_what_cannot_be_waived_refuses_although_a_waiver_names_it_and_nothing_is_offered(tmp_path: Path) -> None:
    waived = accepting(("free flash", "1 MB"), ("redundancy group", "none"))
    job = looked_at(tmp_path, [[HOLDS, ALONE, NO_ROOM]], waived)
    with pytest.raises(NotReady, match=r"free flash: seen 1 MB, needed 2 MB; next: delete something$") as refused:
        ReadinessCheck().run(job.context)
    assert "--waive" not in str(refused.value)


def test_another_device_at_the_address_is_refused_although_it_shows_what_was_waived(tmp_path: Path) -> None:
    waived = accepting(("serial number", "FOC9"), ("redundancy group", "none"))
    job = looked_at(tmp_path, [[STRANGER, ALONE]], waived, identity=[[STRANGER]])
    with pytest.raises((NotReady, OtherDevice, StepFailed), match="serial number: seen FOC9"):
        ReadinessCheck().run(job.context)


def test_a_deviation_that_was_waived_as_it_is_is_committed_and_recorded() -> None:
    job = keeping(snapshot=[DARK], options=accepting((UP, "not back"), (NEIGHBOUR, "not back")))
    message = PostChecks().run(job.context).message
    assert f"accepted by a waiver: {UP} not back, {NEIGHBOUR} not back" in message
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")
    assert [each.partition(": ")[0] for each in job.told("waived")] == [UP, NEIGHBOUR]


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        ((UP, "not back"),),
        ((NEIGHBOUR, "not back"),),
        ((UP, "down"), (NEIGHBOUR, "not back")),
        (("uplink TenGigabitEthernet1/1/2", "not back"), (NEIGHBOUR, "not back")),
        (("uplinks", "1 uplinks lost"), (NEIGHBOUR, "not back")),
    ],
)
def test_where_anything_else_is_missing_than_was_waived_the_device_goes_back(pairs: Sequence[tuple[str, str]]) -> None:
    job = back(snapshot=[DARK], options=accepting(*pairs))
    with pytest.raises(StepFailed, match="rolled back to"):
        PostChecks().run(job.context)
    assert job.driver.times("commit") == 0


def test_a_device_that_goes_back_says_what_would_accept_just_that() -> None:
    job = back(snapshot=[DARK])
    with pytest.raises(StepFailed) as failed:
        PostChecks().run(job.context)
    assert f"`--waive '{NAME}: {UP} = not back' --waive '{NAME}: {NEIGHBOUR} = not back' --reason WHY`" in str(
        failed.value
    )
    (event,) = [data for kind, data in job.record.data if kind == "not as before"]
    assert [each["finding"] for each in event["found"]] == [UP, NEIGHBOUR]


def test_routes_that_fell_to_another_number_than_was_waived_are_not_accepted() -> None:
    seen = "fell from 64 to 34"
    assert PostChecks().run(keeping(snapshot=[FEWER], options=accepting((ROUTES, seen))).context).message
    worse = replace(AFTER, routes={"connected": 4, "ospf 1": 29})
    with pytest.raises(StepFailed, match=r"routes fell from 64 to 33 .*= fell from 64 to 33"):
        PostChecks().run(back(snapshot=[worse], options=accepting((ROUTES, seen))).context)


@pytest.mark.parametrize(
    "script",
    [
        {"running": [runs("17.09.05", NEW)]},
        {"installed": [stands(Placement.ABSENT)]},
        {"snapshot": [replace(AFTER, members={"1": "Ready", "2": "V-Mismatch"})]},
    ],
)
def test_what_decides_about_the_release_itself_is_never_waived(script: dict[str, Any]) -> None:
    """However it is named: by the complaint, by its subject, or by what a lying record calls it."""
    names = ("members", "release", "members not as before: 2 V-Mismatch", "member 2", "stack members")
    seen = ("members not as before: 2 V-Mismatch", "V-Mismatch", "not back", "absent", "17.09.05")
    job = back(**script, options=accepting(*((name, value) for name in names for value in seen)))
    with pytest.raises(StepFailed) as failed:
        PostChecks().run(job.context)
    assert job.driver.times("commit") == 0
    assert "--waive" not in str(failed.value)


def test_a_device_that_lies_once_and_then_shows_more_is_not_accepted_by_its_first_answer() -> None:
    """Its first look has what was waived and cannot be read whole; the look that decides has more."""
    partly = replace(DARK, unread={"routes": "garbled"})
    worse = replace(DARK, interfaces_up=())
    job = back(snapshot=[partly, worse], options=accepting((UP, "not back"), (NEIGHBOUR, "not back")))
    with pytest.raises(StepFailed, match=r"1 uplinks lost .*GigabitEthernet1/0/1"):
        PostChecks().run(job.context)


# What is compared, on its own.


def offices(*, up: int, decides: bool = True) -> tuple[Snapshot, Snapshot, Tolerances]:
    ports = tuple(f"GigabitEthernet1/0/{number}" for number in range(1, 11))
    before = replace(BEFORE, interfaces_up=ports, neighbours=(), access_up=ports)
    return (
        before,
        replace(before, interfaces_up=ports[:up]),
        Tolerances(access_decides=decides, access_lost=0, access_percent=100),
    )


def test_access_ports_are_waived_one_by_one() -> None:
    before, after, tolerances = offices(up=8)
    lost = compare(before, after, tolerances)
    assert lost.found == (Deviation("access port GigabitEthernet1/0/10"), Deviation("access port GigabitEthernet1/0/9"))
    one = compare(before, after, tolerances, {("access port GigabitEthernet1/0/9", "not back")})
    assert (one.complaint, one.waived) == ("1 of 10 access ports not back (needed 10): GigabitEthernet1/0/10",
                                           (Deviation("access port GigabitEthernet1/0/9"),))  # fmt: skip
    both = compare(before, after, tolerances, {(each.finding, each.seen) for each in lost.found})
    assert (both.complaint, both.found) == ("", ())


def test_a_block_of_the_configuration_is_waived_by_its_heading_and_the_name_of_the_device_never() -> None:
    before = replace(BEFORE, configuration="a", blocks=("hostname sw1", "vlan 7", "vlan 8"))
    after = replace(before, configuration="b", blocks=("hostname switch",))
    found = compare(before, after, Settings().tolerances).found
    assert found == (
        Deviation("hostname sw1", "gone"), Deviation("configuration vlan 7", "lost"),
        Deviation("configuration vlan 8", "lost"),
    )  # fmt: skip
    pairs = {(each.finding, each.seen) for each in found}
    assert compare(before, after, Settings().tolerances, pairs).complaint == "hostname sw1 is gone, it is switch"


def test_what_is_tolerated_needs_no_waiver_and_is_not_offered_one() -> None:
    before, after, _ = offices(up=9)
    assert compare(before, after, Tolerances(access_decides=True, access_percent=80, access_lost=2)).found == ()


PEERS = Check(
    "bgp",
    "fail",
    Standing.BROKEN,
    (
        Difference("10.0.0.1", "state", "up", "down", "up"),
        Difference("10.0.0.2", "", "there", "gone", "there"),
        Difference("10.0.0.3", "state", "down", "idle", "up", Standing.TOLERATED, "so before"),
    ),
)
DOWN, GONE = ("check bgp 10.0.0.1 state", "down"), ("check bgp 10.0.0.2", "gone")


def test_what_a_check_found_is_waived_thing_by_thing_with_the_value_of_now() -> None:
    found = added(Compared(), (PEERS,)).found
    assert [(each.finding, each.seen) for each in found.found] == [DOWN, GONE]
    both = added(Compared(), (PEERS,), {DOWN, GONE}).found
    assert (both.complaint, both.found, len(both.waived)) == ("", (), 2)
    assert "accepted by a waiver: check bgp 10.0.0.1 state down, check bgp 10.0.0.2 gone" in both.told


@pytest.mark.parametrize("pairs", [{DOWN}, {GONE}, {DOWN, ("check bgp 10.0.0.2", "back")}, {("check bgp", "broken")}])
def test_a_check_of_which_anything_else_is_broken_is_broken(pairs: set[tuple[str, str]]) -> None:
    found = added(Compared(), (PEERS,), pairs).found
    assert found.complaint == str(PEERS)
    assert found.found
