"""Images and golden rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import ConflictError, ImageError, NotFound
from swimctl.models import Caller, Golden, Image, ImageKind
from swimctl.store import audit
from swimctl.store.rows import golden_from, image_from, numbers, storable
from swimctl.store.runners import Part, written


class Catalogue(Part):
    """The images that swimctl may put on devices. A removed image stays on record for the jobs that used it."""

    @written
    def add_image(
        self,
        sql: Sql,
        *,
        path: Path,
        filename: str,
        platform: str,
        family: str,
        version: str,
        size: int,
        sha512: str,
        md5: str,
        kind: ImageKind = ImageKind.IMAGE,
        said: Collection[str] = (),
        by: Caller | None = None,
    ) -> Image:
        """Add an image. The same file given again returns the present one, with the path now given.

        ImageError: the catalogue has another file of this name, or knows this one as something else than was `said`:
        some of platform, family, version and kind. With `by`, the audit says in the same transaction who did it.
        """
        facts = {"platform": platform, "family": family, "version": version, "kind": kind.value}
        present = sql.execute("SELECT * FROM images WHERE filename = ? AND removed_at IS NULL", [filename]).fetchone()
        if present is not None and present["sha512"] != sha512:
            raise ImageError(
                f"image {present['id']} has the name {filename} already but other bytes (SHA-512 "
                f"{present['sha512'][:12]}… there, {sha512[:12]}… in {path}); check which file is the vendor's, "
                f"and `swimctl image remove {present['id']}` if it is the new one"
            )
        if present is not None:
            _refuse_other_words(present, {part: facts[part] for part in said})
            row = sql.execute(
                "UPDATE images SET path = ? WHERE id = ? RETURNING *", [str(path), present["id"]]
            ).fetchone()
        else:
            row = sql.execute(
                "INSERT INTO images (path, filename, platform, family, version, size, sha512, md5, kind, added_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
                [
                    *(str(path), filename, platform, family, version, size, sha512, md5, kind.value),
                    rfc3339(self._clock.now()),
                ],
            ).fetchone()
        if by is not None and (present is None or present["path"] != row["path"]):
            action = "image-added" if present is None else "image-moved"
            told = {
                "image": row["id"],
                **{part: row[part] for part in facts},
                "sha512": sha512,
                "path": row["path"],
            }
            audit.enter(sql, self._clock.now(), by, action, filename, told)
        return image_from(row)

    def images(self) -> list[Image]:
        """List the images in id order."""
        with self._db.read() as sql:
            rows = sql.execute("SELECT * FROM images WHERE removed_at IS NULL ORDER BY id").fetchall()
        return [image_from(row) for row in rows]

    def image(self, ref: int | str) -> Image:
        """Return the image with this id or file name; digits that name no file are an id. NotFound."""
        with self._db.read() as sql:
            return image_from(_present(sql, ref))

    @written
    def remove_image(self, sql: Sql, image_id: int, by: Caller | None = None) -> None:
        """Remove an image from the catalogue and end its golden rules; the file stays where it is.

        With `by`, the audit says in the same transaction who did it. NotFound. ConflictError while a waiting or running
        job needs it.
        """
        filename = _present(sql, image_id)["filename"]
        needed_by = [
            row["id"]
            for row in sql.execute(
                "SELECT id FROM jobs WHERE image_id = ? "
                "AND status IN ('pending', 'scheduled', 'distributing', 'activating') ORDER BY id",
                [image_id],
            )
        ]
        if needed_by:
            shown = ", ".join(map(str, needed_by[:5])) + (", …" if len(needed_by) > 5 else "")
            raise ConflictError(
                f"image {image_id} ({filename}) is needed by {len(needed_by)} job(s) that have not ended "
                f"({shown}); `swimctl cancel` those that wait, or remove it when they have ended"
            )
        rules = _ended_rules(sql, image_id)
        if by is not None:
            told = {"image": image_id, "golden_rules": rules}
            audit.enter(sql, self._clock.now(), by, "image-removed", filename, told)
        sql.execute("UPDATE images SET removed_at = ? WHERE id = ?", [rfc3339(self._clock.now()), image_id])

    @written
    def set_golden(
        self,
        sql: Sql,
        image_id: int,
        group: str | None = None,
        *,
        model: str | None = None,
        site: str | None = None,
        role: str | None = None,
        tag: str | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
        by: Caller | None = None,
    ) -> Golden:
        """Make this the image that devices of its platform and family should run, or those that fit all that is named.

        Replaces the rule that named the same, its times too. With `by`, the audit says so in the same transaction.
        NotFound. ImageError: it is a patch or the like.
        """
        image = _present(sql, image_id)
        if image["kind"] != ImageKind.IMAGE:
            raise ImageError(
                f"image {image_id} ({image['filename']}) is of kind {image['kind']}; only a whole image that a "
                "device boots can be golden"
            )
        rule = Golden(
            image_id, image["platform"], image["family"], group, model, site, role, tag, valid_from, valid_until
        )
        row, before = _put(sql, rule)
        if by is not None:
            told = {"image": image_id, "instead_of": before, **_said_of(row)}
            audit.enter(sql, self._clock.now(), by, "golden-set", image["filename"], told)
        return golden_from(row)

    @written
    def set_golden_release(self, sql: Sql, rule: Golden, by: Caller | None = None) -> Golden:
        """Make a release that has no file the one that devices should run, as the rule says.

        Replaces the rule that named the same, be it of an image. With `by`, the audit says so in the same transaction.
        """
        row, before = _put(sql, rule)
        if by is not None:
            told = {"platform": rule.platform, "release": rule.release, "instead_of": before}
            family = {} if rule.family is None else {"family": rule.family}
            subject = f"{rule.platform} {rule.release}"
            audit.enter(sql, self._clock.now(), by, "golden-set", subject, {**told, **family, **_said_of(row)})
        return golden_from(row)

    @written
    def unset_golden_release(self, sql: Sql, platform: str, release: str, by: Caller | None = None) -> None:
        """End every golden rule of a platform that names this release and no file. NotFound: there is none.

        With `by`, the audit says who did it.
        """
        ended = sql.execute(
            "DELETE FROM goldens WHERE platform = ? AND release = ? RETURNING *", [platform, storable(release)]
        ).fetchall()
        if not ended:
            raise NotFound(
                f"no golden rule of {platform} names the release {release} without a file; `swimctl image list` "
                "shows those that there are"
            )
        if by is not None:
            told = {"platform": platform, "release": release, "golden_rules": [_said_of(row) for row in ended]}
            audit.enter(sql, self._clock.now(), by, "golden-unset", f"{platform} {release}", told)

    @written
    def unset_golden(self, sql: Sql, image_id: int, by: Caller | None = None) -> None:
        """End every golden rule of this image. With `by`, the audit says who did it. NotFound: no such image."""
        filename = _present(sql, image_id)["filename"]
        rules = _ended_rules(sql, image_id)
        if by is not None:
            told = {"image": image_id, "golden_rules": rules}
            audit.enter(sql, self._clock.now(), by, "golden-unset", filename, told)

    def goldens(self) -> list[Golden]:
        """List the golden rules, those that name something after the general one."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT * FROM goldens "
                "ORDER BY platform, family, group_name, model, site, role, tag, valid_from, valid_until"
            ).fetchall()
        return [golden_from(row) for row in rows]


