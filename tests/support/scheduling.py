"""Which worker runs which test, and what it says of it: as with `--dist=loadgroup`, at a fifth of what that costs."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

# Where tests wait for whole upgrades, for servers, for browsers or for other people's programs: each is given to who is
# free, and they come before all others.
LONG = ("upgrade", "serve", "examples", "clients", "way", "web", "rehearse", "report", "packaging", "cli", "store")
_UNSAID = {"unsaid": True}


class Scheduling(LoadGroupScheduling):  # type: ignore[misc] # xdist says no types
    """Hand the quick tests of one function out together, and forget what is done.

    pytest-xdist hands out one at a time, and counts all that were ever handed out after each test: half a minute.
    """

    def _split_scope(self, nodeid: str) -> str:
        scope = str(super()._split_scope(nodeid))
        alone = scope != nodeid or nodeid.removeprefix("tests/").startswith(tuple(f"{folder}/" for folder in LONG))
        return scope if alone else nodeid.partition("[")[0]

    def _pending_of(self, workload: dict[str, dict[str, bool]]) -> int:
        for scope in [scope for scope, tests in workload.items() if all(tests.values())]:
            del workload[scope]
        return int(super()._pending_of(workload))


class Brevity:
    """Let a worker send two messages for a test that passes, where pytest-xdist sends six: half of what both spend.

    It leaves out that a test begins and ends, that its fixtures came and went well, and its keywords: nothing that is
    printed. A fixture that fails is reported as ever.
    """

    @classmethod
    def begin(cls, config: pytest.Config) -> None:
        """Let this worker be brief, unless somebody asks for the times of fixtures or for a file of JUnit."""
        for plugin in config.pluginmanager.get_plugins():
            if type(plugin).__name__ == "WorkerInteractor" and not (config.option.durations or config.option.xmlpath):
                config.pluginmanager.register(cls(plugin))
                return

    def __init__(self, worker: Any) -> None:
        """Stand between a worker and its controller."""
        self._send = worker.sendevent
        worker.sendevent = self._send_if_needed

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_to_serializable(self, report: pytest.TestReport | pytest.CollectReport) -> dict[str, Any] | None:
        """Leave out what the controller does not print."""
        if isinstance(report, pytest.TestReport):
            if report.passed and report.when != "call":
                return dict(_UNSAID)
            report.keywords = {}
        return None

    def _send_if_needed(self, name: str, **given: Any) -> None:
        if name not in {"logstart", "logfinish"} and not _UNSAID.keys() & given.get("data", {}).keys():
            self._send(name, **given)
