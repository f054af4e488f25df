"""What the device's own log proves about a command whose answer was lost."""

from swimctl.platforms.base import Trace
from swimctl.platforms.cisco_xe.log import last_line, trace_operation

HEAD = "Syslog logging: enabled (0 messages dropped)\n\nLog Buffer (102400 bytes):\n\n"
BEFORE = "*Mar  4 10:00:00.100: %SYS-6-LOGOUT: User admin has exited tty session 2(192.0.2.9)"
ADD = (
    "*Mar  4 10:01:00.000: %INSTALL-5-INSTALL_START_INFO: Switch 1 R0/0: install_mgr: "
    "Started install add flash:cat9k_iosxe.17.12.04.SPA.bin"
)
START = "*Mar  4 10:05:00.000: %INSTALL-5-INSTALL_START_INFO: Switch 1 R0/0: install_mgr: Started install activate NONE"
DONE = "*Mar  4 10:08:00.000: %INSTALL-5-INSTALL_COMPLETED_INFO: Switch 1 R0/0: install_mgr: Completed install activate"
FAILED = (
    "*Mar  4 10:08:00.000: %INSTALL-3-OPERATION_ERROR_MESSAGE: Switch 1 R0/0: install_mgr: "
    "Failed to install activate package, Error: no space"
)


def log(*lines: str) -> str:
    return HEAD + "\n".join(lines)


def test_the_newest_message_is_the_mark() -> None:
    assert last_line(log(BEFORE, ADD)) == ADD
    assert last_line(HEAD) is None


def test_a_start_behind_the_mark_was_received() -> None:
    assert trace_operation(log(BEFORE, ADD, START), "activate", ADD) == Trace(received=True, finished=False)


def test_an_end_behind_the_start_is_the_end() -> None:
    assert trace_operation(log(ADD, START, DONE), "activate", ADD) == Trace(received=True, finished=True)
    assert trace_operation(log(ADD, START, FAILED), "activate", ADD) == Trace(received=True, finished=True)


def test_silence_behind_a_mark_that_is_there_is_proof() -> None:
    assert trace_operation(log(BEFORE, ADD), "activate", ADD) == Trace(received=False, finished=False)


def test_a_start_before_the_mark_is_another_ones() -> None:
    assert trace_operation(log(START, DONE, BEFORE), "activate", BEFORE).received is False


def test_a_log_without_the_mark_cannot_tell() -> None:
    assert trace_operation(log(START), "activate", ADD) == Trace(None, None)
    assert trace_operation(log(START), "activate", None) == Trace(None, None)


def test_what_is_done_in_one_command_is_each_of_its_parts() -> None:
    one_shot = ADD.replace("install add", "install add_activate_commit")
    end = DONE.replace("activate", "add_activate_commit")
    for operation in ("add", "activate"):
        assert trace_operation(log(BEFORE, one_shot), operation, BEFORE) == Trace(received=True, finished=False)
        assert trace_operation(log(BEFORE, one_shot, end), operation, BEFORE) == Trace(received=True, finished=True)


def test_an_add_is_no_activation_and_the_timer_no_abort() -> None:
    assert trace_operation(log(BEFORE, ADD), "activate", BEFORE).received is False
    timer = START.replace("activate", "auto_abort_timer")
    assert trace_operation(log(BEFORE, timer), "abort", BEFORE).received is False


def test_the_end_of_what_came_later_takes_no_end_back() -> None:
    later = DONE.replace("install activate", "install abort").replace("install_activate", "install_abort")
    assert later != DONE
    assert trace_operation(log(ADD, START, DONE, later), "activate", ADD) == Trace(received=True, finished=True)
