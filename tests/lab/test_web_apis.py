"""eAPI and NX-API of lab devices: the outputs of their command lines as data and as text, and errors in their words."""

from __future__ import annotations

import asyncio
import http.client
import json
import ssl
import time
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fleets import arista_eos, cisco_ios, cisco_nxos
from support.lab_terminal import AnyDesk, small

from swimctl.lab.fleet import LabFleet
from swimctl.lab.vty import Vty
from swimctl.lab.web_api import Asked, WebReply

READER = {"admin": ("admin", 15), "reader": ("reader", 1)}


def desk_of(folder: Path, system: Any, **spec: Any) -> AnyDesk:
    return AnyDesk(folder, system.FLEET.make("desk", web_api=True, users=READER, **small(**spec)))


def post(desk: AnyDesk, document: object, user: str = "admin") -> WebReply:
    """Send a request as somebody who is let in."""

    async def run(session: Vty, line: str, answers: Sequence[str]) -> str:
        desk.session = session
        desk.say(line, answers)
        return "".join(each for each in desk.out.splitlines(keepends=True) if not each.startswith("Password:"))

    api, login = desk.switch.api, desk.switch.login(user, user)
    body = document if isinstance(document, str) else json.dumps(document)
    session = desk.switch.open(login, exec_command=True)
    reply: WebReply = asyncio.run(api.answer(Asked(api.path, "application/json", body), session, run))
    return reply


def eapi(desk: AnyDesk, *commands: object, how: str = "json", user: str = "admin") -> dict[str, Any]:
    params = {"version": 1, "cmds": commands, "format": how}
    reply = post(desk, {"jsonrpc": "2.0", "method": "runCmds", "params": params, "id": "7"}, user)
    answer: dict[str, Any] = json.loads(reply.body)
    assert (reply.status, answer["jsonrpc"], answer["id"]) == (200, "2.0", "7")
    return answer


def rpc(desk: AnyDesk, *commands: str, method: str = "cli", user: str = "admin") -> list[dict[str, Any]]:
    calls = [
        {"jsonrpc": "2.0", "method": method, "params": {"cmd": command, "version": 1}, "id": place}
        for place, command in enumerate(commands, 1)
    ]
    reply = post(desk, calls, user)
    answer = json.loads(reply.body)
    found: list[dict[str, Any]] = answer if isinstance(answer, list) else [answer]
    assert reply.status == (500 if any("error" in each for each in found) else 200)
    return found


def ins_api(desk: AnyDesk, kind: str, *commands: str, how: str = "json") -> Any:
    asked = {"version": "1.0", "type": kind, "chunk": "0", "sid": "1", "input": " ;".join(commands)}
    whole = json.loads(post(desk, {"ins_api": {**asked, "output_format": how}}).body)["ins_api"]
    assert (whole["type"], whole["sid"]) == (kind, "eoc")
    return whole["outputs"]["output"]


def test_eapi_gives_what_the_command_line_gives(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, arista_eos)
    commands = ("show hostname", "show interfaces", "show lldp neighbors", "show boot-config")
    printed = [json.loads(desk.type(f"{command} | json")) for command in commands]
    texts = [desk.type(command) for command in commands]
    assert eapi(desk, "enable", *commands)["result"] == [{}, *printed]
    assert eapi(desk, *commands, how="text")["result"] == [{"output": text} for text in texts]


def test_eapi_runs_all_commands_in_one_session(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, arista_eos)
    assert eapi(desk, "configure", "hostname renamed", "end", "show hostname")["result"][3]["hostname"] == "renamed"
    assert eapi(desk, "hostname again")["error"]["message"] == (
        "CLI command 1 of 1 'hostname again' failed: invalid command"
    )
    assert desk.switch.hostname == "renamed"


def test_eapi_errors(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, arista_eos)
    error = eapi(desk, "show hostname", "show bogus", "show version")["error"]
    assert (error["code"], error["message"]) == (1002, "CLI command 2 of 3 'show bogus' failed: invalid command")
    assert [*error["data"][0]] == ["hostname", "fqdn"]
    assert error["data"][1:] == [{"errors": ["Invalid input (at token 1: 'bogus')"]}]
    error = eapi(desk, "show clock")["error"]
    assert (error["code"], error["message"]) == (1003, "CLI command 1 of 1 'show clock' failed: unconverted command")
    assert "result" in eapi(desk, "show clock", how="text")


def test_eapi_of_who_may_little(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, arista_eos)
    assert eapi(desk, "show boot-config", user="reader")["error"]["code"] == 1002
    wrong = eapi(desk, {"cmd": "enable", "input": "guess"}, "show boot-config", user="reader")["error"]
    assert (wrong["code"], wrong["message"]) == (1005, "CLI command 1 of 2 'enable' failed: permission denied")
    right = eapi(desk, {"cmd": "enable", "input": desk.spec.enable_secret}, "show boot-config", user="reader")
    assert right["result"][1]["softwareImage"] == desk.switch.boots


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("no json", -32700),
        ([], -32600),
        ({"jsonrpc": "2.0", "method": "getAll", "id": 1}, -32601),
        ({"jsonrpc": "2.0", "method": "runCmds", "params": {"cmds": "show version"}, "id": 1}, -32602),
        ({"jsonrpc": "2.0", "method": "runCmds", "params": {"cmds": [7]}, "id": 1}, -32602),
        ({"jsonrpc": "2.0", "method": "runCmds", "params": {"cmds": [], "format": "xml"}, "id": 1}, -32602),
    ],
)
def test_eapi_of_what_is_no_request(tmp_path: Path, document: object, code: int) -> None:
    assert json.loads(post(desk_of(tmp_path, arista_eos), document).body)["error"]["code"] == code


