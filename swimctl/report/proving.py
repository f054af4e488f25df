"""What a report's file proves, and what it does not: by itself, by its signature, and by the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from swimctl.clock import Clock
from swimctl.errors import NotFound, StoreError
from swimctl.report.documents import facts_digest
from swimctl.report.facts import UNTOLD, AuditHead, Record
from swimctl.report.gathering import gather
from swimctl.report.retelling import says_the_same
from swimctl.report.sealing import Seal, read_seal
from swimctl.report.signing import Signature
from swimctl.store import Store


class Verdict(StrEnum):
    """What a look came to."""

    PROVED = "proved"
    WRONG = "wrong"
    OPEN = "not proved"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    said: str


def prove(raw: bytes, signature: Signature | None, store: Store | None, clock: Clock) -> tuple[Point, ...]:
    """Return all that can be said of a file; `store` and `signature` are None where there is none at hand."""
    return tuple(_points(raw, signature, store, clock))


def holds(points: tuple[Point, ...]) -> bool:
    """Return whether nothing is wrong, and something is proved: by the store or a signature, where a store is asked."""
    if any(point.verdict is Verdict.WRONG for point in points):
        return False
    proved = {point.what for point in points if point.verdict is Verdict.PROVED}
    # Whoever changes a file can seal it again, and write the head of any audit that they know into it.
    asked = any(point.what == "facts" for point in points)
    return bool(proved & {"facts", "signature"} if asked else proved)


def _points(raw: bytes, signature: Signature | None, store: Store | None, clock: Clock) -> Iterator[Point]:
    seal = read_seal(raw)
    signed = signature is not None and signature.good
    yield _of_file(seal, signed=signed)
    yield _of_signature(signature)
    if seal is None:
        return
    if not seal.whole:
        yield Point("store", Verdict.OPEN, "not asked: what a changed file says of the store is worth nothing")
        return
    if store is None:
        yield Point(
            "store",
            Verdict.OPEN,
            f"there is no store at hand; the report says that entry {seal.entry} of its audit had the hash "
            f"{seal.audit}: type the same command where the store is",
        )
        return
    yield _of_chain(seal, store)
    yield _of_facts(raw, seal, store, clock)


def _of_file(seal: Seal | None, *, signed: bool) -> Point:
    if seal is None:
        return Point(
            "file",
            Verdict.OPEN if signed else Verdict.WRONG,
            "it has no seal: it was cut off, it is no report of swimctl, or it is a CSV file, which has none",
        )
    if not seal.whole:
        return Point("file", Verdict.WRONG, "it was changed: its bytes do not have the hash in its seal")
    return Point(
        "file", Verdict.PROVED, "not one byte was changed since it was sealed; a seal does not say who sealed it"
    )


def _of_signature(signature: Signature | None) -> Point:
    if signature is None:
        return Point("signature", Verdict.OPEN, "there is none, so nothing here says who made the file")
    if not signature.good:
        return Point("signature", Verdict.WRONG, f"it does not fit: {signature.why}")
    if not signature.who:
        return Point(
            "signature",
            Verdict.OPEN,
            f"it fits the key {signature.key}; whose key that is, --signers FILE would say",
        )
    return Point("signature", Verdict.PROVED, f"{signature.who} signed exactly this file, with the key {signature.key}")


def _of_chain(seal: Seal, store: Store) -> Point:
    chain = store.verify_audit(seal.audit)
    if chain.noted == seal.entry:
        broken = "" if chain.misfit is None else f"; a later entry, {chain.misfit}, does not fit: {chain.why}"
        return Point(
            "audit",
            Verdict.PROVED if not broken else Verdict.WRONG,
            f"entry {seal.entry} of this store's audit has the hash in the report, so nothing before it was changed "
            f"since{broken}; who can write the store could have linked all of it anew before the report was made",
        )
    why = f": entry {chain.misfit} does not fit: {chain.why}" if chain.misfit is not None else ""
    return Point(
        "audit",
        Verdict.WRONG,
        f"this store's audit has no entry {seal.entry} with the hash {seal.audit}{why}: it is another store, or its "
        "audit was changed since; next: `swimctl audit verify`, and a backup from that time",
    )


def _of_facts(raw: bytes, seal: Seal, store: Store, clock: Clock) -> Point:
    try:
        record = gather(store, clock, seal.batch, until_event=seal.event, until_entry=seal.entry)
        now = gather(store, clock, seal.batch)
    except NotFound:
        return Point("facts", Verdict.WRONG, f"this store has no batch {seal.batch}")
    except StoreError as error:
        return Point("facts", Verdict.WRONG, str(error))
    if not seal.ended:
        return Point(
            "facts", Verdict.OPEN, "the batch had not ended when the report was made: the store has gone on since"
        )
    if seal.facts == UNTOLD:
        return Point(
            "facts",
            Verdict.OPEN,
            "a server left out what its reader may not know, so the report names no digest of all facts; next: "
            f"`swimctl report --batch {seal.batch}` writes the whole one",
        )
    if facts_digest(record) != seal.facts or _leaves_out(record, now):
        return Point("facts", Verdict.WRONG, "this store says something else of the batch than the report does")
    if not says_the_same(raw, replace(record, head=AuditHead(seal.entry, seal.audit))):
        return Point(
            "facts",
            Verdict.OPEN,
            "the seal names the facts of this store, but written anew they are not this text: it was changed and "
            "sealed again, or another swimctl, a server or a machine in another time zone wrote it; next: "
            f"`swimctl report --batch {seal.batch}` writes it anew, to compare",
        )
    return Point("facts", Verdict.PROVED, "this store says the same of the batch, its jobs and its events")


def _leaves_out(record: Record, now: Record) -> bool:
    """Return whether a report of a batch that had ended lacks what was recorded before its jobs ended."""
    ends = [job.finished_at for job in now.jobs if job.finished_at is not None]
    seen = {event.id for one in record.devices for event in one.events}
    missed = [
        event
        for one in now.devices
        for event in one.events
        if event.id not in seen and one.job.finished_at is not None and event.at < one.job.finished_at
    ]
    decided = [each for each in now.decisions if each not in record.decisions and ends and each.at < max(ends)]
    return bool(missed or decided)
