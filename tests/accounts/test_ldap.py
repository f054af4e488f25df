"""Signing in by a real LDAP server, with TLS, and with what an attacker types."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from support import slapd as servers
from support.accounts import HERE, PASSWORD, ROOT, Counting
from support.certificates import self_signed
from support.projects import CONFIG, Project
from support.slapd import ANAS, BASE, GROUPS, NET_ADMINS, NET_BER, PEOPLE, SERVICE_PASSWORD, Slapd
from support.stores import StandingClock

from swimctl.accounts import ldap_directory
from swimctl.accounts.ldap_directory import LdapDirectory, outside
from swimctl.accounts.passwords import Passwords
from swimctl.accounts.service import AccountService
from swimctl.cli import doctor
from swimctl.cli.context import Opened
from swimctl.config import references
from swimctl.config.access import LdapSection, grants
from swimctl.config.settings import Settings
from swimctl.errors import ConfigError, DirectoryAway, LoginRefused, NoRole
from swimctl.models import Role
from swimctl.store import Store

ldap = pytest.importorskip("ldap", reason="python-ldap is not installed: pip install 'swimctl[ldap]'")
ldap_child = pytest.importorskip("swimctl.accounts.ldap_child")
pytestmark = [pytest.mark.skipif(servers.MISSING is not None, reason=str(servers.MISSING)), pytest.mark.prove]

DIRECT = {"bind_dn": "", "bind_password": None, "user_dn": f"uid={{name}},{PEOPLE}"}


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[socket.socket]:
    """Listen where a referral points to; nobody may come."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, elsewhere: socket.socket) -> Iterator[Slapd]:
    with servers.slapd(tmp_path_factory.mktemp("slapd"), elsewhere.getsockname()[1]) as running:
        yield running


class AtOnce(LdapDirectory):
    """Ask in this process, where neither deadline nor environment matters: a new one costs 0.1 s of CPU."""

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        return ldap_child.answered(json.loads(json.dumps(asked)))


def at_once(server: Slapd, **changes: Any) -> LdapDirectory:
    return AtOnce(LdapSection.model_validate(server.settings | changes), server.folder)


def directory(server: Slapd, **changes: Any) -> LdapDirectory:
    return LdapDirectory(LdapSection.model_validate(server.settings | changes), server.folder)


@pytest.mark.parametrize("how", [{}, DIRECT], ids=["by a service account", "as the person"])
def test_who_knows_the_password_is_a_person_with_groups(server: Slapd, how: dict[str, Any]) -> None:
    asked = directory(server, **how)
    for typed in ("ana", "Ana", "ANA"):  # one person is one user, in whatever case they write themselves
        found = asked.sign_in(typed, ANAS)
        assert found is not None
        assert (found.name, found.groups) == ("ana", {NET_BER})
    assert asked.sign_in("ana", ANAS + "x") is None
    assert asked.sign_in("nobody", ANAS) is None


@pytest.mark.parametrize("how", [{}, DIRECT], ids=["by a service account", "as the person"])
@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ana", ""),
        ("", ANAS),
        ("", ""),
        ("ana", "\0"),
        ("ana", ANAS + "\0"),
        ("ana\0", ANAS),
        ("*", ANAS),
        ("an*", ANAS),
        ("*)(uid=*", ANAS),
        ("ana)(uid=ana", ANAS),
        ("ana)(|(uid=*)", ANAS),
        ("(uid=ana)", ANAS),
        ("\\2a", ANAS),
        ("ana,ou=people", ANAS),
        ("ana+sn=A", ANAS),
        (f"ana,{PEOPLE}", ANAS),
        ("#616e61", ANAS),
        ("ana ", ""),
        ("a" * 100_000, ANAS),
        ("ana", "a" * 100_000),
        ("änä", ANAS),
        ("nopass", "anything"),
        ("nopass", ""),
        ("away", "anything"),
    ],
)
def test_what_an_attacker_types_lets_nobody_in(server: Slapd, how: dict[str, Any], name: str, password: str) -> None:
    assert at_once(server, **how).sign_in(name, password) is None


def test_the_server_itself_would_take_an_empty_password(server: Slapd) -> None:
    connection = ldap.initialize(server.ldap)
    connection.simple_bind_s(f"uid=Ana,{PEOPLE}", "")
    connection.unbind_s()


def test_two_entries_of_one_name_are_nobody(server: Slapd) -> None:
    assert at_once(server).sign_in("twin", "twin's password") is None
    found = at_once(server, users=PEOPLE).sign_in("twin", "twin's password")
    assert found is not None