def test_nxapi_gives_what_the_command_line_gives(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, cisco_nxos)
    commands = ("show hostname", "show module", "show interface brief", "show boot")
    printed = [json.loads(desk.type(f"{command} | json native")) for command in commands]
    texts = [desk.type(command) for command in commands]
    assert [each["result"] for each in rpc(desk, *commands)] == [{"body": each} for each in printed]
    assert [each["result"] for each in rpc(desk, *commands, method="cli_ascii")] == [{"msg": text} for text in texts]
    assert [each["body"] for each in ins_api(desk, "cli_show", *commands)] == printed
    assert [each["body"] for each in ins_api(desk, "cli_show_ascii", *commands)] == texts
    alone = ins_api(desk, "cli_show", commands[0])
    assert alone == {"input": commands[0], "msg": "Success", "code": "200", "body": printed[0]}


def test_nxapi_configures_in_one_session(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, cisco_nxos)
    rpc(desk, "interface Ethernet1/1", "description by api", method="cli_conf")
    assert "description by api" in desk.switch.configuration.sections["interface Ethernet1/1"]
    assert ins_api(desk, "cli_conf", "hostname renamed", "feature lacp")["code"] == "200"
    assert desk.switch.hostname == "renamed"
    failed = ins_api(desk, "cli_conf", "hostname again", "nonsense here", "feature eigrp")
    assert (failed["code"], failed["clierror"]) == ("400", "% Invalid command\n")
    assert not desk.switch.configuration.has("feature eigrp")


def test_nxapi_errors(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, cisco_nxos)
    good, bad = rpc(desk, "show hostname", "show bogus", "show version")
    assert "result" in good
    assert bad["error"] == {"code": -32602, "message": "Invalid params", "data": {"msg": "% Invalid command\n"}}
    first, second = ins_api(desk, "cli_show", "show bogus", "show hostname")
    assert (first["code"], first["msg"], first["clierror"]) == ("400", "Input CLI command error", "% Invalid command\n")
    assert second["code"] == "200"
    unsupported = ins_api(desk, "cli_show", "show running-config")
    assert (unsupported["code"], unsupported["msg"]) == ("501", "Structured output unsupported")
    assert rpc(desk, "show running-config")[0]["error"]["data"]["msg"] == "Structured output unsupported\n"
    assert rpc(desk, "show version", method="cli_bash")[0]["error"]["code"] == -32601
    assert ins_api(desk, "cli_show", "show version", how="xml")["code"] == "400"
    assert "Permission denied" in rpc(desk, "configure terminal", user="reader")[0]["error"]["data"]["msg"]


def test_what_would_be_asked_is_not_agreed_to(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, cisco_nxos)
    rpc(desk, "reload")
    assert not desk.wait(60)


def ask(port: int, path: str, login: str, document: object, method: str = "POST") -> tuple[int, str]:
    """Ask a device over HTTPS; raises OSError where nobody listens."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the default one reads this machine's certificates each time
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
    try:
        mark = b64encode(login.encode()).decode()
        connection.request(method, path, json.dumps(document), {"Authorization": f"Basic {mark}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()


REQUEST = [{"jsonrpc": "2.0", "method": "cli", "params": {"cmd": "show hostname", "version": 1}, "id": 1}]


def test_an_api_is_where_it_is_asked_for_and_switched_on(tmp_path: Path) -> None:
    nexus, ios = cisco_nxos.FLEET.make, cisco_ios.FLEET.make
    devices = [nexus("on", web_api=True), nexus("off"), ios("ios", web_api=True)]
    with LabFleet(devices, speed=600, folder=tmp_path) as lab:
        assert list(lab.api_ports) == ["on"]
        port = lab.api_ports["on"]
        status, answer = ask(port, "/ins", "admin:admin", REQUEST)
        assert (status, json.loads(answer)["result"]["body"]["hostname"]) == (200, "on.lab.example")
        assert ask(port, "/ins", "admin:wrong", REQUEST)[0] == 401
        assert ask(port, "/ins", "", REQUEST)[0] == 401
        assert ask(port, "/command-api", "admin:admin", REQUEST)[0] == 404
        assert ask(port, "/ins", "admin:admin", REQUEST, "PUT")[0] == 405
        off = {"params": {"cmd": "no feature nxapi", "version": 1}, "jsonrpc": "2.0", "method": "cli_conf", "id": 1}
        assert ask(port, "/ins", "admin:admin", [off])[0] == 200
        with pytest.raises(OSError, match=r"."):
            ask(port, "/ins", "admin:admin", REQUEST)


def test_an_api_goes_down_with_its_device_and_comes_back(tmp_path: Path) -> None:
    with LabFleet([arista_eos.FLEET.make("leaf", web_api=True, boot_seconds=120)], speed=60, folder=tmp_path) as lab:
        port = lab.api_ports["leaf"]
        asked = {"jsonrpc": "2.0", "method": "runCmds", "params": {"version": 1, "cmds": ["show hostname"]}, "id": 1}
        assert ask(port, "/command-api", "admin:admin", asked)[0] == 200
        lab.power_cycle("leaf")
        gone = time.monotonic() + 60
        while time.monotonic() < gone:
            try:
                ask(port, "/command-api", "admin:admin", asked)
            except OSError:
                break
        else:
            pytest.fail("it answered on while its device was down")
        while time.monotonic() < gone:
            try:
                assert ask(port, "/command-api", "admin:admin", asked)[0] == 200
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("it did not come back with its device")
