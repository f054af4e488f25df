"""The steps of one's own, as the engine runs them: new kinds of `Step`, one file each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from swimctl.config.flows import Flow
from swimctl.config.own_steps import Call, Command, Own, Script
from swimctl.models import Batch
from swimctl.states import JobStatus
from swimctl.steps.base import Step
from swimctl.steps.own.command import CommandStep
from swimctl.steps.own.facts import About
from swimctl.steps.own.hold import HoldStep
from swimctl.steps.own.http import CallStep
from swimctl.steps.own.script import ScriptStep

__all__ = ["own_steps"]


def own_steps(batch: Batch, flow: Flow, folder: Path) -> Mapping[str, Step]:
    """Return the steps of a batch that are not swimctl's, by their names. `folder` is where config.yaml is."""
    kinds = [step if isinstance(step, str) else "" for step in flow.steps]
    activation = kinds.index("activation") if "activation" in kinds else len(kinds)
    found: dict[str, Step] = {}
    for number, step in enumerate(flow.steps):
        if not isinstance(step, str):
            found[step.name] = _made(step, batch, folder, after=number > activation)
    for step in flow.always:
        found[step.name] = _made(step, batch, folder, after=True)
    return found


def _made(step: Own, batch: Batch, folder: Path, *, after: bool) -> Step:
    about = About(step, batch, folder, JobStatus.ACTIVATING if after else JobStatus.DISTRIBUTING)
    if isinstance(step, Command):
        return CommandStep(about, step)
    if isinstance(step, Call):
        return CallStep(about, step)
    return ScriptStep(about, step) if isinstance(step, Script) else HoldStep(about, step)
