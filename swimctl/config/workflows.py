"""Workflows of one's own: the steps that people write beside those of swimctl, and what is wrong with them. Pure.

A step of one's own is known by its name: it stands under it in a job, as a step of swimctl stands under its kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from swimctl.config import flow_rules
from swimctl.config.explain import explain
from swimctl.config.lengths import Length, Seconds
from swimctl.config.settings import Workflow
from swimctl.states import STEP_NAMES, step_name

# Keys from the workflow on to what is wrong, and what is wrong there.
Problem = tuple[tuple[str | int, ...], str]
STANDARD: Final = tuple(STEP_NAMES)


class OwnStep(BaseModel):
    """What all steps of one's own have. Texts may name facts of the job as `{device}`; see FACTS."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kind: ClassVar[str]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    # Only in `finally`: the step before, without which this one has nothing to do.
    after: str = ""
    # Its failure is told, and is none of the job.
    may_fail: bool = False

    @property
    def does(self) -> str:
        """Return in one line what it does, as people read it in a plan and in the record."""
        raise NotImplementedError

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield each text that is filled with facts, and the keys under which it stands."""
        yield from ()

    def wrong(self, known: frozenset[str]) -> Iterator[Problem]:
        """Yield what is wrong beyond the form of it. `known` are the names that may stand in braces."""
        for keys, text in self.texts():
            for word in flow_rules.places(text):
                if word not in known:
                    yield keys, f"{{{word}}} is not known here; known are {', '.join(sorted(known))}"


class Command(OwnStep):
    """A line that is typed on the device; it only reads there, unless it says that it `changes` something."""

    kind = "command"
    run: Annotated[str, Field(min_length=1, max_length=500)]
    must_contain: list[str] = []
    must_match: list[str] = []
    must_not_contain: list[str] = []
    must_not_match: list[str] = []
    answers: dict[str, str] = {}
    changes: bool = False
    within: Annotated[float, Field(ge=0, le=86_400), Length("s")] = 0
    timeout: Seconds = 120

    @property
    def does(self) -> str:
        """Return what is typed."""
        return f"{'types, once' if self.changes else 'types'}: {self.run}"

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield the line."""
        yield ("run",), self.run

    def wrong(self, known: frozenset[str]) -> Iterator[Problem]:
        """Yield a line that may not be typed, and expressions that are none."""
        yield from super().wrong(known)
        if self.changes and self.may_fail:
            yield ("may_fail",), "what changes a device does not fail unseen; leave it out"
        if self.changes and self.within:
            yield ("within",), "what changes something is sent once, and not again until it fits; look in another step"
        if why := flow_rules.why_not_typed(self.run, changes=self.changes):
            yield ("run",), why
        for key in ("must_match", "must_not_match"):
            for number, text in enumerate(getattr(self, key)):
                if why := flow_rules.why_no_expression(text):
                    yield (key, number), why
        for question, reply in self.answers.items():
            if not reply.isprintable():
                yield ("answers", question), "an answer is one line of printed characters: a second one is a command"
            if re.search("passw|secret|phrase", question, re.IGNORECASE):
                yield ("answers", question), "a secret that is typed here would be kept with each job; use a script"
            if why := flow_rules.why_no_expression(question):
                yield ("answers", question), why


class Call(OwnStep):
    """A request by HTTP to a machine that is no device: a CMDB, a chat, a monitoring."""

    kind = "http"
    url: Annotated[str, Field(min_length=1, max_length=2000)]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = "POST"
    headers: dict[str, str] = {}
    body: Any = Field(None, alias="json")
    text: str | None = None
    secrets: dict[str, dict[str, Any]] = {}
    status: list[Annotated[int, Field(ge=100, le=599)]] = [200, 201, 202, 204]
    must_contain: list[str] = []
    keep: dict[str, str] = {}
    lasts: Annotated[float, Field(gt=0, le=604_800), Length("s")] = 3600
    ca: Path | None = None
    again: bool = False
    timeout: Annotated[float, Field(gt=0, le=600), Length("s")] = 30

    @property
    def does(self) -> str:
        """Return what is asked of whom."""
        return f"{self.method} {self.url}"

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield the address, the headers and the body."""
        yield ("url",), self.url
        yield from ((("headers", name), value) for name, value in self.headers.items())
        yield from flow_rules.leaves(("json",), self.body)
        if self.text is not None:
            yield ("text",), self.text

    def wrong(self, known: frozenset[str]) -> Iterator[Problem]:
        """Yield what would show a secret, and what nobody could send."""
        yield from super().wrong(known | set(self.secrets))
        if why := flow_rules.why_no_url(self.url, secrets=set(self.secrets)):
            yield ("url",), why
        for name, value in self.headers.items():
            if why := flow_rules.why_no_header(name, value, set(self.secrets)):
                yield ("headers", name), why
        yield from flow_rules.secrets_wrong(self.secrets)
        if self.body is not None and self.text is not None:
            yield ("text",), "json and text are two bodies; leave one out"
        try:
            json.dumps(self.body)
        except (TypeError, ValueError):
            yield ("json",), "JSON cannot say this; put dates in quotes"
        for name in self.keep:
            if why := flow_rules.why_no_word(name):
                yield ("keep", name), why


class Script(OwnStep):
    """A program on this machine, given as a list of words: no shell reads it."""

    kind = "script"
    run: Annotated[list[str], Field(min_length=1, max_length=100)]
    env: dict[str, str] = {}
    secrets: dict[str, dict[str, Any]] = {}
    again: bool = False
    timeout: Seconds = 300

    @property
    def does(self) -> str:
        """Return the program with its words."""
        return f"runs: {' '.join(self.run)}"

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield the words behind the program; what stands in its environment may name secrets, too."""
        yield from ((("run", number), word) for number, word in enumerate(self.run))

    def wrong(self, known: frozenset[str]) -> Iterator[Problem]:
        """Yield secrets that would stand in the list of processes or in the record."""
        yield from super().wrong(known)
        yield from flow_rules.secrets_wrong(self.secrets)
        for name, value in self.env.items():
            if why := flow_rules.why_no_variable(name, value, known | set(self.secrets), set(self.secrets)):
                yield ("env", name), why


class Hold(OwnStep):
    """A wait for a person, who says that the job may go on, or may not."""

    kind = "pause"
    ask: Annotated[str, Field(max_length=200)] = ""
    deadline: Seconds = 14_400

    @property
    def does(self) -> str:
        """Return what the person is asked."""
        return f"waits for a person{f': {self.ask}' if self.ask else ''}"


Own = Command | Call | Script | Hold
KINDS: Final[dict[str, type[Own]]] = {each.kind: each for each in (Command, Call, Script, Hold)}


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
