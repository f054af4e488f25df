"""Tokens over the API: which are let in, and where none of them may ever stand."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from support.accounts import PASSWORD, ROOT
from support.api_client import CANCEL, LOGIN, OPERATOR, READER, TRIGGER, Api, parsed

from swimctl.models import Role

DEVICES = "/api/devices/"


def refused(api: Api, token: str, reason: str) -> None:
    answer = api.get(DEVICES, token=token)
    assert token not in api.refused(answer, 401, reason)["message"]
    assert answer.headers["www-authenticate"] == "Token"


def test_an_unknown_token(api: Api) -> None:
    refused(api, api.operator[:-1] + ("a" if api.operator[-1] != "a" else "b"), "unknown")


def test_an_expired_token(api: Api) -> None:
    text = api.accounts.create_token(OPERATOR, by=ROOT, life=timedelta(hours=1)).text
    api.clock.forward(3599)
    assert api.get(DEVICES, token=text).status == 200
    api.clock.forward(1)
    refused(api, text, "expired")


def test_a_login_lasts_as_long_as_it_says(api: Api) -> None:
    token = api.login().json["token"]
    api.clock.forward(12 * 3600 - 1)
    assert api.get(DEVICES, token=token).status == 200
    api.clock.forward(1)
    refused(api, token, "expired")


def test_a_revoked_token(api: Api) -> None:
    made = api.accounts.create_token(OPERATOR, by=ROOT)
    assert api.get(DEVICES, token=made.text).status == 200
    api.accounts.revoke_token(made.token.id, by=ROOT)
    refused(api, made.text, "revoked")
    assert api.get(DEVICES).status == 200, "the others stay"


def test_the_tokens_of_a_removed_user(api: Api) -> None:
    api.accounts.remove_user(READER, by=ROOT)
    refused(api, api.reader, "revoked")


def test_a_new_password_ends_logins(api: Api) -> None:
    token = api.login().json["token"]
    api.accounts.set_password(OPERATOR, "quite another password", by=ROOT)
    refused(api, token, "revoked")
    api.refused(api.login(), 401)
    assert api.get(DEVICES, token=api.operator).status == 200, "it came of no password"


def test_an_operators_read_only_token(api: Api) -> None:
    text = api.accounts.create_token(OPERATOR, by=ROOT, role=Role.READ_ONLY).text
    assert api.get(DEVICES, token=text).status == 200
    for path, body in ((TRIGGER, {"devices": ["sw1"]}), (CANCEL, {"job_ids": [1]})):
        api.refused(api.post(path, body, token=text), 403, "read-only")
    assert api.nothing_made()


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token ",
        "Token x",
        "Token swimctl_",
        "{token}",
        "Bearer {token}",
        "Basic b2xnYTpjb3JyZWN0",
        "Token {token}x",
        "Token {token} {token}",
        "Token,{token}",
        "Token Token {token}",
        'Token "{token}"',
        "Token swimctl_\u00e9\u00e9",
        "Token {token}\u00a0x",
        "Token " + "x" * 7000,
    ],
)
def test_a_malformed_header(api: Api, header: str) -> None:
    answer = api.get(DEVICES, token=None, headers={"Authorization": header.replace("{token}", api.operator)})
    message = api.refused(answer, 401, "malformed")["message"]
    assert api.operator not in message


@pytest.mark.parametrize("header", ["Bearer {token}", "{token}", "Basic b2xnYTpjb3JyZWN0"])
def test_a_good_token_behind_another_word_is_not_called_wrong(api: Api, header: str) -> None:
    answer = api.get(DEVICES, token=None, headers={"Authorization": header.replace("{token}", api.operator)})
    message = api.refused(answer, 401, "send one, and as `Authorization: Token YOUR_TOKEN`")["message"]
    assert "log in again" not in message
    assert api.operator not in message


@pytest.mark.parametrize("header", ["token {token}", "TOKEN {token}", "Token   {token}  "])
def test_case_and_blanks_do_not_matter(api: Api, header: str) -> None:
    headers = {"Authorization": header.replace("{token}", api.operator)}
    assert api.get(DEVICES, token=None, headers=headers).status == 200


def test_an_empty_header_and_none(api: Api) -> None:
    api.refused(api.get(DEVICES, token=None), 401, "a token is needed", LOGIN)
    api.refused(api.get(DEVICES, token=None, headers={"Authorization": ""}), 401)


def test_two_headers_are_one_too_many(api: Api) -> None:
    good, lesser = f"Authorization: Token {api.operator}\r\n", f"Authorization: Token {api.reader}\r\n"
    for headers in (good + lesser, lesser + good, good + good):
        request = f"GET {DEVICES} HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\n\r\n"
        (answer,) = parsed(api.raw(request.encode()))
        api.refused(answer, 401, "malformed")


def test_a_token_in_the_address_lets_nobody_in(api: Api) -> None:
    api.refused(api.get(f"{DEVICES}?token={api.operator}", token=None), 401)


def test_the_use_of_a_token_is_noted_once_a_minute(api: Api) -> None:
    def last_used() -> list[object]:
        return [token.last_used_at for token in api.accounts.tokens(OPERATOR)]

    assert last_used() == [None]
    first = api.clock.now()
    for seconds in (0, 30, 29):
        api.clock.forward(seconds)
        api.get(DEVICES)
        assert last_used() == [first]
    api.clock.forward(1)
    api.get(DEVICES)
    assert last_used() == [api.clock.now()]


def test_no_secret_in_a_log_or_in_the_files_of_the_store(
    api: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "a wrong password of some length"
    login = api.login().json["token"]
    api.login(password=wrong)
    api.login(name=wrong)
    api.post(LOGIN, {"username": OPERATOR, "password": wrong, "extra": wrong}, token=None)
    api.post(LOGIN, f"username={OPERATOR}&password={PASSWORD}".encode(), token=None)
    api.post(LOGIN, b"{", token=None, headers={"Content-Type": "application/json", "Authorization": f"Token {login}"})
    for token in (login, api.operator, api.reader, login + "x", wrong):
        for method, path, body in (
            ("GET", DEVICES, None),
            ("POST", TRIGGER, {"devices": ["sw1"]}),
            ("POST", TRIGGER, {"devices": [token]}),
            ("GET", "/api/nothing", None),
            ("GET", "/metrics", None),
        ):
            api.ask(method, path, body, token=token)
    # What cannot be read as HTTP is quoted by the parser's errors, with the header that is wrong.
    api.raw(f"GET {DEVICES} HTTP/1.1\r\nHost: x\r\nAuthorization: Token {login}\x01\r\n\r\n".encode())
    api.raw(f"GET {DEVICES} HTTP/1.1\r\nHost: x\r\nAuthorization : Token {login}\r\n\r\n".encode())
    api.raw(f"Token {login}\r\n\r\n".encode())

    def fail(*_: object) -> None:
        raise RuntimeError("unforeseen")

    with monkeypatch.context() as patched:
        patched.setattr(api.store, "images", fail)
        api.refused(api.get("/api/images/"), 500)
    assert "unforeseen" in caplog.text
    secrets = [PASSWORD, wrong, login, api.operator, api.reader]
    files = [api.store.path.with_name(api.store.path.name + suffix) for suffix in ("", "-wal", "-shm")]
    for secret in secrets:
        assert secret not in caplog.text
        for file in files:
            # A device of the name of a token was asked for above, and was not found: it is nowhere either.
            assert secret.encode() not in file.read_bytes(), (secret, file.name)
