from __future__ import annotations

import gc
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from hypothesis import settings
from nornir.core.plugins import register
from support import new_stores, scheduling, workers_by_fork
from support.projects import Project, make_project, without_the_callers

from swimctl import clock
from swimctl.accounts import passwords
from swimctl.config import references
from swimctl.store.database import Database

# What is read before the first test stays until the last one; looking through it for garbage again and again would cost
# a fifth of a run. `pytest_collection_finish` begins to look.
gc.disable()

# swimctl is started hundreds of times, and many workers read the same tests: nobody compiles what another one has.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Nornir reads the metadata of all that is installed three times for each inventory: 20 ms of CPU, thousands of times.
register.metadata = SimpleNamespace(entry_points=cache(metadata.entry_points))  # type: ignore[assignment]

# Typer reads the signatures of a command line's functions each time that `main` is called: most of what a call takes.
typer.main.get_command = cache(typer.main.get_command)

# The mark of a lab's account is the same in each lab.
passwords.hash_secret_raw = cache(passwords.hash_secret_raw)

Database._prepare = new_stores.prepare  # type: ignore[method-assign]

pytest_plugins = ("platforms.capture_counts",)

# `nohup make test &` ignores these, and what a test starts would inherit that and never be stopped by them. A handler
# is not inherited: the tests go on as they were asked to, and swimctl hears what it is sent.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)

# How long one example takes tells of what else this machine does, and of no fault: a test is bounded by its timeout.
settings.register_profile("prove", deadline=None, max_examples=120)
settings.register_profile("test", deadline=None, max_examples=20)

_HERE = Path(__file__).parent
_WHOLE = 5000  # so many tests are the whole suite, or `make test`
_ALL_PROVE = re.compile(r"^pytestmark = .*\bpytest\.mark\.prove\b", re.MULTILINE)


def pytest_configure(config: pytest.Config) -> None:
    """Keep a worker and what it starts on one processor: threads that pass Python's lock between two cost 1.7 times.

    And put files of one folder beside each other: pytest 9.1 gives the fixtures of a folder's conftest.py to those only
    that follow each other in its arguments (`pytest tests/cli/test_main.py tests/steps tests/cli/test_running.py`).

    And let `make test` try fewer of the texts that hypothesis makes up, and workers say less.
    """
    settings.load_profile("test" if config.option.markexpr == "not prove" else "prove")
    config.args.sort(key=lambda each: Path(each.split("::")[0]).parent)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if worker and hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processors[int(worker) % len(processors)]})
    scheduling.Brevity.begin(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """Read the tests once for all workers."""
    workers_by_fork.fork_them(config, specs)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> scheduling.Scheduling | None:
    """Hand tests out in our own way, unless somebody asks for another one."""
    # By size, the longest would come last.
    config.option.loadscopereorder = False
    return scheduling.Scheduling(config, log) if config.option.dist == "loadgroup" else None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Let `make test` not even read files of long proofs alone, and other people's clients with them."""
    if config.option.markexpr != "not prove" or collection_path.suffix != ".py":
        return None
    return _ALL_PROVE.search(collection_path.read_text(encoding="utf-8")) is not None or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: at the end a worker would be left alone with it.

    Then some wait for whole upgrades while others calculate: each kind alone would leave the processors or the workers
    without work.
    """

    @cache
    def is_short(path: Path) -> bool:
        return path.relative_to(_HERE).parts[0] not in scheduling.LONG

    def longest(item: pytest.Item) -> float:
        given = item.get_closest_marker("timeout")
        return -float(given.args[0]) if given else 0.0

    items.sort(key=lambda item: (longest(item), is_short(item.path)))
    rest = [item for item in items if not longest(item)]
    if len(rest) < _WHOLE:
        return  # one person's files stay together, and keep the fixtures of their modules
    kinds = [[item for item in rest if is_short(item.path) is short] for short in (False, True)]
    # Those who wait end before the others, of which the last are over at once.
    spread = [
        (number / len(kind) * share, item)
        for kind, share in zip(kinds, (0.9, 1.0), strict=True)
        for number, item in enumerate(kind)
    ]
    items[len(items) - len(rest) :] = [item for _, item in sorted(spread, key=lambda each: each[0])]


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make, and not among the thousands of tests themselves."""
    gc.freeze()
    gc.enable()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Make a working folder, with nothing of the caller's environment."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    without_the_callers(monkeypatch, elsewhere)
    references._read.clear()  # a folder has its name from one that an earlier test has left
    return make_project(tmp_path / "project")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what waits in vain do so for a few real seconds, in place of what a busy machine may need."""
    monkeypatch.setattr(clock, "_SHORTEST_REAL", 6.0)


@pytest.fixture
def machine_in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this machine's clock show the time of Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()  # before tzset, which reads the environment
    time.tzset()
