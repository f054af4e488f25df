"""Devices' ids, images, golden rules."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from swimctl.clock import Clock, rfc3339
from swimctl.errors import ConflictError, ImageError, NotFound
from swimctl.models import Golden, Image
from swimctl.store import rows
from swimctl.store.database import Database


class Catalogue:
    """What a store knows beside jobs."""

    _db: Database
    _clock: Clock

    def device_ids(self, names: Iterable[str]) -> dict[str, int]:
        """Give each name its id; a new name gets the next one, and no id is ever used again for another name."""
        wanted = list(dict.fromkeys(names))
        with self._db.read() as sql:
            known = {row["name"]: row["id"] for row in sql.execute("SELECT id, name FROM devices")}
        if any(name not in known for name in wanted):
            with self._db.write() as sql:
                for name in wanted:
                    # Not ON CONFLICT: that would burn an id for each name that another process was faster with.
                    sql.execute(
                        "INSERT INTO devices (name) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM devices WHERE name = ?1)",
                        (name,),
                    )
                known = {row["name"]: row["id"] for row in sql.execute("SELECT id, name FROM devices")}
        return {name: known[name] for name in wanted}

    def device_name(self, device_id: int) -> str | None:
        """Name the device of an id, None where no device ever had it."""
        with self._db.read() as sql:
            row = sql.execute("SELECT name FROM devices WHERE id = ?", (device_id,)).fetchone()
        return row["name"] if row else None

    def add_image(
        self,
        *,
        path: Path,
        filename: str,
        platform: str,
        family: str,
        version: str,
        size: int,
        sha512: str,
        md5: str,
    ) -> Image:
        """Add an image; the same file again gives back the present one. Raises ImageError for other bytes."""
        with self._db.write() as sql:
            present = sql.execute(
                "SELECT * FROM images WHERE filename = ? AND removed_at IS NULL", (filename,)
            ).fetchone()
            if present is not None:
                if present["sha512"] != sha512:
                    raise ImageError(
                        f"{filename} is in the catalogue with other bytes (id {present['id']}, {present['path']}); "
                        f"one of the two is not what it says: `swimctl image verify {present['id']}`"
                    )
                sql.execute("UPDATE images SET path = ? WHERE id = ?", (str(path), present["id"]))
                number = present["id"]
            else:
                number = sql.execute(
                    "INSERT INTO images (filename, path, platform, family, version, size, sha512, md5, added_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (filename, str(path), platform, family, version, size, sha512, md5, rfc3339(self._clock.now())),
                ).lastrowid
            return rows.image(sql.execute("SELECT * FROM images WHERE id = ?", (number,)).fetchone())

    def images(self) -> list[Image]:
        """List the catalogue in id order."""
        with self._db.read() as sql:
            found = sql.execute("SELECT * FROM images WHERE removed_at IS NULL ORDER BY id").fetchall()
        return [rows.image(row) for row in found]

    def image(self, ref: int | str) -> Image:
        """Find an image by id, also one that was removed (its jobs stay readable), or by file name."""
        where = "id = ?" if isinstance(ref, int) else "filename = ? AND removed_at IS NULL"
        with self._db.read() as sql:
            row = sql.execute(f"SELECT * FROM images WHERE {where}", (ref,)).fetchone()  # noqa: S608 - two constants
        if row is None:
            raise NotFound(f"no image {ref!r} in the catalogue; `swimctl image list` shows what there is")
        return rows.image(row)

    def remove_image(self, image_id: int) -> None:
        """Take an image out of the catalogue, with its golden rules. Raises ConflictError while a job needs it."""
        self.image(image_id)
        with self._db.write() as sql:
            needed = sql.execute(
                "SELECT id FROM jobs WHERE image_id = ?"
                " AND status IN ('pending', 'scheduled', 'distributing', 'activating') ORDER BY id",
                (image_id,),
            ).fetchall()
            if needed:
                ids = ", ".join(str(row["id"]) for row in needed[:5])
                raise ConflictError(f"image {image_id} is needed by job {ids}; cancel it or wait for its end")
            sql.execute("DELETE FROM goldens WHERE image_id = ?", (image_id,))
            sql.execute(
                "UPDATE images SET removed_at = ? WHERE id = ? AND removed_at IS NULL",
                (rfc3339(self._clock.now()), image_id),
            )

    def set_golden(self, image_id: int, group: str | None = None) -> Golden:
        """Make an image the golden one of its platform and family, in a group or everywhere; replaces the rule."""
        chosen = next((image for image in self.images() if image.id == image_id), None)
        if chosen is None:
            raise NotFound(f"no image {image_id} in the catalogue; `swimctl image list` shows what there is")
        with self._db.write() as sql:
            sql.execute(
                "DELETE FROM goldens WHERE platform = ? AND family = ? AND ifnull(group_name, '') = ?",
                (chosen.platform, chosen.family, group or ""),
            )
            sql.execute(
                "INSERT INTO goldens (image_id, platform, family, group_name) VALUES (?, ?, ?, ?)",
                (image_id, chosen.platform, chosen.family, group),
            )
        return Golden(image_id, chosen.platform, chosen.family, group)

    def unset_golden(self, image_id: int) -> None:
        """End every golden rule of an image."""
        with self._db.write() as sql:
            sql.execute("DELETE FROM goldens WHERE image_id = ?", (image_id,))

    def goldens(self) -> list[Golden]:
        """List the golden rules."""
        with self._db.read() as sql:
            found = sql.execute("SELECT * FROM goldens ORDER BY platform, family, group_name").fetchall()
        return [rows.golden(row) for row in found]
