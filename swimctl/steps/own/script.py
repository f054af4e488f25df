"""A program on this machine that a workflow names: no shell, few variables, its facts on its standard input."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from swimctl.config.flow_rules import filled
from swimctl.config.own_steps import Script
from swimctl.errors import StepFailed
from swimctl.sessions.redaction import Redaction
from swimctl.steps.base import JobContext, StepResult
from swimctl.steps.own.facts import KEPT, OwnStep, done_key
from swimctl.steps.own.running import Ran, run

_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class ScriptStep(OwnStep):
    """Run a program once; its exit code decides."""

    said: Script

    def run(self, context: JobContext) -> StepResult:
        """Run it. StepFailed: it cannot be started, took too long, or ended with another code than 0."""
        if (before := self.about.done(context)) is not None:
            return StepResult(before)
        secrets = self.about.secrets(self.said.secrets)
        facts = self.about.facts(context, [*self.said.run, *self.said.env.values()], secrets)
        texts = {name: str(value) for name, value in facts.items()}
        words = [filled(word, texts) for word in self.said.run]
        environment = self._environment({**texts, **secrets})
        hide = Redaction(secrets.values())
        context.part()  # a session would idle out meanwhile
        self.about.once(context, hide, f"script {' '.join(words)}", again=self.said.again)
        ran = run(words, environment, json.dumps(facts), self.about.folder, self.said.timeout, self.about.then)
        output = hide.text(ran.output)
        context.transcript.note(f"{self.kind} printed:\n{output}")
        context.record.event("own", f"{words[0]}: {_ended(ran)}", code=ran.code, output=output[-KEPT:])
        if ran.code != 0:
            said = " ".join(output.split())[-200:]
            last = f"; last words: {said!r}" if said else ""
            limit = f" of {self.said.timeout:g} s" if ran.code is None else ""
            raise StepFailed(
                f"{words[0]}: {_ended(ran)}{limit}; needed: exit code 0{last}; next: see "
                f"`swimctl job transcript {context.job.id}`, then {self.about.then}"
            )
        context.record.remember(done_key(self.kind), f"{words[0]}: exit code 0")
        return StepResult(f"{words[0]}: exit code 0")

    def _environment(self, values: Mapping[str, str]) -> dict[str, str]:
        own = {name: filled(value, values) for name, value in self.said.env.items()}
        return {"PATH": _PATH, "HOME": str(Path.home()), "LANG": "C.UTF-8", **own}


def _ended(ran: Ran) -> str:
    if ran.code is None:
        return "it was killed, as it did not end in time"
    return f"exit code {ran.code}" if ran.code >= 0 else f"it was ended by signal {-ran.code}"
