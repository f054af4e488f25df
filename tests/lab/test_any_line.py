"""Whatever is typed at a lab switch: an answer, a prompt, no traceback; only what says so takes it down."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.lab_terminal import Desk

PROMPT = re.compile(r"desk(\([\w-]+\))?[#>]|\+>\(tcl\)#|")
WORDS = [
    "show",
    "version",
    "switch",
    "inventory",
    "boot",
    "romvar",
    "install",
    "summary",
    "active",
    "inactive",
    "committed",
    "log",
    "running-config",
    "interfaces",
    "status",
    "ip",
    "interface",
    "brief",
    "route",
    "cdp",
    "lldp",
    "neighbors",
    "detail",
    "logging",
    "clock",
    "processes",
    "cpu",
    "file",
    "systems",
    "redundancy",
    "|",
    "include",
    "exclude",
    "begin",
    "section",
    "terminal",
    "length",
    "width",
    "0",
    "511",
    "dir",
    "flash:",
    "flash-1:",
    "flash2:",
    "delete",
    "/force",
    "/recursive",
    "verify",
    "/md5",
    "/sha512",
    "write",
    "memory",
    "copy",
    "running-config",
    "startup-config",
    "install",
    "add",
    "activate",
    "commit",
    "abort",
    "rollback",
    "to",
    "file",
    "flash:none.bin",
    "remove",
    "inactive",
    "issu",
    "state",
    "auto-abort-timer",
    "30",
    "stop",
    "prompt-level",
    "none",
    "enable",
    "disable",
    "exit",
    "end",
    "configure",
    "terminal",
    "no",
    "do",
    "boot",
    "system",
    "hostname",
    "banner",
    "motd",
    "^C",
    "tclsh",
    "puts",
    "more",
    "rename",
    "mkdir",
    "rmdir",
    "?",
    "sh",
    "sho",
    "ver",
    "reload",
    "in",
    "10",
    "cancel",
    "logout",
    "quit",
    "chassis",
    "redundancy",
    "stackwise-virtual",
    "link",
    "request platform software package install switch all",
    "rollback",
    "file",
    "stby-bootflash:",
    "packages.conf",
]
ODD = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40)
LINES = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join),
    st.lists(st.sampled_from(WORDS) | ODD, max_size=5).map(" ".join),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(
        st.tuples(LINES, st.lists(st.sampled_from(["y", "n", "", "q", "secret", "flash:x"]), max_size=3)), max_size=12
    ),
    model=st.sampled_from(["C9300-24P", "C9407R", "C9500-24Y4C", "C9800-40-K9", "WS-C3850-48P"]),
)
def test_any_line_is_answered(lines: list[tuple[str, list[str]]], model: str) -> None:
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder), members=2, model=model)
        for line, answers in lines:
            if desk.session.done:
                desk.log_in()
            desk.say(line, answers)
            assert "Traceback" not in desk.out
            assert PROMPT.fullmatch(desk.session.prompt), (line, desk.session.prompt)
        desk.wait(3600)
        desk.log_in()
        assert "Cisco IOS XE Software, Version 17.06.05" in desk.type("show version")
        assert [row[0] for row in desk.states()] == ([] if model == "WS-C3850-48P" else ["C"])
