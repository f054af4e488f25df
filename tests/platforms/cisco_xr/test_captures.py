"""Every parser of IOS-XR on what real devices printed. The captures lie beside the repository."""

from __future__ import annotations

import contextlib
import json

import pytest
from platforms.cisco_xr.expected import COMPARERS
from platforms.material import CAPTURES, read

from swimctl.errors import SwimctlError, UnparsableOutput
from swimctl.platforms.cisco_xr import find, parse

pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason=f"no captures at {CAPTURES}; set SWIMCTL_CAPTURES to where they are"
)

# A page of a manual: prompts with commands that were never run, and answers of others.
CUT_OFF = {"show_install_inactive_summary/genie_golden_output_2.txt"}
# What the source's own parse has wrong, so that it cannot be compared.
POOR_JSON: dict[str, str] = {
    "admin_show_platform/ntc_cisco_xr_admin_show_platform.json": "the states of software stand under the configuration",
}

FILES = sorted(
    str(path.relative_to(CAPTURES / "cisco_xr"))
    for folder in COMPARERS
    for path in (CAPTURES / "cisco_xr" / folder).glob("*.txt")
)
TRANSCRIPTS = sorted(path.name for path in (CAPTURES / "transcripts" / "cisco_xr").glob("install_*.txt"))
# The other systems' outputs of the same name, and whatever else they print that is asked for in like words.
FOREIGN = sorted(
    str(path.relative_to(CAPTURES))
    for platform in ("cisco_xe", "cisco_ios", "cisco_nxos", "cisco_asa", "arista_eos", "juniper_junos")
    for path in (CAPTURES / platform).glob("*/*.txt")
    if path.parent.name.startswith(("show_version", "dir", "show_", "file_"))
)
# Nothing at all is said alike by all of Cisco's systems.
EMPTY = {
    "cisco_ios/dir/ntc_cisco_ios_dir_no_files.txt",
    "cisco_xe/show_lldp_neighbors/genie_golden_output_1.txt",
}
# These formats are one and the same on all of Cisco's systems, or on those and on others that took them over.
SHARED = {"show_inventory", "show_clock", "show_inventory_raw", "show_inventory_oid"}


def command_of(folder: str) -> str:
    return folder.replace("_", " ")


@pytest.mark.parametrize("name", FILES)
def test_capture(name: str) -> None:
    path = CAPTURES / "cisco_xr" / name
    command = command_of(path.parent.name)
    if name in CUT_OFF:
        with pytest.raises(UnparsableOutput):
            parse(command, read(path))
        return
    facts = parse(command, read(path))
    kept = path.with_suffix(".json")
    if not kept.exists() or name.replace(".txt", ".json") in POOR_JSON:
        return
    for ours, theirs in COMPARERS[path.parent.name](facts, json.loads(kept.read_text())):
        assert ours == theirs


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_install_transcript(name: str) -> None:
    """The name of a transcript tells how it ended; an add that only went into the background has no end yet."""
    text = (CAPTURES / "transcripts" / "cisco_xr" / name).read_text(errors="replace").split("\n", 1)[1]
    outcome = parse("install", text)
    assert outcome.operation == name.split("_")[1]
    if "_failed" in name or "_aborted" in name:
        assert outcome.succeeded is False
        assert outcome.reason
    else:
        assert outcome.succeeded is (None if "add_sftp" in name else True)
        assert outcome.reason is None
        assert outcome.id is not None
        assert outcome.in_background
    assert outcome.other_in_progress is ("other_operation" in name)
    assert outcome.reload_announced is ("reload" in name)


@pytest.mark.parametrize("name", FOREIGN)
def test_another_operating_system_is_never_read_as_ours(name: str) -> None:
    path = CAPTURES / name
    text = read(path)
    commands = {"show version", "show platform", "dir", "show redundancy", "show variables boot", "install commit"}
    with contextlib.suppress(SwimctlError):
        commands.add(find(command_of(path.parent.name)).words.replace("*", "x"))
    if path.parent.name in SHARED or name in EMPTY:
        commands -= {command_of(path.parent.name)}
    for command in commands:
        with pytest.raises(SwimctlError):
            pytest.fail(f"{command} reads it as {parse(command, text)}")
