"""When vendors end the support of models and releases: a file that people keep, YAML or CSV, and what it says.

swimctl knows no such dates itself: vendors change them, and contracts differ.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from swimctl import yaml_file
from swimctl.errors import ConfigError
from swimctl.images.goldens import model_fits
from swimctl.models import Device
from swimctl.platforms import canonical_platform, takes

_KEYS: Final = ("platform", "model", "release", "ends", "note")
_PIECES: Final = re.compile(r"\d+|[A-Za-z]+")
_EXAMPLE: Final = (
    "such as `{model: C9300-*, ends: 2027-10-31}` or `{platform: cisco_xe, release: '17.6', ends: 2026-03-31}`"
)

# Says in which line of which file an entry stands.
Where = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Ends:
    """The day on which the support of a model, of a release, or of a release on a model ends; `model` is a pattern."""

    day: date
    platform: str | None = None
    model: str | None = None
    release: str | None = None
    note: str = ""


def support_of(device: Device, release: str | None, known: Iterable[Ends]) -> Ends | None:
    """Return the end of support that comes first for a device that runs this; None where the file has none."""
    found = [one for one in known if _counts(one, device, release)]
    return min(found, key=lambda one: one.day, default=None)


def _counts(one: Ends, device: Device, release: str | None) -> bool:
    if one.platform is not None and not takes(device.platform, one.platform):
        return False
    if one.model is not None and (device.model is None or not model_fits(one.model, device.model)):
        return False
    return one.release is None or (release is not None and in_train(release, one.release))


def in_train(release: str, train: str) -> bool:
    """Return whether a release is this one, or one of this train: `17.06.05` of `17.6`, `15.2(7)E3` of `15.2(7)E`."""
    pieces, wanted = _pieces(release), _pieces(train)
    return pieces[: len(wanted)] == wanted


def _pieces(release: str) -> list[str]:
    return [piece.lstrip("0") or "0" for piece in _PIECES.findall(release)]


def read(path: Path) -> tuple[Ends, ...]:
    """Read the file. ConfigError: which line is wrong, and how it should be."""
    rows = _of_csv(path) if path.suffix.casefold() == ".csv" else _of_yaml(path)
    return tuple(_ends(row, where) for where, row in rows)


def _of_yaml(path: Path) -> Iterator[tuple[Where, Mapping[str, object]]]:
    document = yaml_file.read(path, ConfigError, "swimctl.compliance.end_of_support of config.yaml names it")
    if not isinstance(document, list):
        raise ConfigError(f"{path}: must be a list, {_EXAMPLE}")
    for number, row in enumerate(document):
        where = partial(_entry, path, number)
        if not isinstance(row, dict):
            raise ConfigError(f"{where()}: must be a mapping, {_EXAMPLE}")
        yield where, {str(key): value for key, value in row.items()}


def _entry(path: Path, number: int) -> str:
    """Return where an entry stands: only of a mistake, as the whole file is read for it."""
    line = yaml_file.line_of(path, (number,))
    return f"{path} line {line}" if line else f"{path} entry {number + 1}"


def _of_csv(path: Path) -> Iterator[tuple[Where, Mapping[str, object]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file, restkey="")
            if not rows.fieldnames:
                raise ConfigError(f"{path}: the first line must name the columns, some of {', '.join(_KEYS)}")
            for row in rows:
                where = partial("{} line {}".format, path, rows.line_num)
                if "" in row:
                    raise ConfigError(f"{where()}: has more values than the first line has columns; quote a comma")
                yield where, {key.strip(): value.strip() for key, value in row.items() if value and value.strip()}
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist; swimctl.compliance.end_of_support of config.yaml names it") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text; save it as UTF-8") from None
    except csv.Error as problem:
        raise ConfigError(f"{path}: no CSV: {problem}") from None
    except OSError as problem:
        raise ConfigError(f"{path} cannot be read: {problem.strerror}") from None


def _ends(row: Mapping[str, object], where: Where) -> Ends:
    unknown = [key for key in row if key not in _KEYS]
    if unknown:
        raise ConfigError(f"{where()}: unknown key {unknown[0]!r}; known are {', '.join(_KEYS)}")
    texts = {key: _text(row.get(key), key, where) for key in _KEYS if key != "ends"}
    platform = texts["platform"]
    if platform is not None:
        if (known := canonical_platform(platform)) is None:
            raise ConfigError(f"{where()}: {platform!r} is no platform of swimctl, such as cisco_xe")
        platform = known
    if texts["model"] is None and texts["release"] is None:
        raise ConfigError(f"{where()}: needs a model or a release, {_EXAMPLE}")
    if texts["release"] is not None and platform is None:
        raise ConfigError(f"{where()}: a release needs its platform: two systems may have one of the same name")
    return Ends(_day(row.get("ends"), where), platform, texts["model"], texts["release"], texts["note"] or "")


def _text(value: object, key: str, where: Where) -> str | None:
    if value is None:
        return None
    if isinstance(value, (int, float)) and key == "release":
        raise ConfigError(f"{where()}: put the release in quotes: YAML takes 17.10 for the number 17.1")
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{where()}: {key} must be text; put it in quotes")
    return value.strip()


def _day(value: object, where: Where) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        what = "is missing" if value is None else f"must be a day, not {str(value)[:40]!r}"
        raise ConfigError(f"{where()}: ends {what}; write it as 2027-10-31") from None