def _refuse_other_words(present: sqlite3.Row, said: Mapping[str, str]) -> None:
    """Refuse to pass over what was said of an image that is in the catalogue as something else."""
    odd = [f"{part} {present[part]}, not {value}" for part, value in said.items() if present[part] != value]
    if odd:
        raise ImageError(
            f"{present['filename']} is in the catalogue already, as image {present['id']} with {'; '.join(odd)}; "
            f"`swimctl image remove {present['id']}` first, or leave the option out"
        )


def _put(sql: Sql, rule: Golden) -> tuple[sqlite3.Row, list[int | str]]:
    """Write a golden rule in place of the one that names the same; return it, and the images or releases before it."""
    times = [None if at is None else rfc3339(at) for at in (rule.valid_from, rule.valid_until)]
    key = [rule.platform, rule.family, rule.group, rule.model, rule.site, rule.role, rule.tag, *times]
    before = sql.execute(
        "DELETE FROM goldens WHERE platform = ? AND family IS ? AND group_name IS ? AND model IS ? AND site IS ? "
        "AND role IS ? AND tag IS ? AND valid_from IS ? AND valid_until IS ? RETURNING ifnull(image_id, release) AS it",
        key,
    ).fetchall()
    row = sql.execute(
        "INSERT INTO goldens (platform, family, group_name, model, site, role, tag, valid_from, valid_until, image_id, "
        "release) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        [*key, rule.image_id, rule.release],
    ).fetchone()
    return row, [each["it"] for each in before]


def _ended_rules(sql: Sql, image_id: int) -> list[dict[str, str]]:
    """End the golden rules of an image, and return what each of them named."""
    ended = sql.execute("DELETE FROM goldens WHERE image_id = ? RETURNING *", [image_id]).fetchall()
    return [_said_of(row) for row in ended]


def _said_of(rule: sqlite3.Row) -> dict[str, str]:
    """Return what a golden rule names; nothing where it is for all of its family."""
    others = ("model", "site", "role", "tag", "valid_from", "valid_until")
    named = {"group": "group_name"} | {word: word for word in others}
    return {word: rule[column] for word, column in named.items() if rule[column] is not None}


def _present(sql: Sql, ref: int | str) -> sqlite3.Row:
    row: sqlite3.Row | None = None
    if isinstance(ref, str):
        found = sql.execute("SELECT * FROM images WHERE filename = ? AND removed_at IS NULL", [storable(ref)])
        row = found.fetchone()
    if row is None and (isinstance(ref, int) or (ref.isascii() and ref.isdigit())):
        row = sql.execute(
            "SELECT * FROM images WHERE id IN (SELECT value FROM json_each(?)) AND removed_at IS NULL",
            [numbers([int(ref)])],
        ).fetchone()
    if row is None:
        what = f"image {ref}" if isinstance(ref, int) else f"image '{ref}'"
        raise NotFound(f"there is no {what} in the catalogue; `swimctl image list` shows what there is")
    return row
