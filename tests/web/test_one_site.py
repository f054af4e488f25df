"""Somebody of one site at the pages: what they see of another one, and whether there is any way to act there."""

from __future__ import annotations

import pytest
from support.accounts import PASSWORD, ROOT
from support.api_client import GROUPS, answering, opened
from support.projects import CONFIG, Project
from support.stores import StandingClock
from web.visitor import Visitor

from swimctl.errors import ConflictError
from swimctl.web import add_pages, session


def test_somebody_of_one_site_sees_and_does_nothing_of_another(project: Project) -> None:
    project.write("config.yaml", CONFIG + "  roles:\n    ber: {may: [plan, trigger, cancel, steer], sites: [ber]}\n")
    sited = "".join(
        f"{name}: {{groups: [switches], data: {{model: C9300-24P, site: {name[:3]}}}}}\n" for name in ("ber-1", "muc-1")
    )
    with opened(project, StandingClock(), sited) as api, answering(api.backend, add_pages) as api.address:
        kind, own = api.accounts.roles_of(["ber"])
        api.accounts.create_user("bert", PASSWORD, kind, by=ROOT, roles=own)
        mixed, other = (api.trigger(*names)["batch_id"] for names in (("ber-1", "muc-1"), ("muc-1",)))
        api.store.record(1, "note", "waits behind muc-1", {})
        bert = Visitor(api)
        assert bert.sign_in("bert").status == 303
        pages = ["/", f"/batches/{mixed}", "/jobs/1", "/devices", "/plan", "/?q=muc-1"]
        seen = {path: bert.see(path) for path in pages}
        assert all("muc-1" not in page.replace("muc-1</h1>", "").replace('value="muc-1"', "").replace("muc-1 ·", "")
                   for page in seen.values())  # fmt: skip
        assert f"/batches/{other}" not in seen["/"]
        assert "waits behind (a device elsewhere)" in seen["/jobs/1"]
        assert seen["/?q=muc-1"] == bert.see("/?q=xyz-9").replace("xyz-9", "muc-1"), (
            "a hidden name is as unknown as none"
        )
        hidden = (f"/batches/{other}", f"/batches/{other}/report", "/jobs/2", "/jobs/3", "/jobs/2/transcript")
        for path in (*hidden, "/devices/muc-1"):
            assert bert.ask("GET", path).status == 404, path
        assert bert.ask("GET", f"/batches/{mixed}/report").status == 403
        mark = {session.FIELD: session.mark_of(bert.cookie.partition("=")[2])}
        for path in (f"/batches/{mixed}/pause", f"/batches/{mixed}/cancel", f"/batches/{mixed}/stop"):
            assert bert.ask("POST", path, mark).status == 403, path
        for path in (f"/batches/{other}/pause", "/jobs/2/cancel", "/jobs/3/stop", "/jobs/3/back"):
            assert bert.ask("POST", path, mark).status == 404, path
        going = '{"devices": ["muc-1"]}'
        form = mark | {"going": going, "key": "0" * 36}
        assert bert.ask("POST", "/plan/start", form).status == 404
        assert len(api.store.batches()) == 2
        assert api.store.batch(mixed).paused_by is None


def test_a_plan_of_one_site_tells_nothing_that_another_one_has(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("config.yaml", CONFIG + "  roles:\n    ber: {may: [plan, trigger], sites: [ber]}\n")
    sited = "".join(
        f"{name}: {{groups: [{group}], data: {{model: C9300-24P, site: {name[:3]}}}}}\n"
        for name, group in (("ber-1", "switches"), ("muc-12", "far"))
    )
    monkeypatch.setattr("support.api_client.GROUPS", GROUPS + "far: {groups: [switches]}\n")
    with opened(project, StandingClock(), sited) as api, answering(api.backend, add_pages) as api.address:
        kind, own = api.accounts.roles_of(["ber"])
        api.accounts.create_user("bert", PASSWORD, kind, by=ROOT, roles=own)
        bert = Visitor(api)
        assert bert.sign_in("bert").status == 303

        def told(**typed: str) -> tuple[int, str]:
            answer = bert.press("/plan", "/plan", **typed)
            page = answer.body.decode()
            return answer.status, next(line for line in page.splitlines() if 'role="alert"' in line)

        for what, hidden, unknown in (
            ("devices", "muc-12", "muc-77"),
            ("devices", "muc-1", "xyz-1"),  # near one that is hidden, and near none
            ("devices", "muc*", "xyz*"),
            ("site", "muc", "xyz"),
            ("group", "far", "xyz"),
        ):
            found, none = told(**{what: hidden}), told(**{what: unknown})
            assert found[0] == none[0] == 400
            assert found[1].replace(hidden, unknown) == none[1]
            assert "elsewhere" not in found[1]


def test_a_refusal_names_no_device_of_another_site(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("config.yaml", CONFIG + "  roles:\n    ber: {may: [steer], sites: [ber]}\n")
    sited = "".join(f"{name}: {{groups: [switches], data: {{site: {name[:3]}}}}}\n" for name in ("ber-1", "muc-1"))
    with opened(project, StandingClock(), sited) as api, answering(api.backend, add_pages) as api.address:
        kind, own = api.accounts.roles_of(["ber"])
        api.accounts.create_user("bert", PASSWORD, kind, by=ROOT, roles=own)
        batch = api.trigger("ber-1", image_id=1)["batch_id"]
        bert = Visitor(api)
        assert bert.sign_in("bert").status == 303

        def refuse(*_: object) -> None:
            raise ConflictError("ber-1 waits for muc-1")

        monkeypatch.setattr(type(api.store), "pause", refuse)
        mark = {session.FIELD: session.mark_of(bert.cookie.partition("=")[2])}
        answer = bert.ask("POST", f"/batches/{batch}/pause", mark)
        assert answer.status == 409
        assert b"ber-1 waits for (a device elsewhere)" in answer.body
