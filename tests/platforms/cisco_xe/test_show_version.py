"""`show version`: release, mode, members."""

from __future__ import annotations

import pytest
from platforms.material import sample

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.parsers.version import parse_show_version
from swimctl.platforms.facts import MemberSoftware


def test_stack_of_three() -> None:
    facts = parse_show_version(sample("show_version/stack_of_three"))
    assert facts.version == "17.09.04a"
    assert facts.hostname == "acc-7"
    assert facts.uptime == ((3 * 7 + 1) * 24 + 4) * 3600 + 9 * 60
    assert facts.restarted_at == "2024-03-09T22:11:05"
    assert facts.reload_reason == "Image Install"
    assert facts.system_image == "flash:packages.conf"
    assert (facts.model, facts.serial) == ("C9300-48P", "FCW27010BB1")
    assert facts.mode == "INSTALL"
    assert facts.members == (
        MemberSoftware(1, "C9300-48P", "17.09.04a", "CAT9K_IOSXE", "INSTALL"),
        MemberSoftware(2, "C9300-48P", "17.09.04a", "CAT9K_IOSXE", "INSTALL", active=True),
        MemberSoftware(3, "C9300-24T", "17.06.05", "CAT9K_IOSXE", "BUNDLE"),
    )
    assert (facts.config_register, facts.next_config_register) == ("0x102", None)


@pytest.mark.parametrize(("line", "now", "youngest"), [
    ("Switch uptime                      : 3 weeks, 1 day, 4 hours, 14 minutes", "", 22 * 86_400 + 4 * 3600 + 12 * 60),
    ("Switch uptime                      : 3 weeks, 1 day, 4 hours, 14 minutes",
     "Switch Uptime                   : 6 minutes ", 360),
    ("Uptime for this control processor is 3 weeks, 1 day, 4 hours, 12 minutes",
     "Uptime for this control processor is 11 minutes", 660),
], ids=["all alike", "a member", "the supervisor that answers"])  # fmt: skip
def test_the_part_that_booted_last_is_known_by_its_own_uptime(line: str, now: str, youngest: int) -> None:
    text = sample("show_version/stack_of_three")
    assert line in text
    found = parse_show_version(text.replace(line, now, 1) if now else text)
    assert min(part for part in found.parts if part is not None) == youngest
    assert None not in found.parts
    assert found.uptime == ((3 * 7 + 1) * 24 + 4) * 3600 + 9 * 60


def test_a_device_without_parts_has_none_that_booted_last() -> None:
    assert parse_show_version("\n".join(
        line for line in sample("show_version/router_isr").splitlines() if "control processor" not in line
    )).parts == ()  # fmt: skip


@pytest.mark.parametrize("said", ["soon", "3 weeks, 1 fortnight", "3 weeks, 1 dayfour", ""])
def test_a_part_whose_uptime_does_not_read_is_not_passed_over(said: str) -> None:
    text = sample("show_version/stack_of_three")
    line = "Switch uptime                      : 3 weeks, 1 day, 4 hours, 14 minutes"
    assert (
        parse_show_version(text.replace(line, f"Switch uptime                      : {said}", 1)).parts.count(None) == 1
    )


def test_the_last_letter_of_a_log_message_may_stand_in_front_of_the_release() -> None:
    whole = sample("show_version/single_bundle")
    bent = whole.replace("Cisco IOS XE Software,", "rCisco IOS XE Software,")
    bent = bent.replace("Catalyst L3 Switch Software (CAT9K_IOSXE), Version 16.12.5b,", "Catalyst L3 Vers\n)")
    assert parse_show_version(bent) == parse_show_version(whole)


def test_single_switch_in_bundle_mode() -> None:
    facts = parse_show_version(sample("show_version/single_bundle"))
    assert (facts.version, facts.mode, facts.uptime) == ("16.12.05b", "BUNDLE", 19 * 60)
    assert [member.mode for member in facts.members] == ["BUNDLE"]
    assert (facts.config_register, facts.next_config_register) == ("0x142", "0x102")


def test_chassis_has_no_table_and_no_register() -> None:
    facts = parse_show_version(sample("show_version/chassis_without_register"))
    assert (facts.version, facts.model, facts.mode, facts.members) == ("17.12.01", "C9407R", "INSTALL", ())
    assert facts.serial == "FXE2703D0EF"
    assert facts.config_register is None


def test_engineering_label() -> None:
    facts = parse_show_version(sample("show_version/engineering_label"))
    assert facts.version == "BLD_POLARIS_DEV_LATEST_20240101_000000"


