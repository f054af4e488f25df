"""One night in the lab, as a report must show it: real jobs on simulated devices, in their own time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.time_at_rest import ClockAtRest
from support.upgrades import lab_folder, request

from swimctl.cli.context import Context, Opened
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.faults import parse_fault
from swimctl.models import Caller, JobOptions, Policy
from swimctl.waivers import Waiver

BEGINS = datetime(2030, 12, 5, 22, 0, tzinfo=UTC)
FAULTS = {"sw2": "no-space", "sw5": "interface-lost", "sw6": "interface-lost", "sw7": "access-lost"}
LONG = 2100.0  # device seconds that sw8 needs to boot
GONE = ("uplink GigabitEthernet1/1/1", "network neighbour Gig 1/1/1 → core1.lab.example")


class NightClock(ClockAtRest):
    """The lab's time as the time of day, so that a record says minutes where a device took minutes."""

    begun = 0.0

    def now(self) -> datetime:
        return BEGINS + timedelta(seconds=self.monotonic() - self.begun)


@contextmanager
def night(folder: Path, *, names: int = 8) -> Iterator[tuple[Opened, str]]:
    """Play it: sw2 is refused, sw6 goes back, sw5 has a waiver, sw3 is a stack, sw8 is away for long."""
    faults = {name: [parse_fault(fault)] for name, fault in FAULTS.items()}
    fleet = [replace(one, boot_seconds=LONG) if one.name == "sw8" else one for one in default_fleet(names, faults)]
    settings = {
        "approval": "required",
        "checks": {"off": ["ospf-neighbors"]},  # it is away with the uplink of sw5
        "deadlines": {"down": 600, "up": 4000, "ready": 600},
    }
    with lab_folder(folder, fleet=fleet, ssh=False, settings=settings):
        opened = Context(folder / "config.yaml").open()
        assert isinstance(opened.clock, ClockAtRest)
        clock = NightClock(opened.clock.at_rest, opened.clock.speed)
        clock.begun = clock.monotonic()
        opened.__dict__["clock"] = clock
        with opened:
            waivers = tuple(Waiver("sw5", what, "not back", "The optic is ordered", "anna") for what in GONE)
            made = opened.service.trigger(
                request(
                    opened,
                    options=JobOptions(waivers=waivers),
                    policy=Policy(("2", "100%"), 300.0, None, ticket="CHG-1042", comment="Winter maintenance, floor 2"),
                    max_failures=0,
                ),
                Caller("anna", "10.20.0.7"),
            )
            opened.store.approve(made.batch.id, Caller("bob", "10.20.0.8"))
            opened.engine.run(opened.store.batch(made.batch.id), made.jobs, threading.Event())
            yield opened, made.batch.id
