"""What sites told of the way in, each from config.yaml to the end of a job, and a second one of its kind."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from asyncssh.public_key import load_keypairs
from ruamel.yaml import YAML
from support.bastion import bastion, make_key, with_ssh_config
from support.fronts.front import Fronts, Twist
from support.oracle import really_of
from support.processes import start
from support.stranger import crossings, stranger
from support.upgrades import lab_folder, request, with_data

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.errors import LoginFailed
from swimctl.models import Job, Outcome
from swimctl.sessions.way.algorithms import lacks_old
from swimctl.states import JobStatus

UPGRADED = (JobStatus.SUCCESS, Outcome.UPGRADED, None)


def change(folder: Path, name: str, **changes: Any) -> None:
    """Change a host of the lab's inventory; `extras` are netmiko's."""
    path, yaml = folder / "inventory" / "hosts.yaml", YAML()
    hosts = yaml.load(path.read_text(encoding="utf-8"))
    extras = changes.pop("extras", None)
    hosts[name].update(changes)
    if extras is not None:
        options = hosts[name].setdefault("connection_options", {}).setdefault("netmiko", {})
        options["extras"] = {**(options.get("extras") or {}), **extras}
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(hosts, file)


def upgrade(folder: Path) -> dict[str, Job]:
    with Context(folder / "config.yaml").open() as opened:
        made = opened.service.trigger(request(opened))
        opened.engine.run(made.batch, made.jobs, threading.Event())
        return {job.device_name: job for job in opened.store.jobs(batch_id=made.batch.id)}


def end(job: Job) -> tuple[object, ...]:
    return (job.status, job.outcome, job.error)


def shown(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> Any:
    capsys.readouterr()
    main(["--config", str(folder / "config.yaml"), "--json", *words])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "named_by",
    [pytest.param("nornir", marks=pytest.mark.prove), pytest.param("netmiko", marks=pytest.mark.prove), "command"],
)
def test_a_device_behind_a_bastion_is_upgraded(
    tmp_path: Path, named_by: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with lab_folder(tmp_path, speed=300, transfer=400_000) as lab, bastion(tmp_path, {}) as way:
        port = lab.ports["sw1"]
        way.behind = {("127.0.0.1", port): ("127.0.0.1", port)}
        jump = (
            f"Host bastion\n HostName 127.0.0.1\n Port {way.port}\n User ops\n IdentityFile id\n IdentitiesOnly yes\n"
        )
        jump += " StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n LogLevel ERROR\n"
        entry = f"Host 192.0.2.77\n HostName 127.0.0.1\n Port {port}\n ProxyJump bastion\n"
        if named_by == "command":
            entry = f"Host 192.0.2.77\n ProxyCommand ssh -F ssh_config -W 127.0.0.1:{port} bastion\n"
            monkeypatch.chdir(tmp_path)
        if named_by == "netmiko":
            (tmp_path / "ssh_config").write_text(jump + entry, encoding="utf-8")
            change(tmp_path, "sw1", extras={"ssh_config_file": "ssh_config"})
        else:
            with_ssh_config(tmp_path, jump + entry)
        change(tmp_path, "sw1", hostname="192.0.2.77", port=22)
        assert end(upgrade(tmp_path)["sw1"]) == UPGRADED
        assert lab.reloads("sw1")
        assert set(way.asked_for) - {("127.0.0.1", 830)} == {("127.0.0.1", port)}  # NETCONF, which it does not offer
        hops = shown(capsys, tmp_path, "device", "show", "sw1")["way"]
        if named_by == "command":
            assert hops[0]["proxy_command"].startswith("ssh -F ssh_config -W")
            return
        assert len(way.logins) == 1
        assert [(hop["name"], hop["address"], hop["port"]) for hop in hops] == [
            ("bastion", "127.0.0.1", way.port),
            ("sw1", "127.0.0.1", port),
        ]
        assert hops[1]["from"]["port"] == f"{tmp_path}/ssh_config line 12"


@pytest.mark.parametrize("named", ["ssh.config_file", "ssh_config_file"])
def test_a_configuration_that_is_not_there_is_told_and_nothing_is_tried(
    tmp_path: Path, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with lab_folder(tmp_path):
        if named == "ssh.config_file":
            with_ssh_config(tmp_path, "")
            (tmp_path / "ssh_config").unlink()
        else:
            change(tmp_path, "sw1", extras={"ssh_config_file": "ssh_config"})
        assert main(["--config", str(tmp_path / "config.yaml"), "device", "check", "sw1"]) != 0
        said = capsys.readouterr()
        assert f"{named}" in said.out + said.err
        assert "there is no file" in said.out + said.err


@contextmanager
def agent(folder: Path) -> Iterator[None]:
    """Run ssh-agent with the folder's key, and the file of the key gone."""
    path = folder / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                if path.exists():
                    break
                threading.Event().wait(0.05)
            subprocess.run(
                ["ssh-add", folder / "id"],
                env={**os.environ, "SSH_AUTH_SOCK": str(path)},
                check=True,
                capture_output=True,
            )
            (folder / "id").unlink()
            yield
        finally:
            process.terminate()


