"""Workers of sites as threads of the test: the coordinator's side and the workers' are real, Dask is not there."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from swimctl.cli.context import Opened
from swimctl.config import reading
from swimctl.engine.batches import Engine
from swimctl.engine.desk import Desk, Order
from swimctl.engine.elsewhere import elsewhere
from swimctl.engine.places import Places
from swimctl.engine.workplace import Workplace


@dataclass(eq=False)
class ThreadWork:
    """An order in the hands of a thread; `gone` is what a scheduler says of a worker that it does not hear."""

    order: Order
    site: str
    done: threading.Event = field(default_factory=threading.Event)
    came_to: tuple[str, str] = ("", "")
    gone: str = ""
    dropped: bool = False

    def ended(self) -> bool:
        return bool(self.gone) or self.done.is_set()

    def result(self) -> tuple[str, str]:
        assert not self.dropped, "Dask forgets at once what is dropped"
        return (self.gone, "") if self.gone else self.came_to

    def drop(self) -> None:
        self.dropped = True


@dataclass(eq=False)
class ThreadCrowd:
    """Sites with their workplaces. `before` is called with each question, in the worker's thread."""

    sites: Mapping[str, Workplace]
    desk: Desk | None = None
    address: str = "tls://coordinator"
    given: list[ThreadWork] = field(default_factory=list)
    asked: list[tuple[str, int, str]] = field(default_factory=list)

    def opened(self, desk: Desk) -> ThreadCrowd:
        self.desk = desk
        return self

    def before(self, work: ThreadWork, what: str, given: Sequence[Any]) -> None:
        """Do nothing; a test does more here."""

    def after(self, work: ThreadWork, what: str, given: Sequence[Any]) -> None:
        """Do nothing when it is answered; a test does more here."""

    def places(self, site: str) -> int:
        return 1 if site in self.sites else 0

    def submit(self, site: str, order: Order) -> ThreadWork:
        order = pickle.loads(pickle.dumps(order))  # noqa: S301 - our own
        work = ThreadWork(order, site)
        self.given.append(work)
        threading.Thread(target=self._run, args=(work,), daemon=True).start()
        return work

    def _run(self, work: ThreadWork) -> None:
        def ask(
            order: Order, number: int, what: str, given: Sequence[Any], named: Mapping[str, Any]
        ) -> tuple[str, Any]:
            self.before(work, what, given)
            self.asked.append((work.site, order.job_id, what))
            assert self.desk is not None
            # What goes over a network is a copy.
            answer = copy.deepcopy(self.desk.reply(order.job_id, order.lease, number, what, given, named))
            self.after(work, what, given)
            return answer

        try:
            work.came_to = self.sites[work.site].do(work.order, ask)
        except Exception as error:  # noqa: BLE001 - as a worker of Dask reports it
            work.came_to = (f"its worker failed: {type(error).__name__}: {error}", "")
        finally:
            work.done.set()

    def close(self) -> None:
        for place in self.sites.values():
            place.close()


def crowd_of(
    folder: Path, *sites: str, kind: type[ThreadCrowd] = ThreadCrowd, places: int | None = None
) -> ThreadCrowd:
    """Return a crowd with a worker for each of these sites, with the config.yaml of this folder.

    `places`: as many of its devices talk at once, however many are under way.
    """
    config = reading.load(folder / "config.yaml")
    talk = [None if places is None else Places(places) for _ in sites]
    made = {
        site: Workplace(config, site, folder / f"worker-{site}", places=one)
        for site, one in zip(sites, talk, strict=True)
    }
    return kind(made)


def by_workers(opened: Opened, crowd: ThreadCrowd) -> Engine:
    """Return the engine of an open folder, whose jobs go to this crowd."""
    engine = opened.engine
    far = elsewhere(opened.config, opened.store, opened.inventory, opened.clock, engine._runner)
    far._opens = crowd.opened
    engine._far = engine._holds._far = far
    return engine.prepared()
