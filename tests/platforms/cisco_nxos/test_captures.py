"""Every parser of NX-OS on what real devices printed. The captures lie beside the repository."""

from __future__ import annotations

import contextlib
import json

import pytest
from platforms.cisco_nxos.expected import COMPARERS
from platforms.cisco_nxos.material import command_of
from platforms.material import CAPTURES, read

from swimctl.errors import CommandRefused, SwimctlError, UnparsableOutput
from swimctl.platforms.cisco_nxos import find, parse

pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason=f"no captures at {CAPTURES}; set SWIMCTL_CAPTURES to where they are"
)

# Outputs that break off before they say what they are asked for.
CUT_OFF = {
    # It counts 22 neighbours and shows 7.
    "show_lldp_neighbors_detail/genie_golden_output2.txt",
    # The `ls -l` of a Linux shell (ACI): it has no end that shows whether it is whole, and no bytes.
    "dir/genie_aci_golden_output_ls.txt",
}
# What the source's own parse has wrong, so that it cannot be compared.
POOR_JSON = {
    "show_lldp_neighbors_detail/genie_golden_output5.json": "it spells one `Te` as IOS-XR does, the next as IOS does",
}

FILES = sorted(
    str(path.relative_to(CAPTURES / "cisco_nxos"))
    for folder in COMPARERS
    for path in (CAPTURES / "cisco_nxos" / folder).glob("*.txt")
)
TRANSCRIPTS = sorted(
    path.name
    for pattern in ("install_all_*.txt", "copy_*.txt")
    for path in (CAPTURES / "transcripts" / "cisco_nxos").glob(pattern)
)
FOREIGN = sorted(
    str(path.relative_to(CAPTURES))
    for platform in ("cisco_xe", "cisco_ios", "cisco_xr", "cisco_asa", "arista_eos", "juniper_junos")
    for path in (CAPTURES / platform).glob("*/*.txt")
)
# These formats are one and the same on all of Cisco's systems.
SHARED = {"show_inventory", "show_inventory_raw", "show_inventory_oid", "show_inventory_all", "show_clock"}
# Nothing at all is said alike.
EMPTY = {"cisco_xe/show_lldp_neighbors/genie_golden_output_1.txt"}


@pytest.mark.parametrize("name", FILES)
def test_capture(name: str) -> None:
    path = CAPTURES / "cisco_nxos" / name
    command = command_of(path.parent.name)
    if name in CUT_OFF:
        with pytest.raises(UnparsableOutput):
            parse(command, read(path))
        return
    facts = parse(command, read(path))
    assert facts is not None
    kept = path.with_suffix(".json")
    if not kept.exists() or name.replace(".txt", ".json") in POOR_JSON:
        return
    for ours, theirs in COMPARERS[path.parent.name](facts, json.loads(kept.read_text())):
        assert ours == theirs


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_transcript(name: str) -> None:
    """The name of a transcript tells how it ended."""
    text = (CAPTURES / "transcripts" / "cisco_nxos" / name).read_text(errors="replace").split("\n", 1)[1]
    folder = "install_all" if name.startswith("install_all") else "copy"
    outcome = parse(command_of(folder), text)
    assert outcome.succeeded is ("_success" in name)
    assert (outcome.reason is None) is ("_success" in name)
    if folder == "install_all" and outcome.succeeded:
        assert outcome.impact.disruptive is ("_non_disruptive" not in name)
        assert outcome.reload_announced is ("_success_disruptive" in name)
        assert outcome.reload_left is ("_no_reload" in name)
        assert {image.module for image in outcome.impact.images} == {each.module for each in outcome.impact.modules}


def test_impact_transcript() -> None:
    name = "show_install_all_impact_failed_other_install_in_progress.txt"
    text = (CAPTURES / "transcripts" / "cisco_nxos" / name).read_text().split("\n", 1)[1]
    with pytest.raises(CommandRefused, match="Another install procedure may be in progress"):
        parse(command_of("show_install_all_impact"), text)


@pytest.mark.parametrize("name", FOREIGN)
def test_another_operating_system_is_never_read_as_ours(name: str) -> None:
    path = CAPTURES / name
    text = read(path)
    commands = {"show version", "dir", "show boot", "show module", "install all x", "show interface status"}
    with contextlib.suppress(SwimctlError):
        commands.add(find(path.parent.name.replace("_", " ")).words.replace("*", "x"))
    with contextlib.suppress(SwimctlError):
        commands.add(find(path.parent.name.replace("_", " ").replace("interfaces", "interface")).words)
    if path.parent.name in SHARED or name in EMPTY:
        commands -= {path.parent.name.replace("_", " ")}
    for command in commands:
        with pytest.raises(SwimctlError):
            pytest.fail(f"{command} reads it as {parse(command, text)}")
