"""Where a device of another system answers, the words say which platform to set."""

from __future__ import annotations

import pytest
from platforms.contract import names, platform

from swimctl.errors import UnparsableOutput
from swimctl.platforms.systems import answered_by

# One driver reads both, and finds out which it is; the samples of each have some of the other.
KIN = {"cisco_ios": "cisco_(?:ios|xe)", "cisco_xe": "cisco_(?:ios|xe)"}


def versions(name: str) -> dict[str, str]:
    own = platform(name)
    return {each: own.of(each)[1] for each in own.samples if each.startswith("show_version/")}


@pytest.mark.parametrize("theirs", names())
@pytest.mark.parametrize("ours", names())
def test_another_system_is_named_with_the_platform_to_set(ours: str, theirs: str) -> None:
    assert versions(theirs)
    named = KIN.get(theirs, theirs)
    for each, text in versions(theirs).items():
        if KIN.get(ours, ours) == named:
            platform(ours).commands.parse("show version", text)
            continue
        with pytest.raises(UnparsableOutput, match=f"set `platform: {named}` for this device"):
            pytest.fail(f"{each}: {platform(ours).commands.parse('show version', text)}")


def test_what_is_none_of_swimctls_is_said_to_be_so() -> None:
    line = "Cisco Adaptive Security Appliance Software Version 9.16(3)19"
    told = answered_by([line, "Cisco IOS Software, X Software (X), Version 1"], "cisco_xe")
    assert told == (line, "this is another operating system's, ASA: swimctl does not upgrade it")


def test_what_nobody_signs_is_nobodys() -> None:
    assert answered_by(["Linux lc1 5.10", "a host that is no switch"], "cisco_xe") is None
