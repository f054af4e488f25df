"""The store as a worker on another machine sees it: each question is asked of the coordinator, and noted here first."""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

from swimctl import __version__
from swimctl.clock import Clock, rfc3339
from swimctl.engine.desk import Order, Task, raised
from swimctl.errors import StoreError
from swimctl.models import Batch, Image, Job, Outcome, Usual
from swimctl.states import JobStatus, StepStatus
from swimctl.store import Refusals
from swimctl.store.seen import Seen
from swimctl.waiting import Waiting

# Ask question `number` of an order: an error's class and the answer, or its words. What it raises is no answer.
Ask = Callable[[Order, int, str, Sequence[Any], Mapping[str, Any]], tuple[str, Any]]
# Real seconds before a question is asked once more.
_AGAIN: Final = (0.5, 2.0)


class FarStore:
    """What JobRunner and DeviceLogins ask of a Store, for one order; see JobStore.

    Raises what the store raised; StoreError where the coordinator cannot be reached: then nothing may go on, and
    nothing is asked any more. `before_sending` is called before each permission.
    """

    def __init__(self, ask: Ask, order: Order, journal: Path, clock: Clock, images: Path) -> None:
        self._ask, self._order = ask, order
        self._journal, self._clock, self._lock = journal, clock, threading.Lock()
        self._images = images
        self._number = 0
        self._image: Image | None = None
        self.lost = ""
        self.before_sending: Callable[[], None] = lambda: None

    def begin(self) -> Task:
        """Ask for what is to be done. StaleClaim: somebody else has begun."""
        # Of this attempt alone: another worker's first question has the same number.
        task: Task = self._question("begin", __version__, secrets.token_hex(8))
        self._image = replace(task.image, path=self._images / task.image.filename)
        return task

    def stopped(self) -> bool:
        """Return whether a stop was asked for."""
        return bool(self._question("stopped"))

    def keep(self, name: str, text: bytes, *, begin: bool) -> None:
        """Give the coordinator a file of the job, or more of it."""
        self._question("keep", name, text, begin)

    def kept(self, name: str) -> bytes | None:
        """Return a file of the job that the coordinator has; None where it has none."""
        return cast("bytes | None", self._question("kept", name))

    def piece(self, at: int, size: int) -> bytes:
        """Return bytes of the job's image."""
        return cast("bytes", self._question("piece", at, size))

    def calendar(self, path: Path) -> bytes:
        """Return a calendar of the coordinator's config.yaml, as it is now."""
        return cast("bytes", self._question("calendar", str(path)))

    def late(self, job_id: int, noted: Mapping[str, Any], site: str) -> None:
        """Report what could not be told before."""
        self._question("late", job_id, dict(noted), site)

    def job(self, job_id: int) -> Job:  # noqa: ARG002 - all of these know their job
        """Return how the job stands."""
        return cast("Job", self._question("job"))

    def batch(self, batch_id: str) -> Batch:  # noqa: ARG002 - that of its job
        """Return the job's batch as it is now."""
        return cast("Batch", self._question("batch"))

    def stop_asked(self, job_id: int) -> str:  # noqa: ARG002
        """Return who asked that the job stops after its step."""
        return str(self._question("stop_asked"))

    def image(self, ref: int) -> Image:  # noqa: ARG002
        """Return the job's image, as this worker has it."""
        if self._image is None:
            raise StoreError("nothing was begun, so there is no image")
        return self._image

    def usual_seconds(self) -> Usual:
        """Return how long steps usually take."""
        return cast("Usual", self._question("usual_seconds"))

    def lease(self, job_id: int, runner: object) -> int:  # noqa: ARG002
        """Return the lease that was lent: a worker gives out none."""
        return self._order.lease

    def permit(self, job_id: int, runner: object, lease: int, command: str, key: str, facts: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Ask leave for a command that cannot be taken back."""
        self.before_sending()
        self._noted("permit", command, key, dict(facts))

    def hold(self, job_id: int, runner: object, names: Sequence[str]) -> Job | None:  # noqa: ARG002
        """Reserve names of the device."""
        return cast("Job | None", self._noted("hold", list(names)))

    def release(self, job_id: int, runner: object, reason: str) -> None:  # noqa: ARG002
        """Leave the job at a safe point."""
        self._noted("release", reason)

    def move(
        self,
        job_id: int,  # noqa: ARG002
        runner: object,  # noqa: ARG002
        status: JobStatus,
        error: str | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        """Move the job to another state."""
        self._noted("move", status, error, outcome)

    def step(self, job_id: int, runner: object, kind: str, status: StepStatus, message: str = "") -> None:  # noqa: ARG002
        """Record where a step is."""
        self._noted("step", kind, status, message)

    def say(self, job_id: int, runner: object, message: str, waiting: Waiting | None = None) -> None:  # noqa: ARG002
        """Record what the running step does now, or waits for."""
        self._noted("say", message, waiting)

    def progress(
        self,
        job_id: int,  # noqa: ARG002
        runner: object,  # noqa: ARG002
        percent: int,
        *,
        bytes_done: int = 0,
        bytes_total: int = 0,
    ) -> None:
        """Raise the job's progress."""
        self._question("progress", percent, bytes_done=bytes_done, bytes_total=bytes_total)

    def record(self, job_id: int, kind: str, message: str, data: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Append an event."""
        self._noted("record", kind, message, dict(data or {}))

    def remember(self, job_id: int, key: str, value: Any) -> None:  # noqa: ANN401, ARG002 - anything that JSON can say
        """Keep a value under a key."""
        self._noted("remember", key, value)

    def recall(self, job_id: int, key: str) -> Any | None:  # noqa: ANN401, ARG002 - anything that JSON can say
        """Return what is kept under a key."""
        return self._question("recall", key)

    def saw_in_job(
        self,
        job_id: int,  # noqa: ARG002
        release: str,
        members: Mapping[str, str],
        doubt: str,
        serials: Sequence[str],
    ) -> None:
        """Keep what the job's device runs."""
        self._question("saw_in_job", release, dict(members), doubt, list(serials))

    def seen_of_job(self, job_id: int) -> Seen | None:  # noqa: ARG002
        """Return what was last seen of the job's device."""
        return cast("Seen | None", self._question("seen_of_job"))

    def begin_login(self, account: str, device: str, *, most: int, pause: timedelta) -> bool:
        """Return whether an account may be tried."""
        return bool(self._question("begin_login", account, device, most=most, pause=pause))

    def leave_login(self, account: str, device: str) -> None:
        """Forget a login of which nothing came."""
        self._question("leave_login", account, device)

    def login_refusals(self, account: str, *, most: int, pause: timedelta) -> Refusals | None:
        """Return the refusals of an account where they are `most`."""
        return cast("Refusals | None", self._question("login_refusals", account, most=most, pause=pause))

    def login_proved(self, account: str) -> bool:
        """Return whether a device has taken the account lately."""
        return bool(self._question("login_proved", account))

    def end_login(self, account: str, device: str, *, taken: bool, pause: timedelta) -> None:
        """Record whether a device took the account."""
        self._question("end_login", account, device, taken=taken, pause=pause)

    def close(self) -> None:
        """Forget the journal where all of it was told."""
        if not self.lost:
            self._journal.unlink(missing_ok=True)

    def _noted(self, what: str, *given: Any) -> Any:  # noqa: ANN401
        """Ask what changes the record, with a line in this worker's journal before it."""
        return self._question(what, *given, noted=True)

    def _question(self, what: str, *given: Any, noted: bool = False, **named: Any) -> Any:  # noqa: ANN401
        with self._lock:
            self._number += 1
            number = self._number
        if noted:
            self._write({"n": number, "at": rfc3339(self._clock.now()), "lease": self._order.lease, "what": what,
                         "given": given})  # fmt: skip
        answered = None if self.lost else self._asked(number, what, given, named)
        if answered is None:
            if noted:
                self._write({"untold": number})
            raise StoreError(self.lost)
        error, answer = answered
        if error:
            raise raised(error, answer)
        return answer

    def _asked(self, number: int, what: str, given: Sequence[Any], named: Mapping[str, Any]) -> tuple[str, Any] | None:
        for pause in (*_AGAIN, None):
            try:
                return self._ask(self._order, number, what, list(given), dict(named))
            except Exception as problem:  # noqa: BLE001 - without an answer, for whichever reason, nothing may go on
                if pause is None:
                    why = str(problem) or type(problem).__name__
                    self.lost = (
                        f"the coordinator {self._order.coordinator} does not answer ({why}); nothing more is sent"
                    )
                else:
                    time.sleep(pause)
        return None

    def _write(self, line: Mapping[str, Any]) -> None:
        with self._lock:
            self._journal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(json.dumps(line, default=str) + "\n")


def untold(journal: Path) -> list[dict[str, Any]]:
    """Return the lines of a journal that the coordinator of then was never told. A line that was cut counts as none."""
    lines: dict[int, dict[str, Any]] = {}
    found = []
    for text in journal.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if "untold" in line:
            found += [lines[line["untold"]]] if line["untold"] in lines else []
        else:
            lines[line["n"]] = line
    return found
