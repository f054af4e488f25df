"""swimctl plan: what each device would get, and what it lacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from swimctl.cli import output, policy, selection
from swimctl.cli.context import Context, Opened, of
from swimctl.requests.documents import image_document

if TYPE_CHECKING:
    from swimctl.cli.checking import Checked
    from swimctl.requests.plans import Plan, PlanItem, UpgradeRequest

app = typer.Typer()

ImageOption = Annotated[
    str | None, typer.Option("--image", metavar="ID|FILENAME", help="This image, in place of the golden one.")
]
WorkflowOption = Annotated[
    str, typer.Option("--workflow", metavar="ID|NAME", help="The workflow; see `workflow list`.")
]
CleanupOption = Annotated[
    bool, typer.Option("--cleanup-flash", help="Remove inactive releases from the device's flash before the copy.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Upgrade a device that already runs the image, too.")]
IssuOption = Annotated[bool, typer.Option("--issu", help=("Upgrade in service, without a reload of the whole device."))]
ConvertOption = Annotated[
    bool, typer.Option("--convert", help="Bring IOS-XE devices from bundle mode to install mode.")
]


@app.command()
def plan(
    ctx: typer.Context,
    *,
    devices: selection.Names = None,
    all_devices: selection.All = False,
    filters: selection.Filters = None,
    limit: selection.Limit = None,
    group: selection.Group = None,
    exclude: selection.Exclude = None,
    strict: selection.Strict = False,
    image: ImageOption = None,
    workflow: WorkflowOption = "standard",
    cleanup_flash: CleanupOption = False,
    force: ForceOption = False,
    issu: IssuOption = False,
    convert: ConvertOption = False,
    canary: policy.Canary = None,
    wave: policy.Wave = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="How many devices to ask at the same time.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not contact the devices.")] = False,
) -> None:
    """Show which image each device would get, and what it lacks. Changes nothing.

    The plan asks a device the same as the readiness check of a job. So a device that is ready here passes that check.
    Exit code 1: a device gets no image, lacks something, or cannot be asked.
    """
    from swimctl.models import JobOptions
    from swimctl.requests.plans import UpgradeRequest

    context = of(ctx)
    with context.open() as opened:
        chosen = selection.select(
            opened.inventory,
            devices,
            all_devices=all_devices,
            filters=filters,
            limit=limit,
            group=group,
            exclude=exclude,
            strict=strict,
        )
        options = JobOptions(workflow=workflow, cleanup_flash=cleanup_flash, force=force, issu=issu, convert=convert)
        how, _ = policy.policy_of(canary=canary, wave=wave)
        request = UpgradeRequest(
            devices=chosen, image=image_reference(image), options=options, workers=workers, policy=how
        )
        raise typer.Exit(show_plan(context, opened, request, offline=offline))


def image_reference(text: str | None) -> int | str | None:
    """Read an image's id or file name."""
    return int(text) if text is not None and text.isdecimal() else text


def show_plan(context: Context, opened: Opened, request: UpgradeRequest, *, offline: bool) -> int:
    """Print a request's plan, with what the devices say where they may be asked; gives the exit code."""
    planned = opened.service.plan(request)
    checked = {} if offline else _ask(context, opened, planned)
    well = not planned.refused and all(answer.ready for answer in checked.values())
    if context.json:
        items = [_item_document(item, checked.get(item.device.id)) for item in planned.items]
        output.print_json({"ready": well, "offline": offline, "count": len(items), "devices": items})
    else:
        print_plan(planned, checked, sys.stdout)
        _print_lacks(list(checked.values()))
    return 0 if well else 1


def print_plan(planned: Plan, checked: dict[int, Checked], stream: TextIO) -> None:
    """Print a table of what each device would get."""
    # One wave and no order: nothing to tell.
    arranged = any(item.wave > 1 or _comes_after(item) for item in planned.items)
    rows: list[tuple[object, ...]] = []
    for item in planned.items:
        order = (item.wave if item.refusal is None else "", _comes_after(item)) if arranged else ()
        what = (item.image.version, item.image.filename) if item.image else ("", "")
        rows.append((item.device.id, item.device.name, *order, *what, _verdict(item, checked.get(item.device.id))))
    columns = ("Id", "Device", *(("Wave", "After") if arranged else ()), "Target", "Image", "Verdict")
    output.print_table(columns, rows, to=stream)


def _comes_after(item: PlanItem, most: int = 3) -> str:
    group, more = item.device.redundancy_group, len(item.after) - most
    after = ", ".join(item.after[:most]) + (f" and {more} more" if more > 0 else "")
    return "; ".join(part for part in (after, f"one of {group} at a time" if group else "") if part)


def _ask(context: Context, opened: Opened, planned: Plan) -> dict[int, Checked]:
    from swimctl.cli.checking import check_devices

    workers = planned.request.workers or opened.config.settings.workers
    wanted = [(item.device, item.image) for item in planned.accepted]
    if wanted and not context.quiet:
        output.note(f"asking {len(wanted)} {'device' if len(wanted) == 1 else 'devices'}, changing nothing …")
    answers = check_devices(opened.engine, wanted, planned.request.options, workers) if wanted else []
    return {answer.device.id: answer for answer in answers}


def _verdict(item: PlanItem, answer: Checked | None) -> str:
    if item.refusal is not None:
        return f"no job: {item.refusal}"
    said = f"; {item.note}" if item.note else ""
    if answer is None:
        return f"gets it{said}"
    if answer.error is not None:
        return f"{'swimctl failed' if answer.defect else 'could not be asked'}{said}"
    if answer.already and answer.ready:
        return f"{answer.already}{said}"
    return (
        f"ready{_from_where(answer)}{said}"
        if answer.ready
        else f"lacks {', '.join(lack.rule for lack in answer.lacks)}{said}"
    )


def _from_where(answer: Checked) -> str:
    """Return from where a device with sources would get its image, empty for any other."""
    from swimctl.steps.reach import SOURCES

    seen = next((each.seen for each in answer.findings if each.rule == SOURCES), "")
    return f"; {seen}" if seen else ""


def _print_lacks(checked: Sequence[Checked]) -> None:
    from swimctl.cli.checking import LACK_COLUMNS, lack_rows

    rows = lack_rows(checked)
    if rows:
        if not output.is_terminal(sys.stdout):  # there a table begins and ends with an empty line
            output.print_line()
        output.print_table(LACK_COLUMNS, rows)


def _item_document(item: PlanItem, answer: Checked | None) -> dict[str, Any]:
    return {
        "device_id": item.device.id,
        "device_hostname": item.device.name,
        "image": image_document(item.image) if item.image else None,
        "refusal": item.refusal,
        "wave": item.wave if item.refusal is None else None,
        "after": list(item.after),
        "redundancy_group": item.device.redundancy_group,
        "note": item.note,
    } | (answer.document() if answer else {"ready": None, "already": "", "error": None, "next": "", "findings": []})
