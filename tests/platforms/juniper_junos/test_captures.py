"""Every parser of Junos on what real devices printed. The captures lie beside the repository."""

from __future__ import annotations

import contextlib
import json

import pytest
from platforms.juniper_junos.expected import COMPARERS
from platforms.juniper_junos.material import command_of
from platforms.material import CAPTURES, read

from swimctl.errors import CommandRefused, SwimctlError, UnparsableOutput
from swimctl.platforms.juniper_junos import find, parse
from swimctl.platforms.juniper_junos.netconf import cli_text

pytestmark = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason=f"no captures at {CAPTURES}; set SWIMCTL_CAPTURES to where they are"
)

# Outputs that break off before they say what they are asked for.
CUT_OFF: set[str] = set()
# The device has no such file; the source takes that for an empty folder.
REFUSED = {"file_list/genie_golden_output3.txt"}
# What the source's own parse has wrong, so that it cannot be compared.
POOR_JSON = {
    "show_chassis_hardware/ntc_juniper_junos_show_chassis_hardware3.json": "takes a word of the model for the serial",
    "show_chassis_hardware/ntc_juniper_junos_show_chassis_hardware_dac_no_revision.json": "takes a word for it, too",
}

FILES = sorted(
    str(path.relative_to(CAPTURES / "juniper_junos"))
    for folder in COMPARERS
    for path in (CAPTURES / "juniper_junos" / folder).glob("*.txt")
)
# The transcripts by what was asked; others are of requests that no parser reads.
ASKED = {
    "request_system_software_add": "request system software add x",
    "request_system_software_validate": "request system software validate x",
    "request_system_software_rollback": "request system software rollback",
    "request_vmhost_software_add": "request vmhost software add x",
    "request_system_software_check_pending_install": "request system software add x",
    "request_system_reboot": "request system reboot",
    "request_system_halt": "request system halt",
    "request_vmhost_reboot": "request vmhost reboot",
}
TRANSCRIPTS = [
    (path.name, command)
    for path in sorted((CAPTURES / "transcripts" / "juniper_junos").glob("*.txt"))
    for start, command in ASKED.items()
    if path.name.startswith((f"{start}_success", f"{start}_failed", f"{start}_at_"))
]
# The other systems' outputs of the same name, and whatever else they print that is asked for in like words.
FOREIGN = sorted(
    str(path.relative_to(CAPTURES))
    for platform in ("cisco_xe", "cisco_ios", "cisco_nxos", "cisco_xr", "cisco_asa", "arista_eos")
    for path in (CAPTURES / platform).glob("*/*.txt")
)


@pytest.mark.parametrize("name", FILES)
def test_capture(name: str) -> None:
    path = CAPTURES / "juniper_junos" / name
    command = command_of(path.parent.name)
    if name in CUT_OFF | REFUSED:
        with pytest.raises(CommandRefused if name in REFUSED else UnparsableOutput):
            parse(command, read(path))
        return
    facts = parse(command, read(path))
    assert facts is not None
    kept = path.with_suffix(".json")
    if not kept.exists() or name.replace(".txt", ".json") in POOR_JSON:
        return
    for ours, theirs in COMPARERS[path.parent.name](facts, json.loads(kept.read_text())):
        assert ours == theirs


@pytest.mark.parametrize("form", ["reply", "text"])
@pytest.mark.parametrize(("name", "command"), TRANSCRIPTS)
def test_transcript(name: str, command: str, form: str) -> None:
    """The name of a transcript tells how it ended: as the reply over NETCONF, and as the text inside it."""
    reply = (CAPTURES / "transcripts" / "juniper_junos" / name).read_text(errors="replace").split("\n", 1)[1]
    outcome = parse(command, reply if form == "reply" else cli_text(reply))
    assert outcome.succeeded is ("_failed" not in name)
    assert (outcome.reason is None) is ("_failed" not in name)
    if "reboot" in name or "halt" in name:
        assert outcome.reload_announced
    elif "pending" in name:
        assert outcome.already_pending is ("_failed" in name)
    else:
        assert outcome.reboot_required is ("validate" not in name and "not_found" not in name)
        assert bool(outcome.members) is ("virtual_chassis" in name or "one_member" in name)


def test_checksum_transcript() -> None:
    path = CAPTURES / "transcripts" / "juniper_junos" / "file_checksum_md5_success_netconf.txt"
    found = parse("file checksum md5 x", path.read_text().split("\n", 1)[1])
    assert (found.algorithm, len(found.digest), found.matches) == ("md5", 32, None)


@pytest.mark.parametrize("name", FOREIGN)
def test_another_operating_system_is_never_read_as_ours(name: str) -> None:
    path = CAPTURES / name
    text = read(path)
    commands = {
        "show version",
        "show chassis hardware",
        "show chassis routing-engine",
        "show system uptime",
        "show lldp neighbors",
        "show route summary",
        "file list",
        "request system software add x",
        "request system reboot",
    }
    with contextlib.suppress(SwimctlError):
        commands.add(find(command_of(path.parent.name)).words.replace("*", "x"))
    for command in commands:
        with pytest.raises(SwimctlError):
            pytest.fail(f"{command} reads it as {parse(command, text)}")
