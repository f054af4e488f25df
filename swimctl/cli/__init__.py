"""The command line: global options, the table of commands, and how a call ends.

Nothing heavy is imported before a command needs it: `swimctl --help` answers at once.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from swimctl import __version__
from swimctl.cli import commands, output
from swimctl.cli.context import Context
from swimctl.errors import SwimctlError

_FLAGS = frozenset({"--json", "--quiet", "-q", "--verbose"})
_VALUED = frozenset({"--config", "-c"})

app = typer.Typer(
    name="swimctl",
    cls=commands.Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog="You can also put the global options after the command: swimctl status --json",
)


def _version(wanted: bool) -> None:
    if wanted:
        output.print_line(f"swimctl {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    ctx: typer.Context,
    *,
    config: Annotated[
        Path, typer.Option("--config", "-c", envvar="SWIMCTL_CONFIG", metavar="PATH", help=("The configuration file."))
    ] = Path("config.yaml"),
    json: Annotated[
        bool, typer.Option("--json", help=("Print one JSON document on standard output, nothing else."))
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show more: unchanged lines, and the traceback of a bug.")
    ] = False,
    version: Annotated[  # noqa: ARG001  typer calls _version with it before anything else
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Upgrade the software of switches and routers, and prove the result."""
    ctx.obj = Context(config_path=config, json=json, quiet=quiet, verbose=verbose)


class _Terminated(BaseException):
    """SIGTERM arrived where no command handles it itself."""


def hoist(arguments: Sequence[str]) -> list[str]:
    """Move global options that stand after the command to the front; what follows `--` stays.

    No command has an option of the same name, so that nothing else can be meant.
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in _FLAGS or argument.startswith("--config="):
            front.append(argument)
        elif argument in _VALUED:
            front += [argument, *([value] if (value := next(waiting, None)) is not None else [])]
        else:
            rest.append(argument)
    return front + rest


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code."""
    arguments = hoist(sys.argv[1:] if argv is None else argv)
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        result = typer.main.get_command(app).main(args=arguments, prog_name="swimctl", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except (Exception, KeyboardInterrupt, _Terminated) as error:  # noqa: BLE001  each becomes its line and exit code
        return _explain(error, as_json="--json" in arguments, verbose="--verbose" in arguments)
    finally:
        signal.signal(signal.SIGTERM, before)


def _explain(error: BaseException, *, as_json: bool, verbose: bool) -> int:
    match error:
        case SwimctlError():
            output.fail(error, as_json=as_json)
            if verbose:
                traceback.print_exception(error)
            return error.exit_code
        case typer.TyperException():
            _show_usage_error(error, as_json=as_json)
            return error.exit_code
        case typer.Abort():
            if output.can_ask() and not as_json:
                output.note("")  # the line of the question that was left unanswered
            output.say_error("aborted", "nothing was started", as_json=as_json)
            return 1
        case KeyboardInterrupt():
            return 130
        case _Terminated():
            return 143
        case _:
            _show_defect(error, verbose=verbose, as_json=as_json)
            return 1


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _Terminated


def _show_usage_error(error: typer.TyperException, *, as_json: bool) -> None:
    command = getattr(getattr(error, "ctx", None), "command_path", "swimctl")
    message = error.format_message().rstrip(".") + _given(error)
    if message.strip():
        ended = message if message.endswith(("?", "!")) else f"{message}."
        output.say_error("usage", f"{ended} See `{command} --help`.", as_json=as_json)
    elif as_json:  # called without a command: typer has printed the help already where people read it
        output.say_error("usage", f"a command is missing. See `{command} --help`.", as_json=True)


def _given(error: BaseException) -> str:
    """Return the value that could not be read: typer leaves it out of its message."""
    problems = getattr(error.__cause__, "errors", None)
    return f", not {problems()[0]['input']!r}" if callable(problems) and problems() else ""


def _show_defect(error: BaseException, *, verbose: bool, as_json: bool) -> None:
    what = f"this is a defect of swimctl: {type(error).__name__}: {error}"
    if verbose:
        traceback.print_exception(error)
        where = "the traceback is above"
    else:
        # Only its owner may read it: a message of a library may hold what a device said.
        try:
            with tempfile.NamedTemporaryFile("w", prefix="swimctl-", suffix=".log", delete=False) as log:
                traceback.print_exception(error, file=log)
            where = f"the traceback is in {log.name} (or run again with --verbose)"
        except OSError:  # a disk that takes nothing
            where = "run again with --verbose for the traceback"
    output.say_error("defect", f"{what}; {where}", as_json=as_json)
