"""Who may see a page, and whose forms count."""

from __future__ import annotations

from ipaddress import ip_network
from urllib.parse import unquote

import pytest
from support.accounts import ROOT
from support.api_client import OPERATOR, Api
from support.stores import StandingClock
from web.visitor import Visitor

from swimctl.web import session
from swimctl.web.site import PAGES

_FILLED = {"{batch}": "abcdef12", "{image}": "1", "{job}": "1", "{name}": "sw1", "{name:.+}": "sw1"}


def path_of(template: str) -> str:
    own = {"campaigns": "pause", "images": "golden"}  # there is none that all have
    action = own.get(template.split("/")[1], "cancel")
    for part, value in _FILLED.items():
        template = template.replace(part, value)
    return template.replace("{action}", action)


@pytest.mark.parametrize(
    "page", [one for one in PAGES if one.needs is not None], ids=lambda one: f"{one.method} {one.path}"
)
def test_a_stranger_sees_nothing_and_is_asked_to_sign_in(page: object, stranger: Visitor) -> None:
    answer = stranger.ask(page.method, path_of(page.path), {} if page.method == "POST" else None)  # type: ignore[attr-defined]
    assert answer.status == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert b"sw1" not in answer.body


def test_who_signs_in_comes_to_the_page_that_was_wanted(stranger: Visitor) -> None:
    asked = stranger.ask("GET", "/devices?by=site&q=a%26b")
    wanted = unquote(asked.headers["location"].partition("to=")[2])
    assert wanted == "/devices?by=site&q=a%26b"
    assert stranger.forms(asked.headers["location"])["/sign-in"]["to"] == wanted
    answer = stranger.sign_in(OPERATOR, to=wanted)
    assert (answer.status, answer.headers["location"]) == (303, wanted)
    assert "Sign out" in stranger.see("/")


def test_the_cookie_is_for_this_server_alone_and_no_script_reads_it(stranger: Visitor) -> None:
    cookie = stranger.sign_in(OPERATOR).headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"))
    behind_tls = stranger.ask(
        "POST",
        "/sign-in",
        {"username": OPERATOR, "password": "correct horse battery"},
        headers={"X-Forwarded-Proto": "https"},
    ).headers["set-cookie"]
    assert behind_tls.startswith("__Host-swimctl_session=")
    assert "Secure" in behind_tls


def test_a_wrong_password_says_so_and_gives_no_cookie(stranger: Visitor) -> None:
    answer = stranger.sign_in(OPERATOR, "<b>wrong</b>")
    assert answer.status == 401
    assert "set-cookie" not in answer.headers
    assert b"the user name or the password is wrong" in answer.body
    assert b"<b>wrong" not in answer.body


def test_too_many_wrong_passwords_have_to_wait_as_over_the_api(stranger: Visitor) -> None:
    for _ in range(20):
        answer = stranger.sign_in(OPERATOR, "wrong")
    assert answer.status == 429
    assert stranger.sign_in(OPERATOR).status == 429


@pytest.mark.parametrize(
    "text", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x", ""]
)
def test_nobody_is_led_to_another_server(text: str, stranger: Visitor) -> None:
    assert session.own_path(text) == "/"
    assert stranger.sign_in(OPERATOR, to=text).headers["location"] == "/"


def test_who_signs_out_is_out_in_every_tab(operator: Visitor, api: Api) -> None:
    other_tab = Visitor(api, operator.cookie)
    assert other_tab.see("/")
    assert operator.press("/", "/sign-out").headers["location"] == "/sign-in"
    assert other_tab.ask("GET", "/").status == 303
    assert "swimctl_session=swimctl_" not in operator.cookie


def test_a_session_ends_by_itself_and_when_it_is_revoked(operator: Visitor, api: Api, clock: StandingClock) -> None:
    token = next(one for one in api.accounts.tokens() if one.from_login)
    api.accounts.revoke_token(token.id, by=ROOT)
    assert operator.ask("GET", "/").status == 303
    operator.sign_in(OPERATOR)
    clock.forward(12 * 3600 + 1)
    assert operator.ask("GET", "/").status == 303


def test_a_form_of_another_site_does_nothing(operator: Visitor, api: Api) -> None:
    batch = api.trigger("sw1")["batch_id"]
    action = f"/batches/{batch}/pause"
    for form, headers in (
        ({}, {}),
        ({session.FIELD: "0" * 64}, {}),
        (operator.forms(f"/batches/{batch}")[action], {"Sec-Fetch-Site": "cross-site"}),
        (operator.forms(f"/batches/{batch}")[action], {"Sec-Fetch-Site": "same-site"}),
    ):
        answer = operator.ask("POST", action, form, headers=headers)
        assert answer.status == 403
        assert b"nothing was done" in answer.body
    assert api.store.batch(batch).paused_by is None


