"""What the next reload will start, in every layout."""

from __future__ import annotations

import pytest
from platforms.material import sample

from swimctl.errors import UnparsableOutput
from swimctl.facts import BootSettings
from swimctl.platforms.cisco_xe.parse_boot import parse_show_boot, parse_show_romvar


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
        assert facts.manual is not None


@pytest.mark.parametrize(
    "text",
    [
        "---------------------------\n",
        "Current Boot Variables:\nBOOT variable = flash:packages.conf;\n",
        "Boot Variables on next reload:\nBOOT variable = flash:packages.conf;\n",
        "BOOT variable = flash:packages.conf;\n",
        "BOOT path-list      : flash:/a.bin\n",
        "BOOT variable = flash:a;\nMANUAL_BOOT variable = perhaps\nCONFIG_FILE variable = \n",
        "CONFIG_FILE variable = \nMANUAL_BOOT variable = no\n",
    ],
)
def test_what_does_not_say_it_all_is_refused(text: str) -> None:
    with pytest.raises(UnparsableOutput):
        parse_show_boot(text)
