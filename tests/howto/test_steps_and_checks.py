"""The how-to pages of checks and of steps of one's own, typed to the letter."""

from __future__ import annotations

import json
import ssl
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from support.call_outs import call_outs
from support.certificates import self_signed
from support.howto import Machine, Page
from support.upgrades import lab_folder

from swimctl.lab.routing import BGP

pytestmark = pytest.mark.prove
CMDB = """\
#!/bin/sh
cat > facts.json
echo "$1 $2 $CMDB_TOKEN" > told.txt
"""


def until_ended(machine: Machine, *devices: str) -> dict[str, dict[str, Any]]:
    """Wait until the newest jobs of devices have ended; return them."""
    end = time.monotonic() + 120
    while True:
        jobs = machine.jobs()
        if all(jobs[name]["status"] in {"success", "failed"} for name in devices):
            return jobs
        assert time.monotonic() < end, jobs
        time.sleep(0.5)


def test_rules_are_read_asked_and_compared(tmp_path: Path) -> None:
    page = Page("checks.md")
    with lab_folder(tmp_path, devices=2, faults={"sw2": ["bgp-lost"]}, routing=frozenset({BGP})) as lab:
        machine = Machine(tmp_path)
        machine.configure("core: {}", "inventory/groups.yaml")
        machine.join(sw1="core", sw2="core")
        machine.configure(page.block("bgp-sessions:"))
        validate, run = page.block("swimctl checks validate").splitlines()
        assert machine.type(validate) == "1 check is right\n"
        assert "bgp-sessions" in machine.type(run)
        before, after = page.block("swimctl checks run --group core --save").splitlines()
        machine.type(before)
        machine.type(after)
        assert lab.reloads("sw1") == lab.reloads("sw2") == []
        (tmp_path / "checks.yaml").write_text("{}\n", encoding="utf-8")
        (tmp_path / "checks.d").mkdir()
        (tmp_path / "checks.d" / "uptime.yaml").write_text(
            "free:\n  about: there is a flash\n  command: 'dir flash:'\n"
            "  parse: {regex: '(?P<free>\\d+) bytes free'}\n  key: free\n  expect: {at least: 1}\n",
            encoding="utf-8",
        )
        machine.configure(page.block("files: [checks.yaml, checks.d]"))
        machine.configure(page.block("ping: [192.0.2.1, 192.0.2.9]"))
        said = machine.type("swimctl checks list sw1")
        assert all(name in said for name in ("bgp-sessions", "free", "ping-192.0.2.1", "ping-192.0.2.9"))
        machine.configure(page.block("ping: 10.20.0.1"), "inventory/groups.yaml")
        machine.join(sw1="branches")
        assert "ping-10.20.0.1" in machine.type("swimctl checks list sw1")
        assert "ping-192.0.2.1" in machine.type("swimctl checks list sw2")
        # sw2 loses a session that it had, and goes back for that.
        machine.type("swimctl upgrade sw1 sw2 --yes", code=1)
        assert [len(lab.reloads(name)) for name in ("sw1", "sw2")] == [1, 2]
        assert "bgp-sessions" in machine.jobs()["sw2"]["error"]
    page.over()


def test_steps_of_ones_own_run_where_the_page_puts_them(tmp_path: Path) -> None:
    page = Page("workflows.md")
    certificate, key = self_signed(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with lab_folder(tmp_path, devices=7, routing=frozenset({BGP})) as lab, call_outs(tls) as alerts:
        names = {"https://alertmanager.example.com": alerts.url, "--ticket": "--yes --ticket"}
        machine = Machine(tmp_path, names)
        secrets = {"ALERTMANAGER_TOKEN": "t0p-secret", "SSL_CERT_FILE": str(certificate)}
        for name in ("night:", "with-bgp:", "counters:", "with-a-person:", "with-cmdb:"):
            machine.configure(page.block(name))
        tools = tmp_path / "tools"
        tools.mkdir()
        (tools / "cmdb.py").write_text(CMDB, encoding="utf-8")
        (tools / "cmdb.py").chmod(0o755)
        (tmp_path / "cmdb.token").write_text("c-t0ken\n", encoding="utf-8")
        (tmp_path / "cmdb.token").chmod(stat.S_IRUSR | stat.S_IWUSR)
        said = machine.type(page.block("swimctl workflow validate"), **secrets)
        assert said.index("Silence alerts") < said.index("Lift the silence")
        assert alerts.lines == ["POST /api/v2/silences", "DELETE /api/v2/silence/s-1"]
        assert alerts.asked[0].headers["Authorization"] == "Bearer t0p-secret"
        assert "CHG-1234" in alerts.asked[0].body
        machine.type("swimctl upgrade sw2 --yes --workflow with-bgp")
        machine.type("swimctl upgrade sw3 --yes --workflow counters")
        assert "clear counters" in lab.commands("sw3")
        machine.type("swimctl upgrade sw4 --yes --workflow with-cmdb")
        assert (tmp_path / "told.txt").read_text(encoding="utf-8") == "sw4 upgraded c-t0ken\n"
        assert json.loads((tmp_path / "facts.json").read_text(encoding="utf-8"))["device"] == "sw4"
        one, batch, refused = page.block("swimctl release 12").splitlines()
        with machine.running("swimctl upgrade sw5 sw6 sw7 --yes --workflow with-a-person", "Change board"):
            jobs = machine.jobs()
            machine.calling(**{"12": str(jobs["sw5"]["id"])}).type(one)
            machine.calling(**{"12": str(jobs["sw7"]["id"])}).type(refused)
            until_ended(machine, "sw7")
            machine.calling(**{"7d3f02": jobs["sw6"]["batch_id"][:6]}).type(batch)
            jobs = until_ended(machine, "sw5", "sw6", "sw7")
        assert [jobs[name]["status"] for name in ("sw5", "sw6", "sw7")] == ["success", "success", "failed"]
        assert "not tonight" in jobs["sw7"]["error"]
        assert [len(lab.reloads(f"sw{number}")) for number in range(1, 8)] == [1, 1, 1, 1, 1, 1, 0]
    page.over()
