"""eAPI of a lab Arista: JSON-RPC whose commands run in a session as typed ones do, with `| json` behind them. Pure.

Replies and errors as devices have them: the tests of the library pyeapi and its forks (`invalid command`, 1002, with
the outputs before it and the words of the command line), salt's and NAPALM's threads (`unconverted command`, 1003),
and Arista's guide to eAPI (1000, 1005, and JSON-RPC's own codes).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from swimctl.lab.plain_commands import PRIVILEGED
from swimctl.lab.web_api import Asked, WebApi, WebReply

if TYPE_CHECKING:
    from swimctl.lab.vty import Vty
    from swimctl.lab.web_api import Run

_FAILED, _INVALID, _UNCONVERTED, _DENIED = 1000, 1002, 1003, 1005
_WHY = {
    _FAILED: "could not run command", _INVALID: "invalid command", _UNCONVERTED: "unconverted command",
    _DENIED: "permission denied",
}  # fmt: skip
_CODES = (("Invalid input", _INVALID), ("Ambiguous command", _INVALID), ("Incomplete command", _INVALID),
          ("This is an unconverted command", _UNCONVERTED), ("Bad secret", _DENIED))  # fmt: skip


class _CommandError(Exception):
    """A command that did not do what was asked."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


async def _answer(asked: Asked, session: Vty, run: Run) -> WebReply:
    try:
        request = json.loads(asked.body)
    except ValueError:
        return _error(None, -32700, "Parse error")
    if not isinstance(request, dict) or request.get("jsonrpc") != "2.0" or "method" not in request:
        return _error(None, -32600, "Invalid request")
    mark, given = request.get("id"), request.get("params")
    if request["method"] != "runCmds":
        return _error(mark, -32601, f"Method not found: {request['method']}")
    commands = given.get("cmds") if isinstance(given, dict) else None
    how = (given.get("format") or "json") if isinstance(given, dict) else ""
    if not isinstance(commands, list) or how not in {"json", "text"} or not all(map(_is_command, commands)):
        return _error(mark, -32602, "Invalid params")
    results: list[object] = []
    for place, command in enumerate(commands, 1):
        line, answers = (command, []) if isinstance(command, str) else (command["cmd"], [str(command.get("input", ""))])
        try:
            results.append(await _one(session, run, line, answers, how))
        except _CommandError as error:
            said = f"CLI command {place} of {len(commands)} '{line}' failed: {_WHY[error.code]}"
            return _error(mark, error.code, said, [*results, {"errors": [error.words]}])
    return _reply(mark, {"result": results})


def _is_command(command: object) -> bool:
    return isinstance(command, str) or (isinstance(command, dict) and isinstance(command.get("cmd"), str))


async def _one(session: Vty, run: Run, line: str, answers: list[str], how: str) -> object:
    """Run one command; raises _CommandError."""
    shows = how == "json" and line.split(maxsplit=1)[:1] != [] and "show".startswith(line.split(maxsplit=1)[0].lower())
    said = await run(session, f"{line} | json" if shows else line, answers)
    error = said.partition("\n")[0].removeprefix("% ") if said.startswith("% ") else ""
    if error:
        raise _CommandError(next((code for words, code in _CODES if error.startswith(words)), _FAILED), error)
    if line.strip() == "enable" and session.privilege < PRIVILEGED:
        raise _CommandError(_DENIED, "Bad secret")
    if how == "text":
        return {"output": said}
    if shows:
        return json.loads(said)
    return {"messages": [said]} if said else {}


def _error(mark: object, code: int, message: str, data: list[object] | None = None) -> WebReply:
    return _reply(mark, {"error": {"code": code, "message": message, **({"data": data} if data else {})}})


def _reply(mark: object, content: dict[str, object]) -> WebReply:
    return WebReply(json.dumps({"jsonrpc": "2.0", "id": mark, **content}), "application/json")


EAPI = WebApi(
    "/command-api",
    "COMMAND_API_AUTH",
    WebReply("Unable to authenticate user: Bad username/password combination", "text/plain", 401),
    _answer,
)
