"""Whether somebody else installs on the device of a job: another program, or a person at its console."""

from __future__ import annotations

from swimctl.errors import CommandRefused, StepFailed, UnparsableOutput
from swimctl.platforms.driver import KeepsJournal, NamesNextBoot, Offers
from swimctl.platforms.journal import Logged, of_next_boot, others
from swimctl.steps.base import JobContext
from swimctl.steps.baseline import log_marks

_OPERATIONS = ("preserve", "add", "activate", "commit", "abort")


def at_work(context: JobContext, driver: Offers) -> tuple[Logged, ...]:
    """Return what others began on the device since its baseline, by its own log, as far as that tells."""
    first, mark = log_marks(context.record.recall)
    if mark is None:
        return ()
    try:
        if isinstance(driver, KeepsJournal):
            log = driver.journal()
        elif isinstance(driver, NamesNextBoot):
            log = of_next_boot(mark, driver.next_boot())
        else:
            return ()
    except (CommandRefused, UnparsableOutput):
        return ()
    return others(log, mark, _ours(context), first)


def require_alone(context: JobContext, driver: Offers) -> None:
    """Raise StepFailed where somebody else installs or reloads, so that no two installations meet on one device."""
    found = at_work(context, driver)
    if found:
        raise StepFailed(
            f"somebody else installs on {context.device.name}; seen in its log since the first look: "
            f"{told(found)}; needed: one at a time; nothing more was sent; next: {driver.support.look} on the device, "
            "then `swimctl retry`"
        )


def told(found: tuple[Logged, ...]) -> str:
    """Return what others began, each in the words of the device's log, which have its moment and mostly its user."""
    return ", ".join(f"'{each.said}'{'' if each.ended else ', which has not ended'}" for each in found)


def _ours(context: JobContext) -> list[tuple[str, str | None]]:
    sent = [
        (operation, context.record.recall(f"{operation} sent{again}"))
        for operation in _OPERATIONS
        for again in ("", " again")
    ]
    return [(operation, kept.get("mark")) for operation, kept in sent if kept]
