"""A line of one's own that is typed on the device, and what must come of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from swimctl.clock import Deadline
from swimctl.config.flow_rules import filled, why_not_typed
from swimctl.config.own_steps import Command
from swimctl.errors import SessionLost, StepFailed
from swimctl.platforms import terminal_of
from swimctl.platforms.terminal import Answer
from swimctl.sessions.one_look import forget
from swimctl.sessions.session import Reply, Session
from swimctl.steps.base import JobContext, StepResult
from swimctl.steps.baseline import kept_baseline
from swimctl.steps.own.facts import ENDING, KEPT, OwnStep, done_key, lacks
from swimctl.steps.pausing import Parts, Pause, see_through


@dataclass(frozen=True)
class CommandStep(OwnStep):
    """Type a line, answer what it asks, and hold what it printed against what was expected."""

    said: Command

    def run(self, context: JobContext) -> StepResult:
        """Do it in this thread."""
        return see_through(self.in_parts(context), context.clock, context.stop)

    def in_parts(self, context: JobContext) -> Parts[StepResult]:
        """Type the line. StepFailed: it was refused, or did not print what it must within its time."""
        if (before := self.about.done(context)) is not None:
            return StepResult(before)
        facts = {name: str(value) for name, value in self.about.facts(context, [self.said.run]).items()}
        line = filled(self.said.run, facts)
        if why := why_not_typed(line, changes=self.said.changes, platform=context.device.platform):
            raise StepFailed(f"{why}; nothing was typed; next: correct the workflow, then {self.about.then}")
        if self.said.changes:
            return self._changed(context, line)
        deadline = Deadline(context.clock, self.said.within)
        while True:
            text = context.again(lambda: self._read(context, line))
            wrong = self._wrong(context, text)
            if not wrong or deadline.passed:
                return self._judged(context, line, text, wrong)
            context.record.say(f"'{line}': {'; '.join(wrong)}; asking again")
            context.part()
            stops = context.record.recall(ENDING) is None  # at its end a job stops no more
            yield Pause(max(context.settings.login.poll, context.clock.speed), obeys=stops)
            if stops:
                context.checkpoint()

    def _changed(self, context: JobContext, line: str) -> StepResult:
        """Type what changes the device, once."""
        self._require_known(context, line)
        with context.session() as session:
            context.on(session)
            self.about.once(context, context.redaction, line, again=False)
            reply = self._typed(session, line)
        if reply.dropped:
            raise StepFailed(
                f"the session ended in '{line}', which was sent once: whether {context.device.name} carried it out is "
                f"in doubt; next: look on the device, then {self.about.then}"
            )
        result = self._judged(context, line, reply.text, self._wrong(context, reply.text))
        context.record.remember(done_key(self.kind), result.message)
        return result

    def _require_known(self, context: JobContext, line: str) -> None:
        """Refuse to change a device that was not proved to be the right one, or of which nobody knows what it is."""
        if kept_baseline(context.record.recall) is None:
            raise StepFailed(
                f"'{line}' was not sent: the readiness check did not prove which device it is; next: {self.about.then}"
            )
        if (context.record.recall(ENDING) or {}).get("outcome") == "unknown":
            raise StepFailed(
                f"'{line}' was not sent: nobody knows what {context.device.name} is now; next: its console"
            )

    def _read(self, context: JobContext, line: str) -> str:
        with context.session() as session:
            context.on(session)
            forget()  # what was read before this step is not news
            reply = self._typed(session, line)
            if reply.dropped:
                raise SessionLost(f"the session to {context.device.name} ended in '{line}'")
            return reply.text

    def _typed(self, session: Session, line: str) -> Reply:
        answers = [Answer(re.compile(question), reply) for question, reply in self.said.answers.items()]
        reply = session.converse(line, answers, self.said.timeout)
        if reply.whole > len(reply.text) and not reply.dropped:
            raise StepFailed(
                f"'{line}' printed {reply.whole} characters, and its middle was not kept: nobody can say what it does "
                f"not contain; next: ask for less, as with `| include`, then {self.about.then}"
            )
        return reply

    def _wrong(self, context: JobContext, text: str) -> list[str]:
        """Return why an output is not as it must be; nothing where it is."""
        refusals = terminal_of(context.device.platform).refusals
        refused = [
            f"it was refused: {each.strip()!r}" for each in text.split("\n") if refusals.fullmatch(each.rstrip())
        ]
        return refused[:1] or [*self._unmet(text)]

    def _judged(self, context: JobContext, line: str, text: str, wrong: list[str]) -> StepResult:
        context.record.event("own", f"'{line}' printed {len(text)} characters", output=text[:KEPT], unmet=wrong)
        if wrong:
            last = " ".join(text.split())[-200:]
            late = f" within {self.said.within:g} s" if self.said.within else ""
            raise StepFailed(
                f"'{line}': {'; '.join(wrong)}{late}; seen at its end: {last!r}; next: mend it, then {self.about.then}"
            )
        said = self.said
        expected = sum(map(len, (said.must_contain, said.must_match, said.must_not_contain, said.must_not_match)))
        hold = f", {expected} {'expectation holds' if expected == 1 else 'expectations hold'}" if expected else ""
        return StepResult(f"'{line}' was typed{hold}")

    def _unmet(self, text: str) -> Iterator[str]:
        """Yield each expectation that does not hold."""
        said = self.said
        yield from (f"it must contain {each!r}" for each in lacks(text, said.must_contain))
        yield from (f"it must match {each!r}" for each in said.must_match if not re.search(each, text, re.MULTILINE))
        yield from (f"it must not contain {each!r}" for each in said.must_not_contain if each in text)
        yield from (
            f"it must not match {each!r}" for each in said.must_not_match if re.search(each, text, re.MULTILINE)
        )
