"""What the next reload will start, in every layout."""

from __future__ import annotations

import pytest
from platforms.material import sample

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.parsers.boot import parse_show_boot, parse_show_romvar
from swimctl.platforms.facts import BootSettings
from swimctl.platforms.text import unread


def test_chassis_with_standby() -> None:
    facts = parse_show_boot(sample("show_boot/chassis_with_standby"))
    assert facts.variable == ("bootflash:packages.conf", "bootflash:old.bin")
    assert facts.manual is True  # the standby's
    assert facts.config_register == "0x102"
    assert facts.members["standby"] == BootSettings(("bootflash:packages.conf",), manual=True)
    assert facts.members[""].manual is False


def test_stack_reads_the_next_reload_of_each_member() -> None:
    facts = parse_show_boot(sample("show_boot/stack_next_reload_differs"))
    assert facts.variable == ("flash:packages.conf",)
    assert facts.manual is True
    assert facts.members == {
        "1": BootSettings(("flash:packages.conf",), manual=False),
        "2": BootSettings((), manual=True),
    }


def test_classic() -> None:
    facts = parse_show_boot(sample("show_boot/classic"))
    assert facts == BootSettings(("flash:/c2960x-universalk9-mz.152-7.E3.bin", "flash:/old.bin"), manual=False)


def test_from_the_network() -> None:
    facts = parse_show_boot(sample("show_boot/network"))
    assert facts.variable == ("tftp://192.0.2.7/cat9k_iosxe.17.09.04a.SPA.bin",)
    assert facts.manual is True


def test_the_address_of_a_server_is_no_part_of_the_file() -> None:
    facts = parse_show_boot(sample("show_bootvar/from_a_server"), "show bootvar")
    assert facts.variable == ("tftp:/images/asr1000-universalk9.17.09.05a.SPA.bin", "bootflash:old.bin")
    with pytest.raises(UnparsableOutput, match="no list of files"):
        parse_show_boot("BOOT variable = bootflash:new.bin 192.0.2.40,12;\nMANUAL_BOOT variable = no\n")


def test_register_of_the_next_reload() -> None:
    facts = parse_show_boot(sample("show_bootvar/router"), "show bootvar")
    assert (facts.variable, facts.config_register, facts.manual) == ((), "0x2102", None)


def test_romvar() -> None:
    facts = parse_show_romvar(sample("show_romvar/active_switch"))
    assert facts == BootSettings(("flash:packages.conf",), manual=True, ignore_startup=True)
    quoted = parse_show_romvar(sample("show_romvar/quoted"))
    assert quoted == BootSettings(("bootflash:/packages.conf",), manual=False, ignore_startup=None)


@pytest.mark.parametrize("value", ["0", "no"])
def test_startup_configuration_not_ignored(value: str) -> None:
    text = sample("show_romvar/active_switch").replace("STARTUP_CFG=1", f"STARTUP_CFG={value}")
    assert parse_show_romvar(text).ignore_startup is False


BROKEN = """\
----------------------------------
ROMMON variables for Active Switch
----------------------------------
BAUD=9600
BOOT=flash:packages.conf;
MANUAL_BOOT=no
RET_2_RCALTS=
SWITCH_NUMBER=1
"""


@pytest.mark.parametrize(
    "rest",
    [
        # What a variable that ran over left behind: field/outputs/xe_show_romvar_broken_variable, a C9300-48P.
        "m-report_1_20240309.tar.gz system report at /crashinfo/acc-7_1_RP_0-system-report.tar.gz RET_2_RCALTS=17",
        "/crashinfo/acc-7_1_RP_0-system-report_1_20240309-231757-CET.tar.gz",
        "ReloadReason=Install RET_2_RCALTS=1639725444 ReloadReason=Install RET_2_RCALTS=16",
        "\x02\x7f= ",
    ],
)
@pytest.mark.parametrize("place", [4, 6, 8])
def test_a_broken_variable_is_passed_over(rest: str, place: int) -> None:
    lines = BROKEN.splitlines()
    facts = parse_show_romvar("\n".join([*lines[:place], rest, *lines[place:]]))
    assert facts == BootSettings(("flash:packages.conf",), manual=False)


