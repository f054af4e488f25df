"""Which host keys are believed, what is kept of them, and that another one is told nothing."""

from __future__ import annotations

import resource
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import paramiko
import pytest
from support import hanging_servers as servers
from support.bastion import DOMAIN, USER, bastion
from support.stranger import Heard, stranger

from swimctl.clock import Deadline, SystemClock
from swimctl.config.settings import Distribution
from swimctl.errors import HostKeyRefused
from swimctl.sessions.targets import Ssh, Target
from swimctl.sessions.transports.scp_push import ScpPush
from swimctl.sessions.way import enter, greets, host_keys, resolve
from swimctl.sessions.way import stranger as first_stranger

CLOCK = SystemClock()


def at(port: int, kept: Path | None, policy: Any = "accept-new", **extras: object) -> Target:
    ssh = Ssh(host_keys=policy, bastion_keys=policy, known_hosts=kept)
    return Target("sw1", "127.0.0.1", port, "cisco_xe", "ana", "s3cret", extras=extras, ssh=ssh)


def entered(target: Target, port: int | None = None) -> None:
    enter(target, Deadline(CLOCK, 20), port=port).close()


def refused(target: Target, says: str) -> str:
    with pytest.raises(HostKeyRefused, match=says) as told:
        entered(target)
    return str(told.value)


def key_of(port: int) -> asyncssh.SSHKey:
    found = subprocess.run(["ssh-keyscan", "-p", str(port), "127.0.0.1"], capture_output=True, text=True, check=True)
    return asyncssh.import_public_key(found.stdout.split(" ", 1)[1])


def test_the_first_key_is_kept_with_its_device_and_its_time_and_ssh_reads_the_file(tmp_path: Path) -> None:
    kept = tmp_path / "keys" / "known_hosts"
    with servers.hanging(servers.silent) as device:
        target = at(device.port, kept)
        entered(target)
        entered(target)
        (line,) = kept.read_text(encoding="utf-8").splitlines()
        assert line.startswith(f"[127.0.0.1]:{device.port} ssh-ed25519 ")
        assert line.split()[3] == "sw1"
        assert line.endswith("Z")
        found = subprocess.run(
            ["ssh-keygen", "-F", f"[127.0.0.1]:{device.port}", "-f", kept], capture_output=True, check=False
        )
        assert found.returncode == 0, found


def test_a_changed_key_is_told_nothing_and_both_fingerprints_are_named(tmp_path: Path) -> None:
    kept = tmp_path / "known_hosts"
    with stranger() as true, stranger() as heard:
        entered(at(true.port, kept))
        line = kept.read_text(encoding="utf-8").replace(str(true.port), str(heard.port))
        kept.write_text(line, encoding="utf-8")
        said = refused(at(heard.port, kept), "has changed")
        assert true.key in said
        assert heard.key in said
        assert f"{kept} line 1, since {line.split()[4]}" in said
        assert "`swimctl device trust sw1`" in said
        assert (heard.connections, heard.users, heard.secrets) == (1, [], [])
        assert kept.read_text(encoding="utf-8") == line


@pytest.mark.parametrize("policy", ["strict", "off", "accept-new"])
def test_what_is_done_about_an_unknown_key(tmp_path: Path, policy: str) -> None:
    kept = tmp_path / "known_hosts"
    with stranger() as heard:
        if policy == "strict":
            assert heard.key in refused(at(heard.port, kept, policy), "is not known, and must be")
            assert (heard.users, heard.secrets) == ([], [])
            return
        entered(at(heard.port, kept, policy))
        assert heard.secrets == ["s3cret"]
        assert kept.exists() is (policy == "accept-new")


def test_off_lets_a_changed_key_pass(tmp_path: Path) -> None:
    kept = tmp_path / "known_hosts"
    with stranger() as heard:
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        kept.write_text(f"[127.0.0.1]:{heard.port} {other}", encoding="utf-8")
        refused(at(heard.port, kept), "has changed")
        entered(at(heard.port, kept, "off"))


