"""Secrets stay where the user wrote them: not in files, output, logs, tracebacks or lists of processes."""

from __future__ import annotations

import base64
import json
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from ruamel.yaml import YAML
from support import notification_server
from support.processes import jobs, look, stop_in
from support.secret_search import Watched, secret, spellings, watched, with_defect
from support.server_process import Served, serving
from support.upgrades import lab_folder

from swimctl.lab.fleet import LabFleet
from swimctl.lab.folder import COMMAND_LOG

KINDS = (
    "inventory password",
    "credentials password",
    "enable secret",
    "wrong password",
    "wrong enable secret",
    "API password",
    "wrong API password",
    "notification password",
    "notification token",
)
WRITTEN = {
    "defaults.yaml": {"inventory password", "enable secret"},
    "credentials.yaml": {"credentials password", "enable secret"},
    "config.yaml": {"notification password", "notification token"},
}


# Some thirty starts of swimctl.
pytestmark = pytest.mark.timeout(900)


@contextmanager
def planted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, privilege: int, **faults: list[str]
) -> Iterator[tuple[LabFleet, Watched]]:
    """Run a lab where every secret is another one; `privilege` is what the user of the credentials file has."""
    hidden = {kind: secret(kind.replace(" ", "-")) for kind in KINDS}
    users = {"admin": (hidden["inventory password"], 15), "robot": (hidden["credentials password"], privilege)}
    with notification_server.serving() as receiver:
        receiver.status = 500  # what fails is told of
        who, token = (quote(hidden[f"notification {what}"], safe="") for what in ("password", "token"))
        url = f"json://swimctl:{who}@127.0.0.1:{receiver.port}/{token}"
        with (
            lab_folder(
                folder,
                devices=3,
                faults=faults,
                settings={"notify": [url]},
                users=users,
                enable_secret=hidden["enable secret"],
            ) as lab,
            watched(folder, monkeypatch, hidden, WRITTEN) as watch,
        ):
            yield lab, watch
        assert receiver.came.is_set(), "the notifications were sent, and with them their secrets"


def take_credentials(watch: Watched) -> None:
    """Write a credentials file, with a user of its own, and name it in config.yaml."""
    path, yaml = watch.folder / "credentials.yaml", YAML()
    with path.open("w", encoding="utf-8") as file:
        secrets = {"password": watch.hidden["credentials password"], "enable_secret": watch.hidden["enable secret"]}
        yaml.dump({"username": "robot", **secrets}, file)
    path.chmod(0o600)
    config = watch.folder / "config.yaml"
    document = yaml.load(config.read_text(encoding="utf-8"))
    document["swimctl"]["credentials_file"] = "credentials.yaml"
    with config.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)


@pytest.mark.prove
def test_an_upgrade_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with planted(tmp_path, monkeypatch, 1) as (lab, watch):
        code, shown = watch.run_on_terminal("upgrade", "sw1", "--verbose", types="y\n")
        assert (code, len(lab.reloads("sw1"))) == (0, 1), shown
        assert refused(watch, monkeypatch, "SWIMCTL_PASSWORD", "wrong password", "refused the login")
        for what in ("show", "events", "transcript"):
            assert watch.look("job", what, "1")[0] == 0
        assert watch.found() == []
        the_search_finds(watch)


@pytest.mark.prove
def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with planted(tmp_path, monkeypatch, 1, sw3=["install-fails:add"]) as (lab, watch):
        code, shown = watch.run_on_terminal("upgrade", "sw1", "--verbose", types="y\n")
        assert (code, len(lab.reloads("sw1"))) == (0, 1), shown
        code, said = watch.run("upgrade", "sw3", "--yes", "--verbose")
        assert (code, "install add" in said) == (1, True), said
        assert refused(watch, monkeypatch, "SWIMCTL_PASSWORD", "wrong password", "refused the login")
        take_credentials(watch)
        assert refused(
            watch, monkeypatch, "SWIMCTL_ENABLE_SECRET", "wrong enable secret", "the enable secret was refused"
        )
        code, said = watch.run("upgrade", "sw2", "--yes", "--verbose")
        assert (code, "Privilege denied" in said) == (1, True), said  # SCP has no `enable`
        look_at_everything(watch)
        with with_defect(tmp_path, monkeypatch, "swimctl.sessions.session:Session.prepare"):
            code, said = watch.run("upgrade", "sw2", "--yes", "--verbose")
            assert (code, "swimctl failed: ZeroDivisionError" in said) == (1, True), said
        with with_defect(tmp_path, monkeypatch, "swimctl.inventory.hosts:Inventory.credentials"):
            code, said = watch.run("doctor", "--verbose")
            assert (code, "Traceback" in said) == (1, True), said
            assert watch.run("doctor")[0] == 1
        assert list((tmp_path / "temporary").glob("swimctl-*.log")), "the traceback is in a file"
        assert watch.found() == []
        log = (tmp_path / COMMAND_LOG).read_text(encoding="utf-8").splitlines()
        assert {json.loads(line)["user"] for line in log} >= {"admin", "robot"}
        the_search_finds(watch)


