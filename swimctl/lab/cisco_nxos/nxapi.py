"""NX-API of a lab Nexus: JSON-RPC, and `ins_api` in JSON; commands run in a session as typed ones, with `| json`. Pure.

Replies and errors as devices have them: Cisco's guide to NX-API, what Ansible's cisco.nxos and NAPALM's nxapi_plumbing
read, and answers of devices in public repositories (ins_api with one output or a list of them, `Input CLI command
error`, 400, with `clierror`; `Structured output unsupported`, 501; JSON-RPC's -32602 with `data.msg`). That JSON-RPC's
errors come with the status 500 has one source, the first reader of them, pynxos. XML is not offered here.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from swimctl.lab.web_api import Asked, WebApi, WebReply

if TYPE_CHECKING:
    from swimctl.lab.vty import Vty
    from swimctl.lab.web_api import Run

_UNSUPPORTED = "Structured output unsupported"
_CONFIGURE = "configure terminal"
_MARK = re.compile(r"^ *\^\n", re.MULTILINE)


class _CommandError(Exception):
    """A command that did not do what was asked; `code` is NX-API's own."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


async def _said(session: Vty, run: Run, line: str) -> str:
    """Run one line as typed; raises _CommandError."""
    said = await run(session, line, ())
    plain = _MARK.sub("", said)
    if plain.startswith(("%", "ERROR:")):
        raise _CommandError("400", plain.replace(" at '^' marker.", ""))
    return said


async def _data(session: Vty, run: Run, line: str) -> object:
    """Run one line and give its output as data; what configures gives none. Raises _CommandError."""
    if line.split(maxsplit=1)[:1] == [] or not "show".startswith(line.split(maxsplit=1)[0].lower()):
        await _said(session, run, line)
        return {}
    said = await _said(session, run, f"{line} | json native")
    try:
        return json.loads(said)
    except ValueError:
        raise _CommandError("501", f"{_UNSUPPORTED}\n") from None


async def _answer(asked: Asked, session: Vty, run: Run) -> WebReply:
    try:
        request = json.loads(asked.body)
    except ValueError:
        return _rpc_error(None, -32700, "Parse error", "", 500)
    if isinstance(request, dict) and isinstance(request.get("ins_api"), dict):
        return await _ins_api(request["ins_api"], session, run)
    calls = request if isinstance(request, list) else [request]
    replies: list[object] = []
    for call in calls:
        given = call.get("params") if isinstance(call, dict) else None
        if not isinstance(given, dict) or not isinstance(given.get("cmd"), str):
            return _rpc_error(call.get("id") if isinstance(call, dict) else None, -32600, "Invalid request", "", 500)
        try:
            result = await _call(call.get("method"), given["cmd"], session, run)
        except _CommandError as error:
            replies.append(_rpc_failed(call.get("id"), -32602, "Invalid params", error.words))
            return _rpc(replies, 500)
        except LookupError:
            replies.append(_rpc_failed(call.get("id"), -32601, "Method not found", ""))
            return _rpc(replies, 500)
        replies.append({"jsonrpc": "2.0", "result": result, "id": call.get("id")})
    return _rpc(replies, 200)


async def _call(method: object, command: str, session: Vty, run: Run) -> object:
    if method == "cli":
        body = await _data(session, run, command)
        return {"body": body} if body else None
    if method == "cli_ascii":
        said = await _said(session, run, command)
        return {"msg": said} if said else None
    if method == "cli_conf":
        if not session.prompt.partition("(")[1]:
            await _said(session, run, _CONFIGURE)
        await _said(session, run, command)
        return None
    raise LookupError(method)


def _rpc_failed(mark: object, code: int, message: str, words: str) -> dict[str, object]:
    data = {"data": {"msg": words}} if words else {}
    return {"jsonrpc": "2.0", "error": {"code": code, "message": message, **data}, "id": mark}


def _rpc_error(mark: object, code: int, message: str, words: str, status: int) -> WebReply:
    return _rpc([_rpc_failed(mark, code, message, words)], status)


def _rpc(replies: list[object], status: int) -> WebReply:
    return WebReply(json.dumps(replies[0] if len(replies) == 1 else replies), "application/json-rpc", status)


async def _ins_api(asked: dict[str, object], session: Vty, run: Run) -> WebReply:
    kind, how = str(asked.get("type")), str(asked.get("output_format", "json"))
    lines = [line for each in str(asked.get("input", "")).split(" ;") if (line := each.strip())]
    if how != "json" or kind not in {"cli_show", "cli_show_ascii", "cli_conf"}:
        wrong = f"{how} is no format here" if how != "json" else f"{kind} is no type here"
        outputs: list[object] = [{"clierror": "", "input": " ;".join(lines), "msg": wrong, "code": "400"}]
    elif kind == "cli_conf":
        outputs = [await _output(kind, " ;".join(lines), [_CONFIGURE, *lines], session, run)]
    else:
        outputs = [await _output(kind, line, [line], session, run) for line in lines]
    output = outputs[0] if len(outputs) == 1 else outputs
    whole = {"type": kind, "version": str(asked.get("version", "1.0")), "sid": "eoc", "outputs": {"output": output}}
    return WebReply(json.dumps({"ins_api": whole}))


async def _output(kind: str, shown: str, lines: list[str], session: Vty, run: Run) -> object:
    body: object = {}
    try:
        for line in lines:
            body = await (_data(session, run, line) if kind == "cli_show" else _said(session, run, line))
    except _CommandError as error:
        said = "Input CLI command error" if error.code == "400" else _UNSUPPORTED
        cause = {"clierror": error.words} if error.code == "400" else {}
        return {"input": shown, "msg": said, "code": error.code, **cause}
    return {"input": shown, "msg": "Success", "code": "200", "body": {} if kind == "cli_conf" else body}


NXAPI = WebApi("/ins", "Secure Zone", WebReply("Authorization Required", "text/html", 401), _answer)
