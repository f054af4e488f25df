"""What the log of each system names of installing and reloading, and which of it somebody else began."""

from __future__ import annotations

import pytest

from swimctl.platforms.cisco_xe.log import journal as xe
from swimctl.platforms.cisco_xr.installer import Installer
from swimctl.platforms.journal import Logged, NextBoot, of_next_boot, others
from swimctl.platforms.juniper_junos.log import journal as junos

HEAD = "Log Buffer (4096 bytes):\n"
READ = "*Mar  3 06:10:00.001: %SYS-5-CONFIG_I: Configured from console by anna on vty0 (192.0.2.9)"


def line(clock: str, text: str) -> str:
    return f"*Mar  3 {clock}.001: {text}"


def started(clock: str, what: str) -> str:
    return line(clock, f"%INSTALL-5-INSTALL_START_INFO: R0/0: install_mgr: Started install {what} flash:a.bin")


def completed(clock: str, what: str) -> str:
    return line(clock, f"%INSTALL-5-INSTALL_COMPLETED_INFO: R0/0: install_mgr: Completed install {what} flash:a.bin")


def failed(clock: str, what: str) -> str:
    return line(clock, f"%INSTALL-3-OPERATION_ERROR_MESSAGE: R0/0: install_mgr: Failed to install {what} package")


def by_others(*lines: str, ours: tuple[tuple[str, str | None], ...] = ()) -> tuple[Logged, ...]:
    return others(xe(HEAD + "\n".join((READ, *lines)) + "\n"), READ, ours)


def test_an_add_of_somebody_else_is_named_with_its_moment_and_ends_where_the_log_says_so() -> None:
    (found,) = by_others(started("06:11:00", "add"))
    assert (found.does, found.ended) == (frozenset({"add"}), False)
    assert "06:11:00" in found.said
    (found,) = by_others(started("06:11:00", "add"), completed("06:14:00", "add"))
    assert found.ended


def test_an_activation_ends_where_it_failed_and_else_with_the_log_itself() -> None:
    (found,) = by_others(started("06:11:00", "activate"), completed("06:14:00", "activate"))
    assert not found.ended  # it reloads within seconds
    (found,) = by_others(started("06:11:00", "activate"), failed("06:14:00", "activate"))
    assert found.ended


def test_one_command_that_does_three_does_all_of_them() -> None:
    (found,) = by_others(started("06:11:00", "add_activate_commit"))
    assert found.does == {"add", "activate", "commit"}


@pytest.mark.parametrize(
    ("lines", "ended"),
    [
        (["%SYS-5-RELOAD: Reload requested by anna on vty1. Reload Reason: Reload Command."], False),
        (["%SYS-5-SCHEDULED_RELOAD: Reload requested for 18:13:42 UTC Mon Mar 3 2031 by console."], False),
        (
            [
                "%SYS-5-SCHEDULED_RELOAD: Reload requested for 18:13:42 UTC Mon Mar 3 2031 by console.",
                "%SYS-5-SCHEDULED_RELOAD_CANCELLED: Scheduled reload cancelled at 06:20:00 UTC Mon Mar 3 2031",
            ],
            True,
        ),
    ],
)
def test_a_reload_that_somebody_asked_for_is_under_way_until_it_is_cancelled(lines: list[str], ended: bool) -> None:
    (found,) = by_others(*(line("06:15:00", each) for each in lines))
    assert found.does == {"activate", "abort"}
    assert found.ended is ended


@pytest.mark.parametrize("what", ["remove", "auto_abort_timer"])
def test_what_installs_nothing_is_nobody_elses_installation(what: str) -> None:
    assert by_others(started("06:11:00", what)) == ()


def test_ours_is_the_first_of_its_kind_behind_its_mark() -> None:
    own, later = started("06:11:00", "add"), started("06:30:00", "add")
    assert by_others(own, completed("06:14:00", "add"), ours=(("add", READ),)) == ()
    (found,) = by_others(own, completed("06:14:00", "add"), later, ours=(("add", READ),))
    assert "06:30:00" in found.said
    # An earlier one is somebody else's: it was there when ours was about to leave.
    (found,) = by_others(own, completed("06:14:00", "add"), later, ours=(("add", completed("06:14:00", "add")),))
    assert "06:11:00" in found.said


def test_without_a_mark_of_its_own_whatever_does_the_same_may_be_ours() -> None:
    assert by_others(started("06:11:00", "add"), started("06:30:00", "add"), ours=(("add", None),)) == ()
    assert len(by_others(started("06:11:00", "activate"), ours=(("add", None),))) == 1


