"""The one way to a device: every connection to it is opened here, and goes as the inventory and OpenSSH's files say."""

from swimctl.sessions.way.algorithms import Transport
from swimctl.sessions.way.entering import Stranger, enter, greeting, greets, meet, stranger
from swimctl.sessions.way.route import Hop, Way, resolve
from swimctl.sessions.way.watching import silent, silent_behind, straight

__all__ = [
    "Hop",
    "Stranger",
    "Transport",
    "Way",
    "enter",
    "greeting",
    "greets",
    "meet",
    "resolve",
    "silent",
    "silent_behind",
    "straight",
    "stranger",
]
