"""swimctl checks: the checks by rules, those of one's own and those that come with swimctl."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from swimctl.cli import completing, output, selection
from swimctl.cli.context import Context, Opened, of
from swimctl.errors import UsageError

if TYPE_CHECKING:
    from swimctl.checks.asking import Taken
    from swimctl.checks.comparing import Compared
    from swimctl.checks.rules import Check
    from swimctl.models import Device

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_checks(
    ctx: typer.Context,
    device: Annotated[
        str | None,
        typer.Argument(
            metavar="[DEVICE]",
            help="Only the checks of this device, by name or id.",
            autocompletion=completing.devices,
        ),
    ] = None,
) -> None:
    """List the checks of config.yaml and those that come with swimctl, or those of one device."""
    from swimctl.checks.rules import checks_for, every_check

    context = of(ctx)
    with context.open() as opened:
        settings = opened.config.settings.checks
        if device is None:
            found = every_check(settings)
        else:
            host = opened.inventory.resolve([device])[0]
            checks = checks_for(settings, host, opened.inventory)
            found = [(each, {host.platform: each.rule.command_on(host.platform)}) for each in checks]
    if context.json:
        documents = [check.document() | {"commands": dict(commands)} for check, commands in found]
        output.print_json({"count": len(documents), "checks": documents})
        return
    output.print_table(
        ("Check", "About", "Command", "Platforms", "Verdict", "Asked", "From"),
        [
            (
                check.name,
                check.rule.about,
                ", ".join(dict.fromkeys(commands.values())),
                ", ".join(commands),
                check.rule.verdict,
                _asked(check),
                "config.yaml" if check.own else "swimctl",
            )
            for check, commands in found
        ],
        roomy=("About", "Platforms"),
    )


@app.command("validate")
def validate_checks(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]", help="Files of rules. Without one: those of config.yaml.")
    ] = None,
) -> None:
    """Check rules: their form, their commands, their parsers. Asks no device.

    Exit code 2: a rule is wrong.
    """
    from swimctl.checks.rules import valid
    from swimctl.config.check_files import read

    context = of(ctx)
    if files:
        checks = [check for path in files for check in valid(read(path))]
    else:
        with context.open() as opened:
            checks = [*valid(opened.config.settings.checks.rules)]
    if context.json:
        output.print_json({"count": len(checks), "checks": [check.name for check in checks]})
        return
    output.print_line("1 check is right" if len(checks) == 1 else f"{len(checks)} checks are right")


@app.command("run")
@selection.with_devices
def run_checks(
    ctx: typer.Context,
    *,
    chosen: selection.Chosen,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--check",
            metavar="NAME",
            help="Only this check. You can use it several times.",
            autocompletion=completing.checks,
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Keep the answers in this file, to compare later.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="Compare the answers with those of this file.")
    ] = None,
) -> None:
    """Ask devices for their checks now, and show what they say. Changes nothing.

    Exit code 1: an answer cannot be read, a device cannot be asked, or a check with the verdict `fail` is broken.
    """
    from swimctl.checks.tables import document

    context = of(ctx)
    before = _kept(against) if against else None
    if save is not None and not save.absolute().parent.is_dir():
        raise UsageError(f"{save} cannot be written: {save.absolute().parent} is no folder; no device was asked")
    with context.open() as opened:
        devices = chosen.of(opened.inventory)
        _require_known(opened, devices, only or ())
        answers, silent = _ask(context, opened, devices, tuple(only or ()))
    platforms = {device.name: device.platform for device in devices}
    found = {
        name: _held(platforms[name], taken, (before or {}).get(name), before is not None, tuple(only or ()))
        for name, taken in answers.items()
    }
    if save is not None:
        kept = {name: [each.document() for each in taken if not each.why] for name, taken in answers.items()}
        try:
            save.write_text(json.dumps({"devices": kept}, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{save} cannot be written: {error.strerror}; name another file") from None
    documents = {name: [document(each) for each in compared] for name, compared in found.items()}
    if context.json:
        rows = {name: {each.check.name: [dict(row) for row in each.rows] for each in answers[name]} for name in answers}
        output.print_json({"devices": documents, "rows": rows, "failed": silent})
    else:
        _print(answers, found, documents)
        for name in only or ():
            if not any(each.name == name for compared in found.values() for each in compared):
                output.note(f"swimctl: check {name} was asked of no device: `swimctl checks list` says of which it is")
        for name, why in silent.items():
            output.note(f"swimctl: {name} could not be asked: {why}")
    raise typer.Exit(1 if silent or any(_is_bad(each) for compared in found.values() for each in compared) else 0)


def _asked(check: Check) -> str:
    """Return on which devices a check is asked, beside those that `on` names."""
    rule = check.rule
    parts = (
        f"configured: {rule.when}" if rule.when is not None else "",
        f"models: {' '.join(rule.on.model)}" if rule.on.model else "",
        "with defaults: all" if rule.extra else "",
    )
    return ", ".join(filter(None, parts)) or "always"


def _ask(
    context: Context, opened: Opened, devices: Sequence[Device], names: tuple[str, ...]
) -> tuple[dict[str, tuple[Taken, ...]], dict[str, str]]:
    """Ask all devices. Return the answers of each, and why the others could not be asked."""
    from swimctl.requests.looks import Unasked, attempt, each

    if not context.quiet:
        output.note(f"asking {output.devices(len(devices))}, changing nothing …")
    engine = opened.engine
    found = each(
        devices,
        lambda device: attempt(device, lambda: engine.ask(device, names)),
        opened.config.settings.workers,
    )
    pairs = [*zip(devices, found, strict=True)]
    answers = {device.name: one for device, one in pairs if not isinstance(one, Unasked)}
    return answers, {device.name: one.sentence for device, one in pairs if isinstance(one, Unasked)}


def _kept(path: Path) -> dict[str, tuple[Taken, ...]]:
    """Read a file of `--save`. UsageError: it is none."""
    from swimctl.checks.asking import taken_of

    try:
        devices = json.loads(path.read_text(encoding="utf-8"))["devices"]
        return {name: tuple(map(taken_of, taken)) for name, taken in devices.items()}
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; name a file that `--save` made") from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is no file of `swimctl checks run --save`: {error}") from None


def _require_known(opened: Opened, devices: Sequence[Device], names: Sequence[str]) -> None:
    """Raise UsageError where a name is of no check: a typing mistake must not read as all is well."""
    from swimctl.checks.rules import every_check

    known = {check.name for check, _ in every_check(opened.config.settings.checks)}
    known |= {f"ping-{address}" for device in devices for address in opened.inventory.pings(device) or ()}
    if unknown := [name for name in names if name not in known]:
        raise UsageError(f"there is no check {', '.join(unknown)}; `swimctl checks list` shows those that are on")


def _held(
    platform: str, taken: Sequence[Taken], before: Sequence[Taken] | None, compares: bool, only: Sequence[str]
) -> list[Compared]:
    """Compare the answers of a device with those of before; without any, with what they must be in any case."""
    from swimctl.checks.against import held
    from swimctl.checks.comparing import standing_now, unread

    old = {each.check.name: each for each in before or ()}
    found = []
    for one in taken:
        name, rule = one.check.name, one.check.rule
        if compares and name in old:
            found.append(held(platform, old[name], one))
        elif one.why:
            found.append(unread(name, rule, one.why))
        elif not compares:
            found.append(standing_now(name, rule, one.rows))
        else:
            found.append(unread(name, rule, "the file has no answer of before"))
    asked = {one.check.name for one in taken}
    for name, one in old.items():
        if name not in asked and (not only or name in only):
            why = "it is in the file, and is not asked now: its feature is not configured any more, or its rule is gone"
            found.append(unread(name, one.check.rule, why))
    return found


def _print(
    answers: Mapping[str, Sequence[Taken]],
    found: Mapping[str, Sequence[Compared]],
    documents: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    from swimctl.checks.tables import COLUMNS, rows, silent

    rows_of = {name: {one.check.name: len(one.rows) for one in taken if not one.why} for name, taken in answers.items()}
    output.print_table(
        ("Device", "Check", "Rows", "Result", "Verdict"),
        [
            (name, compared.name, rows_of[name].get(compared.name, ""), compared.standing.value, compared.verdict)
            for name in answers
            for compared in found[name]
        ],
    )
    changed = [(name, *row) for name, each in documents.items() for row in rows(each)]
    if changed:
        output.print_line()
        output.print_table(("Device", *COLUMNS), changed, roomy=("Needed",))
    for name, each in documents.items():
        for sentence in silent(each):
            output.print_line(f"{name}: {sentence}")


def _is_bad(one: Compared) -> bool:
    """Return whether a check that decides is broken, or any has no answer that can be read."""
    from swimctl.checks.comparing import Standing

    return one.standing is Standing.UNREAD or (one.standing is Standing.BROKEN and one.verdict == "fail")