@pytest.mark.parametrize("how", ["plain", "hashed", "pattern", "among others", "beside what cannot be read"])
def test_the_users_own_file_is_read_in_all_of_its_forms(tmp_path: Path, how: str) -> None:
    own = tmp_path / "own"
    with stranger() as heard:
        key = key_of(heard.port).export_public_key().decode().strip()
        name = {"pattern": "[127.0.*]:*", "among others": f"sw9,[127.0.0.1]:{heard.port}"}.get(
            how, f"[127.0.0.1]:{heard.port}"
        )
        own.write_text(f"{name} {key}\n", encoding="utf-8")
        if how == "hashed":
            subprocess.run(["ssh-keygen", "-H", "-f", own], capture_output=True, check=True)
            assert "127.0.0.1" not in own.read_text(encoding="utf-8")
        if how.startswith("beside"):
            own.write_text(f"@what is this\nsw1 ssh-unknown AAAA\n# {name}\n{own.read_text(encoding='utf-8')}")
        kept = tmp_path / "known_hosts"
        entered(at(heard.port, kept, "strict", alt_host_keys=True, alt_key_file=str(own)))
        assert not kept.exists(), "what the user knows is not kept twice"


def test_a_revoked_key_is_never_believed(tmp_path: Path) -> None:
    kept = tmp_path / "known_hosts"
    with stranger() as heard:
        key = key_of(heard.port).export_public_key().decode().strip()
        kept.write_text(f"@revoked * {key}\n[127.0.0.1]:{heard.port} {key}\n", encoding="utf-8")
        refused(at(heard.port, kept), "is revoked")
        assert heard.secrets == []


def test_a_key_of_another_kind_is_another_key_and_the_known_kind_is_asked_for(tmp_path: Path) -> None:
    kept = tmp_path / "known_hosts"
    with stranger("ssh-ed25519", "ssh-rsa") as both, stranger("ssh-ed25519") as heard:
        keys = subprocess.run(
            ["ssh-keyscan", "-t", "rsa", "-p", str(both.port), "127.0.0.1"], capture_output=True, text=True, check=True
        ).stdout
        kept.write_text(keys, encoding="utf-8")
        entered(at(both.port, kept))
        kept.write_text(keys.replace(str(both.port), str(heard.port)), encoding="utf-8")
        refused(at(heard.port, kept), "has changed")
        assert heard.secrets == []


def test_many_who_meet_a_device_at_once_keep_its_key_once(tmp_path: Path) -> None:
    kept = tmp_path / "known_hosts"
    with servers.hanging(servers.silent) as device, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: entered(at(device.port, kept)), range(8)))
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 1


def test_the_copy_and_netconf_hold_to_it_too(tmp_path: Path) -> None:
    kept, image = tmp_path / "known_hosts", tmp_path / "image.bin"
    image.write_bytes(b"x")
    with stranger() as heard:
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        kept.write_text(f"[127.0.0.1]:{heard.port} {other}", encoding="utf-8")
        target = at(heard.port, kept)
        with pytest.raises(HostKeyRefused):
            ScpPush().send(image, "flash:image.bin", target, Distribution(), CLOCK, lambda _: None)
        with pytest.raises(HostKeyRefused):
            entered(replace(target, port=1), port=heard.port)
        assert (heard.users, heard.secrets) == ([], [])


def test_a_bastion_whose_key_changed_is_told_nothing_and_carries_nobody(tmp_path: Path) -> None:
    kept = tmp_path / "known_hosts"
    name = f"sw1.{DOMAIN}"
    with (
        servers.hanging(servers.silent) as device,
        bastion(tmp_path, {(name, 22): ("127.0.0.1", device.port)}) as way,
    ):
        config = tmp_path / "ssh_config"
        config.write_text(
            f"Host {name}\nProxyJump bastion\nHost bastion\nHostName 127.0.0.1\nPort {way.port}\nUser {USER}\n"
            "IdentityFile id\nIdentitiesOnly yes\n",
            encoding="utf-8",
        )
        ssh = Ssh(config_file=config, host_keys="off", known_hosts=kept)
        target = Target("sw1", name, 22, "cisco_xe", "ana", "s3cret", ssh=ssh)
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        kept.write_text(f"[127.0.0.1]:{way.port} {other}", encoding="utf-8")
        for asked in (lambda: entered(target), lambda: greets(target, 20)):
            with pytest.raises(HostKeyRefused, match=r"the host key of bastion \(127.0.0.1:\d+\) has changed"):
                asked()
        assert way.logins == []
        odd = first_stranger(target, 20)
        assert odd is not None
        assert odd.hop.name == "bastion"
        odd.trust()
        entered(target)
        assert way.logins == [USER]


def test_trust_replaces_the_known_key_and_no_other_line(tmp_path: Path) -> None:
    kept = tmp_path / "known_hosts"
    with stranger() as heard:
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
        kept.write_text(f"# mine\n[127.0.0.1]:{heard.port} {other}\nsw9 {other}", encoding="utf-8")
        target = at(heard.port, kept)
        odd = first_stranger(target, 20)
        assert odd is not None
        assert (odd.key.fingerprint, heard.secrets) == (heard.key, [])
        odd.trust()
        assert kept.read_text(encoding="utf-8").splitlines()[:2] == ["# mine", f"sw9 {other}"]
        entered(target)
        assert first_stranger(target, 20) is None


