"""Signing in over the API by a directory: what each answer of it comes to."""

from __future__ import annotations

from datetime import timedelta

from support.accounts import PASSWORD
from support.api_client import LOGIN, READER, Api
from support.directories import Scripted

from swimctl.accounts.directory import Outside, Person


def test_a_sign_in_by_a_directory(api: Api) -> None:
    directory = Scripted({"ana": Person("ana", frozenset({"ops"})), "idle": Person("idle", frozenset())})
    api.accounts._outside = Outside(directory, {"ops": ("operator",)}, timedelta(hours=8))
    made = api.login("Ana").json
    assert made["expires_at"] == "2031-05-04T20:00:00.000000Z"
    assert api.get("/api/devices/", token=made["token"]).status == 200
    assert "no role" not in api.login("ana", "not it").json["message"]
    said = api.refused(api.login("idle"), 403, "none of their groups has a role here")
    assert said["error"] == "forbidden"
    directory.away = True
    away = api.login("ana")
    api.refused(away, 503, "does not say who you are", "tokens that exist go on working")
    assert away.headers["retry-after"]
    assert "ldap.example.com" not in away.body.decode()  # the server's log has where and why
    assert api.login(READER).status == 200
    assert api.get("/api/devices/", token=made["token"]).status == 200
    batch = api.ask("POST", "/api/upgrade/trigger/", {"devices": ["sw1"]}, token=made["token"]).json["batch_id"]
    assert api.store.batch(batch).requested_by == "ana"
    assert api.post("/api/upgrade/approve/", {"batch_id": batch}).status == 409


def test_who_asks_for_too_much_without_a_token_is_refused_before_the_directory_is_asked(api: Api) -> None:
    directory = Scripted()
    api.accounts._outside = Outside(directory, {"ops": ("operator",)}, timedelta(hours=8))
    for name, password in (("ana", "x" * 1025), ("a" * 1025, PASSWORD)):
        api.refused(api.post(LOGIN, {"username": name, "password": password}, token=None), 400)
    api.refused(api.login("*)(uid=*"), 401)
    assert directory.asked == []
