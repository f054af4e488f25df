"""Clients that generators make of the OpenAPI document of a running server: they log in, trigger, cancel and follow.

The generators live beside the test environment (`make clients`): openapi-python-client asks for an older typer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.processes import STEPS
from support.server_process import PASSWORD, Served, serving
from support.upgrades import TARGET, lab_folder

from swimctl.lab.fleet import LabFleet

PROGRAMS = Path(__file__).parent / "generated"
BESIDE = Path(sys.prefix) / "clients"
GENERATOR = BESIDE / "bin/openapi-python-client"
MODULES = BESIDE / "node_modules"
pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("generated clients")]  # one server for both
USER = "operator-user"  # of the token that `serving` makes


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabFleet, Served]]:
    folder = tmp_path_factory.mktemp("served")
    with lab_folder(folder, devices=2, speed=600) as lab, serving(folder) as served:
        yield lab, served


def done(folder: Path, *words: object) -> str:
    """Run a program that must end well, and return what it printed."""
    path = os.pathsep.join([str(BESIDE / "bin"), os.environ["PATH"]])  # the generator formats with ruff
    ended = subprocess.run(
        list(map(str, words)), cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def assert_upgraded(lab: LabFleet, device: str, said: dict[str, Any]) -> None:
    """Require what a client saw, and that the device itself runs the target."""
    (_,) = said.pop("job_ids")
    assert said == {
        "cancelled": True,
        "device": device,
        "status": "success",
        "outcome": "upgraded",
        "version": "17.12.4",
        "copied": True,
        "steps": list(STEPS),
    }
    switch = lab.switch(device)
    assert {switch.install.member_release(member).padded for member in switch.members} == {TARGET}
    assert len(lab.reloads(device)) == 1


@pytest.mark.skipif(not GENERATOR.exists(), reason="openapi-python-client is not there; to run it: make clients")
def test_a_python_client(served: tuple[LabFleet, Served], tmp_path: Path) -> None:
    lab, server = served
    document = f"{server.url}/api/openapi.json"
    done(
        tmp_path, GENERATOR, "generate", "--url", document, "--meta", "none", "--output-path", "swim_client",
        "--fail-on-warning",
    )  # fmt: skip
    every = sorted(path.relative_to(tmp_path).with_suffix("") for path in tmp_path.rglob("swim_client/**/*.py"))
    modules = [".".join(path.parts).removesuffix(".__init__") for path in every]
    assert len(modules) > 40
    (tmp_path / "every.py").write_text("".join(f"import {module}\n" for module in modules))
    done(tmp_path, sys.executable, "every.py")
    shutil.copy(PROGRAMS / "upgrade.py", tmp_path)
    said = done(tmp_path, sys.executable, "upgrade.py", server.url, USER, PASSWORD, "sw1")
    assert_upgraded(lab, "sw1", json.loads(said))


@pytest.mark.skipif(not MODULES.exists(), reason="openapi-typescript is not there; to run it, with npm: make clients")
def test_a_typescript_client(served: tuple[LabFleet, Served], tmp_path: Path) -> None:
    lab, server = served
    for name in ("upgrade.ts", "mistakes.ts", "package.json"):
        shutil.copy(PROGRAMS / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(MODULES)
    tool = MODULES / ".bin"
    done(tmp_path, tool / "openapi-typescript", f"{server.url}/api/openapi.json", "-o", "schema.d.ts")
    done(
        tmp_path, tool / "tsc", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom",
        "upgrade.ts", "mistakes.ts",
    )  # fmt: skip
    said = done(tmp_path, "node", "upgrade.js", server.url, USER, PASSWORD, "sw2")
    assert_upgraded(lab, "sw2", json.loads(said))
