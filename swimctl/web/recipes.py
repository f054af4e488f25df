"""A request of the API as people paste it: for curl, for Python, for Ansible. Pure.

The token comes from the environment, and reaches curl through its standard input: what is on a command line can be read
by every user of the machine. It stands in a here-document, which each shell writes by itself; mksh would run a program
for `printf`, and so show it after all.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pprint import pformat
from textwrap import indent
from typing import Any, Final
from urllib.parse import quote, urlencode

_STREAM: Final = "text/event-stream"
_PIECES: Final = 88  # characters of a line


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `secret`: the field of the body that no command line may have; `kind`: of the answer."""

    method: str
    path: str
    summary: str
    status: int
    kind: str
    guarded: bool
    body: Mapping[str, Any] | None = None
    secret: str = ""

    @property
    def json(self) -> bool:
        """Return whether the answer is JSON."""
        return self.kind == "application/json"


def address(path: str, parameters: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a path with its parameters, each of which has its `in` and its `example`."""
    asked = {}
    for name, one in parameters.items():
        if one["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(str(one["example"]), safe=""))
        elif one["in"] == "query":
            asked[name] = one["example"]
    return f"{path}?{urlencode(asked)}" if asked else path


def recipes(request: Request) -> list[tuple[str, str]]:
    """Return how to send a request, by the name of who sends it."""
    found = [("curl", curl(request)), ("Python", python(request))]
    if request.kind != _STREAM:  # Ansible waits for the end of an answer
        found.append(("Ansible", ansible(request)))
    return found


def curl(request: Request) -> str:
    """Write it for a POSIX shell."""
    url, body = f'"$SWIMCTL_URL{request.path}"', request.body
    if request.secret and body is not None:
        plain = " ".join(f"-d {shlex.quote(f'{name}={body[name]}')}" for name in body if name != request.secret)
        # The end of its line is no part of a password, and curl would send it.
        asks = f"tr -d '\\n' <<END |\n$SWIMCTL_PASSWORD\nEND\n  curl -sS {url} \\\n    {plain}"
        return f"{asks} --data-urlencode {request.secret}@-"
    quiet = "-sSN" if request.kind == _STREAM else "-sS"
    if not request.guarded:
        return f"curl {quiet} {url}"
    text = f"curl {quiet} -H @- {url}"
    if body is not None:
        text += f" \\\n  -H 'Content-Type: application/json' -d {shlex.quote(json.dumps(body, ensure_ascii=False))}"
    return f"{text} <<END\nAuthorization: Token $SWIMCTL_TOKEN\nEND"


def python(request: Request) -> str:
    """Write it for Python without any package."""
    headers, body = [], request.body
    if request.guarded:
        headers.append('"Authorization": f"Token {os.environ[\'SWIMCTL_TOKEN\']}"')
    if body is not None:
        headers.append('"Content-Type": "application/json"')
    modules = sorted({"os", "urllib.request"} | ({"json"} if request.json or body is not None else set()))
    lines = [*(f"import {name}" for name in modules), ""]
    if body is not None:
        shown = pformat(dict(body), width=_PIECES, sort_dicts=False)
        lines.append(f"body = {indent(shown, ' ' * 7).lstrip()}")
        if request.secret:
            lines.append(f"body[{request.secret!r}] = os.environ['SWIMCTL_PASSWORD']")
    lines += ["request = urllib.request.Request(", f"    os.environ['SWIMCTL_URL'] + {json.dumps(request.path)},"]
    lines += ["    data=json.dumps(body).encode(),"] if body is not None else []
    lines += [f"    headers={{{', '.join(headers)}}},"] if headers else []
    lines.append(")")
    if request.kind == _STREAM:
        lines += ["with urllib.request.urlopen(request) as answer:", "    for line in answer:"]
        lines.append('        print(line.decode(), end="", flush=True)')
    else:
        read = "json.load(answer)" if request.json else "answer.read().decode()"
        lines += ["with urllib.request.urlopen(request, timeout=60) as answer:", f"    print({read})"]
    return "\n".join(lines)


def ansible(request: Request) -> str:
    """Write it as a task for `ansible.builtin.uri`."""
    body = request.body
    lines = [
        f"- name: {json.dumps(request.summary)}",
        "  ansible.builtin.uri:",
        f'    url: "{_environment("SWIMCTL_URL")}{request.path}"',
    ]
    if request.guarded:
        lines += ["    headers:", f'      Authorization: "Token {_environment("SWIMCTL_TOKEN")}"']
    if body is not None:
        known = dict(body) | ({request.secret: _environment("SWIMCTL_PASSWORD")} if request.secret else {})
        lines += [f"    method: {request.method}", "    body_format: json", "    body:"]
        lines += [f"      {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in known.items()]
    if request.status != 200:
        lines.append(f"    status_code: {request.status}")
    lines += ["    return_content: true", "  register: answer"]
    if request.guarded or request.secret:
        lines.append("  no_log: true  # the request has a secret")
    return "\n".join(lines)


def _environment(name: str) -> str:
    return f"{{{{ lookup('ansible.builtin.env', '{name}') }}}}"
