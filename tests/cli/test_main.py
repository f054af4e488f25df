from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from swimctl import __version__, cli
from swimctl.cli import commands, hoist, main, output
from swimctl.cli.demo import put_on_path
from swimctl.errors import ConfigError, ConflictError, DeviceUnknown, StepFailed, StoreError, SwimctlError

HEAVY = ("nornir", "netmiko", "paramiko", "asyncssh", "aiohttp", "sqlite_utils", "pydantic", "ruamel")


def swimctl(*arguments: str, **given: object) -> subprocess.CompletedProcess[str]:
    code = "import sys; from swimctl.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False, **given
    )


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> object:
    """Make `swimctl doctor` raise what the test wants."""

    def prepare(error: BaseException) -> None:
        app = typer.Typer()

        @app.command()
        def broken() -> None:
            raise error

        monkeypatch.setattr(commands, "import_module", lambda _: SimpleNamespace(app=app))

    return prepare


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["status", "--json"], ["--json", "status"]),
        (["status", "-c", "x.yaml", "7"], ["-c", "x.yaml", "status", "7"]),
        (["status", "--config=x.yaml"], ["--config=x.yaml", "status"]),
        (["-c", "a", "status", "--config", "b"], ["-c", "a", "--config", "b", "status"]),
        (["parse", "--", "--json"], ["parse", "--", "--json"]),
        (["status", "--config"], ["--config", "status"]),
        (["upgrade", "--all", "--verbose", "-q"], ["--verbose", "-q", "upgrade", "--all"]),
        ([], []),
    ],
)
def test_global_options_may_stand_after_the_command(given: list[str], wanted: list[str]) -> None:
    assert hoist(given) == wanted


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from swimctl.cli import main; code = main(['--help']);"
        f"print('HEAVY', sorted(set(sys.modules) & set({HEAVY!r})), code)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.splitlines()[-1] == "HEAVY [] 0"
    assert "upgrade" in ran.stdout
    assert ran.stderr == ""


