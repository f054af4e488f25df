"""A workflow as a job goes through it: the steps of swimctl and one's own in their order, and as text. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from swimctl.config.own_steps import KINDS, Command, Hold, Own
from swimctl.states import step_name


@dataclass(frozen=True, slots=True)
class Flow:
    """The steps of a workflow in their order, those of swimctl by their kind; `always` run at each end of a job."""

    steps: tuple[str | Own, ...]
    always: tuple[Own, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return under what each step stands in a job."""
        return tuple(step if isinstance(step, str) else step.name for step in (*self.steps, *self.always))

    @property
    def own(self) -> tuple[Own, ...]:
        """List the steps that are not swimctl's."""
        return (*(step for step in self.steps if not isinstance(step, str)), *self.always)

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Return the name of each step, and what it does where it is not swimctl's; nothing if all are swimctl's."""
        if not self.own:
            return ()
        steps = [(step_name(step), "") if isinstance(step, str) else (step.name, step.does) for step in self.steps]
        return (*steps, *((step.name, f"at each end: {step.does}") for step in self.always))

    @property
    def typed(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return the lines that are typed before the copy, between it and the activation, and after that."""
        found: tuple[list[str], list[str], list[str]] = ([], [], [])
        part = 0
        for step in (*self.steps, *self.always):
            part = {"distribution": 1, "activation": 2}.get(step, part) if isinstance(step, str) else part
            if isinstance(step, Command):
                found[2 if step in self.always else part].append(step.run)
        return tuple(found[0]), tuple(found[1]), tuple(found[2])

    def took(self, usual: Callable[[str], float]) -> tuple[float, float, float]:
        """Return the seconds that steps of one's own take before the copy, up to the activation, and from then on.

        `usual` says what one takes, by its name. A wait for a person takes what the person takes: nobody knows.
        """
        found = [0.0, 0.0, 0.0]
        part = 0
        for step in (*self.steps, *self.always):
            if isinstance(step, str):
                part = {"distribution": 1, "activation": 2, "post-checks": 2}.get(step, part)
            elif not isinstance(step, Hold):
                found[2 if step in self.always else part] += usual(step.name)
        return found[0], found[1], found[2]

    def written(self) -> dict[str, str]:
        """Return each step that is not swimctl's as text, by its name."""
        return {step.name: json.dumps(_written(step), ensure_ascii=False, sort_keys=True) for step in self.own}

    def text(self) -> str:
        """Write it for the store, to be kept with a batch; empty where all steps are swimctl's."""
        if not self.own:
            return ""
        return json.dumps(
            {"steps": [*map(_written, self.steps)], "finally": [*map(_written, self.always)]}, ensure_ascii=False
        )

    @classmethod
    def of(cls, text: str) -> Flow:
        """Read what `text` wrote; it was checked before that.

        One of another swimctl may have steps that this one cannot read: then it has none, and its jobs have steps that
        nobody knows.
        """
        if not text:
            return cls(())
        try:
            said = json.loads(text)
            return cls(
                tuple(map(_read, said["steps"])),
                tuple(step for step in map(_read, said["finally"]) if not isinstance(step, str)),
            )
        except (ValueError, LookupError):
            return cls(())


def _written(step: str | Own) -> str | dict[str, Any]:
    if isinstance(step, str):
        return step
    return {step.kind: step.model_dump(mode="json", by_alias=True, exclude_defaults=True)}


def _read(said: str | Mapping[str, Any]) -> str | Own:
    if isinstance(said, str):
        return said
    ((kind, fields),) = said.items()
    return KINDS[kind].model_validate(fields)
