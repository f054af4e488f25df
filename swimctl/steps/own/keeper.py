"""Keep a program that swimctl runs from outliving it. Run as a process of its own; imports nothing of swimctl.

    python keeper.py FD PROGRAM WORD …

FD is one end of a pair of sockets. It is told `0`, or the error number where the program cannot be started; and when
the other end closes, as it does however swimctl ends, the whole process group is ended. The code of the program is the
code of this process. The group is that of this process, so nothing has to be found when it is ended.
"""

import contextlib
import os
import select
import signal
import sys

# Real seconds for what a program does when it is asked to end.
GRACE = 5.0


def main(arguments: list[str]) -> int:
    """Run the program to its end, or to that of swimctl; return its code, negative where a signal ended it."""
    other, words = int(arguments[0]), arguments[1:]
    os.set_inheritable(other, False)
    awake, wake = os.pipe()
    os.set_blocking(awake, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the group is asked to end: this one ends with its program
    try:
        child = os.posix_spawnp(words[0], words, os.environ, setsigdef=(signal.SIGTERM, signal.SIGPIPE))
    except OSError as problem:
        os.write(other, b"%d" % (problem.errno or 1))
        return 127
    with contextlib.suppress(OSError):  # swimctl may have ended already, which is seen below
        os.write(other, b"0")
    for number in (0, 1, 2):
        os.close(number)  # they are the program's: who reads what it prints sees its end
    waited: float | None = None
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            if waited is not None:  # what it has started itself may hear no request, and nobody else ends it
                os.killpg(0, signal.SIGKILL)
            return os.waitstatus_to_exitcode(status)
        ready, _, _ = select.select([awake, *([other] if waited is None else [])], [], [], waited)
        if awake in ready:
            os.read(awake, 512)
        elif waited is None:
            os.killpg(0, signal.SIGTERM)
            waited = GRACE
        else:
            os.killpg(0, signal.SIGKILL)


def end_as(code: int) -> None:
    """End this process as its program has ended."""
    if code >= 0:
        os._exit(code)
    number = -code
    if number not in {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)


if __name__ == "__main__":
    end_as(main(sys.argv[1:]))
