"""The checks that come with swimctl, on what real devices printed. The captures lie beside the repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from platforms.material import CAPTURES

from swimctl.checks.parsing import rows_of
from swimctl.checks.rules import defaults_of
from swimctl.errors import UnparsableOutput

SHOWN_BY: Mapping[str, Sequence[str]] = {
    "show ip bgp all summary": ("show_ip_bgp_summary", "show_bgp_all_summary"),
    "show bgp vrf all all summary": (
        "show_bgp_vrf_all_all_summary",
        "show_ip_bgp_summary",
        "show_ip_bgp_summary_vrf",
    ),
    "show bgp summary": ("show_bgp_summary",),
    "show bgp all all summary": ("show_bgp_instance_summary", "show_ip_bgp_summary"),
    "show ip ospf neighbors vrf all": ("show_ip_ospf_neighbor",),
    "show ip ospf neighbor vrf all": ("show_ip_ospf_neighbor",),
    "show isis adjacency vrf all": ("show_isis_adjacency",),
    "show isis neighbors vrf all": ("show_isis_neighbors",),
    "show vlan brief": ("show_vlan",),
    "show stackwise-virtual link": ("show_stackwise_virtual_link",),
    "show environment temperature status": ("show_environment_temperature", "show_environment_temperature_status"),
    "show processes cpu | include CPU utilization": ("show_processes_cpu_sorted",),
    "show chassis routing-engine": ("show_chassis_routing_engine",),
}
"""The captures that show an output, where their folder has another name than the command."""
FOLDERS = {"cisco_xe": ("cisco_xe", "cisco_ios")}
NOT_WHOLE: Mapping[str, str] = {
    "ntc_cisco_ios_show_power_inline_6880-X": "a Catalyst 6800, which is not upgraded here, and no row",
    "genie_asr900-asr901_golden_output1": "an ASR 901, which is none of the models of the rule",
    "cisco_nxos/show_ip_arp/genie_golden_output": "tabs that somebody put before each line",
    "ntc_show_bgp_summary": "two peers whose addresses somebody made the same",
}
"""What cannot be read, with why it need not be."""


def _captures(platform: str, command: str) -> Iterator[Path]:
    for folder in FOLDERS.get(platform, (platform,)):
        for name in SHOWN_BY.get(command, (command.replace(" ", "_"),)):
            for base in (CAPTURES, CAPTURES / "more"):
                yield from sorted((base / folder / name).glob("*.txt"))


@pytest.mark.skipif(not CAPTURES.is_dir(), reason=f"no captures at {CAPTURES}; set SWIMCTL_CAPTURES to where they are")
@pytest.mark.parametrize(
    ("platform", "least"),
    [("cisco_xe", 30), ("cisco_nxos", 25), ("cisco_xr", 8), ("arista_eos", 15), ("juniper_junos", 7)],
)
def test_the_rules_read_what_real_devices_print(platform: str, least: int) -> None:
    read, odd = 0, []
    for name, rule in defaults_of(platform).items():
        for path in _captures(platform, rule.command_on(platform)):
            told = f"{path.parent.parent.name}/{path.parent.name}/{path.stem}"
            try:
                rows_of(rule, platform, rule.command_on(platform), path.read_text(encoding="utf-8"))
                read += 1
            except UnparsableOutput as error:
                if told not in NOT_WHOLE and path.stem not in NOT_WHOLE:
                    odd.append(f"{name}: {told}: {error}")
    assert not odd
    assert read >= least