def test_an_account_with_a_key_in_the_agent_alone_logs_in_for_the_copy_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_key(tmp_path)
    with lab_folder(tmp_path, speed=300, transfer=400_000) as lab, agent(tmp_path):
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        ways = {"sw1": lab.address("sw1")}
        with Fronts({"sw1": Twist("public key alone", keys_only=True)}, ways) as fronts:
            change(
                tmp_path,
                "sw1",
                hostname="127.0.0.1",
                port=fronts.fronts["sw1"].port,
                password="",
                extras={"allow_agent": True},
            )
            assert end(upgrade(tmp_path)["sw1"]) == UPGRADED
            assert lab.reloads("sw1")
            change(tmp_path, "sw1", extras={"allow_agent": False})
            with (
                Context(tmp_path / "config.yaml").open() as opened,
                pytest.raises(LoginFailed, match="no key is named"),
            ):
                opened.engine.record(opened.inventory.devices[0])


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
def test_an_old_device_is_upgraded_where_its_group_asks_for_old_algorithms_and_else_refused(tmp_path: Path) -> None:
    old: dict[str, Any] = {"encryption_algs": ["aes128-cbc"], "mac_algs": ["hmac-sha1"]}
    if not lacks_old():  # `make older` runs this with paramiko 4
        (key,) = load_keypairs([asyncssh.generate_private_key("ssh-rsa")])
        key.host_key_algorithms = [b"ssh-rsa"]
        old |= {"kex_algs": ["diffie-hellman-group14-sha1"], "server_host_keys": [key]}
    with (
        lab_folder(tmp_path, speed=300, transfer=400_000) as lab,
        Fronts({"sw1": Twist("old", algorithms=old)}, {"sw1": lab.address("sw1")}) as fronts,
    ):
        change(tmp_path, "sw1", hostname="127.0.0.1", port=fronts.fronts["sw1"].port)
        refused = upgrade(tmp_path)["sw1"]
        assert (refused.status, refused.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
        named = "aes128-cbc" if lacks_old() else "diffie-hellman-group14-sha1"
        assert f"in common: it offers {named}; swimctl has" in (refused.error or "")
        assert "`swimctl: {ssh: {legacy: true}}`" in (refused.error or "")
        assert fronts.fronts["sw1"].logins == 0
        groups, yaml = tmp_path / "inventory" / "groups.yaml", YAML()
        document = yaml.load(groups.read_text(encoding="utf-8"))
        for group in document.values():
            group.setdefault("data", {})["swimctl"] = {"ssh": {"legacy": True}}
        yaml.dump(document, groups)
        assert end(upgrade(tmp_path)["sw1"]) == UPGRADED
        assert lab.reloads("sw1")


CONNECTIONS = 10
"""A job of an IOS-XE switch comes to its device so many times at most."""


@pytest.mark.parametrize(
    "afters",
    [(0, 3, 6), pytest.param(tuple(range(CONNECTIONS)), marks=pytest.mark.prove)],
    ids=["of each kind", "each"],
)
def test_who_stands_between_at_any_connection_of_a_job_is_told_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, afters: Sequence[int]
) -> None:
    """Each device has another one answer in its place from another connection on, the first one among them."""
    if len(afters) < CONNECTIONS:  # so few are answered soon, also by a busy machine
        request.getfixturevalue("impatient")
    names = [f"sw{number}" for number in range(1, len(afters) + 1)]
    settings = {"workers": len(names), "deadlines": {"down": 300, "up": 300, "ready": 300}}
    with lab_folder(tmp_path, devices=len(names), speed=240, settings=settings, transfer=400_000) as lab:
        with stranger("ssh-ed25519", "ssh-rsa") as heard:

            def choose(name: str, after: int) -> Any:
                return lambda number: heard.port if number >= after else lab.ports[name]

            with crossings([choose(name, after) for after, name in zip(afters, names, strict=True)]) as crossing:
                keys = "".join(
                    f"[127.0.0.1]:{one.port} {key.export_public_key().decode().strip()}\n"
                    for one in crossing
                    for key in asyncssh.read_private_key_list(tmp_path / "lab-host-keys")
                )
                (tmp_path / "known_hosts").write_text(keys, encoding="utf-8")
                for name, one in zip(names, crossing, strict=True):
                    change(tmp_path, name, hostname="127.0.0.1", port=one.port)
                jobs = upgrade(tmp_path)
                met = [one.came > after for after, one in zip(afters, crossing, strict=True)]
        early = [stood for stood, after in zip(met, afters, strict=True) if after < 8]
        assert heard.connections >= len(early), "nobody stood between"
        assert all(early), "nobody stood between"
        assert (heard.users, heard.secrets) == ([], [])
        for name, stood in zip(names, met, strict=True):
            if not stood:
                assert end(jobs[name]) == UPGRADED
                continue
            assert jobs[name].status is JobStatus.FAILED
            assert "has changed" in (jobs[name].error or ""), jobs[name]
            assert heard.key in (jobs[name].error or "")
            real = really_of(lab.switch(name), "17.12.04", len(lab.reloads(name)))
            assert jobs[name].outcome in (Outcome.UNKNOWN, real), jobs[name]
        assert jobs["sw1"].outcome is Outcome.UNTOUCHED