def refused(watch: Watched, monkeypatch: pytest.MonkeyPatch, variable: str, kind: str, why: str) -> bool:
    """Run an upgrade with a wrong secret in the environment, and tell whether it failed with this reason."""
    with monkeypatch.context() as patched:
        patched.setenv(variable, watch.hidden[kind])
        code, said = watch.run("upgrade", "sw2", "--yes", "--verbose")
    return code == 1 and why in said


def look_at_everything(watch: Watched) -> None:
    """Run every command that shows something."""
    for arguments in (
        ("status",),
        ("status", "--json"),
        ("report", "--format", "md"),
        ("report", "--format", "html"),
        ("report", "--format", "json"),
        ("report", "--json"),
        ("job", "list"),
        *(("job", what, str(number)) for number in (1, 3, 4) for what in ("show", "events", "transcript")),
        ("device", "check", "sw1", "--verbose"),
        ("device", "show", "sw1", "--json"),
        ("doctor", "--verbose"),
        ("audit", "list", "--json"),
        ("store", "backup", "backup.db"),
    ):
        code, said = watch.look(*arguments)
        assert code in {0, 1}, said
    assert "Password:" in watch.look("job", "transcript", "5")[1], "the secret was asked for"


def the_search_finds(watch: Watched) -> None:
    """Show that nothing was found because nothing is there: what the test writes itself is found, however written."""
    kind, text = "API password", watch.hidden["API password"]
    planted = {watch.folder / "jobs" / f"planted-{n}": spelling for n, spelling in enumerate(spellings(text))}
    for path, spelling in planted.items():
        path.write_bytes(b"before " + spelling + b" after")
    assert sorted(watch.found()) == sorted(f"{kind} in {path}" for path in planted)
    for path in planted:
        path.unlink()
    basic = base64.b64encode(f"somebody:{text}".encode()).decode()
    watch.keep("a test", f"Authorization: Basic {basic}")
    assert watch.found() == [f"{kind} in output of a test"]


@pytest.mark.prove
def test_in_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with planted(tmp_path, monkeypatch, 15, sw3=["refuse-login"]) as (_, watch):
        take_credentials(watch)
        code, said = watch.run("user", "add", "olga", "--password-stdin", stdin=f"{watch.hidden['API password']}\n")
        assert code == 0, said
        token = make_token(watch)
        with serving(tmp_path, "--verbose", token=token) as served:
            ids = served.trigger("sw1", "sw2", "sw3")
            assert stop_in(tmp_path, served.process, 1, 0.2, signal.SIGKILL)
            watch.keep("serve, killed", served.said)
        assert watch.run("resume", "--verbose")[0] in {0, 1}  # the one that is refused may have failed before
        ended = {job["device_hostname"]: job["status"] for job in jobs(tmp_path, *map(str, ids))}
        assert ended == {"sw1": "success", "sw2": "success", "sw3": "failed"}
        with (
            with_defect(tmp_path, monkeypatch, "swimctl.requests.service:Service.cancel"),
            serving(tmp_path, "--verbose", token=token) as served,
        ):
            ask_oddly(watch, served)
            said = served.end()
        watch.keep("serve", said)
        assert "Traceback" in said
        assert "ZeroDivisionError" in said
        assert {"GET /api/upgrade/jobs/1/events/ 200", "GET /api/upgrade/jobs/{id}/events/ 400"} <= set(
            re.findall(r"GET /api/upgrade/jobs/\S+ \d+", said)
        )
        for arguments in (
            ("audit", "list"),
            ("audit", "list", "--json"),
            ("token", "list"),
            ("user", "list", "--json"),
        ):
            assert watch.look(*arguments)[0] == 0
        assert watch.look("store", "backup", "backup.db")[0] == 0
        assert watch.found() == []