def test_a_form_that_is_no_text_is_refused(operator: Visitor, api: Api) -> None:
    body = rb"username=\ud800&password=x"
    head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded; charset=unicode_escape\r\n\r\n"
    assert api.raw((head + kind).encode() + body).startswith(b"HTTP/1.1 400 ")
    batch = api.trigger("sw1")["batch_id"]
    assert operator.ask("POST", f"/batches/{batch}/pause", {session.FIELD: "\u00fc"}).status == 403


def test_the_form_of_an_earlier_session_does_nothing(operator: Visitor, api: Api) -> None:
    batch = api.trigger("sw1")["batch_id"]
    action = f"/batches/{batch}/pause"
    old = operator.forms(f"/batches/{batch}")[action]
    operator.sign_in(OPERATOR)
    assert operator.ask("POST", action, old).status == 403
    assert operator.press(f"/batches/{batch}", action).status == 303
    assert api.store.batch(batch).paused_by == OPERATOR


def test_nobody_is_signed_in_by_another_site(stranger: Visitor) -> None:
    answer = stranger.ask(
        "POST", "/sign-in", {"username": OPERATOR, "password": "correct horse battery"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null", "https://", "http://["])
def test_over_plain_http_too_another_site_signs_nobody_in_and_presses_nothing(
    origin: str, stranger: Visitor, operator: Visitor, api: Api
) -> None:
    """A browser says from where a form comes, but not what that is to us: `Sec-Fetch-Site` is for TLS alone."""
    password = {"username": OPERATOR, "password": "correct horse battery"}
    answer = stranger.ask("POST", "/sign-in", password, headers={"Origin": origin})
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)
    batch = api.trigger("sw1")["batch_id"]
    action = f"/batches/{batch}/pause"
    form = operator.forms(f"/batches/{batch}")[action]
    assert operator.ask("POST", action, form, headers={"Origin": origin}).status == 403
    own = {"Origin": "http://{}:{}".format(*api.address)}
    assert operator.ask("POST", action, form, headers=own).status == 303
    assert stranger.ask("POST", "/sign-in", password, headers=own).status == 303


def test_behind_a_trusted_proxy_the_audit_has_who_signed_in_and_pressed(stranger: Visitor, api: Api) -> None:
    api.backend.proxies = [ip_network("127.0.0.0/8")]
    here = {"X-Forwarded-For": "192.0.2.7"}
    password = {"username": OPERATOR, "password": "correct horse battery"}
    assert stranger.ask("POST", "/sign-in", password, headers=here).status == 303
    assert api.store.audit()[-1].origin == "192.0.2.7"
    batch = api.trigger("sw1")["batch_id"]
    action = f"/batches/{batch}/pause"
    assert stranger.ask("POST", action, stranger.forms(f"/batches/{batch}")[action], headers=here).status == 303
    assert (api.store.audit()[-1].action, api.store.audit()[-1].origin) == ("pause", "192.0.2.7")


def test_who_only_looks_on_gets_no_button_and_no_way_round(reader: Visitor, api: Api) -> None:
    batch = api.trigger("sw1")["batch_id"]
    assert set(reader.forms(f"/batches/{batch}")) == {"/sign-out"}
    mark = session.mark_of(reader.cookie.partition("=")[2])
    for page in PAGES:
        if page.method == "POST" and page.needs is not None and page.path != "/sign-out":
            answer = reader.ask("POST", path_of(page.path).replace("abcdef12", batch), {session.FIELD: mark})
            assert answer.status == 403, page.path
            assert b"the role operator" in answer.body
    assert reader.ask("GET", "/plan").status == 403
    assert api.store.batch(batch).paused_by is None


def test_a_cookie_that_is_no_token_leads_to_the_sign_in(api: Api) -> None:
    for text in ("x", "swimctl_" + "a" * 43, '"', "%00", "a" * 4000):
        assert Visitor(api, f"swimctl_session={text}").ask("GET", "/").status == 303


def test_a_token_for_scripts_is_no_cookie_of_a_header(api: Api) -> None:
    answer = Visitor(api).ask("GET", "/", headers={"Authorization": f"Token {api.operator}"})
    assert answer.status == 303
