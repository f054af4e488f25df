"""How often devices refused an account, and who tries it just now: what all processes of a store know together.

No password and no hash of one is in it: an account is named by its user, and by a mark that tells two passwords apart.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.store.runners import Runners, written

# A login that began so long ago has its answer, whoever is alive: logins have shorter deadlines, in real seconds.
_FORGOTTEN: Final = timedelta(seconds=300)
# So long after a device took the account nobody waits for another one's answer.
_PROVED: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Refusals:
    """An account that was refused so often since it was last taken, by these devices, the last time at `last`."""

    account: str
    count: int
    devices: tuple[str, ...]
    last: datetime


class Logins(Runners):
    """Logins to devices by account, which is any text that names one."""

    @written
    def begin_login(self, sql: Sql, account: str, device: str, *, most: int, pause: timedelta) -> bool:
        """Return whether an account may be tried; then the login counts as under way until it is ended or left.

        False: as many are under way, or refused within `pause`, as may be refused; ask again. Nobody knows what became
        of the logins of a process that died, so one login alone tries what the answer is.
        """
        now = self._clock.now()
        holder = self._presence(sql)
        refused = _refusals(account, _row(sql, account), now - pause)
        sql.execute("DELETE FROM login_attempts WHERE at < ?", [rfc3339(now - _FORGOTTEN)])
        others = sql.execute(
            "SELECT swimctl_lives(holder) FROM login_attempts WHERE account = ? AND NOT (device = ? AND holder = ?)",
            [account, device, holder],
        ).fetchall()
        answered = 0 if refused is None else refused.count
        alone = not answered and not any(alive for (alive,) in others)
        if len(others) + answered >= most and not alone:
            return False
        sql.execute(
            "INSERT OR REPLACE INTO login_attempts (account, device, holder, at) VALUES (?, ?, ?, ?)",
            [account, device, holder, rfc3339(now)],
        )
        return True

    def leave_login(self, account: str, device: str) -> None:
        """Forget a login that began and of which nothing came, or that was none."""
        values = [account, device, self._me]
        begun = "FROM login_attempts WHERE account = ? AND device = ? AND holder = ?"
        with self._db.read() as sql:
            if sql.execute(f"SELECT 1 {begun}", values).fetchone() is None:
                return
        self._db.write(lambda sql: sql.execute(f"DELETE {begun}", values).rowcount)

    def login_refusals(self, account: str, *, most: int, pause: timedelta) -> Refusals | None:
        """Return the refusals of an account where they are `most`, the last one within `pause`."""
        with self._db.read() as sql:
            refused = _refusals(account, _row(sql, account), self._clock.now() - pause)
        return refused if refused is not None and refused.count >= most else None

    def login_proved(self, account: str) -> bool:
        """Return whether a device has taken the account lately, and none has refused it since."""
        with self._db.read() as sql:
            row = _row(sql, account)
        return row is not None and (row[3] or "") > rfc3339(self._clock.now() - _PROVED)

    @written
    def end_login(self, sql: Sql, account: str, device: str, *, taken: bool, pause: timedelta) -> None:
        """Record whether a device took the account: that ends its refusals, or is one more."""
        now = self._clock.now()
        sql.execute(
            "DELETE FROM login_attempts WHERE account = ? AND device = ? AND holder = ?",
            [account, device, self._me],
        )
        refused = None if taken else _refusals(account, _row(sql, account), now - pause)
        devices: Sequence[str] = () if taken else (*(refused.devices if refused else ()), device)
        sql.execute(
            "INSERT OR REPLACE INTO login_refusals (account, refused, devices, last_at, proved_at) "
            "VALUES (?, ?, ?, ?, ?)",
            [
                account,
                0 if taken else 1 + (refused.count if refused else 0),
                json.dumps(list(dict.fromkeys(devices))),
                rfc3339(now),
                rfc3339(now) if taken else None,
            ],
        )

    @property
    def _me(self) -> str:
        return "" if self._here is None else self._here.id

    def refused_logins(self, *, most: int, pause: timedelta) -> list[Refusals]:
        """List the accounts that are not tried for now."""
        after = self._clock.now() - pause
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT account, refused, devices, last_at, proved_at FROM login_refusals ORDER BY account"
            ).fetchall()
        found = [_refusals(row[0], tuple(row)[1:], after) for row in rows]
        return [one for one in found if one is not None and one.count >= most]


def _row(sql: Sql, account: str) -> tuple[int, str, str, str | None] | None:
    row = sql.execute(
        "SELECT refused, devices, last_at, proved_at FROM login_refusals WHERE account = ?", [account]
    ).fetchone()
    return None if row is None else tuple(row)


def _refusals(account: str, row: Sequence[object] | None, after: datetime) -> Refusals | None:
    """Return the refusals that still count; None where there are none."""
    if row is None or not row[0]:
        return None
    last = datetime.fromisoformat(str(row[2]))
    return Refusals(account, int(str(row[0])), tuple(json.loads(str(row[1]))), last) if last > after else None
