"""A lab switch offers YANG models: the same state as it prints, in both framings of NETCONF, with faults of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support.lab_terminal import NEW, OLD, Desk

from swimctl.config.settings import Settings
from swimctl.lab.netconf import NetconfSession
from swimctl.lab.vty import Login
from swimctl.models import Image
from swimctl.platforms.cisco_ios.choice import install_mode
from swimctl.platforms.cisco_xe.models import (
    HARDWARE_SUBTREE,
    INSTALL_SUBTREE,
    HardwareModel,
    InstallModel,
    parse_hardware_oper,
    parse_install_oper,
)
from swimctl.platforms.facts import Placement
from swimctl.platforms.versions import release

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
END = b"]]>]]>"


def hello(*versions: str) -> bytes:
    names = "".join(f"<capability>urn:ietf:params:netconf:base:{version}</capability>" for version in versions)
    return f'<hello xmlns="{BASE}"><capabilities>{names}</capabilities></hello>'.encode() + END


def get(subtree: str) -> str:
    return f'<rpc xmlns="{BASE}" message-id="1"><get><filter type="subtree">{subtree}</filter></get></rpc>'


def chunked(text: str, size: int = 30) -> bytes:
    data = text.encode()
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"\n#%d\n%b" % (len(part), part) for part in parts) + b"\n##\n"


def session(desk: Desk) -> NetconfSession:
    return NetconfSession(1, desk.switch.netconf(Login("admin", 15)))


def reply(desk: Desk, subtree: str) -> str:
    """Ask a switch by NETCONF 1.0."""
    one = session(desk)
    assert one.hello().endswith(END)
    answer = one.feed(hello("1.0") + get(subtree).encode() + END)
    assert answer.endswith(END)
    return answer.removesuffix(END).decode()


def install(desk: Desk) -> InstallModel:
    return parse_install_oper(reply(desk, INSTALL_SUBTREE))


def hardware(desk: Desk) -> HardwareModel:
    return parse_hardware_oper(reply(desk, HARDWARE_SUBTREE))


def test_both_framings_answer_alike_however_the_bytes_come(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    old = reply(desk, INSTALL_SUBTREE)
    one = session(desk)
    one.hello()
    answer = b""
    for byte in hello("1.0", "1.1") + chunked(get(INSTALL_SUBTREE)):
        answer += one.feed(bytes([byte]))
    head = re.match(rb"\n#(\d+)\n", answer)
    assert head is not None
    assert answer.endswith(b"\n##\n")
    assert answer[head.end() : head.end() + int(head[1])].decode() == old


@pytest.mark.parametrize("odd", [b"GET / HTTP/1.1\r\n" + END, b"<!DOCTYPE x []><x/>" + END, b"<hello>" + END])
def test_what_is_no_netconf_ends_the_session(tmp_path: Path, odd: bytes) -> None:
    one = session(Desk(tmp_path))
    assert one.feed(odd) == b""
    assert one.done


def test_a_chunk_without_a_length_ends_the_session(tmp_path: Path) -> None:
    one = session(Desk(tmp_path))
    one.feed(hello("1.1"))
    assert one.feed(b"this is not a chunk at all") == b""
    assert one.done


def test_only_get_is_answered_and_close_session_ends(tmp_path: Path) -> None:
    one = session(Desk(tmp_path))
    one.feed(hello("1.0"))
    edit = f'<rpc xmlns="{BASE}" message-id="2"><edit-config/></rpc>'.encode() + END
    assert b"operation-not-supported" in one.feed(edit)
    assert not one.done
    assert b"<ok/>" in one.feed(f'<rpc xmlns="{BASE}" message-id="3"><close-session/></rpc>'.encode() + END)
    assert one.done


class Typed:
    """A session of swimctl's at a desk: what is typed there, and the models of the same switch where they are `on`."""

    def __init__(self, desk: Desk, *, on: bool) -> None:
        self.desk = desk
        self.netconf: Any = self if on else None

    def run(self, command: str, _deadline: float, *, quiet: bool = False) -> str:  # noqa: ARG002 - as sessions have it
        return self.desk.type(command)

    def read(self, _model: str, subtree: str, parse: Any) -> Any:
        return parse(reply(self.desk, subtree))


class OnlyModels(Typed):
    """The same, where nothing that tells of releases is printed any more."""

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        odd = command in {"show version", "show install summary"}
        return "~#\x07 half a line\n" if odd else super().run(command, deadline, quiet=quiet)