def make_token(watch: Watched) -> str:
    """Have a token made in the terminal: shown once, and from then on hidden."""
    arguments = ("token", "create", "--user", "olga", "--label", "night shift", "--json")
    _, out = look(watch.folder, *arguments)
    token = watch.hidden["terminal token"] = str(json.loads(out)["token"])
    assert out.count(token) == 1
    watch.keep("token create", out.replace(token, ""))
    return token


def ask_oddly(watch: Watched, served: Served) -> None:
    """Log in, well and badly, and send the secrets where none belongs."""
    hidden = watch.hidden
    password, wrong = hidden["API password"], hidden["wrong API password"]
    status, answer = served.ask("/api/auth/login/", {"username": "olga", "password": password}, token="")
    assert status == 200, answer
    hidden["login token"] = answer["token"]
    login = {"username": "olga", "password": wrong}
    for body in (
        login,
        {"username": wrong, "password": wrong},
        {"username": password, "password": "olga"},
        {**login, "passwort": password},
        {**login, password: 1},
        {"username": ["olga", password], "password": {wrong: wrong}},
    ):
        assert served.ask("/api/auth/login/", body, token="")[0] in {400, 401}
    for text in (password, wrong, hidden["login token"], hidden["terminal token"]):
        quoted = quote(text, safe="")
        for path in (
            f"/api/{quoted}",
            f"/{quoted}/",
            f"/api/upgrade/jobs/{quoted}/events/",
            f"/api/devices/?token={quoted}",
            f"/api/upgrade/status/?job_ids={quoted}",
            f"/api/upgrade/status/?batch_id={quoted}",
            f"/api/upgrade/status/?{quoted}=1&job_ids=1",
            f"/api/upgrade/events/?after={quoted}",
        ):
            assert served.ask(path)[0] in {200, 400, 404}, path
            assert served.ask(path, token=text.encode().hex())[0] in {401, 404, 200}, path
        for body in (
            {"devices": [text]},
            {"devices": ["sw1"], "token": text},
            {"devices": ["sw1"], text: True},
            {"devices": ["sw1"], "schedule_time": text},
            {"devices": ["sw1"], "workflow_id": text},
        ):
            assert served.ask("/api/upgrade/trigger/", body)[0] in {400, 404}
        for request in raw_requests(text):
            raw(served, request)
    assert served.ask("/api/upgrade/jobs/1/events/")[0] == 200
    assert served.ask("/api/upgrade/cancel/", {"job_ids": [1]}, token=hidden["login token"])[0] == 500
    assert served.ask("/api/upgrade/status/?job_ids=1", token=hidden["login token"])[0] == 200


def raw_requests(text: str) -> Iterator[bytes]:
    """Write requests that are no good HTTP, or whose body is not what its headers say."""
    plain, basic = text.encode(), base64.b64encode(b"olga:" + text.encode())
    yield b"GET /api/devices/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + basic + b"\r\nConnection: close\r\n\r\n"
    yield b"GET /api/devices/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token " + plain + b"\x01\r\n\r\n"
    yield b"GET /api/devices/ HTTP/1.1\r\nHost: x\r\nAuthorization : Token " + plain + b"\r\n\r\n"
    yield b"GET /api/devices/?" + plain + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    yield b"GET /api/" + plain + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    yield plain + b" / HTTP/1.1\r\nHost: x\r\n\r\n"
    yield b"GET / HTTP/" + plain + b"\r\n\r\n"
    for kind in (b"application/json", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=" + plain):
        for path in (b"/api/auth/login/", b"/api/upgrade/trigger/"):
            head = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " + kind
            yield head + b"\r\nContent-Length: " + str(len(plain) + 1).encode() + b"\r\n\r\n{" + plain


def raw(served: Served, request: bytes) -> None:
    """Send bytes and wait until the server has answered and closed."""
    url = urlsplit(served.url)
    with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