def test_a_broken_variable_is_told() -> None:
    with unread() as told:
        parse_show_romvar(BROKEN + "stem-report_1.tar.gz system report at /crashinfo/x.tar.gz RET_2_RCALTS=1\n")
    assert [line.partition(" ")[0] for _, line in told] == ["stem-report_1.tar.gz"]


@pytest.mark.parametrize(
    "lost",
    [
        "report_1.tar.gz RET_2_RCALTS=1 MANUAL_BOOT=yes",
        "x.tar.gz BOOT=flash:other.bin;",
        "BOOT=flash:other.bin;",
        'BOOT="flash:packages.conf;',
        "MANUAL_BOOT=perhaps",
    ],
)
def test_a_needed_variable_that_is_broken_is_refused(lost: str) -> None:
    with pytest.raises(UnparsableOutput) as caught:
        parse_show_romvar(f"{BROKEN}{lost}\n")
    assert caught.value.odd_line == lost


@pytest.mark.parametrize("name", ["stack_next_reload_differs", "classic"])
def test_a_cut_off_output_never_reads_as_another_variable(name: str) -> None:
    lines = sample(f"show_boot/{name}").rstrip().split("\n")
    whole = parse_show_boot("\n".join(lines))
    for end in range(len(lines)):
        try:
            facts = parse_show_boot("\n".join(lines[:end]))
        except UnparsableOutput:
            continue
        assert facts.variable == whole.variable
        assert facts.manual in {None, (facts.members.get("1") or facts).manual, whole.manual}


@pytest.mark.parametrize(
    "text",
    [
        "---------------------------\n",
        "Current Boot Variables:\nBOOT variable = flash:packages.conf;\n",
        "Current Boot Variables:\nBOOT variable = flash:a.bin;\n\nBoot Variables on next reload:\nManual Boot = no\n",
        "Switch 1\nBOOT variable = flash:packages.conf;\nSwitch 2\nManual Boot = no\n",
        "Switch 1\nBOOT variable = flash:a.bin;\nManual Boot = no\nSwitch 2\nBOOT variable = flash:a.bin;\n",
        "BOOT variable = flash:packages.co",
        "BOOT path-list      : flash:/a",
        "BOOT variable - flash:a.bin;\nMANUAL_BOOT variable = no\n",
        "BOOT variable = flash:a;\nMANUAL_BOOT variable = perhaps\nCONFIG_FILE variable = \n",
        "BOOT variable = flash:a;\nConfiguration register is 0x21\n",
        "CONFIG_FILE variable = \nMANUAL_BOOT variable = no\n",
        "BOOT=flash:packages.conf;\nMANUAL_BOOT=no\n",
    ],
)
def test_what_lacks_a_needed_fact_is_refused(text: str) -> None:
    with pytest.raises(UnparsableOutput):
        parse_show_boot(text)


def test_what_a_device_does_not_say_is_not_claimed() -> None:
    # cisco_xe/show_bootvar/genie_golden_output6: neither the register nor manual boot.
    facts = parse_show_boot("BOOT variable = bootflash:packages.conf;\nCONFIG_FILE variable =\n", "show bootvar")
    assert facts == BootSettings(("bootflash:packages.conf",), manual=None, config_register=None)


def test_an_old_catalyst_writes_of_lists_and_may_name_nothing() -> None:
    printed = sample("show_boot/nothing_named", "cisco_ios")
    assert parse_show_boot(printed) == BootSettings((), manual=False)
    named = printed.replace("BOOT path-lists:", "BOOT path-lists:     flash:c2950-i6k2l2q4-mz.121-22.EA14.bin")
    assert parse_show_boot(named).variable == ("flash:c2950-i6k2l2q4-mz.121-22.EA14.bin",)
    with pytest.raises(UnparsableOutput):
        parse_show_boot(printed.replace("BOOT path-lists:", "HELPER path-lists:"))