@pytest.mark.parametrize("how", [{}, DIRECT], ids=["by a service account", "as the person"])
def test_a_person_of_two_names_is_nobody_as_one_of_them_may_be_taken_from_somebody_else(
    server: Slapd, how: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    asked = at_once(server, **how)
    assert [asked.sign_in(name, "carla's password") for name in ("carla", "boss")] == [None, None]
    assert f"uid=carla,{PEOPLE} has 2 values of uid, so nobody is signed in by it" in caplog.text
    caplog.clear()
    assert asked.sign_in("carla", "wrong") is None
    assert caplog.text == "", "who knows no password writes nothing into the log"
    by_its_one_name = at_once(server, **how, name="cn").sign_in("carla", "carla's password")
    assert by_its_one_name is not None
    assert by_its_one_name.name == "carla"


def test_a_value_in_two_cases_is_one_name() -> None:
    found = ldap_child._person(_Entries([("uid=x", {"UID": [b"Ana", b"ana"]})]), ASKED)
    assert found == ("uid=x", ["ana"])


def test_a_letter_that_only_looks_like_one_makes_nobodys_name() -> None:
    found = ldap_child._person(_Entries([("uid=x", {"uid": ["\N{KELVIN SIGN}im".encode()]})]), ASKED)
    assert found == ("uid=x", ["\N{KELVIN SIGN}im"]), "with which nobody signs in"


ASKED = {"user_filter": "(uid={name})", "name": "ana", "attribute": "uid", "users": PEOPLE}


class _Entries:
    """A connection that finds the same entries always."""

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def search_ext_s(self, *_: object, **__: object) -> list[Any]:
        return self._rows


@pytest.mark.parametrize("known", [True, False], ids=["a bundle of the system", "none"])
def test_without_ca_the_file_of_the_system_is_taken_and_never_one_that_is_named_none(
    server: Slapd, known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python knows no file where it knows a folder, such as on many a Debian."""
    paths = ssl.get_default_verify_paths()
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths._replace(cafile=None))
    bundle = tmp_path / "bundle.crt"
    monkeypatch.setattr(ldap_directory, "_BUNDLES", (str(bundle),))
    if not known:
        with pytest.raises(ConfigError, match=r"swimctl.ldap.ca is missing, and this system has no file"):
            at_once(server, ca=None)
        assert at_once(server, ca=None, url=server.ldap, starttls=False).sign_in("ana", ANAS), "nothing to check there"
        return
    bundle.write_bytes(server.ca.read_bytes())
    found = at_once(server, ca=None).sign_in("ana", ANAS)
    assert found is not None


def test_groups_in_groups_count_if_one_says_so_and_a_circle_ends(server: Slapd) -> None:
    found = at_once(server, nested=True).sign_in("ana", ANAS)
    assert found is not None
    assert found.groups == {NET_BER, NET_ADMINS}
    other = f"CN=Net-BER , OU=Groups,{BASE}"
    found = at_once(server, roles={other: ["ber"], f"cn=net-ber,ou=guests,{BASE}": ["operator"]}).sign_in("ana", ANAS)
    assert found is not None
    assert found.groups == {other}


def test_no_referral_is_followed(server: Slapd, elsewhere: socket.socket) -> None:
    for how in ({}, DIRECT):
        for name in ("away", "ana", "nobody"):
            try:
                at_once(server, **how).sign_in(name, "a password for this server alone")
            except DirectoryAway:
                assert name == "away"
    with pytest.raises(BlockingIOError):
        elsewhere.accept()


def test_starttls_encrypts_before_anything_is_said(server: Slapd) -> None:
    assert directory(server, url=server.ldap).sign_in("ana", ANAS) is not None
    assert directory(server, url=server.ldap, starttls=False).sign_in("ana", ANAS) is not None  # this machine


@pytest.mark.parametrize("url", ["ldaps", "ldap"])
def test_a_certificate_that_is_not_trusted_lets_nobody_in(server: Slapd, tmp_path: Path, url: str) -> None:
    other, _ = self_signed(tmp_path)
    for ca in (other, None):
        with pytest.raises(DirectoryAway) as away:
            directory(server, url=getattr(server, url), ca=ca).sign_in("ana", ANAS)
        assert ANAS not in str(away.value)


def test_a_certificate_of_another_name_lets_nobody_in(server: Slapd) -> None:
    with pytest.raises(DirectoryAway, match="Can't contact"):
        directory(server, url=f"ldaps://localhost:{server.tls}").sign_in("ana", ANAS)


def test_the_machines_own_ldap_conf_turns_no_check_off(
    server: Slapd, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {"LDAPTLS_REQCERT": "never", "LDAPTLS_CACERT": str(server.ca)}.items():
        monkeypatch.setenv(name, value)
    other, _ = self_signed(tmp_path)
    with pytest.raises(DirectoryAway):
        directory(server, ca=other).sign_in("ana", ANAS)


def test_a_wrong_account_of_swimctl_is_no_wrong_password_of_a_person(server: Slapd) -> None:
    with pytest.raises(DirectoryAway, match="refuses bind_dn") as away:
        directory(server, bind_password="not it").sign_in("ana", ANAS)
    assert "not it" not in str(away.value)
    with pytest.raises(DirectoryAway):
        directory(server, bind_password="not it").check()
    assert "has dc=example" in directory(server).check()
    assert "answers" in directory(server, **DIRECT).check()


def test_where_the_password_of_swimctls_account_is_missing_is_told_to_nobody_who_signs_in(server: Slapd) -> None:
    lost = at_once(server, bind_password={"file": "/run/secrets/not-there"})
    with pytest.raises(DirectoryAway, match="/run/secrets/not-there cannot be read"):  # for the log alone
        lost.sign_in("ana", ANAS)
    with pytest.raises(ConfigError, match="/run/secrets/not-there cannot be read"):  # `swimctl doctor`
        lost.check()


def test_a_file_of_the_working_folder_is_no_module(
    server: Slapd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ldap.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    assert directory(server).sign_in("ana", ANAS) is not None


def test_a_server_that_repeats_a_password_brings_it_into_no_log(server: Slapd) -> None:
    words = f"no such\nword: {ANAS}".encode()
    body = b"\x02\x01\x01\x61" + bytes([len(words) + 7]) + b"\x0a\x01\x50\x04\x00\x04" + bytes([len(words)]) + words
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                assert ANAS.encode() in connection.recv(4096)
                connection.sendall(b"\x30" + bytes([len(body)]) + body)
                connection.recv(4096)

        answering = threading.Thread(target=serve, daemon=True)
        answering.start()
        url = f"ldap://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(DirectoryAway, match=r"no such word: \*\*\*") as away:
            directory(server, url=url, starttls=False, **DIRECT).sign_in("ana", ANAS)
        answering.join(timeout=30)
    assert ANAS not in str(away.value)


def test_a_password_that_is_a_part_of_the_other_one_leaves_nothing_of_it_in_the_log() -> None:
    asked = {"password": "winter", "bind_password": "winter-is-long"}
    said = ldap_child._without_secrets("cn=swimctl,dc=example: winter-is-long and winter", asked)
    assert said == "cn=swimctl,dc=example: *** and ***"


@pytest.mark.parametrize("speaks", [b"", b"\x30\x0c\x02\x01\x01", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_server_that_says_nothing_or_nonsense_is_away_in_time(server: Slapd, speaks: bytes, scheme: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        held = []

        def serve() -> None:
            try:
                while True:
                    connection, _ = listener.accept()
                    held.append(connection)
                    connection.sendall(speaks)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        silent = directory(server, url=url, starttls=False, timeout=1)
        with ThreadPoolExecutor(1) as beside:
            asked = beside.submit(silent.sign_in, "ana", ANAS)
            while not asked.done():  # whoever looks at the processes meanwhile
                for process in Path("/proc").glob("[0-9]*"):
                    with suppress(OSError):
                        seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
                        assert not any(secret.encode() in seen for secret in (ANAS, SERVICE_PASSWORD))
                time.sleep(0.05)
            with pytest.raises(DirectoryAway) as away:
                asked.result()
        assert not any(secret in str(away.value) for secret in (ANAS, SERVICE_PASSWORD))
        for connection in held:
            connection.close()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "ldap://ldap.example.com", "starttls": False}, "in clear"),
        ({"url": "ldap://localhost", "starttls": False}, "in clear"),
        ({"url": "http://ldap.example.com"}, "url must be"),
        ({"url": "ldapi:///"}, "url must be"),
        ({"user_dn": f"uid={{name}},{PEOPLE}"}, "one of the two"),
        ({"bind_dn": ""}, "one of the two"),
        ({"users": ""}, "users is missing"),
        ({"user_filter": "(uid=*)"}, "must have {name}"),
        (DIRECT | {"user_dn": f"uid=ana,{PEOPLE}"}, "must have {name}"),
        ({"roles": {}}, "roles is missing"),
    ],
)
def test_settings_that_cannot_be_are_refused(server: Slapd, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("{", r"\{")):
        directory(server, **changes)


class TestAccounts:
    """The whole way: a directory, swimctl's users and tokens, and the audit."""

    @pytest.fixture
    def accounts(self, server: Slapd, store: Store, clock: StandingClock) -> AccountService:
        settings = Settings.model_validate(
            {"ldap": server.settings, "roles": {"ber": {"may": ["trigger"], "sites": ["ber"]}}}
        )
        ways = outside(settings, server.folder)
        return AccountService(store, clock, Passwords(Counting()), grants(settings.roles), ways)

    def test_a_sign_in_makes_a_token_of_the_groups_roles(self, accounts: AccountService) -> None:
        made = accounts.login("ANA", ANAS, HERE)
        assert accounts.principal(made.text).user == "ana"
        assert [(one.name, one.roles, one.source) for one in accounts.users()] == [("ana", ("ber",), "ldap")]
        entries = [(one.action, one.actor, one.data.get("source")) for one in accounts._store.audit()]
        assert entries == [("user-created", "ana", "ldap"), ("login", "ana", "ldap")]
        assert all(secret not in str(accounts._store.audit()) for secret in (ANAS, SERVICE_PASSWORD))

    def test_who_loses_a_group_loses_the_role_at_the_next_sign_in(
        self, accounts: AccountService, server: Slapd
    ) -> None:
        first = accounts.login("ana", ANAS, HERE)
        member = f"dn: {NET_BER}\nchangetype: modify\n{{}}: member\nmember: uid=Ana,{PEOPLE}\n"
        server.change(member.format("delete"))
        try:
            with pytest.raises(NoRole):
                accounts.login("ana", ANAS, HERE)
            assert accounts.ended([first.token.id]) == {first.token.id}
            assert accounts.rights_now(first.token.id) is None
        finally:
            server.change(member.format("add"))
        assert accounts.login("ana", ANAS, HERE)

    def test_a_user_of_swimctls_own_is_never_asked_for_at_the_directory(self, accounts: AccountService) -> None:
        accounts.create_user("ana", PASSWORD, Role.OPERATOR, by=ROOT)
        with pytest.raises(LoginRefused):
            accounts.login("ana", ANAS, HERE)
        assert accounts.principal(accounts.login("ana", PASSWORD, HERE).text).user == "ana"
        with pytest.raises(LoginRefused):  # another spelling leads to the directory, and to the same name
            accounts.login("Ana", ANAS, HERE)
        assert [(one.name, one.source) for one in accounts.users()] == [("ana", "own")]

    def test_the_directory_is_away_and_own_users_and_tokens_go_on(
        self, accounts: AccountService, tmp_path_factory: pytest.TempPathFactory, clock: StandingClock
    ) -> None:
        made = accounts.login("ana", ANAS, HERE)
        accounts.create_user("olga", PASSWORD, Role.OPERATOR, by=ROOT)
        with servers.slapd(tmp_path_factory.mktemp("gone")) as gone:
            settings = Settings.model_validate({"ldap": gone.settings, "roles": {"ber": {"may": ["look"]}}})
            lost = outside(settings, gone.folder)
        assert lost is not None
        accounts._outside = lost
        for _ in range(6):  # nobody is slowed down for it
            with pytest.raises(DirectoryAway):
                accounts.login("ana", ANAS, HERE)
        assert accounts.principal(made.text).user == "ana"
        assert accounts.login("olga", PASSWORD, HERE)
        clock.forward(8 * 3600)
        assert accounts.ended([made.token.id]) == {made.token.id}


def test_config_yaml_with_a_file_for_the_password(server: Slapd, project: Project) -> None:
    secret = project.write("ldap.password", SERVICE_PASSWORD + "\n")
    secret.chmod(0o600)
    (project.folder / "ca.pem").write_bytes(server.ca.read_bytes())
    project.write(
        "config.yaml",
        f"""{CONFIG}
  ldap:
    url: {server.ldaps}
    ca: ca.pem
    bind_dn: cn=swimctl,{BASE}
    bind_password: {{file: ldap.password}}
    users: {PEOPLE}
    groups: {GROUPS}
    roles:
      {NET_BER}: [operator]
""",
    )
    config = project.config()
    found = outside(config.settings, config.path.parent)
    assert found is not None
    person = found.directory.sign_in("ana", ANAS)
    assert person is not None
    assert found.roles_of(person) == ("operator",)
    assert SERVICE_PASSWORD not in repr(config)
    (looked,) = doctor._attempt("ldap", lambda: doctor._ldap(Opened(project.path)), "correct it")
    assert (looked.result, looked.seen) == ("ok", f"{server.ldaps} knows cn=swimctl,{BASE}, and has {PEOPLE}")
    secret.write_text("another")
    references._read.clear()
    (looked,) = doctor._attempt("ldap", lambda: doctor._ldap(Opened(project.path)), "correct it")
    assert (looked.result, "it refuses bind_dn" in looked.seen) == ("fail", True)
