"""Every parser on what real devices printed. The captures lie beside the repository and are no part of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from platforms.expected import COMPARERS
from platforms.material import CAPTURES, read

from swimctl.errors import SwimctlError, UnparsableOutput
from swimctl.platforms.cisco_xe import find, parse
from swimctl.platforms.cisco_xe.parse_install_outcome import parse_install_outcome

pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason=f"no captures at {CAPTURES}; set SWIMCTL_CAPTURES to where they are"
)

# Which command's parser takes which folder, below cisco_xe and cisco_ios alike. The parser is that of `find`.
FOLDERS = {
    "show_version": "show version",
    "show_switch": "show switch",
    "show_switch_detail": "show switch detail",
    "show_inventory": "show inventory",
    "show_platform": "show platform",
    "show_module": "show module",
    "dir": "dir",
    "show_file_systems": "show file systems",
    "show_install_summary": "show install summary",
    "show_install_active": "show install active",
    "show_install_committed": "show install committed",
    "show_install_inactive": "show install inactive",
    "show_install_state": "show install inactive",
    "show_install_rollback": "show install rollback",
    "show_boot": "show boot",
    "show_bootvar": "show bootvar",
    "show_boot_system": "show boot system",
    "show_romvar": "show romvar",
    "show_redundancy": "show redundancy",
    "show_redundancy_states": "show redundancy states",
    "show_issu_state_detail": "show issu state detail",
    "show_issu_rollback_timer": "show issu rollback-timer",
    "show_interfaces_status": "show interfaces status",
    "show_ip_interface_brief": "show ip interface brief",
    "show_ip_route_summary": "show ip route summary",
    "show_cdp_neighbors": "show cdp neighbors",
    "show_cdp_neighbors_detail": "show cdp neighbors detail",
    "show_lldp_neighbors": "show lldp neighbors",
    "show_lldp_neighbors_detail": "show lldp neighbors detail",
    "show_clock": "show clock",
}

# Outputs that break off before they say what they are asked for.
CUT_OFF = {
    "cisco_xe/show_version/unicon_iosxe_mock_cat9k_c9k_exec_relogin.txt",
    "cisco_xe/show_issu_rollback_timer/genie_golden_output_4.txt",
}
# What the source's own parse has wrong, so that it cannot be compared.
POOR_JSON = {
    "cisco_xe/show_cdp_neighbors/genie_device_output_7.txt": "takes a name without a row for a neighbour",
    "cisco_xe/show_platform/genie_cat9k-c9500_golden_output_1.txt": "has no serial number, and takes roles for slots",
}

FILES = sorted(
    str(path.relative_to(CAPTURES))
    for platform in ("cisco_xe", "cisco_ios")
    for folder in FOLDERS
    for path in (CAPTURES / platform / folder).glob("*.txt")
)
TRANSCRIPTS = sorted(path.name for path in (CAPTURES / "transcripts" / "cisco_xe").glob("install_*.txt"))
FOREIGN = sorted(
    str(path.relative_to(CAPTURES))
    for platform in ("cisco_nxos", "cisco_xr", "cisco_asa", "arista_eos", "juniper_junos")
    for folder in ("show_version", "dir", "show_boot", "show_redundancy")
    for path in (CAPTURES / platform / folder).glob("*.txt")
)


def test_the_table_names_commands_that_have_a_parser() -> None:
    assert all(find(command).words == command for command in FOLDERS.values())
    assert set(COMPARERS) == set(FOLDERS)
    assert FILES


@pytest.mark.parametrize("name", FILES)
def test_capture(name: str) -> None:
    path = CAPTURES / name
    command = FOLDERS[path.parent.name]
    if name in CUT_OFF:
        with pytest.raises(UnparsableOutput):
            parse(command, read(path))
        return
    facts = parse(command, read(path))
    assert facts is not None
    kept = path.with_suffix(".json")
    if not kept.exists() or name in POOR_JSON:
        return
    for ours, theirs in COMPARERS[path.parent.name](facts, json.loads(kept.read_text())):
        assert ours == theirs


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_install_transcript(name: str) -> None:
    """The name of a transcript tells how it ended: `_success`, `_failed`, `_noop`, `_answered_no`, `_prompt`."""
    text = (CAPTURES / "transcripts" / "cisco_xe" / name).read_text(errors="replace").split("\n", 1)[1]
    outcome = parse_install_outcome(text)
    if "_failed" in name:
        assert outcome.succeeded is False
        assert outcome.reason
    elif "_prompt_stack3" in name or "reloadfast_commit_success" in name:  # the question, or a reload, is its end
        assert outcome.succeeded is None
    else:
        assert outcome.succeeded is True
        assert outcome.reason is None
    assert outcome.no_change is any(word in name for word in ("_noop", "already_added", "answered_no"))
    if "success" in name and ("c9500x" in name or "c8500x" in name or "reload" in name):
        assert outcome.reload_announced


@pytest.mark.parametrize("name", FOREIGN)
def test_another_operating_system_is_never_read_as_ours(name: str) -> None:
    path = CAPTURES / name
    with pytest.raises(SwimctlError):
        parse(FOLDERS[path.parent.name], read(path))


def test_verify_transcript() -> None:
    path: Path = CAPTURES / "transcripts" / "cisco_xe" / "verify_md5_success.txt"
    result = parse("verify /md5 x", path.read_text().split("\n", 1)[1])
    assert (result.algorithm, len(result.digest), result.matches) == ("md5", 32, None)
