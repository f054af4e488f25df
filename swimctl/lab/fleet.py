"""A server for a fleet of lab devices, in a thread."""

from __future__ import annotations

import asyncio
import math
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Self

from swimctl.lab.chassis import ITSELF, UP, Chassis, LoggedCommand
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.clock import LabClock
from swimctl.lab.devices import device
from swimctl.lab.folder import COMMAND_LOG, CommandLog, Kept, Services, write_folder
from swimctl.lab.server import LabServer, kept_host_keys


class LabFleet:
    """Run lab switches on 127.0.0.1 in a thread of their own, for as long as the context lasts.

    `folder` takes uploaded files and lab-commands.jsonl. `ports` fixes ports by name; the others are free ones.
    `monotonic`: real seconds, `speed` of which are one of the lab; the clock of the switches. `epoch` is the date that
    they show at the start, None: that of now.
    Methods may be called from any thread.
    """

    def __init__(
        self,
        specs: Sequence[ChassisSpec],
        *,
        speed: float = 60,
        folder: Path,
        ports: Mapping[str, int] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        epoch: datetime | None = None,
    ) -> None:
        self.specs = tuple(specs)
        self.speed = speed
        self._monotonic = monotonic
        self._epoch = epoch
        self._folder = folder
        self._wanted_ports = dict(ports or {})
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: LabServer | None = None
        self._thread: threading.Thread | None = None
        self._started = threading.Event()
        self._problem: BaseException | None = None
        self._stop: asyncio.Event | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="lab", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._problem is not None:
            self._thread.join()
            raise self._problem
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 raised again in the thread that waits for the start
            self._problem = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._folder.mkdir(parents=True, exist_ok=True)
        spool = self._folder / "flash"
        shutil.rmtree(spool, ignore_errors=True)  # of a lab that was killed: its switches are gone, these start anew
        spool.mkdir()
        clock = LabClock(self.speed, self._monotonic, self._epoch)
        log = CommandLog(self._folder / COMMAND_LOG)
        try:
            switches = [device(spec, clock, spool) for spec in self.specs]
            self._server = LabServer(switches, log, self._wanted_ports, kept_host_keys(self._folder))
            await self._server.start()
            self._started.set()
            await self._stop.wait()
            await self._server.stop()
        finally:
            log.close()
            shutil.rmtree(spool, ignore_errors=True)

    def address(self, name: str) -> tuple[str, int]:
        """Return host and port of a switch; the same ones through all its reloads."""
        return "127.0.0.1", self._serving().port(name).number

    @property
    def ports(self) -> dict[str, int]:
        """Return the ports by switch, in the fleet's order."""
        return {spec.name: self.address(spec.name)[1] for spec in self.specs}

    @property
    def netconf_ports(self) -> dict[str, int]:
        """Return the ports of NETCONF of those that offer it."""
        ports = {spec.name: self._serving().port(spec.name).netconf for spec in self.specs}
        return {name: port.number for name, port in ports.items() if port is not None}

    @property
    def api_ports(self) -> dict[str, int]:
        """Return the ports of the API over HTTP of those that offer one."""
        ports = {spec.name: self._serving().port(spec.name).web for spec in self.specs}
        return {name: port.number for name, port in ports.items() if port is not None}

    @property
    def services(self) -> Services:
        """Return the ports beside those of the terminals, by what an inventory calls them."""
        return {"netconf_port": self.netconf_ports, "api_port": self.api_ports}

    def switch(self, name: str) -> Chassis:
        """Return a switch to look at; it runs in the lab's thread, so change nothing."""
        return self._serving().port(name).switch

    def commands(self, name: str, *, since_boot: bool = False) -> list[str]:
        """List the command lines that a switch received so far, oldest first; all, or those since it came up last."""
        log = list(self.switch(name).log)
        ups = [number for number, command in enumerate(log) if command.source == ITSELF and command.line == UP]
        first = ups[-1] if since_boot and ups else 0
        return [command.line for command in log[first:] if command.source != ITSELF]

    def reloads(self, name: str) -> list[str]:
        """Return the reason of each reload of a switch so far, oldest first."""
        return [command.line for command in self._by_itself(name) if command.line != UP]

    def outages(self, name: str) -> list[tuple[float, float]]:
        """Return when a switch went down and was up again, in lab seconds, for each reload; inf: still down."""
        moments = self._by_itself(name)
        return [
            (one.at, end.at if end is not None and end.line == UP else math.inf)
            for one, end in zip_longest(moments, moments[1:])
            if one.line != UP
        ]

    def power_cycle(self, name: str) -> None:
        """Pull a switch's plug and put it in again: it boots, also where a fault kept it down."""
        port = self._serving().port(name)

        def cycle() -> None:
            port.switch.reload("PowerOn")
            port.look()

        if self._loop is not None:
            self._loop.call_soon_threadsafe(cycle)

    def mend(self, name: str) -> None:
        """Remove all faults of a switch, as somebody on site would; a switch that is down stays down."""
        switch = self._serving().port(name).switch

        def repair() -> None:
            switch.spec = replace(switch.spec, faults=())

        if self._loop is not None:
            self._loop.call_soon_threadsafe(repair)

    def write_folder(self, folder: Path, kept: Kept | None = None) -> list[Path]:
        """Make `folder` ready to work in against this fleet; see folder.write_folder."""
        return write_folder(folder, self.specs, self.ports, self.speed, kept, self.services)

    def _by_itself(self, name: str) -> list[LoggedCommand]:
        return [command for command in tuple(self.switch(name).log) if command.source == ITSELF]

    def _serving(self) -> LabServer:
        if self._server is None:
            raise RuntimeError("the lab is not started: use it as a context manager")
        return self._server
