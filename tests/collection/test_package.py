"""The collection as a package: Ansible's own checks, what is built and installed, and what its pages say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.ansible_collection import COLLECTION, ROOT, environment

import swimctl

BIN = Path(sysconfig.get_path("scripts"))
# What ansible-test installs for each of its tests, in environments that it makes once.
HOME = Path(sys.prefix) / "ansible-test"
# In place of the file that ansible-test would fetch from a site of its own: the pip of Python itself does the same.
GET_PIP = """\
import ensurepip, pathlib, sys
sys.path[:0] = map(str, pathlib.Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
from pip._internal.cli.main import main
sys.exit(main(["install", "--upgrade", *(each for each in sys.argv[1:] if not each.startswith("--no-"))]))
"""
NO_INDEX = re.compile(r"No matching distribution found|NewConnectionError|Temporary failure in name resolution")
PLUGINS = {"module": ("cancel", "compliance_info", "upgrade"), "inventory": ("compliance",)}


def run(
    folder: Path, *command: str, home: Path | None = None, collections: Path = ROOT, seconds: int = 200
) -> subprocess.CompletedProcess[str]:
    """Run a program of Ansible in a folder."""
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=folder,
        env=environment(home or folder, None, collections),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def copied(folder: Path) -> Path:
    """Return a copy that programs may write into."""
    there = folder / "ansible_collections" / "swimctl" / "swim"
    shutil.copytree(COLLECTION, there, ignore=shutil.ignore_patterns("__pycache__", "output"))
    return there


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def test_it_has_the_version_of_swimctl_and_names_all_its_modules() -> None:
    galaxy = read(COLLECTION / "galaxy.yml")
    assert galaxy["version"] == swimctl.__version__
    modules = sorted(path.stem for path in (COLLECTION / "plugins" / "modules").glob("*.py"))
    assert tuple(modules) == PLUGINS["module"]
    assert sorted(read(COLLECTION / "meta" / "runtime.yml")["action_groups"]["api"]) == modules
    for page in (COLLECTION / "README.md", ROOT / "docs" / "ansible.md"):
        text = page.read_text(encoding="utf-8")
        assert [name for names in PLUGINS.values() for name in names if f"`swimctl.swim.{name}`" not in text] == []


def test_each_file_says_a_licence_that_is_there_and_no_check_of_ansible_is_left_out() -> None:
    named = {path.stem for path in (COLLECTION / "LICENSES").iterdir()}
    assert named == set(read(COLLECTION / "galaxy.yml")["license"])
    for path in (COLLECTION / "plugins").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        (licence,) = re.findall(r"^# SPDX-License-Identifier: (.+)$", text, re.MULTILINE)
        assert licence == ("BSD-2-Clause" if path.parent.name == "module_utils" else "GPL-3.0-or-later"), path
    assert list(COLLECTION.glob("tests/sanity/ignore*")) == []


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.xdist_group("collection")
def test_ansible_test_sanity(tmp_path: Path) -> None:
    if not (BIN / "ansible-test").exists():
        pytest.skip("to run it: pip install ansible-core")
    get_pip = HOME / ".ansible" / "test" / "cache" / "get_pip_24_2.py"
    get_pip.parent.mkdir(parents=True, exist_ok=True)
    get_pip.write_text(GET_PIP, encoding="utf-8")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    done = run(copied(tmp_path), "ansible-test", "sanity", "--python", python, home=HOME, seconds=850)
    if done.returncode and NO_INDEX.search(done.stdout + done.stderr):
        pytest.skip("ansible-test cannot install what it needs: no package index is reachable")
    assert done.returncode == 0, done.stdout + done.stderr
    for each in ("validate-modules", "pylint", "ansible-doc", "pep8", "yamllint", "runtime-metadata"):
        assert f'Running sanity test "{each}"' in done.stdout + done.stderr
    assert "ERROR" not in done.stdout + done.stderr


@pytest.mark.prove
@pytest.mark.xdist_group("collection")
def test_what_is_built_can_be_installed_and_describes_itself(tmp_path: Path) -> None:
    source, installed = copied(tmp_path / "source"), tmp_path / "installed"
    installed.mkdir()
    built = run(source, "ansible-galaxy", "collection", "build", "--output-path", str(tmp_path))
    assert built.returncode == 0, built
    (archive,) = tmp_path.glob("swimctl-swim-*.tar.gz")
    with tarfile.open(archive) as file:
        names = set(file.getnames())
    assert {"README.md", "LICENSES/GPL-3.0-or-later.txt", "plugins/modules/upgrade.py", "meta/runtime.yml"} <= names
    assert not any("tests/output" in name or "__pycache__" in name for name in names)
    for what in (archive, source):
        install = ("ansible-galaxy", "collection", "install", str(what), "--offline", "--force", "-p", str(installed))
        done = run(tmp_path, *install, collections=installed)
        assert "swimctl.swim:" in done.stdout, done
        assert done.returncode == 0, done
    verify = ("ansible-galaxy", "collection", "verify", "swimctl.swim", "--offline")
    done = run(tmp_path, *verify, collections=installed)
    assert done.returncode == 0, done
    for kind, plugins in PLUGINS.items():
        wanted = [f"swimctl.swim.{name}" for name in plugins]
        said = run(tmp_path, "ansible-doc", "--json", "-t", kind, *wanted, collections=installed)
        documents = json.loads(said.stdout)
        assert sorted(documents) == sorted(wanted)
        assert all("token_file" in document["doc"]["options"] for document in documents.values())
