"""Fronts that give away what they were sent and what is configured: in every output, in pieces, on the way in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from fleets.every import FLEETS
from support.fronts.front import GONE, Bend, Bent, Front, Twist
from support.fronts.twists import PROMPT

_HALF = len("Zq7-geheim") // 2

# How a secret is printed; a second one is there so that no line ends with it.
STYLES: Mapping[str, Callable[[str], str]] = {
    "whole": str,
    "wrapped at 80 columns": lambda text: text[:_HALF].rjust(80, ".") + "\r\n" + text[_HALF:],
    "wrapped with a blank": lambda text: text[:_HALF].rjust(79, ".") + " \r" + text[_HALF:],
    "taken back and typed again": lambda text: "".join(f"{each}x\b" for each in text),
    "with colours": lambda text: "".join(f"\x1b[1m{each}\x1b[0m" for each in text),
    "with zero bytes": "\x00".join,
    "as Python writes it": repr,
    "in an address": lambda text: f"scp://netops:{text}@192.0.2.1/image.bin",
}


@dataclass(frozen=True)
class Secrets:
    """What a device knows: what it was sent, and the secret of its configuration."""

    sent: tuple[str, ...]
    configured: str


def gossiping(platform: str, style: Callable[[str], str], secrets: Secrets, size: int = 0) -> Callable[[Front], Bend]:
    """Say before each prompt, in a line of the log, what was sent and a line of the configuration.

    `size`: in packets of so many bytes, with a moment between some of them.
    """
    # A brace that is not closed would make a configuration that is not whole.
    lines = [line.format(*[secrets.configured] * 2) for line in FLEETS[platform].secret_lines if "{{" not in line]
    noise = FLEETS[platform].log_line.encode()

    class Gossip(Bend):
        said = 0

        def down(self, data: bytes) -> Iterable[Bent]:
            found = PROMPT.search(data)
            if found is None:
                return self.cut(data)
            if "config" in self.command and self.command.startswith("show "):
                more = "\r\n".join(["", *lines, ""]).encode()
            else:
                sent = secrets.sent[self.said % len(secrets.sent)]
                line = lines[self.said % len(lines)]
                more = noise + f" after {style(sent)} by netops\r\n".encode()
                more += noise + f" logged command:{line}\r\n".encode()
            self.said += 1
            return self.cut(data[: found.start("all")] + more + found["all"])

        def cut(self, data: bytes) -> Iterable[Bent]:
            if not size:
                return (data,)
            pieces: list[Bent] = [data[at : at + size] for at in range(0, len(data), size)]
            return [*pieces[:-1], 0.1, pieces[-1]] if pieces else ()

    return Gossip


def answering(begin: str, text: str, then: Bent = b"") -> Callable[[Front], Bend]:
    """Answer the commands that begin so with a text alone: no prompt follows."""

    class Answer(Bend):
        def down(self, data: bytes) -> Iterable[Bent]:
            if not self.command.startswith(begin):
                return (data,)
            echo = data.partition(b"\n")[0] + b"\n" if b"\n" in data else b""
            return (echo + text.encode(), 0.5, then)

    return Answer


class Echoing(Bend):
    """Echo the secret that `enable` asks for, and what it would be next time."""

    def down(self, data: bytes) -> Iterable[Bent]:
        asked = "enable" in self.front.commands[-2:-1] and self.command
        return (f"{self.command}\r\nchecking {self.command[:-1]}".encode(), data) if asked else (data,)


def renamed(change: Callable[[bytes], bytes]) -> Callable[[Front], Bend]:
    """Change the name in all that is printed."""

    class Renamed(Bend):
        def down(self, data: bytes) -> Iterable[Bent]:
            return (change(data),)

    return Renamed


def ways(platform: str, secrets: Secrets) -> dict[str, Twist]:
    """Return the ways in which one platform's devices give secrets away without a job that goes well."""
    sent = secrets.sent[0]
    line = FLEETS[platform].secret_lines[0].format(*[secrets.configured] * 2)
    ascii_only = re.sub(r"[^!-~]", "", sent)
    return {
        "a question with it": Twist("", answering("show ver", f"\r\nGive {sent} for '{line}'? [yes/no]: ")),
        "a silence behind it": Twist("", answering("show ver", f"\r\nchecking {sent}\r\n{line}")),
        "the end behind half of it": Twist("", answering("show ver", f"\r\nchecking {sent[:-2]}", GONE)),
        "a refusal with it": Twist("", renamed(lambda data: data.replace(b"ersion", f"{sent} ".encode()))),
        "a configuration without end": Twist("", answering("show running", f"\r\n{line}\r\n{sent}")),
        "in the name": Twist("", renamed(lambda data: PROMPT.sub(f"\\nsw-{ascii_only[:9]}".encode() + b"#", data))),
        "a banner": Twist("", banner=f"Welcome, the password is {sent}\n{line}\n"),
        "before the version": Twist("", before=f"{sent}\r\n{line}\r\n".encode()),
        "a version": Twist("", version=f"x_{ascii_only}"),
        "a refused login": Twist("", banner=f"not {sent}\n", refuses=lambda _front: True),
    }


def gossips(platform: str, secrets: Secrets) -> dict[str, Twist]:
    """Return a platform's devices that tell all and let the job go well, each in another style."""
    packets = {"a byte at a time": 1, "packets of seven bytes": 7}
    found = {name: Twist(name, gossiping(platform, style, secrets)) for name, style in STYLES.items()}
    return found | {
        name: replace(Twist(name), bend=gossiping(platform, str, secrets, size)) for name, size in packets.items()
    }