def test_what_asks_no_device_loads_no_way_to_one_and_no_other_inventory(tmp_path: Path) -> None:
    (tmp_path / "hosts.yaml").write_text("sw1: {hostname: 192.0.2.1, platform: cisco_xe}\n", encoding="utf-8")
    (tmp_path / "config.yaml").write_text(
        f"inventory: {{plugin: SimpleInventory, options: {{host_file: {tmp_path / 'hosts.yaml'}}}}}\n", encoding="utf-8"
    )
    heavy = {"netmiko", "napalm", "paramiko", "asyncssh", "textfsm", "requests"}
    code = (
        "import sys; from swimctl.cli import main;"
        "codes = [main(['-c', 'config.yaml', *words]) for words in (['status'], ['device', 'list'])];"
        f"print(sorted({{m for m in sys.modules if m in {heavy}"
        " or m.startswith('swimctl.platforms.') and '.parsers' in m}), codes)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[] [0, 0]", ran.stdout


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"swimctl {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["upgade"], "Did you mean 'upgrade'? See `swimctl --help`."),
        (["upgrade", "--sequentail"], "--sequential"),
        (["cancel", "seven"], "seven"),
        (["--nope"], "No such option: --nope. See `swimctl --help`."),
        (["upgrade", "--workers", "many"], "many"),
        (["retry"], "--batch"),
        (["upgrade", "--golden", "--image", "3", "sw1"], "give --golden or --image, not both"),
        (["cancel"], "name the jobs to cancel"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_line_and_exit_2(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("swimctl: error: ")
    assert says in printed.err
    assert main(["--json", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.err == ""
    assert says in json.loads(printed.out)["message"]
    assert json.loads(printed.out)["error"] == "usage"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("config.yaml: no such setting"), 2),
        (StoreError("swimctl.db is a directory"), 2),
        (ConflictError("nothing can be cancelled"), 3),
        (DeviceUnknown("sw1 does not answer"), 4),
        (SwimctlError("no"), 1),
        (StepFailed("1 uplink lost"), 1),
    ],
)
def test_every_error_has_its_exit_code_and_one_line(
    raising: object, error: SwimctlError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(error)
    assert main(["doctor"]) == code
    more = "" if error.code in {"error", "step-failed"} else f" (more: `swimctl explain {error.code}`)"
    assert capsys.readouterr() == ("", f"swimctl: error: {error}{more}\n")
    assert main(["doctor", "--json"]) == code
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"error": error.code, "message": str(error)}
    assert printed.err == ""


def test_a_defect_is_one_line_that_says_where_the_traceback_is(
    raising: object, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli.tempfile, "tempdir", str(tmp_path))
    raising(ZeroDivisionError("by nought"))
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().err
    (log,) = tmp_path.iterdir()
    assert printed.startswith("swimctl: error: this is a defect of swimctl: ZeroDivisionError: by nought")
    assert str(log) in printed
    assert len(printed.splitlines()) == 1
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert main(["doctor", "--verbose"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_is_130_and_sigterm_143(raising: object, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(KeyboardInterrupt())
    assert main(["doctor"]) == 130
    app = typer.Typer()

    @app.command()
    def waits() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()

    monkeypatch.setattr(commands, "import_module", lambda _: SimpleNamespace(app=app))
    assert main(["doctor"]) == 143


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = (
        "import sys; from swimctl.cli import output\n"
        "for n in range(100_000): output.print_line(f'line {n}')\n"
        "sys.exit(7)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "line 0\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=30) == 7


def test_a_full_disk_is_an_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-c", "import sys; from swimctl.cli import main; sys.exit(main(['--version']))"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert ran.returncode == 1
    assert "cannot write to standard output: No space left on device" in ran.stderr


def test_nobody_imports_click() -> None:
    code = "import sys; from swimctl.cli import commands; [commands.load(e.name) for e in commands.TABLE if {present}]"
    present = "__import__('importlib.util').util.find_spec('swimctl.cli.' + e.module)"
    ran = subprocess.run(
        [sys.executable, "-c", code.format(present=present) + "; print('click' in sys.modules)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout == "False\n"


@pytest.mark.parametrize("shell", ["bash", *(pytest.param(each, marks=pytest.mark.prove) for each in ("zsh", "fish"))])
def test_completion_script_is_shown(shell: str) -> None:
    ran = swimctl("--show-completion", shell, env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"})
    assert ran.returncode == 0
    assert "_SWIMCTL_COMPLETE" in ran.stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("swimctl job ev", {"events"}),
        pytest.param("swimctl up", {"upgrade"}, marks=pytest.mark.prove),
        pytest.param("swimctl upgrade --seq", {"--sequential"}, marks=pytest.mark.prove),
    ],
)
def test_completion_offers_commands_and_options(typed: str, offered: set[str]) -> None:
    words = len(typed.split()) - 1
    ran = swimctl(
        env={**os.environ, "_SWIMCTL_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(words)}
    )
    assert set(ran.stdout.split()) == offered


def test_the_demo_says_how_a_shell_finds_the_swimctl_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "venv/bin/swimctl"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program), "demo"])
    monkeypatch.setenv("PATH", "/usr/bin")
    assert put_on_path() == f"  PATH={program.parent}:$PATH\n"
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin")
    assert put_on_path() == ""
    monkeypatch.setattr(sys, "argv", ["/usr/lib/python3/pytest", "demo"])
    assert put_on_path() == ""


def test_a_question_that_ctrl_c_ends_leaves_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(**_: object) -> None:
        raise typer.Abort

    monkeypatch.setattr(output, "can_ask", lambda: True)
    monkeypatch.setattr(typer.main, "get_command", lambda _: SimpleNamespace(main=ask))
    assert main(["init"]) == 1
    assert capsys.readouterr().err == "\nswimctl: error: nothing was started\n"
