"""A request by HTTP to a machine that is no device: once, with a limit for its time and for its answer."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from swimctl.config.flow_rules import filled, places, why_no_address
from swimctl.config.own_steps import Call
from swimctl.errors import StepFailed
from swimctl.relays.client import trusting
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.watchdog import watchdog
from swimctl.steps.base import JobContext, StepResult
from swimctl.steps.own.facts import KEPT, OwnStep, done_key, kept_key, lacks

_MOST_ANSWER: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Asking:
    """A request with all its values; secrets among them, so it is never shown."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    authority: Path | None
    seconds: float


@dataclass(frozen=True)
class CallStep(OwnStep):
    """Ask once; the status of the answer decides, and the texts that must be in it."""

    said: Call

    def run(self, context: JobContext) -> StepResult:
        """Ask. StepFailed: nobody answers, or the answer is not as it must be."""
        if (before := self.about.done(context)) is not None:
            return StepResult(before)
        secrets = self.about.secrets(self.said.secrets)
        hide = Redaction(secrets.values())
        asking = self._asking(context, secrets)
        line = hide.text(f"{asking.method} {_shown(asking.url, self.said.url)}")
        connection = _reached(asking, line, hide, self.about.then)
        try:
            self.about.once(context, hide, line, again=self.said.again)
            status, text = _answered(connection, asking, line, hide, self.about.then)
        finally:
            connection.close()
        shown = hide.text(text)
        context.record.event("own", f"{line}: {status}", status=status, answer=shown[:KEPT])
        wrong = [] if status in self.said.status else [f"it answers {status}, needed {_any_of(self.said.status)}"]
        wrong += [f"its answer must contain {each!r}" for each in lacks(text, self.said.must_contain)]
        kept = {} if wrong else self._kept(text, wrong)
        if wrong:
            raise StepFailed(
                f"{line}: {'; '.join(wrong)}; seen: {' '.join(shown.split())[:200]!r}; next: mend it, then "
                f"{self.about.then}"
            )
        for word, value in kept.items():
            context.record.remember(kept_key(word), hide.data(value))
        context.record.remember(done_key(self.kind), f"{line}: {status}")
        return StepResult(f"{line}: {status}")

    def _asking(self, context: JobContext, secrets: Mapping[str, str]) -> Asking:
        facts = self.about.facts(context, [text for _, text in self.said.texts()], secrets)
        texts = {name: str(value) for name, value in facts.items()}
        in_url = {name: quote(value, safe="") for name, value in texts.items()} | dict(secrets)
        everywhere = texts | dict(secrets)
        url = filled(self.said.url, in_url)
        headers = {name: filled(value, everywhere) for name, value in self.said.headers.items()}
        why = why_no_address(url, with_secrets=bool(secrets))
        if (
            why
            or not url.isascii()
            or not url.isprintable()
            or " " in url
            or any(not each.isprintable() or not _goes_in_a_header(each) for each in headers.values())
        ):
            raise StepFailed(
                f"{why or 'the address or a header is not one line of characters that HTTP can send'}; nothing was "
                "sent; next: "
                f"correct the workflow or its secret, then {self.about.then}"
            )
        body, kind = self._body(facts, everywhere)
        if kind and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = kind
        authority = None if self.said.ca is None else self.about.folder / self.said.ca
        return Asking(self.said.method, url, headers, body, authority, self.said.timeout)

    def _body(self, facts: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[bytes | None, str]:
        if self.said.text is not None:
            return filled(self.said.text, texts).encode(), "text/plain; charset=utf-8"
        if self.said.body is None:
            return None, ""
        return json.dumps(_filled(self.said.body, facts, texts)).encode(), "application/json"

    def _kept(self, text: str, wrong: list[str]) -> dict[str, Any]:
        """Return the values of the answer that are kept for later steps; add to `wrong` those that are not there."""
        found: dict[str, Any] = {}
        if not self.said.keep:
            return found
        try:
            answer = json.loads(text)
        except ValueError:
            wrong.append("its answer is not JSON, and a value of it is to be kept")
            return found
        for word, path in self.said.keep.items():
            value = answer
            for key in path.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            if not isinstance(value, str | int | float):
                wrong.append(f"its answer has no value at {path!r}")
            else:
                found[word] = value
        return found


def _goes_in_a_header(value: str) -> bool:
    """Return whether each character is one of Latin-1, as HTTP wants it: a comment of a person may have others."""
    return all(ord(each) < 0x100 for each in value)


def _filled(value: Any, facts: Mapping[str, Any], texts: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with values in place of words in braces; a text that is one word becomes the value as it is."""
    if isinstance(value, str):
        word = places(value)
        return facts[word[0]] if word and value == f"{{{word[0]}}}" and word[0] in facts else filled(value, texts)
    if isinstance(value, dict):
        return {key: _filled(inner, facts, texts) for key, inner in value.items()}
    return [_filled(inner, facts, texts) for inner in value] if isinstance(value, list) else value


def _shown(url: str, written: str) -> str:
    """Return an address as it may be recorded: without what stands behind `?`, and of a secret one the host alone."""
    parts = urlsplit(url)
    if written.startswith("{"):
        return f"{parts.scheme}://{parts.netloc}/…"
    return f"{parts.scheme}://{parts.netloc}{parts.path}{'?…' if parts.query else ''}"


def _reached(asking: Asking, line: str, hide: Redaction, then: str) -> http.client.HTTPConnection:
    """Open the connection, before anything is sent. StepFailed: nobody is there, or nobody who is believed."""
    parts = urlsplit(asking.url)
    host = parts.hostname or ""
    try:
        if parts.scheme == "http":
            connection = http.client.HTTPConnection(host, parts.port, timeout=asking.seconds)
        else:
            context = trusting(asking.authority)
            connection = http.client.HTTPSConnection(host, parts.port, timeout=asking.seconds, context=context)
        connection.connect()
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise StepFailed(
            f"{line}: it cannot be reached: {hide.text(_why(error))}; nothing was sent; next: mend that, then {then}"
        ) from None
    return connection


def _answered(
    connection: http.client.HTTPConnection, asking: Asking, line: str, hide: Redaction, then: str
) -> tuple[int, str]:
    """Send the request and return the status and the text of the answer. A redirection is not followed."""
    parts = urlsplit(asking.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    wire = connection.sock  # the connection forgets it where the answer is its last, which may come slowly

    def close() -> None:
        wire.shutdown(socket.SHUT_RDWR)  # wakes who reads there; a close does not

    with watchdog(asking.seconds, close) as bit:
        try:
            connection.request(asking.method, path, asking.body, dict(asking.headers))
            response = connection.getresponse()
            said = response.read(_MOST_ANSWER + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            with suppress(OSError):
                connection.close()
            overdue = bit.is_set() or isinstance(error, TimeoutError)
            why = f"no whole answer within {asking.seconds:g} s" if overdue else hide.text(_why(error))
            raise StepFailed(
                f"{line}: {why}; it was sent, and whether it was done is in doubt; next: look there, then {then}"
            ) from None
    if bit.is_set():
        raise StepFailed(
            f"{line}: no whole answer within {asking.seconds:g} s; it was sent, and whether it was done is in doubt; "
            f"next: look there, then {then}"
        )
    if len(said) > _MOST_ANSWER:
        raise StepFailed(f"{line}: its answer has more than {_MOST_ANSWER} bytes; next: look there, then {then}")
    return response.status, said.decode("utf-8", "replace")


def _why(error: Exception) -> str:
    return (
        getattr(error, "verify_message", None) or getattr(error, "strerror", None) or str(error) or type(error).__name__
    )


def _any_of(numbers: list[int]) -> str:
    return " or ".join(map(str, numbers))
