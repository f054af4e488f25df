"""How jobs are, as bytes: made once a change, however many ask, and only anew of the jobs that changed."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from swimctl.api.folders import Folders
from swimctl.clock import Clock
from swimctl.models import Job
from swimctl.requests.documents import job_document
from swimctl.requests.reach import Reach
from swimctl.requests.service import Service, no_jobs
from swimctl.store import Store
from swimctl.store.reading import no_batch

MOST_KEPT: Final = 64 * 1024 * 1024  # bytes of answers
KEPT: Final = timedelta(seconds=30)  # behind the last time that somebody asked

Asked = tuple[str | None, tuple[int, ...] | None]  # a batch's id or its beginning, and jobs' ids


@dataclass(frozen=True, slots=True)
class Status:
    """An answer: its bytes and its ETag.

    It is what would be answered now as long as the store's version is `version`, and where `here`, as then no other
    process's end changes it.
    """

    body: bytes
    etag: str
    version: int | None
    here: bool


@dataclass(slots=True)
class _Kept:
    """What is known of some jobs. `alive` are the runners without which some of them would read interrupted."""

    asked_at: datetime
    number: int = 0
    pieces: dict[int, bytes] = field(default_factory=dict)
    alive: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    status: Status | None = None

    @property
    def size(self) -> int:
        """Return about how many bytes are kept."""
        return 0 if self.status is None else 2 * len(self.status.body)


class Statuses:
    """The answers of one server. Each question is answered by one thread at a time; several at once are."""

    def __init__(self, store: Store, service: Service, folders: Folders, clock: Clock) -> None:
        self._store, self._service, self._folders, self._clock = store, service, folders, clock
        self._kept: OrderedDict[Asked, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, asked: Asked, version: int | None) -> Status | None:
        """Return the answer that still holds while the store's version is this one; None: it has to be made."""
        kept = self._kept.get(asked)
        if kept is None or kept.status is None:
            return None
        kept.asked_at = self._clock.now()
        return kept.status if kept.status.here and kept.status.version == version is not None else None

    def made(self, asked: Asked, version: int | None) -> Status:
        """Return the answer as the store is now; `version` is what it was before that. NotFound."""
        now = self._clock.now()
        with self._lock:
            kept = self._kept.pop(asked, None) or _Kept(now)
        if kept.hidden != self._folders.known or not all(map(self._store.lives, kept.alive)):
            kept = _Kept(now, hidden=self._folders.known)
        batch_id, ids = asked
        batch = None if batch_id is None else self._store.batch(batch_id).id
        found = self._store.changed_since(ids=ids, batch_id=batch, since=kept.number)
        body = b"" if kept.status is None else kept.status.body
        etag = "" if kept.status is None else kept.status.etag
        if found.jobs or not body:
            kept.pieces = dict(sorted((kept.pieces | self._pieces(found.jobs)).items()))
            if not kept.pieces:
                self._service.status(job_ids=ids, batch_id=batch)  # NotFound, with the ids
            kept.number, kept.alive = found.number, kept.alive | found.alive
            body = _body(kept.pieces.values(), kept.number, _missing(ids, kept.pieces))
            etag = _etag(body)
        kept.status = Status(body, etag, version, self._store.all_here(kept.alive))
        with self._lock:
            kept.asked_at = now
            self._kept[asked] = kept
            self._forget(now)
        return kept.status

    def _forget(self, now: datetime) -> None:
        """Drop what nobody asks for any more, and the oldest answers of too many."""
        for asked in [asked for asked, kept in self._kept.items() if now - kept.asked_at > KEPT]:
            del self._kept[asked]
        while len(self._kept) > 1 and sum(one.size for one in self._kept.values()) > MOST_KEPT:
            self._kept.popitem(last=False)

    def changed(self, asked: Asked, since: int) -> Status:
        """Return the answer with only those jobs that have changed after `since`, or are interrupted. NotFound."""
        batch_id, ids = asked
        batch = None if batch_id is None else self._store.batch(batch_id).id
        there = () if ids is None else [job.id for job in self._service.status(job_ids=ids, batch_id=batch)]
        found = self._store.changed_since(ids=ids, batch_id=batch, since=since, interrupted=True)
        body = _body(self._pieces(found.jobs).values(), found.number, _missing(ids, there))
        return Status(body, _etag(body), None, here=False)

    def seen(self, asked: Asked, since: int, reach: Reach) -> Status:
        """Return the answer to one who does not see all devices: without the jobs of others. Nobody shares it.

        NotFound: no such job or batch, as far as they know.
        """
        batch_id, ids = asked
        batch = None if batch_id is None else self._store.batch(batch_id).id
        known = [job.id for job in reach.seen(self._store.jobs(ids=ids, batch_id=batch))]
        if not known:
            raise no_batch(str(batch_id)) if ids is None else no_jobs(ids, batch)
        found = self._store.changed_since(ids=known, batch_id=batch, since=since, interrupted=bool(since))
        body = _body(self._pieces(found.jobs).values(), found.number, _missing(ids, known))
        body = reach.hidden_from_json(body)
        return Status(body, _etag(body), None, here=False)

    def _pieces(self, jobs: Sequence[Job]) -> dict[int, bytes]:
        pulse = self._store.pulse(jobs)
        return {job.id: self._folders.taken_out(json.dumps(job_document(job, pulse)).encode()) for job in jobs}


def _missing(ids: Sequence[int] | None, there: Iterable[int]) -> list[int]:
    found = set(there)
    return [number for number in dict.fromkeys(ids or ()) if number not in found]


def _body(pieces: Iterable[bytes], change: int, missing: Sequence[int]) -> bytes:
    written = list(pieces)
    head = f'{{"count": {len(written)}, "change": {change}, "jobs": ['.encode()
    return b"".join((head, b", ".join(written), f'], "missing": {json.dumps(list(missing))}}}'.encode()))


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
