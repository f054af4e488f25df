"""The rule of a campaign in words, the same in a terminal and on a page. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from swimctl.campaigns.standing import Sight
from swimctl.inventory.selection import Selection, some
from swimctl.times.here import zone_here
from swimctl.waiting import span


def rule_text(sight: Sight, most: int | None = None) -> str:
    """Return all that a rule says beside what is usual, and no more than so many names of its devices.

    Empty where nobody can read it: the sight's `problem` says so.
    """
    rule, gets = sight.rule, {stand.gets for stand in sight.stands if stand.gets}
    if rule is None:
        return ""
    parts = [
        *_selected(rule.selection, most),
        rule.window if rule.zone in {"", zone_here()} else f"{rule.window} ({rule.zone})",
        "" if rule.most is None else f"{rule.most} a night",
        f"waves {','.join(rule.waves)}" if rule.waves else "",
        f"soak {span(rule.soak)}" if rule.soak else "",
        "one at a time" if rule.sequential else "",
        f"{rule.workers} at the same time" if rule.workers else "",
        f"workflow {rule.workflow}" if rule.workflow != "standard" else "",
        f"halts at {rule.failures}" if rule.failures != "0" else "never halts",
        f"held back after {rule.tries}",
        "each night by hand" if rule.by_hand else "",
        "golden images" if rule.image is None else f"image {rule.image} ({', '.join(sorted(gets)) or 'not there'})",
        "flash is cleaned up" if rule.cleanup_flash else "",
        "in service" if rule.issu else "",
        "brought to install mode" if rule.convert else "",
        "held if checks fail" if rule.on_failed_checks == "hold" else "",
        "" if rule.pilot else "the first of its kind does not go alone",
        rule.ticket,
        rule.reason,
    ]
    return "; ".join(filter(None, parts))


def _selected(wanted: Selection, most: int | None) -> Iterator[str]:
    if wanted.all:
        yield "all devices"
    if wanted.names:
        yield some([str(name) for name in wanted.names], len(wanted.names) if most is None else most)
    yield from wanted.filters
    if wanted.group:
        yield f"group {wanted.group}"
    if wanted.limit:
        yield f"limit {wanted.limit}"
    if wanted.exclude:
        yield f"without {', '.join(wanted.exclude)}"
