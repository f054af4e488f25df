"""Which worker runs which test: as with `--dist=loadgroup`, at a fifth of what that costs."""

from __future__ import annotations

from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

# Where tests wait for whole upgrades, for servers, or for other people's programs: each is given to who is free.
LONG = ("upgrade", "serve", "examples", "clients", "way", "cli", "store")


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