def test_trust_asks_and_then_lets_the_new_key_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path) as lab:
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{lab.ports['sw1']} {other}", encoding="utf-8")
        config = ["--config", str(tmp_path / "config.yaml")]
        assert main([*config, "device", "check", "sw1"]) == 1
        assert "has changed" in capsys.readouterr().out
        assert main([*config, "device", "trust", "sw1"]) == 2
        assert "there is no terminal to ask on; add --yes" in capsys.readouterr().err
        assert main([*config, "device", "trust", "sw1", "--yes"]) == 0
        assert "sw1 is trusted as [127.0.0.1]:" in capsys.readouterr().out
        assert main([*config, "device", "trust", "sw1", "--yes"]) == 0
        assert "nothing was changed" in capsys.readouterr().out
        assert main([*config, "device", "check", "sw1"]) == 0


def test_a_policy_is_taken_from_the_nearest_that_has_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path, devices=2):
        groups = tmp_path / "inventory" / "groups.yaml"
        assert shown(capsys, tmp_path, "device", "show", "sw1")["way"][0]["host_keys"] == "accept-new"
        yaml = YAML()
        document = yaml.load(groups.read_text(encoding="utf-8"))
        for group in document.values():
            group.setdefault("data", {})["swimctl"] = {"ssh": {"host_keys": "strict"}}
        yaml.dump(document, groups)
        hosts = yaml.load((tmp_path / "inventory" / "hosts.yaml").read_text(encoding="utf-8"))
        change(tmp_path, "sw2", data={**hosts["sw2"]["data"], "swimctl": {"ssh": {"host_keys": "off"}}})
        ways = [shown(capsys, tmp_path, "device", "show", name)["way"][0] for name in ("sw1", "sw2")]
        assert [way["host_keys"] for way in ways] == ["strict", "off"]
        assert [way["from"]["host_keys"] for way in ways][1] == "swimctl.ssh.host_keys of sw2"
        change(tmp_path, "sw2", data={**hosts["sw2"]["data"], "swimctl": {"ssh": {"host_keys": "lax"}}})
        assert main(["--config", str(tmp_path / "config.yaml"), "device", "show", "sw2"]) == 2
        assert "must be one of accept-new, strict, off" in capsys.readouterr().err


