"""The store: the only meeting point of terminal, server, cron and a second terminal. SQLite, one file.

`Store` is one class in rooms: devices, catalogue, reading, batches (waiting jobs), running (held jobs), leases,
journal (events), accounts and their audit, once (answers for a retry), logins (to devices), seen (what devices run),
history (how long that took), write_backs (who is told of it), proofs (what was upgraded well), campaigns and their
nights.
All SQL of swimctl is in this package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from swimctl.clock import Clock
from swimctl.store.accounts import Accounts
from swimctl.store.answering import Answering, answer_key
from swimctl.store.audit import Audit, AuditChain
from swimctl.store.backup import back_up
from swimctl.store.campaigns import Campaign, Campaigns
from swimctl.store.catalogue import Catalogue
from swimctl.store.database import Database, faults, require_whole
from swimctl.store.devices import Devices
from swimctl.store.figures import STEP_LIMITS, Counting, Figures
from swimctl.store.finding import FoundJobs, Wanted
from swimctl.store.history import History, Past
from swimctl.store.holding import Holding
from swimctl.store.idempotency import Answered, Answers, IdempotencyKey
from swimctl.store.journal import Journal
from swimctl.store.laying import NewJob
from swimctl.store.leases import Leases
from swimctl.store.logins import Logins, Refusals
from swimctl.store.nights import LINE_STOPPED, TOO_LATE, NewNight, Night
from swimctl.store.proofs import First, Kind, Proof, Proofs
from swimctl.store.runners import Runner, RunnerLocks
from swimctl.store.seen import Sightings
from swimctl.store.standings import Standing, Tally
from swimctl.store.stops import Stops
from swimctl.store.summaries import Summaries, Summary
from swimctl.store.write_backs import WriteBacks

__all__ = [
    "LINE_STOPPED",
    "STEP_LIMITS",
    "TOO_LATE",
    "Answered",
    "AuditChain",
    "Campaign",
    "Figures",
    "First",
    "IdempotencyKey",
    "Kind",
    "NewJob",
    "NewNight",
    "Night",
    "Past",
    "Proof",
    "Refusals",
    "Runner",
    "Standing",
    "Store",
    "Summary",
    "Tally",
    "Wanted",
    "answer_key",
]


class Store(
    FoundJobs,
    Summaries,
    Devices,
    Catalogue,
    Leases,
    Holding,
    Stops,
    Answering,
    Journal,
    Accounts,
    Audit,
    Answers,
    Counting,
    Logins,
    Sightings,
    History,
    WriteBacks,
    Proofs,
    Campaigns,
):
    """All that swimctl keeps. One for a process; safe for hundreds of threads, and for other processes beside it."""

    @classmethod
    def open(cls, path: Path, clock: Clock, *, create: bool = True) -> Self:
        """Open the store and bring its schema up to date. StoreError: which file, what is wrong, what to do."""
        database = Database(path, create=create)
        # By its real name: who comes over a link, or changes folder later, must look at the same locks.
        real = path.resolve()
        return cls(database, clock, RunnerLocks(real.with_name(f"{real.name}.runners")))

    @property
    def path(self) -> Path:
        """Return the file of the store."""
        return self._db.path

    def close(self) -> None:
        """Close the runners of this store and the file; closing twice is allowed."""
        self._locks.let_all_go()
        self._db.close()

    def require_whole(self) -> None:
        """Read the whole file before anything hangs on it. StoreError: it is damaged."""
        require_whole(self._db)

    def require_in_place(self) -> None:
        """Check that the store's path still leads to the file that is open here. StoreReplaced: it does not."""
        self._db.require_in_place()

    def version(self) -> int | None:
        """Return a number that is another one after each commit of anybody; None: look for yourself.

        Whoever asks before and after knows whether what was read between still holds. It never waits for a disk.
        """
        return self._db.version()

    def check(self) -> list[str]:
        """Check the whole file and return what is wrong with it; empty if all is well."""
        return faults(self._db)

    def back_up(self, target: Path) -> int:
        """Copy the whole store into a new file while others write; give its size.

        UsageError: the file is there already. StoreError: no backup was made, and nothing is left behind.
        """
        return back_up(self._db, target)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
