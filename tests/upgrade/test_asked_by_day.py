"""What `device check` asks a device that is ready is all that the job reads from its reload on, under one account."""

from __future__ import annotations

import contextlib
import io
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fleets.every import FLEETS
from support.upgrades import lab_folder
from support.upgrades import request as ask

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.models import Outcome

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("asked-by-day"), pytest.mark.prove]
SETTINGS = {"deadlines": {"down": 600, "up": 1200, "ready": 600}, "login": {"poll": 900, "first_wait": 1}}
# What reads nothing, or reads the one operation that the night began.
OF_THE_NIGHT = ("install commit", "show install log ")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, tuple[set[str], set[str]]]]:
    """Yield what a device of each kind is asked: by day, and from its reload on.

    What the plan said that would be typed was typed then, in that order.
    """
    folder: Path = tmp_path_factory.mktemp("day")
    planned: dict[str, list[str]] = {}
    names = {platform.replace("_", "-"): fleet for platform, fleet in FLEETS.items()}
    made = [fleet.make(name, transfer=400_000, version=fleet.old) for name, fleet in names.items()]
    with (
        lab_folder(folder, ssh=False, fleet=made, settings=SETTINGS) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):
        for name, fleet in names.items():
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                main(
                    ["--config", str(folder / "config.yaml"), "--json", "device", "check", name, "--image", fleet.image]
                )
            [told] = json.loads(out.getvalue())["devices"]
            assert told["ready"], out.getvalue()
            planned[name] = [line for line in told["commands"] if not line.startswith("(")]
        day = {name: set(lab.commands(name)) for name in names}

        def upgrade(name: str) -> None:
            devices = [opened.inventory.device(name)]
            made = opened.service.trigger(ask(opened, devices=devices, image=names[name].image))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            job = opened.store.job(made.jobs[0].id)
            assert job.outcome is Outcome.UPGRADED, f"{name}: {job.error}"

        with ThreadPoolExecutor(len(names)) as pool:
            list(pool.map(upgrade, names))
        for name, fleet in names.items():
            assert_typed(planned[name], list(lab.commands(name)), fleet.changing)
        night = {name: set(lab.commands(name, since_boot=True)) for name in names}
        yield {name: (day[name], night[name]) for name in names}


def assert_typed(planned: Sequence[str], typed: Sequence[str], changing: tuple[str, ...]) -> None:
    """Check that what was planned was typed in its order, and nothing beside it that changes the device."""
    forms = [re.compile(re.escape(line).replace("\\ …", "(?: .*)?")) for line in planned]
    left = iter(typed)
    assert [form.pattern for form in forms if not any(map(form.fullmatch, left))] == [], typed
    assert planned
    assert [line for line in typed if line.startswith(changing) and not any(f.fullmatch(line) for f in forms)] == []


@pytest.mark.parametrize("platform", FLEETS)
def test_the_night_asks_nothing_that_the_day_did_not(
    asked: Mapping[str, tuple[set[str], set[str]]], platform: str
) -> None:
    day, night = asked[platform.replace("_", "-")]
    assert len(night) > len(OF_THE_NIGHT)
    assert [line for line in sorted(night - day) if not line.startswith(OF_THE_NIGHT)] == []
