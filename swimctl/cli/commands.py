"""The table of commands. A command's module is imported when the command is called, not before."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table: module `swimctl.cli.<module>` has a `typer.Typer` named `app`."""

    name: str
    module: str
    help: str
    panel: str


_DAILY = "Upgrade"
_RECORDS = "Jobs and records"
_SETUP = "Set up and try"

# The line for the overview; a command's own help says the rest.
TABLE = (
    Entry("upgrade", "upgrade", "Show the plan, ask, upgrade with a live view, print the result.", _DAILY),
    Entry("plan", "plan", "Show which image each device would get, and what it lacks. Changes nothing.", _DAILY),
    Entry("rehearse", "rehearse", "Play an upgrade on twins of its devices, and show what goes wrong.", _DAILY),
    Entry("scan", "scan", "Ask devices what they run, and keep the answers. Changes nothing.", _DAILY),
    Entry("compliance", "compliance", "Show what each device runs, and what it should run.", _DAILY),
    Entry("status", "status", "Show jobs and their steps. --watch follows them.", _DAILY),
    Entry("cancel", "cancel", "Cancel jobs that are pending or scheduled.", _DAILY),
    Entry("approve", "approve", "Allow another user's batch to start.", _DAILY),
    Entry("pause", "pause", "Start no more jobs of a batch; running ones go on.", _DAILY),
    Entry("continue", "go_on", "Let a paused batch go on, or start its next wave now.", _DAILY),
    Entry("stop", "stop", "Stop running jobs at the end of their step; nothing starts.", _DAILY),
    Entry("release", "release", "Answer jobs that wait for a person.", _DAILY),
    Entry("change", "change", "Change the limits of a batch that runs.", _DAILY),
    Entry("recheck", "recheck", "Look again at a device that is held; keep it, or go back.", _DAILY),
    Entry("retry", "retry", "Try the failed and not attempted jobs of a batch again.", _DAILY),
    Entry("resume", "resume", "Continue jobs whose process died or was stopped.", _DAILY),
    Entry("campaign", "campaign", "Upgrade what is behind, night after night, until all is there.", _DAILY),
    Entry("run-scheduled", "scheduled", "Run the jobs whose time has come, then exit. For cron.", _DAILY),
    Entry("serve", "serve", "Answer the REST API and run jobs, until SIGTERM.", _DAILY),
    Entry("relay", "relay", "Fetch each image once for a site, and serve it to the devices there.", _DAILY),
    Entry("worker", "worker", "Run the jobs of a site for a coordinator elsewhere.", _DAILY),
    Entry("job", "job", "Show single jobs: list, show, events, transcript.", _RECORDS),
    Entry("proved", "proved", "Show which systems, families and trains were upgraded here.", _RECORDS),
    Entry("report", "report", "Write a report of a batch.", _RECORDS),
    Entry("init", "init", "Write a first config.yaml and inventory.", _SETUP),
    Entry("image", "image", "Manage images and golden images.", _SETUP),
    Entry("device", "device", "List, check, compare and capture devices.", _SETUP),
    Entry("checks", "checks", "List, validate and try the checks by rules.", _SETUP),
    Entry("workflow", "workflow", "List, show and check workflows and their steps.", _SETUP),
    Entry("user", "user", "Manage users of the API: add, list, role, password, remove.", _SETUP),
    Entry("token", "token", "Manage tokens for the API: create, list, revoke.", _SETUP),
    Entry("audit", "audit", "Show who did what, and check that record.", _SETUP),
    Entry("store", "store", "Back up the store, and check it.", _SETUP),
    Entry("doctor", "doctor", "Check this installation, and say what to do.", _SETUP),
    Entry("explain", "explain", "Show what an error or a line of doctor means.", _SETUP),
    Entry("parse", "parse", "Show what swimctl reads from a device's output.", _SETUP),
    Entry("lab", "lab", "Run simulated switches on this machine.", _SETUP),
    Entry("demo", "demo", "Watch an upgrade of simulated switches. Needs no setup.", _SETUP),
)


def _drop_types_of_flags_and_arguments() -> None:
    """Show a type in help only for an option with a value: `--json`, not `--json <bool>`; `DEVICE`, not its list.

    Typer makes `--help` itself and has no setting for this. Where it renames the method, the types are shown again.
    """
    shown = getattr(TyperOption, "display_type_rich", None)

    def of_option(option: TyperOption, ctx: Any) -> str | None:  # noqa: ANN401  as below
        return None if option.is_flag or shown is None else str(shown(option, ctx))

    def of_argument(argument: TyperArgument, ctx: Any) -> None:  # noqa: ANN401, ARG001  as below
        return None

    TyperOption.display_type_rich = of_option  # type: ignore[assignment]
    TyperArgument.display_type_rich = of_argument  # type: ignore[assignment]


_drop_types_of_flags_and_arguments()


class Commands(TyperGroup):
    """A group whose commands stand in TABLE; only the called one is imported."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  passed on as typer gives them
        super().__init__(**attributes)
        for entry in TABLE:
            self.commands[entry.name] = TyperCommand(
                name=entry.name, help=entry.help, rich_help_panel=entry.panel, rich_markup_mode=self.rich_markup_mode
            )

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401  types of typer's that it keeps private
        """Find the called command and import what it is made of."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if command is not None and name is not None else command, rest


def load(name: str) -> TyperCommand | TyperGroup:
    """Import a command's module and build the command from its `app`."""
    entry = next(entry for entry in TABLE if entry.name == name)
    app: typer.Typer = import_module(f"swimctl.cli.{entry.module}").app
    command = cast("TyperCommand | TyperGroup", typer.main.get_command(app))
    command.name = name
    # Typer gives every app of its own these two; they belong to the root alone.
    command.params = [parameter for parameter in command.params if not str(parameter.name).endswith("_completion")]
    command.help = command.help or entry.help
    for each in (command, *getattr(command, "commands", {}).values()):
        each.help = in_paragraphs(each.help or "")
    return command


def in_paragraphs(text: str) -> str:
    """Return a docstring with each paragraph on one line: typer breaks it for a terminal, and keeps breaks that it
    has.
    """
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
