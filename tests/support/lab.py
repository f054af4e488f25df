"""Labs for tests: a few switches on loopback, in this process, with a working folder for swimctl."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.fleet import LabFleet
from swimctl.lab.folder import parse_faults


@contextmanager
def small_fleet(
    tmp_path: Path,
    faults: Mapping[str, Sequence[str]] | None = None,
    n: int = 2,
    speed: float = 600,
    rate: float = 400_000,
    **changes: object,
) -> Iterator[LabFleet]:
    """Run sw1 to swN and make `tmp_path` their working folder: config.yaml, inventory/, images/.

    `faults` are texts by switch, e.g. {"sw2": ["no-space"]}. `rate` is in bytes a lab second: with the defaults an
    image takes 0.02 s. Other keywords change fields of every SwitchSpec, e.g. `version="17.09.05"`. The folder has
    no store: register images with swimctl.images.catalogue where a test needs them.
    """
    specs = [
        replace(spec, **changes)  # type: ignore[arg-type] # the test names fields of SwitchSpec
        for spec in default_fleet(n, parse_faults(faults or {}), rate)
    ]
    with LabFleet(specs, speed=speed, folder=tmp_path) as lab:
        lab.write_folder(tmp_path)
        yield lab