@pytest.mark.prove
def test_a_host_key_that_the_upgrade_changes_is_trusted_while_its_job_waits(tmp_path: Path) -> None:
    """That of its NETCONF is trusted with it, or once more where that comes up later; its models are read then."""
    faults = {"sw1": ["new-host-key"]}
    with lab_folder(tmp_path, speed=240, transfer=400_000, faults=faults, netconf=True) as lab:
        done: list[dict[str, Job]] = []
        running = threading.Thread(target=lambda: done.append(upgrade(tmp_path)))
        running.start()
        with Context(tmp_path / "config.yaml").open() as opened:
            # The event stands before the message that names the command, and the job not at once.
            trust = "if that key is right: `swimctl device trust sw1`"
            while not any(trust in (job.steps[2].message or "") for job in opened.store.jobs()):
                assert running.is_alive()
                time.sleep(0.05)
            before, sent = (tmp_path / "known_hosts").read_text(encoding="utf-8"), len(lab.commands("sw1"))
            assert [event for event in opened.store.all_events(0, None, 1000) if event.kind == "host-key"]
        assert main(["--config", str(tmp_path / "config.yaml"), "device", "trust", "sw1", "--yes"]) == 0
        running.join()
        assert end(done[0]["sw1"]) == UPGRADED
        assert lab.commands("sw1")[sent:], "what it runs was proved after that"
        assert (tmp_path / "known_hosts").read_text(encoding="utf-8") != before
        assert len(lab.reloads("sw1")) == 1
        config = ["--config", str(tmp_path / "config.yaml")]
        checks = tmp_path / "jobs" / "checks" / "sw1.log"
        assert main([*config, "device", "trust", "sw1", "--yes"]) == 0
        main([*config, "device", "check", "sw1"])
        assert "read Cisco-IOS-XE-install-oper by NETCONF" in checks.read_text(encoding="utf-8")


def test_a_host_key_that_the_upgrade_changes_is_proved_by_the_serial_number_at_a_resume(tmp_path: Path) -> None:
    """One is the device that it was, the other one is another device behind a key that somebody trusts by mistake."""
    faults = {"sw1": ["new-host-key"], "sw2": ["new-host-key", "another-device:during"]}
    with lab_folder(tmp_path, devices=2, speed=240, transfer=400_000, faults=faults) as lab:
        with start(tmp_path, "upgrade", "--all", "--yes") as process:
            with Context(tmp_path / "config.yaml").open() as opened:
                while len({one.job_id for one in opened.store.all_events(0, None, 1000) if one.kind == "host-key"}) < 2:
                    assert process.poll() is None
                    time.sleep(0.05)
            process.kill()
            process.communicate()
        config = ["--config", str(tmp_path / "config.yaml")]
        for name in ("sw1", "sw2"):
            assert main([*config, "device", "trust", name, "--yes"]) == 0
        main([*config, "resume"])
        with Context(tmp_path / "config.yaml").open() as opened:
            jobs = {job.device_name: job for job in opened.store.jobs()}
        assert end(jobs["sw1"]) == UPGRADED
        assert (jobs["sw2"].status, jobs["sw2"].outcome) == (JobStatus.FAILED, Outcome.UNKNOWN)
        assert "another device answers at" in (jobs["sw2"].error or "")
        assert len(lab.reloads("sw1")) == 1


@pytest.mark.prove
def test_a_host_key_that_the_upgrade_changes_and_nobody_trusts_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"deadlines": {"down": 300, "up": 300, "ready": 300}}
    faults = {"sw1": ["new-host-key"]}
    with lab_folder(tmp_path, speed=240, settings=settings, transfer=400_000, faults=faults) as lab:
        job = upgrade(tmp_path)["sw1"]
        assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNKNOWN)
        known = asyncssh.import_public_key((tmp_path / "known_hosts").read_text(encoding="utf-8").split(" ", 1)[1])
        assert known.get_fingerprint() in (job.error or "")
        assert "shown was SHA256:" in (job.error or "")
        assert "`swimctl device trust sw1`, then `swimctl retry --batch" in (job.error or "")
        config = ["--config", str(tmp_path / "config.yaml")]
        capsys.readouterr()
        assert main([*config, "resume", str(job.id)]) == 3  # an ended job is no more; this says what is
        assert f"has ended: unknown; `swimctl retry --batch {job.batch_id[:8]}`" in capsys.readouterr().err
        assert main([*config, "device", "trust", "sw1", "--yes"]) == 0
        # What each message names is what somebody types next, until the device is proved on the target.
        assert main([*config, "retry", "--batch", job.batch_id[:8], "--yes"]) == 3  # it would fail again
        assert "next: `install commit` on the device to keep it" in " ".join(capsys.readouterr().err.split())
        on_the_device(lab.ports["sw1"], "install commit")
        assert main([*config, "retry", "--batch", job.batch_id[:8], "--yes"]) == 0
        assert end(latest(tmp_path)) == (JobStatus.SUCCESS, Outcome.UNTOUCHED, None)
        assert "already runs 17.12.04, committed, on every member" in latest(tmp_path).steps[0].message
        assert len(lab.reloads("sw1")) == 1


