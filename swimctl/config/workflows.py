"""Workflows of one's own as config.yaml has them: which steps they list, and what is wrong with them together. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from swimctl.config import flow_rules
from swimctl.config.explain import explain
from swimctl.config.flows import Flow
from swimctl.config.own_steps import KINDS, Call, Command, Hold, Own, Problem
from swimctl.config.settings import Workflow
from swimctl.states import STEP_NAMES

STANDARD: Final = tuple(STEP_NAMES)


def read_flow(workflow: Workflow) -> tuple[Flow, list[Problem]]:
    """Return the steps of a workflow as they are written, and all that is wrong with them."""
    problems: list[Problem] = []
    steps = _listed(workflow.steps, "steps", problems)
    always = _listed(workflow.always, "finally", problems)
    if not workflow.steps:
        problems.append((("steps",), f"must be a list with one of {_choice()}, not an empty list"))
    flow = Flow(tuple(step for _, step in steps), tuple(step for _, step in always if not isinstance(step, str)))
    problems += _of_order(steps)
    problems += _of_finally(always, flow)
    problems += _of_names([*(("steps", *each) for each in steps), *(("finally", *each) for each in always)])
    return flow, problems


def _choice() -> str:
    return f"{', '.join(STANDARD)}, or a step of your own ({', '.join(KINDS)})"


def _listed(said: Sequence[Any], where: str, problems: list[Problem]) -> list[tuple[int, str | Own]]:
    found: list[tuple[int, str | Own]] = []
    for number, one in enumerate(said):
        step = _one(one, (where, number), problems)
        if step is not None:
            found.append((number, step))
    return found


def _one(said: object, keys: tuple[str | int, ...], problems: list[Problem]) -> str | Own | None:
    if isinstance(said, str) and said in STANDARD:
        return said
    kind, fields = next(iter(said.items())) if isinstance(said, dict) and len(said) == 1 else (None, None)
    if kind not in KINDS:
        problems.append((keys, f"must be one of {_choice()}, not {_shown(said)}"))
        return None
    if not isinstance(fields, dict):
        problems.append(((*keys, kind), "must be a mapping, lines of `key: value`"))
        return None
    model = KINDS[kind]
    try:
        return model.model_validate(fields)
    except ValidationError as wrong:
        problems += [
            ((*keys, kind, *problem["loc"]), _explained(model, problem)) for problem in wrong.errors(include_url=False)
        ]
        return None


def _explained(model: type[Own], problem: ErrorDetails) -> str:
    """Return what is wrong with one value, without its name, which the keys say."""
    name = ".".join(map(str, problem["loc"]))
    said = explain(model, problem, problem["loc"])
    return said.removeprefix(f"{name} ").replace(f"unknown setting {name};", "is unknown;")


def _shown(said: object) -> str:
    if isinstance(said, dict):
        return f"a mapping with {', '.join(map(repr, said))}" if said else "an empty mapping"
    return repr(said)


def _of_order(steps: Sequence[tuple[int, str | Own]]) -> Iterator[Problem]:
    """Yield what is wrong with the order: an activation has checks before and after it, and nothing in between."""
    kinds = [step for _, step in steps if isinstance(step, str)]
    order = [STANDARD.index(kind) for kind in kinds]
    if order != sorted(set(order)):
        yield ("steps",), f"each step at most once, in this order: {', '.join(STANDARD)}"
        return
    if "activation" in kinds:
        for needed in ("readiness", "post-checks"):
            if needed not in kinds:
                yield ("steps",), f"activation needs {needed} too; add it"
    elif "post-checks" in kinds:
        yield ("steps",), "post-checks need an activation; add activation, or remove post-checks"
    seen: list[str] = []
    for number, step in steps:
        if isinstance(step, str):
            seen.append(step)
        elif seen and seen[-1] == "activation":
            why = "stands between activation and post-checks, while the device's timer runs; put it behind post-checks"
            yield ("steps", number, step.kind), f"{step.name!r} {why}"
        elif isinstance(step, Command) and step.changes and "readiness" not in seen:
            why = "changes a device before readiness has proved which device it is; put it behind readiness"
            yield ("steps", number, step.kind), f"{step.name!r} {why}"


def _of_finally(always: Sequence[tuple[int, str | Own]], flow: Flow) -> Iterator[Problem]:
    before = {step.name for step in flow.steps if not isinstance(step, str)}
    for number, step in always:
        if isinstance(step, str):
            yield ("finally", number), f"{step} is no step that may come at the end of each job; put it into steps"
        elif isinstance(step, Hold):
            yield ("finally", number, step.kind), "the end of a job waits for nobody; put the pause into steps"
        elif step.after and step.after not in before:
            names = ", ".join(map(repr, sorted(before))) or "none"
            yield (
                ("finally", number, step.kind, "after"),
                f"{step.after!r} is no step of yours before; there are {names}",
            )


def _of_names(steps: Sequence[tuple[str, int, str | Own]]) -> Iterator[Problem]:
    """Yield names that are taken, and what is wrong with each step, given what the steps before it keep."""
    taken = {*(kind.casefold() for kind in STANDARD), *(name.casefold() for name in STEP_NAMES.values())}
    known = set(flow_rules.FACTS)
    for where, number, step in steps:
        if isinstance(step, str):
            continue
        keys = (where, number, step.kind)
        if step.name.casefold() in taken:
            yield (*keys, "name"), f"another step is called {step.name!r}; choose another name"
        elif why := flow_rules.why_no_name(step.name):
            yield (*keys, "name"), why
        if step.may_fail and isinstance(step, Hold):
            yield (*keys, "may_fail"), "a person's answer counts; leave it out"
        if step.after and where == "steps":
            yield (*keys, "after"), "only steps of `finally` have it: the others come in their order"
        taken.add(step.name.casefold())
        yield from (((*keys, *inner), why) for inner, why in step.wrong(frozenset(known)))
        if isinstance(step, Call):
            known |= set(step.keep)
