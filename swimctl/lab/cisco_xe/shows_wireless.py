"""What a lab wireless controller shows of its access points.

`show ap summary` has its columns as in Genie's tests of it: one form up to 17.9, another one since. `show ap image` has
the form of Genie's test of that, which is of 17.13 and idle. What stands in the column of the status while images are
loaded is that of older controllers (AireOS, whose table and counts are the same: ntc-templates, pyntc).
"""

from __future__ import annotations

from collections import Counter

from swimctl.lab.cisco_xe.access_points import COMPLETE, FAILED, INITIATED, LOADING, UNSUPPORTED
from swimctl.lab.cisco_xe.device import Switch

_MODEL = "C9120AXI-E"
_PLACE = "default location"


def summary(switch: Switch) -> str:
    """Show ap summary."""
    points = switch.access_points.joined()
    head = [f"Number of APs: {len(points)}", ""]
    if switch.install.running.new_dialect:
        head += ["CC = Country Code", "RD = Regulatory Domain", ""]
        columns = (
            f"{'AP Name':<32} {'Slots':<5} {'AP Model':<20} {'Ethernet MAC':<14} {'Radio MAC':<14} {'CC':<4} {'RD':<4} "
            f"{'IP Address':<41} {'State':<12} Location"
        )
        rows = [
            f"{each.name:<32} {2:<5} {_MODEL:<20} {each.mac} {each.mac[:-4]}f{each.mac[-3:]} {'DE':<4} {'-E':<4} "
            f"{f'198.51.100.{each.number}':<41} {'Registered':<12} {_PLACE}"
            for each in points
        ]
    else:
        columns = (
            f"{'AP Name':<35}{'Slots':<9}{'AP Model':<22}{'Ethernet MAC':<16}{'Radio MAC':<16}{'Location':<34}"
            f"{'Country':<12}{'IP Address':<43}State"
        )
        rows = [
            f"{each.name:<33}{2:<9}{_MODEL:<22}{each.mac:<16}{f'{each.mac[:-4]}f{each.mac[-3:]}':<16}{_PLACE:<34}"
            f"{'DE':<12}{f'198.51.100.{each.number}':<43}Registered"
            for each in points
        ]
    return "\n".join([*head, columns, "-" * (len(columns) + 8), *rows, ""])


def image(switch: Switch) -> str:
    """Show ap image."""
    points = switch.access_points.joined()
    counts = Counter(each.status for each in points)
    busy = counts[INITIATED] + counts[LOADING]
    numbers = {
        "Initiated": counts[INITIATED],
        "Downloading": 0,
        "Predownloading": counts[LOADING],
        "Completed downloading": len(points),
        "Completed predownloading": counts[COMPLETE],
        "Not Supported": counts[UNSUPPORTED],
        "Failed to Predownload": counts[FAILED],
        "Predownload in progress": "Yes" if busy else "No",
    }
    columns = (
        f"{'AP Name':<34}{'Primary Image':<23}{'Backup Image':<24}{'Predownload Status':<21}{'Predownload Version':<21}"
        f"{'Next Retry Time':<18}{'Retry Count':<14}Method"
    )
    return "\n".join(
        [
            f"Total number of APs  : {len(points)}",
            "",
            "",
            "Number of APs ",
            *(f"        {name:<27}: {number}" for name, number in numbers.items()),
            columns,
            "-" * (len(columns) + 4),
            *(
                f"{each.name:<34}{each.running:<23}{each.backup:<27}{each.status:<22}{each.version:<20}{'N/A':<20}{0:<12}"
                f"{'N/A' if each.status == 'None' else 'CAPWAP'}"
                for each in points
            ),
            "",
        ]
    )
