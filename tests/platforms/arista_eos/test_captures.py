"""Every parser of EOS on what real devices printed. The captures lie beside the repository."""

from __future__ import annotations

import contextlib
import json

import pytest
from platforms.arista_eos.expected import COMPARERS
from platforms.arista_eos.material import command_of
from platforms.material import CAPTURES, read

from swimctl.errors import SwimctlError, UnparsableOutput
from swimctl.platforms.arista_eos import find, parse

pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason=f"no captures at {CAPTURES}; set SWIMCTL_CAPTURES to where they are"
)

# Outputs that break off before they say what they are asked for.
CUT_OFF: set[str] = set()
# What the source's own parse has wrong, so that it cannot be compared.
POOR_JSON: dict[str, str] = {}

FILES = sorted(
    str(path.relative_to(CAPTURES / "arista_eos"))
    for folder in COMPARERS
    for path in (CAPTURES / "arista_eos" / folder).glob("*.txt")
)
TRANSCRIPTS = sorted(path.name for path in (CAPTURES / "transcripts" / "arista_eos").glob("install_source_*.txt"))
# The other systems' outputs of the same name, and whatever else they print that is asked for in like words.
FOREIGN = sorted(
    str(path.relative_to(CAPTURES))
    for platform in ("cisco_xe", "cisco_ios", "cisco_nxos", "cisco_xr", "cisco_asa", "juniper_junos")
    for path in (CAPTURES / platform).glob("*/*.txt")
)
# Nothing at all is said alike by Cisco's systems.
EMPTY = {"cisco_ios/dir/ntc_cisco_ios_dir_no_files.txt"}


@pytest.mark.parametrize("name", FILES)
def test_capture(name: str) -> None:
    path = CAPTURES / "arista_eos" / name
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
def test_install_transcript(name: str) -> None:
    """The name of a transcript tells how it ended."""
    text = (CAPTURES / "transcripts" / "arista_eos" / name).read_text(errors="replace").split("\n", 1)[1]
    outcome = parse("install source flash:x.swi", text)
    assert outcome.operation == "source"
    assert outcome.succeeded is ("_success" in name)
    assert (outcome.reason is None) is ("_success" in name)


@pytest.mark.parametrize("name", FOREIGN)
def test_another_operating_system_is_never_read_as_ours(name: str) -> None:
    path = CAPTURES / name
    text = read(path)
    commands = {"show version", "dir", "show inventory", "show ip interface brief", "show lldp neighbors", "show clock"}
    with contextlib.suppress(SwimctlError):
        commands.add(find(command_of(path.parent.name)).words.replace("*", "x"))
    if name in EMPTY:
        commands -= {command_of(path.parent.name).split()[0]}
    for command in commands:
        with pytest.raises(SwimctlError):
            pytest.fail(f"{command} reads it as {parse(command, text)}")