@pytest.mark.parametrize(
    ("model", "members"), [("C9300-24P", 1), ("C9300-24P", 3), ("C9500-24Y4C", 1), ("C9500-24Y4C", 2), ("C9407R", 2)]
)
@pytest.mark.parametrize("version", [OLD, "17.09.05"])
def test_models_and_prints_agree_in_every_state(tmp_path: Path, model: str, members: int, version: str) -> None:
    """A contract: each alone, and both, give the same facts."""
    desk = Desk(tmp_path, model=model, members=members, version=version)
    image = _image()

    def agree(placement: Placement) -> None:
        found = []
        for at in (Typed(desk, on=False), Typed(desk, on=True), OnlyModels(desk, on=True)):
            driver = install_mode(at, Settings())  # type: ignore[arg-type] # it never talks
            running, installed = driver.running(), driver.installed(image)
            assert running.doubt == installed.doubt == ""
            found.append(({n: release(v) for n, v in running.members.items()}, installed, running.uptime))
        assert found[0][:2] == found[1][:2]
        assert found[0][1] == found[2][1]
        assert found[0][0] == found[2][0]
        assert found[0][1].placement is placement
        assert all(abs((each[2] or 0) - (found[0][2] or 0)) <= 60 for each in found)

    agree(Placement.ABSENT)
    desk.type(f"install add file {desk_root(model)}{desk.put()}")
    agree(Placement.ADDED)
    desk.type("install activate auto-abort-timer 60", "y")
    desk.restart()
    agree(Placement.UNCOMMITTED)
    desk.type("install abort", "y")
    desk.restart()
    agree(Placement.ADDED)
    desk.type("install activate auto-abort-timer 60", "y")
    desk.restart()
    desk.type("install commit")
    agree(Placement.COMMITTED)


def desk_root(model: str) -> str:
    return "flash:" if model.startswith("C9300") else "bootflash:"


def _image() -> Image:
    from platforms.cisco_xe.scripted_device import IMAGE

    return IMAGE


def test_the_timer_s_end_is_told_by_both(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade(minutes=60)
    left = [
        install_mode(at, Settings()).installed(_image()).abort_timer  # type: ignore[arg-type]
        for at in (Typed(desk, on=False), OnlyModels(desk, on=True))
    ]
    assert left[0] == left[1]
    assert left[0] is not None
    assert 0 < left[0] < 3600


def test_the_ledger_tells_what_is_at_work_and_what_failed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, version="17.09.05")
    name = desk.put()
    dialogue = desk.session.line(f"install add file flash:{name}")
    next(dialogue)
    next(dialogue)
    assert install(desk).under_way("add")
    dialogue.close()
    desk.type("install activate")
    assert [(each.command, each.status) for each in install(desk).operations][-1] == ("act", "install-op-fail")
    assert not install(desk).under_way("act")


def test_a_release_without_a_ledger_or_without_the_model(tmp_path: Path) -> None:
    desk = Desk(tmp_path, version="17.06.05")
    desk.type(f"install add file flash:{desk.put()}")
    assert install(desk).operations == ()
    older = Desk(tmp_path, version="16.12.04")
    assert hardware(older).version == "16.12.4"
    assert "<data></data>" in reply(older, INSTALL_SUBTREE)


def test_a_crash_is_abnormal_and_an_installation_is_not(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade()
    assert (hardware(desk).reason, hardware(desk).abnormal) == ("Image Install", False)
    crashed = Desk(tmp_path, "abnormal-reload")
    crashed.upgrade()
    assert hardware(crashed).abnormal
    assert hardware(crashed).version == "17.12.4"
    assert crashed.spec.offers_netconf


def test_models_that_refuse_or_are_empty(tmp_path: Path) -> None:
    assert "access-denied" in reply(Desk(tmp_path, "models-refuse"), INSTALL_SUBTREE)
    assert "<data></data>" in reply(Desk(tmp_path, "models-empty"), HARDWARE_SUBTREE)


def test_models_that_lag_show_the_change_later(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "models-lag", version="17.09.05")
    desk.type(f"install add file flash:{desk.put()}")
    desk.type("install activate auto-abort-timer 60", "y")
    desk.wait(20 + desk.spec.boot_time)
    desk.log_in()
    assert str(install(desk).locations[0].runs).startswith("17.09.05")
    desk.wait(120)
    desk.log_in()
    assert str(install(desk).locations[0].runs).startswith(NEW)
    desk.type("install commit")
    states = dict(install(desk).locations[0].versions)
    assert "provisioned-uncommitted" in states.values()
    desk.wait(120)
    assert "provisioned-committed" in dict(install(desk).locations[0].versions).values()
