"""Faults of a rehearsal: by name, by share, drawn the same again, and said back as options."""

from __future__ import annotations

import pytest

from swimctl.errors import UsageError
from swimctl.rehearse.faults import drawn, require_known, written

NAMES = [f"sw{number}" for number in range(1, 41)]


def test_a_share_is_drawn_by_its_seed_and_rounded_up() -> None:
    once = drawn(["5%=install-fails"], NAMES, 1)
    assert len(once) == 2
    assert once == drawn(["5%=install-fails"], [*reversed(NAMES)], 1)
    assert {name for seed in range(20) for name in drawn(["5%=install-fails"], NAMES, seed)} > once.keys()
    assert len(drawn(["1%=hot"], ["sw1"], 1)) == 1


def test_what_was_played_can_be_asked_for_again() -> None:
    faults = drawn(["5%=install-fails:add:busy", "sw7=never-returns", "sw7=slow-flash"], NAMES, 3)
    assert drawn(written(faults), NAMES, 99) == {name: faults[name] for name in sorted(faults)}
    assert [str(fault) for fault in drawn(["all=hot"], NAMES, 1)["sw40"]] == ["hot"]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("sw7", "write DEVICE=FAULT"),
        ("sw77=hot", "did you mean sw7"),
        ("0%=hot", "more than 0%"),
        ("101%=hot", "not more than 100%"),
        ("sw7=warm", "unknown lab fault"),
    ],
)
def test_what_names_no_device_or_no_fault_is_refused(option: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        drawn([option], NAMES, 1)
    assert str(refused.value).startswith(f"--fault {option}: ")
    with pytest.raises(UsageError, match=words):
        require_known([option], NAMES)


def test_a_share_and_all_are_of_whoever_is_rehearsed() -> None:
    require_known(["all=hot", "5%=hot", "sw7=hot"], NAMES)
