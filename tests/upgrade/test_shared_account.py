"""A wrong password that all devices share is tried three times, by whatever processes: no account is locked."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from support.login_counter import Accounts, counting
from support.processes import PROGRAM, look
from support.projects import Project, make_project

from swimctl.clock import SystemClock
from swimctl.config.entering import Login
from swimctl.config.reading import Credentials
from swimctl.config.settings import Distribution, Settings
from swimctl.errors import AccountRefused, AccountStopped, LoginFailed, NoPrivilege, Unreachable
from swimctl.models import Device
from swimctl.platforms.cisco_xe.models import HARDWARE, HARDWARE_SUBTREE, parse_hardware_oper
from swimctl.sessions.logins import DeviceLogins, answers, refused_accounts
from swimctl.sessions.netconf import Models
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.sessions.transports.scp_push import ScpPush
from swimctl.store import Store

DEVICES = 60  # twice the workers


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Project, Accounts]]:
    """Make sixty devices that ask one server for accounts, and an inventory with an old password."""
    project = make_project(tmp_path)
    project.write("inventory/groups.yaml", "{}\n")
    project.write("inventory/defaults.yaml", "username: netops\npassword: of last year\n")
    with counting("of this year") as accounts:
        host = f"{{hostname: 127.0.0.1, port: {accounts.port}, platform: cisco_xe, data: {{model: C9300-24P}}}}"
        project.write("inventory/hosts.yaml", "".join(f"sw{number}: {host}\n" for number in range(1, DEVICES + 1)))
        with project.store() as store:
            image = project.add_image(store)
        assert look(project.folder, "image", "golden", str(image.id))[0] == 0
        yield project, accounts


def run(project: Project, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *words],
        cwd=project.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_three_processes_and_sixty_devices_are_three_wrong_logins(site: tuple[Project, Accounts]) -> None:
    project, accounts = site
    words = (["plan", "--all"], ["upgrade", "--all", "--yes", "--workers", "30"], ["device", "check", "--all"])
    running = [run(project, *each) for each in words]
    said = [process.communicate(timeout=280)[0] for process in running]
    assert accounts.refused == ["netops"] * 3
    assert [process.returncode for process in running] == [1, 1, 1], said
    assert all("the password of 'netops' was refused 3 times" in each for each in said)
    ended = json.loads(look(project.folder, "status", "--json")[1])["jobs"]
    assert len(ended) == DEVICES
    not_attempted = [job for job in ended if (job["error"] or "").startswith("not attempted: ")]
    assert len(not_attempted) >= DEVICES - 3
    assert all("one more might lock the account" in job["error"] for job in not_attempted)
    # Who comes later knows it too, and another password is tried at once.
    assert "refused 3 times" in look(project.folder, "doctor", "--offline")[1]
    assert "no login to sw7" in look(project.folder, "plan", "sw7")[1]
    assert accounts.refused == ["netops"] * 3
    project.write("inventory/defaults.yaml", "username: netops\npassword: of this year\n")
    look(project.folder, "plan", "sw7")
    assert accounts.taken


class Clock:
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.at = datetime(2030, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Site:
    """The logins of one process, or of several, to devices of a shared account."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.settings = Login()
        self.entry = Credentials("netops", "geheim")
        self.logins = self.process()

    def process(self) -> DeviceLogins:
        return DeviceLogins(self.store, self.settings, lambda _: self.entry)

    def login(self, name: str, error: Exception | None = None, logins: DeviceLogins | None = None) -> None:
        with (logins or self.logins).login(Device(1, name, "cisco_xe", "192.0.2.1"), lambda: True):
            if error is not None:
                raise error

    def refused(self, *names: str, logins: DeviceLogins | None = None) -> None:
        for name in names:
            with pytest.raises(AccountRefused):
                self.login(name, AccountRefused("no"), logins)

    def stopped(self, name: str = "sw9", logins: DeviceLogins | None = None) -> str:
        with pytest.raises(AccountStopped) as error:
            self.login(name, logins=logins)
        return str(error.value)


@pytest.fixture
def logins(tmp_path: Path) -> Iterator[Site]:
    clock = Clock()
    with Store.open(tmp_path / "swimctl.db", clock) as store:  # type: ignore[arg-type]  # no other part of a clock is asked
        yield Site(store, clock)