def test_known_keys_outlive_a_trust_that_finds_no_space_for_them(tmp_path: Path) -> None:
    """Without them any key would be new, and believed."""
    kept = tmp_path / "known_hosts"
    with stranger() as heard:
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
        before = f"[127.0.0.1]:{heard.port} {other}\nsw9 {other}\n"
        kept.write_text(before, encoding="utf-8")
        kept.chmod(0o600)
        odd = first_stranger(at(heard.port, kept), 20)
        assert odd is not None
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))
        try:
            with pytest.raises(HostKeyRefused, match=r"cannot be kept in .*: File too large; nothing was sent"):
                odd.trust()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert kept.read_text(encoding="utf-8") == before
        assert [path.name for path in tmp_path.iterdir()] == ["known_hosts"]
        assert heard.secrets == []
        odd.trust()
        entered(at(heard.port, kept))
        assert kept.stat().st_mode & 0o777 == 0o600


def test_keys_that_many_keep_and_trust_at_once_are_all_there(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept", tmp_path / "known_hosts"
    kept.touch()
    link.symlink_to(kept)
    key = paramiko.PKey.from_type_string("ssh-ed25519", asyncssh.generate_private_key("ssh-ed25519").public_data)
    hops = [replace(resolve(at(22, link)).device, known_as=f"sw{number}", port=number) for number in range(60)]
    with ThreadPoolExecutor(12) as pool:
        done = pool.map(lambda hop: (host_keys.trust if hop.port % 3 else host_keys.check)(hop, key), hops)
    assert list(done) == [None] * 60
    assert link.is_symlink()
    assert all(host_keys.objection(hop, key) is None for hop in hops)
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 60


def test_a_new_key_is_told_as_new(tmp_path: Path) -> None:
    with stranger() as heard:
        odd = first_stranger(at(heard.port, tmp_path / "known_hosts"), 20)
        assert odd is not None
        assert "not known yet" in odd.why
        assert _silent(heard)


def _silent(heard: Heard) -> bool:
    return not heard.users and not heard.secrets


def test_a_file_that_changes_in_any_way_is_read_as_it_is_now(tmp_path: Path) -> None:
    kept = tmp_path / "known_hosts"
    hop = replace(resolve(at(22, kept)).device, known_as="sw1")
    key, other = (asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip() for _ in range(2))
    fingerprint, second = (asyncssh.import_public_key(one).get_fingerprint() for one in (key, other))

    def known() -> list[tuple[str, str]]:
        return [(one.fingerprint, one.place.removeprefix(f"{kept} ")) for one in host_keys.known(hop)]

    assert known() == []
    kept.write_text(f"# mine\nsw2,sw1 {key}\nsw11 {other}\n", encoding="utf-8")
    assert known() == [(fingerprint, "line 2")]
    with kept.open("a", encoding="utf-8") as file:
        file.write(f"sw1 {other}\n@revoked sw* {key}\nsw12 {key}")
    whole = [(fingerprint, "line 2"), (second, "line 4"), (fingerprint, "line 5")]
    assert known() == known() == whole
    assert [one.revoked for one in host_keys.known(hop)] == [False, False, True]
    with kept.open("a", encoding="utf-8") as file:
        file.write(f" sw12\nsw1 {key}\n")  # behind a line that was not at its end
    assert known() == [*whole, (fingerprint, "line 7")]
    kept.write_text(kept.read_text(encoding="utf-8").replace("sw2,sw1", "sw3,sw4"), encoding="utf-8")
    assert known() == [*whole[1:], (fingerprint, "line 7")]
    kept.write_text(f"sw1 {other}\n", encoding="utf-8")
    assert known() == [(second, "line 1")]
    kept.unlink()
    assert known() == []


def test_of_many_files_the_ones_that_nobody_asks_for_are_forgotten(tmp_path: Path) -> None:
    files = [tmp_path / f"known_hosts{number}" for number in range(host_keys._MOST_FILES + 3)]
    for file in files:
        file.write_text("sw1 ssh-ed25519 AAAA\n", encoding="utf-8")
        host_keys.known(resolve(at(22, file)).device)
        host_keys.known(resolve(at(22, files[0])).device)
    assert set(host_keys._FILES) >= {files[0], *files[4:]}
    assert len(host_keys._FILES) == host_keys._MOST_FILES
