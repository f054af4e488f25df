"""What the fronts bend: how other sites and devices talk, and devices and lines that fail, stop or lie."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from fleets.every import FLEETS
from support.fronts.front import GONE, Bend, Bent, Front, Twist

# A prompt of any of the systems at the end of what was printed, with what stands before its sign.
PROMPT = re.compile(rb"(?:^|\n)(?P<all>[\w.:/@-]+(?:\([\w-]+\))?[>#] ?)\Z")


def bending(down: Callable[[Bend, bytes], Iterable[Bent]]) -> Callable[[Front], Bend]:
    """Make a bend of what changes the output alone."""

    class Down(Bend):
        def down(self, data: bytes) -> Iterable[Bent]:
            return down(self, data)

    return Down


def each(change: Callable[[bytes], bytes]) -> Callable[[Front], Bend]:
    """Make a bend of what changes each piece of output for itself."""
    return bending(lambda _bend, data: (change(data),))


def in_pieces(size: int) -> Callable[[Front], Bend]:
    """Return the output in packets of so many bytes."""
    return bending(lambda _bend, data: [data[at : at + size] for at in range(0, len(data), size)])


def at_prompt(change: Callable[[bytes], bytes]) -> Callable[[Front], Bend]:
    """Make a bend of what changes the prompt that ends a piece of output."""

    def down(_bend: Bend, data: bytes) -> Iterable[Bent]:
        found = PROMPT.search(data)
        return (data[: found.start("all")] + change(found.group("all")),) if found else (data,)

    return bending(down)


class Counting(Bend):
    """A prompt that is another one each time: `change` gets it with its number, wherever it stands."""

    def __init__(self, front: Front, change: Callable[[bytes, int], bytes]) -> None:
        super().__init__(front)
        self._change = change
        self._prompts = 0
        self._known: re.Pattern[bytes] | None = None

    def down(self, data: bytes) -> Iterable[Bent]:
        if self._known is None and (found := PROMPT.search(data)):
            name = re.escape(re.split(rb"[(>#]", found.group("all"))[0])
            self._known = re.compile(rb"(?:(?<=\n)|\A)" + name + rb"(?:\([\w-]+\))?[>#] ?")
        return (data if self._known is None else self._known.sub(self._changed, data),)

    def _changed(self, prompt: re.Match[bytes]) -> bytes:
        self._prompts += 1
        return self._change(prompt.group(0), self._prompts)


def counting(change: Callable[[bytes, int], bytes]) -> Callable[[Front], Bend]:
    """Make a bend of what changes each prompt by its number."""
    return lambda front: Counting(front, change)


def _clock(number: int) -> bytes:
    return b"%02d:%02d:%02d" % (11 + number // 9 % 2, number * 7 % 60, number * 13 % 60)


def _before_the_sign(prompt: bytes, what: bytes) -> bytes:
    return re.sub(rb"(?:\([\w-]+\))?[>#] ?\Z", lambda sign: what + sign.group(0), prompt)


class Greeting(Bend):
    """A banner that comes in `pieces` before all else; `later`: from the activation on."""

    def __init__(self, front: Front, pieces: Iterable[Bent], *, later: bool = False) -> None:
        super().__init__(front)
        self._pieces = () if later and not front.activated else tuple(pieces)

    def down(self, data: bytes) -> Iterable[Bent]:
        pieces, self._pieces = self._pieces, ()
        return (*pieces, data)


class Paged(Bend):
    """An account that may not set its terminal: the device refuses the words, and goes on to stop at each page."""

    def up(self, data: bytes) -> Iterable[Bent]:
        return (re.sub(rb"(terminal|screen-?)( ?)(length|width)", rb"\1\2\3x", data),)


class Unechoed(Bend):
    """A device that does not echo what is typed."""

    def __init__(self, front: Front) -> None:
        super().__init__(front)
        self._echo = b""

    def up(self, data: bytes) -> Iterable[Bent]:
        self._echo += data.replace(b"\n", b"\r\n")
        return (data,)

    def down(self, data: bytes) -> Iterable[Bent]:
        while data and self._echo and data[:1] == self._echo[:1]:
            data, self._echo = data[1:], self._echo[1:]
        return (data,)


def once_after(
    trigger: Callable[[Bend], bool], then: Iterable[Bent], *, at_up: bool = False
) -> Callable[[Front], Bend]:
    """Let something happen once, when the command is typed that `trigger` knows; `at_up`: before the device has it."""

    class Once(Bend):
        def up(self, data: bytes) -> Iterable[Bent]:
            if self.front.happened or not trigger(self):
                return (data,)
            self.front.happened = True
            return (*then, data) if at_up else (data, 0.3, *then)

    return Once


def said(command: str, change: Callable[[bytes], bytes], *, after: bool = True) -> Callable[[Front], Bend]:
    """Let the answer to commands that begin so be changed, from the activation on or always."""

    def down(bend: Bend, data: bytes) -> Iterable[Bent]:
        if bend.command.startswith(command) and (bend.front.activated or not after):
            return (change(data),)
        return (data,)

    return bending(down)


def flipped(data: bytes) -> bytes:
    """Change a byte in the middle of a large piece: of the file itself, not of what SCP says around it."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :] if len(data) > 1000 else data


@dataclass(frozen=True)
class Trial:
    """A twist on a platform, and how its job may end. `good`: nothing is wrong with the device, it must succeed."""

    platform: str
    twist: Twist
    good: bool = False