def test_router() -> None:
    facts = parse_show_version(sample("show_version/router_isr"))
    assert (facts.version, facts.model, facts.mode) == ("17.06.05", "ISR4451-X/K9", "BUNDLE")
    assert facts.restarted_at is None


def test_a_switch_of_another_brand() -> None:
    # The hardware's line begins with the brand: ntc-templates has one of a Stratix 5200.
    facts = parse_show_version(sample("show_version/other_brand"))
    assert (facts.version, facts.model, facts.mode) == ("17.09.05", "1783-CMS10P", "INSTALL")
    assert facts.serial == "FDO2704A1B2"


def test_a_terminal_of_80_columns_cuts_the_hardware_of_an_old_router() -> None:
    # more/cisco_xe/show_version/10, a 7206VXR; the C921 below is in ntc-templates.
    text = sample("show_version/classic_ios")
    line = next(line for line in text.splitlines() if line.startswith("cisco WS-C2960X"))
    old = "Cisco 7206VXR (NPE400) processor (revision A) with 491520K/32768K bytes of memo."
    assert parse_show_version(text.replace(line, old)).model == "7206VXR"
    new = "Cisco C921-4P (revision 1.0) with 947200K/101376K bytes of memory."
    assert parse_show_version(text.replace(line, new)).model == "C921-4P"


def test_lines_and_columns_around_the_members_are_passed_over() -> None:
    text = sample("show_version/stack_of_three")
    whole = parse_show_version(text)
    wider = text.replace("SW Image              Mode", "SW Image              Mode   Health").replace(
        "CAT9K_IOSXE           INSTALL", "CAT9K_IOSXE           INSTALL   good"
    )
    assert parse_show_version(wider).members == whole.members
    rows = text.splitlines()
    place = next(number for number, line in enumerate(rows) if line.startswith("*"))
    parted = "\n".join([*rows[:place], "Member 3 was renumbered", *rows[place:]])
    assert parse_show_version(parted).members == whole.members


def test_classic_ios_has_no_mode() -> None:
    facts = parse_show_version(sample("show_version/classic_ios"))
    assert (facts.version, facts.mode) == ("15.2(7)E3", None)
    assert facts.members == (
        MemberSoftware(1, "WS-C2960X-24PS-L", "15.2(7)E3", "C2960X-UNIVERSALK9-M", None, active=True),
    )


def test_older_ios_xe_names_its_release_lower_down() -> None:
    text = sample("show_version/router_isr").replace(
        "Cisco IOS XE Software, Version 17.06.05\n"
        "Cisco IOS Software [Bengaluru], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.6.5",
        "Cisco IOS Software, IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 15.3(2)S1",
    )
    text = text.replace("ROM: IOS-XE ROMMON", "IOS XE Version: 03.09.01.S\n\nROM: IOS-XE ROMMON")
    assert parse_show_version(text).version == "03.09.01.S"


@pytest.mark.parametrize(
    "line",
    [
        "Cisco IOS XR Software, Version 7.5.1 LNT",
        "Cisco Nexus Operating System (NX-OS) Software",
        "Cisco Adaptive Security Appliance Software Version 9.16(3)19",
    ],
)
def test_another_operating_system_is_refused(line: str) -> None:
    text = sample("show_version/router_isr")
    with pytest.raises(UnparsableOutput, match="another operating system"):
        parse_show_version(f"{line}\n{text}")


def test_a_row_that_does_not_read_is_named() -> None:
    text = sample("show_version/stack_of_three").replace("CAT9K_IOSXE           BUNDLE", "CAT9K_IOSXE")
    with pytest.raises(UnparsableOutput) as caught:
        parse_show_version(text)
    assert caught.value.odd_line.startswith("3 41 C9300-24T")


@pytest.mark.parametrize(
    "name",
    [
        "stack_of_three",
        "single_bundle",
        "chassis_without_register",
        "engineering_label",
        "router_isr",
        "classic_ios",
    ],
)
def test_a_cut_off_output_never_reads_as_other_members_or_mode(name: str) -> None:
    text = sample(f"show_version/{name}")
    whole = parse_show_version(text)
    lines = text.split("\n")
    refused = 0
    for end in range(len(lines)):
        try:
            facts = parse_show_version("\n".join(lines[:end]))
        except UnparsableOutput:
            refused += 1
            continue
        assert facts.members == whole.members
        assert (facts.version, facts.mode, facts.model) == (whole.version, whole.mode, whole.model)
    assert refused > len(lines) // 3