def test_the_fourth_is_not_tried_whichever_process_asks(logins: Site) -> None:
    other = logins.process()
    logins.refused("sw1")
    logins.refused("sw2", logins=other)
    logins.refused("sw3")
    for process in (logins.logins, other, logins.process()):
        assert "'netops' was refused 3 times (sw1, sw2, sw3)" in logins.stopped(logins=process)
    assert len(refused_accounts(logins.store, logins.settings)) == 1


def test_a_success_resets(logins: Site) -> None:
    logins.refused("sw1", "sw2")
    logins.login("sw3")
    logins.refused("sw1", "sw2")
    logins.login("sw3")
    assert refused_accounts(logins.store, logins.settings) == []


def test_one_device_that_refuses_again_and_again_counts_each_time(logins: Site) -> None:
    logins.refused("sw1", "sw1", "sw1")
    assert "refused 3 times (sw1)" in logins.stopped("sw1")


def test_another_password_counts_anew_and_the_old_one_stays_stopped(logins: Site) -> None:
    logins.refused("sw1", "sw2", "sw3")
    logins.entry = Credentials("netops", "another")
    logins.login("sw1")
    logins.entry = Credentials("netops", "geheim")
    logins.stopped()


def test_an_account_of_one_device_is_not_counted_with_others(logins: Site) -> None:
    logins.entry = Credentials("admin", "geheim", own=True)
    logins.refused("sw1", "sw2", "sw3", "sw4", "sw5")
    assert refused_accounts(logins.store, logins.settings) == []
    logins.refused("sw1", "sw1")
    assert "'admin on sw1'" in logins.stopped("sw1")
    logins.login("sw2")


def test_another_door_is_counted_by_itself_and_waits_behind_the_first_one(logins: Site) -> None:
    """Where NETCONF refuses an account that the command line takes, only NETCONF is left alone."""

    def by_netconf(name: str) -> AbstractContextManager[object]:
        return logins.logins.login(Device(1, name, "cisco_xe", "192.0.2.1"), lambda: True, by="NETCONF")

    for name in ("sw1", "sw2", "sw3"):
        logins.login(name)
        with pytest.raises(AccountRefused), by_netconf(name):
            raise AccountRefused("no")
    thrice = r"'netops by NETCONF' was refused 3 times \(sw1, sw2, sw3\)"
    with pytest.raises(AccountStopped, match=thrice), by_netconf("sw4"):
        pytest.fail("it logged in")
    logins.login("sw4")
    logins.entry = Credentials("netops", "another")
    logins.refused("sw1", "sw2", "sw3")
    with pytest.raises(AccountStopped, match="'netops' was refused 3 times"), by_netconf("sw4"):
        pytest.fail("it logged in")


@pytest.mark.parametrize("door", ["the copy", "NETCONF"])
def test_a_password_that_the_copy_or_netconf_shows_first_is_wrong_three_times(
    logins: Site, tmp_path: Path, door: str
) -> None:
    """It was changed while terminals were open: six devices of one server refuse three logins, and no more is sent."""
    image = tmp_path / "image.bin"
    image.write_bytes(b"an image")
    clock, ends = SystemClock(), []
    with counting("of this year") as accounts:
        for number in range(1, 7):
            device = Device(number, f"sw{number}", "cisco_xe", "127.0.0.1")
            target = Target(
                device.name, "127.0.0.1", accounts.port, "cisco_xe", "netops", "geheim", netconf_port=accounts.port
            )
            if door == "the copy":

                def login(device: Device = device, target: Target = target) -> AbstractContextManager[object]:
                    return logins.logins.login(device, lambda: answers(target, clock, Settings()))

                with pytest.raises((AccountRefused, AccountStopped)) as refused:
                    ScpPush().send(image, "flash:x", target, Distribution(), clock, lambda _: None, login)
                ends.append(str(refused.value))
                continue
            transcript = Transcript(tmp_path / "log", clock, Redaction(()))
            login_by = partial(logins.logins.login, device, by="NETCONF")
            with Models(target, clock, transcript, 30, ends.append, login_by).beside() as way:
                assert way.read(HARDWARE, HARDWARE_SUBTREE, parse_hardware_oper) is None
        assert accounts.refused == ["netops"] * 3
    assert [f"{number}" for number, end in enumerate(ends, 1) if f"sw{number} refused the login" in end] == [*"123"]
    assert all("was refused 3 times (sw1, sw2, sw3)" in end for end in ends[3:])
    assert len(ends) == 6


