"""The steps that people write beside those of swimctl: what each of them says, and what is wrong with it alone. Pure.

A step of one's own is known by its name: it stands under it in a job, as a step of swimctl stands under its kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from swimctl.config import flow_rules
from swimctl.config.lengths import Length, Seconds

# Keys from the workflow on to what is wrong, and what is wrong there.
Problem = tuple[tuple[str | int, ...], str]


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
