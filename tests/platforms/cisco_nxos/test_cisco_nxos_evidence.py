"""What runs and what boots next, as data and as text: either without the other, and no success where they disagree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from platforms.cisco_nxos.scripted_device import IMAGE, SWITCH, driver
from platforms.contract import platform

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_nxos.structured import boot_data, modules_data, version_data
from swimctl.platforms.facts import Placement

OLD = "nxos.9.3.5.bin"
UPTIME = ((41 * 24 + 3) * 60 + 2) * 60 + 9
VERSION: dict[str, Any] = {
    "header_str": 'Cisco Nexus Operating System (NX-OS) Software\nThis software is provided "as is"',
    "kickstart_ver_str": "9.3(5)",
    "nxos_ver_str": "9.3(5)",
    "nxos_file_name": "bootflash:///nxos.9.3.5.bin",
    "chassis_id": "Nexus9000 C9504 (4 Slot) Chassis",
    "proc_board_id": "FOX24100001",
    "host_name": "spine-1",
    "kern_uptm_days": "41",
    "kern_uptm_hrs": "3",
    "kern_uptm_mins": "2",
    "kern_uptm_secs": "9",
    "rr_ctime": "Sat Mar  9 18:56:04 2024",
    "rr_reason": "Reset Requested by CLI command reload",
    "rr_sys_ver": "9.3(3)",
    "rr_service": None,
}
MODULES = {
    "TABLE_modinfo": {
        "ROW_modinfo": [
            {"modinf": "1", "ports": "36", "modtype": "Ethernet Module", "model": "N9K-X9736C-FX", "status": "ok"},
            {"modinf": "22", "ports": "0", "modtype": "Fabric Module", "model": "N9K-C9504-FM-E", "status": "ok"},
            {"modinf": "27", "ports": "0", "modtype": "Supervisor", "model": "N9K-SUP-A+", "status": "active *"},
            {"modinf": "28", "ports": "0", "modtype": "Supervisor", "model": "N9K-SUP-A+", "status": "ha-standby"},
            {"modinf": "29", "ports": "0", "modtype": "System Controller", "model": "N9K-SC-A", "status": "active"},
        ]
    },
    "TABLE_modwwninfo": {
        "ROW_modwwninfo": [
            {"modwwn": number, "sw": "9.3(5)", "hw": "1.0", "slottype": "x"} for number in ("1", "22", "27", "28", "29")
        ]
    },
}
BOOT = {
    "TABLE_Startup_Bootvar": {
        "ROW_Startup_Bootvar": {
            "start_sup_module": ["sup-1", "sup-2"],
            "start_image": [f"bootflash:/{OLD}", f"bootflash:/{OLD}"],
            "start_poap_status": "Disabled",
        }
    }
}
DATA = {
    "show version | json": json.dumps(VERSION),
    "show module | json": json.dumps(MODULES),
    "show boot | json": json.dumps(BOOT),
}
GONE = ["% Permission denied for the role\n", "garbage", "", '{"nxos_ver_str": "9.3'.ljust(60)]
TEXTS = ("show version", "show module", "show boot")


VPC: dict[str, Any] = {
    "vpc-domain-id": "7",
    "vpc-peer-status": "peer-ok",
    "vpc-peer-keepalive-status": "peer-alive",
    "vpc-peer-consistency-status": "SUCCESS",
    "vpc-role": "secondary-primary",
    "num-of-vpcs": "2",
    "vpc-delay-restore-status": "Timer is off.(timeout = 30s)",
    "TABLE_vpc": {
        "ROW_vpc": [
            {"vpc-id": "11", "vpc-ifindex": "Po11", "vpc-port-state": "1", "vpc-thru-peerlink": "0"},
            {"vpc-id": "12", "vpc-ifindex": "Po12", "vpc-port-state": "0", "vpc-thru-peerlink": "1"},
        ]
    },
}
HELD = "Timer is on.(timeout = 30s, 9s left)"


def of(told: object) -> str:
    return json.dumps(told)


def test_both_forms_say_the_same() -> None:
    printed = driver(dict(SWITCH))[0].running()
    assert (printed.version, printed.uptime, printed.doubt) == ("9.3(5)", UPTIME, "")
    assert driver({**SWITCH, **DATA})[0].running() == printed
    assert driver({**SWITCH, **DATA})[0].installed(IMAGE).placement is Placement.ABSENT


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("command", [*TEXTS, *DATA])
def test_either_form_does_without_the_other(command: str, gone: str) -> None:
    whole = driver({**SWITCH, **DATA})[0]
    made = driver({**SWITCH, **DATA, command: gone})[0]
    assert made.running() == whole.running()
    assert made.installed(IMAGE) == whole.installed(IMAGE)


def test_all_of_it_is_proved_by_data_alone_and_by_text_alone() -> None:
    no_text, no_data = dict.fromkeys(TEXTS, "garbage"), dict.fromkeys(DATA, "garbage")
    for answers in ({**SWITCH, **DATA, **no_text}, {**SWITCH, **no_data}):
        made = driver(answers)[0]
        assert set(made.running().members.values()) == {"9.3(5)"}
        assert made.installed(IMAGE).placement is Placement.ABSENT
    with pytest.raises(UnparsableOutput):
        driver({**SWITCH, **no_data, **no_text})[0].running()


@pytest.mark.parametrize(
    ("command", "told", "doubt"),
    [
        ("show version | json", {**VERSION, "nxos_ver_str": "10.3(4a)"}, r"9\.3\(5\) runs.*10\.3\(4a\) does"),
        ("show version | json", {**VERSION, "kern_uptm_days": "0"}, "up for"),
        (
            "show module | json",
            {
                **MODULES,
                "TABLE_modwwninfo": {"ROW_modwwninfo": [{"modwwn": n, "sw": "9.3(3)"} for n in ("1", "27", "28")]},
            },
            "disagree on the release of module 1, module 28",
        ),
    ],
)
def test_a_contradiction_on_what_runs_is_a_doubt(command: str, told: object, doubt: str) -> None:
    made = driver({**SWITCH, **DATA, command: of(told)})[0]
    with pytest.raises(AssertionError, match=doubt):
        assert made.running().doubt == ""


def test_what_boots_next_is_not_committed_where_the_forms_disagree() -> None:
    runs_new = {
        "show version": SWITCH["show version"].replace("9.3(5)", "10.3(4a)").replace(OLD, IMAGE.filename),
        "show module": SWITCH["show module"].replace("9.3(5)", "10.3(4a)"),
        "show boot": SWITCH["show boot"].replace(OLD, IMAGE.filename),
    }
    assert driver({**SWITCH, **runs_new})[0].installed(IMAGE).placement is Placement.COMMITTED
    odd = driver({**SWITCH, **runs_new, "show boot | json": of(BOOT)})[0].installed(IMAGE)
    assert odd.placement is Placement.UNCOMMITTED
    assert f"'show boot | json' that it starts bootflash:{OLD}" in odd.doubt


def test_a_refused_pipe_is_not_tried_again() -> None:
    made, terminal = driver({**SWITCH, **DATA, "show version | json": "% Invalid command at '^' marker.\n"})
    made.running()
    made.running()
    assert terminal.asked.count("show version | json") == 1
    assert terminal.asked.count("show module | json") == 2


@pytest.mark.parametrize(
    ("reason", "abnormal"),
    [
        ("Reset Requested by CLI command reload", False),
        ("Module PowerCycled", False),
        ("Unknown", False),
        ("Reset triggered due to HA policy of Reset", True),
        ("Kernel Panic", True),
        ("Watchdog Timeout", True),
    ],
)
def test_a_reset_by_a_failure_is_abnormal(reason: str, abnormal: bool) -> None:
    text = SWITCH["show version"].replace("Reset Requested by CLI command reload", reason)
    for answers in (
        {"show version": text},
        {"show version": "", "show version | json": of(VERSION | {"rr_reason": reason})},
    ):
        assert driver({**SWITCH, **answers})[0].running().abnormal == (reason if abnormal else "")


def test_the_data_of_other_releases() -> None:
    older = {name: value for name, value in VERSION.items() if not name.startswith("nxos_")}
    older |= {"kickstart_ver_str": "9.2(2) [build 9.2(1.144)]", "kick_file_name": "bootflash:///nxos.9.2.2.bin"}
    told = version_data(of(older))
    assert (told.version, told.system_image, told.kickstart_version) == ("9.2(2)", "bootflash:///nxos.9.2.2.bin", None)
    two = version_data(of({**older, "sys_ver_str": "8.4(2)", "kickstart_ver_str": "8.4(2)"}))
    assert (two.version, two.kickstart_version) == ("8.4(2)", "8.4(2)")
    native = version_data(of({**VERSION, "kern_uptm_days": 41, "kern_uptm_hrs": 3}))
    assert (native.uptime, native.model, native.restarted_at) == (
        UPTIME,
        "Nexus9000 C9504 (4 Slot)",
        "2024-03-09T18:56:04",
    )
    fixed = {
        "TABLE_modinfo": {"ROW_modinfo": {"modinf": 1, "model": "N9K-C93180YC-EX", "status": "active *"}},
        "TABLE_modwwninfo": {"ROW_modwwninfo": {"modwwn": 1, "sw": "7.0(3)I7(3)"}},
    }
    (module,) = modules_data(json.dumps(fixed, indent=4))
    assert (module.name, module.version, module.this_terminal) == ("1", "7.0(3)I7(3)", True)
    one = {
        "TABLE_Startup_Bootvar": {
            "ROW_Startup_Bootvar": {"start_sup_module": "sup-1", "start_image": "bootflash:/a.bin"}
        }
    }
    assert boot_data(of(one)).variable == ("bootflash:/a.bin",)
    unset = {"TABLE_Startup_Bootvar": {"ROW_Startup_Bootvar": {"start_sup_module": "sup-1"}}}
    assert boot_data(of(unset)).variable == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Cisco Nexus Operating System",
        "[]",
        "{}",
        of({"errors": ["x"]}),
        of({**VERSION, "nxos_ver_str": "x", "kickstart_ver_str": ""}),
    ],
)
def test_what_is_no_data_of_the_command_is_refused(text: str) -> None:
    for parse in (version_data, modules_data, boot_data):
        with pytest.raises((UnparsableOutput, CommandRefused)):
            parse(text)


def test_a_switch_is_late_while_its_vpc_holds_ports_back() -> None:
    held = SWITCH["show vpc"].replace(
        "Peer Gateway ", "Delay-restore status              : Timer is on.(timeout = 30s, 9s left)\nPeer Gateway "
    )
    assert held != SWITCH["show vpc"]
    assert "9s left" in (driver({**SWITCH, "show vpc": held})[0].unready() or "")
    assert driver(dict(SWITCH))[0].unready() is None


@pytest.mark.parametrize("gone", GONE)
def test_where_the_pair_does_not_read_its_data_tells_whether_it_is_ready(gone: str) -> None:
    answers = {**SWITCH, "show vpc": gone}
    assert driver({**answers, "show vpc | json": of(VPC)})[0].unready() is None
    for change, words in (
        ({"vpc-peer-status": "peer-link-down"}, "peer: peer-link-down"),
        ({"vpc-peer-keepalive-status": "peer-not-alive"}, "keep-alive: peer-not-alive"),
        ({"vpc-peer-consistency-status": "FAILED"}, "consistency: FAILED"),
        ({"vpc-role": "none-established"}, "role: none-established"),
        ({"vpc-delay-restore-status": HELD}, "9s left"),
        ({"vpc-delay-restore-svi-status": HELD}, "9s left"),
    ):
        assert words in (driver({**answers, "show vpc | json": of({**VPC, **change})})[0].unready() or "")
    for odd in (
        "garbage",
        of({**VPC, "vpc-role": ""}),
        of({**VPC, "num-of-vpcs": "3"}),
        of({**VPC, "TABLE_vpc": {"ROW_vpc": [{"vpc-id": "11"}, {"vpc-id": "12"}]}}),
    ):
        with pytest.raises((CommandRefused, UnparsableOutput)):
            driver({**answers, "show vpc | json": odd})[0].unready()


def test_data_and_text_name_the_same_vpcs() -> None:
    printed = {**SWITCH, "show interface brief": platform("cisco_nxos").sample("show_interface_brief/switch")}
    told = driver({**printed, "show vpc": "garbage", "show vpc | json": of(VPC)})[0]._ports()
    assert [(each.name, each.up) for each in told[-2:]] == [("vPC 11 (Po11)", True), ("vPC 12 (Po12)", False)]
    assert {each.name for each in told} <= {each.name for each in driver(printed)[0]._ports()}


@pytest.mark.parametrize("gone", GONE)
def test_that_the_standby_is_hot_the_modules_tell_too(gone: str) -> None:
    answers = {**SWITCH, "show system redundancy status": gone}
    assert driver(answers)[0].unready() is None
    cold = {**answers, "show module": SWITCH["show module"].replace("ha-standby", "standby   ")}
    with pytest.raises((CommandRefused, UnparsableOutput)):
        driver(cold)[0].unready()