def latest(folder: Path) -> Job:
    with Context(folder / "config.yaml").open() as opened:
        return max(opened.store.jobs(), key=lambda job: job.id)


def host_keys_of(folder: Path) -> list[str]:
    """Return the public keys of the lab's devices, a line each."""
    return [one.export_public_key().decode() for one in asyncssh.read_private_key_list(folder / "lab-host-keys")]


def on_the_device(port: int, command: str) -> None:
    """Type a command as somebody at the device's console does."""

    async def typed() -> None:
        async with asyncssh.connect(
            "127.0.0.1", port, username="admin", password="admin", known_hosts=None
        ) as connection:
            await connection.run(command)

    asyncio.run(typed())


@pytest.mark.prove
def test_a_key_that_changed_before_the_activation_is_trusted_and_its_retry_upgrades(tmp_path: Path) -> None:
    """Somebody else answered the copy, and nothing was sent there; later the device has keys that nobody knows."""
    with (
        lab_folder(tmp_path, speed=240, transfer=400_000) as lab,
        stranger("ssh-ed25519", "ssh-rsa") as heard,
        crossings([lambda number: heard.port if number == 3 else lab.ports["sw1"]]) as (crossing,),
    ):
        known = [f"[127.0.0.1]:{crossing.port} {key}" for key in host_keys_of(tmp_path)]
        (tmp_path / "known_hosts").write_text("".join(known), encoding="utf-8")
        change(tmp_path, "sw1", hostname="127.0.0.1", port=crossing.port)
        job = upgrade(tmp_path)["sw1"]
        assert (job.status, job.outcome, job.current_step) == (JobStatus.FAILED, Outcome.UNTOUCHED, "Distribution")
        assert (heard.connections, heard.users, heard.secrets) == (1, [], [])
        assert heard.key in (job.error or "")
        assert "`swimctl device trust sw1`" in (job.error or "")
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{crossing.port} {other}", encoding="utf-8")
        config = ["--config", str(tmp_path / "config.yaml")]
        assert main([*config, "retry", "--batch", job.batch_id[:8], "--yes"]) == 1
        again = latest(tmp_path)
        assert "`swimctl device trust sw1`" in (again.error or "")
        assert main([*config, "device", "trust", "sw1", "--yes"]) == 0
        assert main([*config, "retry", "--batch", again.batch_id[:8], "--yes"]) == 0
        assert end(latest(tmp_path)) == UPGRADED


@pytest.mark.prove
@pytest.mark.parametrize("policy", ["accept-new", "strict"])
def test_netconf_that_shows_another_key_is_told_nothing_and_trusted_by_the_command_that_is_named(
    tmp_path: Path, policy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"ssh": {"host_keys": policy}}
    with lab_folder(tmp_path, speed=240, transfer=400_000, settings=settings) as lab, stranger() as heard:
        known = [f"[127.0.0.1]:{lab.ports['sw1']} {key}" for key in host_keys_of(tmp_path)]
        if policy == "accept-new":  # one that is not known would be kept there, and let in
            known += [f"[127.0.0.1]:{heard.port} {key}" for key in host_keys_of(tmp_path)]
        (tmp_path / "known_hosts").write_text("".join(known), encoding="utf-8")
        with_data(tmp_path, sw1={"netconf_port": heard.port})
        assert end(upgrade(tmp_path)["sw1"]) == UPGRADED  # what the device prints decides alone
        assert heard.connections
        assert (heard.users, heard.secrets) == ([], [])
        with Context(tmp_path / "config.yaml").open() as opened:
            (said,) = [event.message for event in opened.store.events(1) if event.kind == "models"]
        assert said.startswith("no models are read: NETCONF: ")
        assert heard.key in said
        assert "`swimctl device trust sw1`" in said
        config = ["--config", str(tmp_path / "config.yaml")]
        capsys.readouterr()
        assert main([*config, "device", "trust", "sw1", "--yes"]) == 0
        assert f"is trusted as [127.0.0.1]:{heard.port}: {heard.key}" in capsys.readouterr().out
        assert (heard.users, heard.secrets) == ([], [])
        assert main([*config, "device", "trust", "sw1", "--yes"]) == 0
        assert "nothing was changed" in capsys.readouterr().out
