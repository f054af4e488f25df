"""How the entries of the audit are linked: each hash covers its entry and the hash before it. Never changes again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlite_utils import Database as Sql

START: Final = "0" * 64  # stands before the first entry
_TEXTS: Final = ("at", "actor", "origin", "action", "subject", "data")

# As bytes: text that somebody put in from outside need not be UTF-8, and the driver would give up on it.
_EVERY_ENTRY: Final = f"""
    SELECT id, {", ".join(f"CAST({name} AS BLOB) AS {name}" for name in _TEXTS)}, CAST(hash AS BLOB) AS hash,
           {" AND ".join(f"typeof({name}) = 'text'" for name in _TEXTS)} AS sound
    FROM audit ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry as it stands in the table. `sound`: all its texts are texts, as swimctl writes them."""

    id: int
    fields: Mapping[str, int | str]
    hash: str
    sound: bool


def link(before: str, fields: Mapping[str, int | str]) -> str:
    """Compute an entry's hash: SHA-256 of the hash before and of all fields as JSON, sorted, ASCII, without spaces."""
    text = json.dumps(dict(fields), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}{text}".encode()).hexdigest()


def every_entry(sql: Sql) -> Iterator[Linked]:
    """Read all entries, oldest first, whatever somebody made of them."""
    for row in sql.execute(_EVERY_ENTRY):
        texts = {name: _text(row[name]) for name in _TEXTS}
        yield Linked(row["id"], {"id": row["id"], **texts}, _text(row["hash"]), bool(row["sound"]))


def _text(value: bytes | None) -> str:
    return "" if value is None else value.decode("utf-8", "surrogateescape")
