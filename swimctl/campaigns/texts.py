"""What notifications say of campaigns: short, with the command that comes next. Pure."""

from __future__ import annotations

from swimctl.campaigns.outlook import Next
from swimctl.campaigns.standing import Sight, Where, names, told
from swimctl.clock import to_the_minute
from swimctl.notify.texts import Text
from swimctl.store import Campaign, Night


def began_text(campaign: Campaign, night: Night, left: int) -> Text:
    """Write that a night begins; `left` are behind, those of the night among them."""
    return Text(
        f"Campaign {campaign.name}: night {night.number} begins with {_devices(night.counts.all)}",
        f"Behind: {left:,}. It ends by {to_the_minute(night.closes)}. Batch {night.batch_id[:8]}\n"
        f"Next: `swimctl status --batch {night.batch_id[:8]}`",
        "info",
    )


def ended_text(sight: Sight, night: Night, following: Next | None) -> Text:
    """Write what a night came to, how the campaign stands now, and when it goes on."""
    counts, name = night.counts, sight.campaign.name
    words = {"well": counts.well, "failed": counts.failed, "unknown": counts.unknown, "left over": counts.left_over}
    came = ", ".join(f"{number:,} {word}" for word, number in words.items() if number) or "nothing was done"
    lines = [f"Night {night.number}: {came}", told(sight)]
    if held := sight.those(Where.HELD_BACK):
        lines.append(f"Held back: {names(held, 8)}")
    if sight.halted:
        lines += [
            f"Halted: {sight.halted}",
            f"Next: `swimctl campaign show {name}`, then `swimctl campaign continue {name} --reason TEXT`",
        ]
        return Text(f"Campaign {name} is halted", "\n".join(lines), "failure")
    if following is not None and sight.counts[Where.BEHIND]:
        lines.append(f"Next window: {to_the_minute(following.starts)}")
    lines.append(f"Next: `swimctl campaign show {name}`")
    return Text(
        f"Campaign {name}: night {night.number} has ended: {came}",
        "\n".join(lines),
        "failure" if counts.unknown else "warning" if counts.bad or counts.left_over else "success",
    )


def finished_text(sight: Sight) -> Text:
    """Write that all devices are there."""
    name = sight.campaign.name
    return Text(
        f"Campaign {name} is finished: {_devices(sight.counts[Where.THERE])} there",
        f"{told(sight)}\nA device that is behind later wakes it, until `swimctl campaign end {name}`.",
        "success",
    )


def _devices(count: int) -> str:
    return "1 device" if count == 1 else f"{count:,} devices"