def test_a_reload_that_was_under_way_before_the_mark_is_somebody_elses_and_an_old_operation_is_not() -> None:
    def since(*lines: str) -> tuple[Logged, ...]:
        return others(xe(HEAD + "\n".join((*lines, READ)) + "\n"), READ, ())

    (found,) = since(started("06:01:00", "activate"), completed("06:03:00", "activate"))
    assert "06:01:00" in found.said
    assert (
        since(started("06:01:00", "activate"), completed("06:03:00", "activate"), started("06:04:00", "commit")) == ()
    )
    assert since(started("06:01:00", "activate"), failed("06:03:00", "activate")) == ()
    assert since(started("06:01:00", "add")) == ()
    later = xe(HEAD + "\n".join((READ, started("06:01:00", "add"), again := READ.replace("10:00", "20:00"))) + "\n")
    assert [each.kind for each in others(later, again, (), READ)] == ["install add"]
    ended = xe(HEAD + "\n".join((READ, started("06:01:00", "add"), completed("06:02:00", "add"), again)) + "\n")
    assert others(ended, again, (), READ) == ()
    (found,) = since(line("06:01:00", "%SYS-5-SCHEDULED_RELOAD: Reload requested for 18:13:42 UTC by anna on vty1."))
    assert not found.ended


def test_a_log_that_was_cleared_tells_nothing() -> None:
    assert others(xe(HEAD + started("06:11:00", "add") + "\n"), READ, ()) == ()
    assert others(xe(""), None, ()) == ()


REQUEST = "Install operation {n} started by {user} via CLI at 06:11:0{n} UTC Mon Mar 03 2031.\n install {what}\n"
DONE = "Install operation {n} completed successfully at 06:1{n}:00 UTC Mon Mar 03 2031.\n"


def router(log: str, request: str = "No install operation in progress\n") -> tuple[Logged, ...]:
    answers = {"show install log": log, "show install request": request}
    return Installer(None, answers.__getitem__).journal()  # type: ignore[arg-type] # it sends nothing


def test_a_router_names_who_and_since_when_and_what_waits_for_its_reload_has_not_ended() -> None:
    adds = REQUEST.format(n=7, user="anna", what="add source harddisk: a.iso") + DONE.format(n=7)
    activates = REQUEST.format(n=8, user="anna", what="activate id 7 noprompt")
    (found,) = others(router(adds), "0", ())
    assert found.ended
    assert "by anna via CLI at 06:11:07" in found.said
    both = others(router(activates + DONE.format(n=8) + adds, "Install operation completed, pending reload\n"), "0", ())
    assert [(each.key, each.ended) for each in both] == [("7", True), ("8", False)]
    removes = REQUEST.format(n=9, user="anna", what="remove inactive all") + DONE.format(n=9)
    assert [(each.kind, each.does) for each in others(router(adds + removes), "0", ())] == [("add", {"add"})]
    assert [(each.kind, each.does) for each in router(adds + removes)] == [
        ("", frozenset()),
        ("add", {"add"}),
        ("remove", frozenset()),
    ]
    busy = router(adds + activates, "The install operation 8 is 30% complete\n")
    assert [each.ended for each in others(busy, "7", ())] == [False]


COMMANDS = "Mar  3 06:1{n}:00  hall-7 mgd[4{n}]: UI_CMDLINE_READ_LINE: User '{user}', command '{command} '\n"


def test_a_juniper_names_the_user_and_a_reboot_has_ended_where_none_is_planned() -> None:
    read = COMMANDS.format(n=0, user="netops", command="show log interactive-commands")
    adds = COMMANDS.format(n=1, user="anna", command="request system software add /var/tmp/a.tgz")
    reboots = COMMANDS.format(n=2, user="anna", command="request system reboot")
    planned = others(junos(read + adds + reboots, reboots=True), read.strip(), ())
    assert [(sorted(each.does), each.ended) for each in planned] == [(["add"], True), (["abort", "activate"], False)]
    assert "User 'anna'" in planned[1].said
    assert all(each.ended for each in others(junos(read + adds + reboots, reboots=False), read.strip(), ()))
    ours = (("add", read.strip()), ("activate", read.strip()))
    assert others(junos(read + adds + reboots, reboots=True), read.strip(), ours) == ()


def test_a_device_without_a_log_tells_another_image_for_its_next_boot() -> None:
    assert others(of_next_boot("flash:/a.swi", NextBoot("flash:/a.swi", "boot system")), "flash:/a.swi", ()) == ()
    (found,) = others(of_next_boot("flash:/a.swi", NextBoot("flash:/b.swi", "boot system")), "flash:/a.swi", ())
    assert found.said == "the next boot starts flash:/b.swi, and started flash:/a.swi"
    assert not found.ended
    sent = (("activate", "flash:/a.swi"),)
    assert others(of_next_boot("flash:/a.swi", NextBoot("flash:/b.swi", "boot system")), "flash:/a.swi", sent) == ()