def _good(platform: str) -> list[Twist]:
    noise = FLEETS[platform].log_line.encode()
    return [
        Twist("a byte at a time", in_pieces(1)),
        Twist("packets of seven bytes", in_pieces(7)),
        Twist("a slow line", bending(lambda _bend, data: (0.05, data))),
        Twist("carriage returns doubled", each(lambda data: data.replace(b"\r\n", b"\r\r\n"))),
        Twist("zero bytes between", each(lambda data: data.replace(b"\n", b"\n\x00"))),
        Twist("colours around the prompt", at_prompt(lambda prompt: b"\x1b[1m" + prompt + b"\x1b[0m")),
        Twist("a bell before the prompt", at_prompt(lambda prompt: b"\x07" + prompt)),
        Twist("blank lines before the prompt", at_prompt(lambda prompt: b"\r\n\r\n" + prompt)),
        Twist("the prompt twice", at_prompt(lambda prompt: prompt + b"\r\n" + prompt)),
        Twist("a log message behind the prompt", at_prompt(lambda prompt: prompt + b"\r\n" + noise + b"\r\n")),
        Twist("a log message before the prompt", at_prompt(lambda prompt: noise + b"\r\n" + prompt)),
        Twist("a letter taken back", at_prompt(lambda prompt: b"x\b" + prompt)),
        Twist("no echo", Unechoed),
        Twist("text before the version", before=b"Authorized access only\r\nAll is logged\r\n"),
        Twist(
            "a clock in the prompt", counting(lambda prompt, number: _before_the_sign(prompt, b"." + _clock(number)))
        ),
        Twist(
            "twelve hours",
            counting(lambda prompt, number: b"[%b %bM] %b" % (_clock(number), (b"A", b"P")[number % 2], prompt)),
        ),
        Twist("a counter behind the prompt", counting(lambda prompt, number: prompt.rstrip() + b"%d" % (number + 8))),
        Twist("blanks in the prompt", counting(lambda prompt, _number: b"hall 7 of 9 " + prompt)),
        Twist(
            "a banner in pieces like prompts",
            lambda front: Greeting(front, (b"\r\n# keep out #\r\nNOTICE#", 1.5, b"1 all is logged\r\n###\r\n")),
        ),
        Twist(
            "another banner from the activation on",
            lambda front: Greeting(front, (b"\r\nAUTHORIZED-ACCESS-ONLY>\r\n", 2.5), later=True),
        ),
        Twist("a pager that stays on", Paged),
        Twist("a banner with signs of prompts", banner="Welcome to hall-3#\nadmin@hall-3>\n[yes/no]: \n"),
        Twist("keyboard-interactive alone", interactive=True),
        Twist("another server version", version="OpenSSH_9.9p2"),
        Twist(
            "slow to answer at first",
            bending(lambda bend, data: (0.8, data) if len(bend.front.commands) < 3 else (data,)),
        ),
    ]


def _bad(platform: str) -> list[Twist]:
    word = FLEETS[platform].activates
    sends = lambda bend: bend.command.startswith(word)  # noqa: E731 - as short as what it says
    asks = lambda bend: bend.front.activated and bend.command.startswith("show")  # noqa: E731
    return [
        Twist("the line drops as the activation is typed", once_after(sends, (GONE,))),
        Twist("the line drops before the activation arrives", once_after(sends, (GONE,), at_up=True)),
        Twist("the line drops at the first question after it", once_after(asks, (GONE,))),
        Twist("the answer to the activation is garbage", said(word, lambda data: b"\x11" * min(len(data), 9))),
        Twist("the first login after it is refused", refuses=lambda front: front.activated and front.refused < 1),
        Twist(
            "the release after it is another",
            said("show version", lambda data: re.sub(rb"\d+\.\d+(?=[.(R])", b"9.9", data)),
        ),
        Twist(
            "nothing is printed any more after it", bending(lambda bend, data: () if bend.front.activated else (data,))
        ),
        Twist("the copied bytes are changed", copies=flipped),
    ]


def _commits() -> list[Twist]:
    typed = lambda bend: bend.command.startswith("install commit")  # noqa: E731
    return [
        Twist("the line drops as the commit is typed", once_after(typed, (GONE,))),
        Twist("the line drops before the commit arrives", once_after(typed, (GONE,), at_up=True)),
        Twist("the answer to the commit is garbage", said("install commit", lambda data: b"\x11" * min(len(data), 9))),
        Twist("the table of installs is garbage", said("show install summary", lambda _data: b"~#q 7Kx{}\r\n")),
        Twist(
            "the table of installs calls it committed from the first",
            said("show install summary", lambda data: data.replace(b"IMG   U", b"IMG   C")),
        ),
    ]


def trials(platforms: Iterable[str]) -> Mapping[str, Trial]:
    """Return each platform its share of the harmless twists, and all that matter; by the name of the device."""
    found = []
    for number, platform in enumerate(platforms):
        found += [Trial(platform, twist, good=True) for twist in _good(platform)[number % 3 :: 3]]
        found += [Trial(platform, twist) for twist in _bad(platform)[number % 2 :: 2]]
        if platform == "cisco_xe":
            found += [Trial(platform, twist) for twist in _commits()]
    return {f"t{number}": trial for number, trial in enumerate(found)}
