"""The seal at the end of a report: what shows later that not one byte of the file was changed. Pure.

The hash in it is that of the whole file with 64 zeros in its own place. It is no signature: who changes the file on
purpose can seal it again. What binds it to a store is the head of the audit and the digest of the facts beside it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from swimctl.report.documents import facts_digest
from swimctl.report.facts import Record

_ZEROS: Final = "0" * 64
_SEAL: Final = re.compile(
    rb"swimctl-report 1 batch=(?P<batch>[A-Za-z0-9._-]{1,100}) event=(?P<event>[0-9]{1,19}) "
    rb"entry=(?P<entry>[0-9]{1,19}) ended=(?P<ended>[01]) audit=(?P<audit>[0-9a-f]{64}) "
    rb"facts=(?P<facts>[0-9a-f]{64}) file=(?P<file>[0-9a-f]{64})"
)
_MARK: Final = b"swimctl-report 1 "


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal says. `whole`: the file has the hash that it names."""

    batch: str
    event: int
    entry: int
    ended: bool
    audit: str
    facts: str
    whole: bool


def blank(record: Record) -> str:
    """Return a record's seal with zeros for the hash of a file that is not written yet."""
    head = record.head
    return (
        f"swimctl-report 1 batch={record.batch.id} event={record.until_event} entry={head.entry} "
        f"ended={int(record.ended)} audit={head.hash} facts={facts_digest(record)} file={_ZEROS}"
    )


def sealed(text: str, seal: str) -> str:
    """Return a file's text with its hash in the seal that it ends with."""
    before, found, after = text.rpartition(seal)
    assert found, "a form without its seal"  # noqa: S101 - each form puts it there
    digest = hashlib.sha256(f"{before}{seal}{after}".encode()).hexdigest()
    return f"{before}{seal.removesuffix(_ZEROS)}{digest}{after}"


def read_seal(raw: bytes) -> Seal | None:
    """Return the seal of a file, None where it has none: it is no report, or was cut off."""
    at = raw.rfind(_MARK)
    found = None if at < 0 else _SEAL.match(raw, at)
    if found is None:
        return None
    blanked = raw[: found.start("file")] + _ZEROS.encode() + raw[found.end("file") :]
    same = hashlib.sha256(blanked).hexdigest() == found["file"].decode()
    return Seal(
        batch=found["batch"].decode(),
        event=int(found["event"]),
        entry=int(found["entry"]),
        ended=found["ended"] == b"1",
        audit=found["audit"].decode(),
        facts=found["facts"].decode(),
        whole=same,
    )
