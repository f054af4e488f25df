"""A device that comes back with less configuration than it had, on a device of paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.after_reload import GARBLED, back, keeping
from support.scripted_steps import BEFORE, Scripted

from swimctl.config.settings import Settings, Tolerances
from swimctl.errors import StepFailed
from swimctl.platforms import configured
from swimctl.platforms.facts import Snapshot
from swimctl.steps import PostChecks
from swimctl.steps.comparison import compare

WHOLE = """\
hostname sw1
username anna privilege 15 secret 9 $9$Secret
aaa new-model
vlan 10,20
interface GigabitEthernet1/0/1
interface Vlan10
router ospf 1
ip route 0.0.0.0 0.0.0.0 192.0.2.1
ntp server 192.0.2.9
end
"""
EMPTY = "Building configuration...\n\nCurrent configuration : 90 bytes\n!\nversion 17.12\nhostname Switch\n!\nend\n"


def of(text: str) -> Snapshot:
    """Make the baseline of a device with this configuration."""
    kept = configured("cisco_xe", text)
    return replace(BEFORE, configuration=kept.digest, blocks=kept.blocks)


def refused(job: Scripted) -> str:
    with pytest.raises(StepFailed) as caught:
        PostChecks().run(job.context)
    return str(caught.value)


def test_the_same_configuration_is_no_matter() -> None:
    job = keeping(before=of(WHOLE), configuration=[WHOLE])
    assert PostChecks().run(job.context).message.endswith("all is as before")


def test_an_empty_configuration_goes_back_and_says_so() -> None:
    job = back(before=of(WHOLE), configuration=[EMPTY])
    said = refused(job)
    assert "rolled back" in said
    assert "hostname sw1 is gone, it is Switch" in said
    assert "8 blocks of the configuration lost (tolerated 0): username anna, aaa new-model, vlan 10, vlan 20" in said
    assert "Secret" not in repr(job.record)


@pytest.mark.parametrize(
    "line",
    [
        "username anna privilege 15 secret 9 $9$Secret",
        "aaa new-model",
        "interface Vlan10",
        "router ospf 1",
        "ip route 0.0.0.0 0.0.0.0 192.0.2.1",
    ],
)
def test_each_kind_of_block_that_is_lost_is_a_complaint(line: str) -> None:
    said = refused(back(before=of(WHOLE), configuration=[WHOLE.replace(f"{line}\n", "")]))
    assert "1 blocks of the configuration lost" in said
    assert line.split(maxsplit=1)[0] in said


def test_a_block_that_is_there_a_moment_later_is_no_complaint() -> None:
    job = keeping(before=of(WHOLE), configuration=[EMPTY, WHOLE])
    assert PostChecks().run(job.context).message.endswith("all is as before")
    assert not job.sent("abort")


def test_blocks_may_be_tolerated_and_are_told() -> None:
    settings = Settings(tolerances=Tolerances(configuration_lost=1))
    less = WHOLE.replace("interface Vlan10\n", "")
    job = keeping(before=of(WHOLE), configuration=[less], settings=settings)
    assert "1 blocks of the configuration lost (tolerated 1): interface Vlan10" in PostChecks().run(job.context).message


def test_another_host_name_is_never_tolerated() -> None:
    settings = Settings(tolerances=Tolerances(configuration_lost=99))
    renamed = WHOLE.replace("hostname sw1", "hostname sw2")
    assert "hostname sw1 is gone, it is sw2" in refused(
        back(before=of(WHOLE), configuration=[renamed], settings=settings)
    )


def test_lines_that_a_release_changes_are_told_and_no_fault() -> None:
    job = keeping(before=of(WHOLE), configuration=[WHOLE.replace("ntp server", "ntp peer")])
    assert "the configuration has other lines than before" in PostChecks().run(job.context).message


@pytest.mark.parametrize("answer", [GARBLED])
def test_a_configuration_that_does_not_read_is_named_and_takes_nothing_back(answer: Any) -> None:
    job = keeping(before=of(WHOLE), configuration=[answer])
    assert "something could not be compared with the baseline: configuration: " in refused(job)
    assert not job.sent("abort")


def test_a_baseline_without_a_configuration_asks_for_none() -> None:
    job = keeping()
    PostChecks().run(job.context)
    assert "configuration" not in job.driver.asked


BOTH = "2 blocks of the configuration lost (tolerated 1): vlan 7, vlan 8"


@pytest.mark.parametrize(
    ("now", "tolerated", "complaint", "told"),
    [
        (("hostname sw2", "vlan 7", "vlan 8"), 0, "hostname sw1 is gone, it is sw2", ""),
        (("vlan 7", "vlan 8"), 0, "hostname sw1 is gone, it is without one", ""),
        (("hostname sw2", "vlan 8"), 1, "hostname sw1 is gone, it is sw2", ""),
        (("hostname sw1", "vlan 8"), 0, "1 blocks of the configuration lost (tolerated 0): vlan 7", ""),
        (("hostname sw1", "vlan 8"), 1, "", "1 blocks of the configuration lost (tolerated 1): vlan 7"),
        (("hostname sw1", "vlan 7", "vlan 8", "vlan 9"), 0, "", "the configuration has other lines than before"),
        (("hostname sw2",), 1, f"hostname sw1 is gone, it is sw2; {BOTH}", ""),
    ],
)
def test_what_a_configuration_lost_is_said_in_these_words(
    now: tuple[str, ...], tolerated: int, complaint: str, told: str
) -> None:
    before = replace(BEFORE, configuration="one", blocks=("hostname sw1", "vlan 7", "vlan 8"))
    after = replace(before, configuration="another", blocks=now)
    found = compare(before, after, Tolerances(configuration_lost=tolerated))
    assert (found.complaint, found.told) == (complaint, told)