def test_it_is_over_after_the_pause(logins: Site) -> None:
    logins.refused("sw1", "sw2", "sw3")
    logins.clock.at += timedelta(seconds=logins.settings.account_pause - 1)
    assert "until 2030-01-01T00:30Z" in logins.stopped()
    logins.clock.at += timedelta(seconds=2)
    logins.login("sw1")


@pytest.mark.parametrize("error", [Unreachable("away"), LoginFailed("did not answer"), ValueError("a defect")])
def test_what_says_nothing_of_the_password_is_not_counted(logins: Site, error: Exception) -> None:
    for _ in range(5):
        with pytest.raises(type(error)):
            logins.login("sw1", error)
    logins.login("sw1")


def test_a_device_that_gives_no_privilege_has_taken_the_password(logins: Site) -> None:
    logins.refused("sw1", "sw2")
    with pytest.raises(NoPrivilege):
        logins.login("sw3", NoPrivilege("no"))
    logins.refused("sw4", "sw5")


def test_nobody_counts_where_the_setting_is_none(logins: Site) -> None:
    logins.settings = Login(account_refusals=0)
    logins.logins = logins.process()
    logins.refused(*(f"sw{number}" for number in range(9)))
    assert refused_accounts(logins.store, logins.settings) == []


def test_until_one_is_answered_no_more_are_under_way_than_may_be_refused(logins: Site) -> None:
    begun, go, most = threading.Semaphore(0), threading.Event(), []

    def log_in(number: int) -> None:
        with logins.logins.login(Device(number, f"sw{number}", "cisco_xe", "192.0.2.1"), lambda: True):
            most.append(number)
            begun.release()
            assert go.wait(30)

    threads = [threading.Thread(target=log_in, args=(number,), daemon=True) for number in range(12)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        assert begun.acquire(timeout=30)
    assert not begun.acquire(timeout=0.5)
    go.set()
    for thread in threads:
        thread.join(30)
    assert len(most) == 12


def test_devices_that_do_not_greet_keep_nobody_waiting(logins: Site) -> None:
    dead = [Device(number, f"dead{number}", "cisco_xe", "192.0.2.1") for number in range(5)]
    begun = [logins.logins.login(device, lambda: False) for device in dead]
    for each in begun:
        each.__enter__()
    logins.login("sw1")


def test_after_a_process_that_died_in_its_logins_one_alone_tries_the_account(logins: Site, tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from datetime import UTC, datetime, timedelta\n"
        "from pathlib import Path\n"
        "from types import SimpleNamespace\n"
        "from swimctl.store import Store\n"
        "clock = SimpleNamespace(now=lambda: datetime(2030, 1, 1, tzinfo=UTC))\n"
        "store = Store.open(Path(sys.argv[1]), clock)\n"
        "for name in 'abc':\n"
        "    assert store.begin_login(sys.argv[2], name, most=3, pause=timedelta(1))\n"
        "os._exit(0)\n"
    )
    account = logins.logins._account(Device(1, "sw1", "cisco_xe", "x"))
    assert account is not None
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "swimctl.db"), account], check=True)
    stop = threading.Event()
    with logins.logins.login(Device(1, "sw1", "cisco_xe", "x"), lambda: True):
        threading.Timer(0.3, stop.set).start()
        logins.logins.wait_for_turn(Device(2, "sw2", "cisco_xe", "x"), lambda: True, stop)
        assert stop.is_set()
    logins.login("sw2")


def test_the_store_keeps_no_password_and_no_hash_of_one(logins: Site, tmp_path: Path) -> None:
    logins.refused("sw1")
    account = logins.logins._account(Device(1, "sw1", "cisco_xe", "x"))
    assert account is not None
    assert account.split(" ")[1:] == ["netops"]
    assert len(account.split(" ")[0]) == 2
    assert b"geheim" not in (tmp_path / "swimctl.db").read_bytes()
