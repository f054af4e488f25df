"""The first prompt of a terminal: banners, pieces of them, prompts that change, and setup commands that are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from platforms import contract
from support.scripted_terminal import GONE, NOTHING_YET, PaperTerminal

from swimctl.clock import Deadline, Limit, SystemClock
from swimctl.errors import DeadlineExceeded, NoCommandLine, SessionLost, UnexpectedPrompt
from swimctl.platforms import PLATFORM_NAMES, terminal_of
from swimctl.sessions import session as session_module


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"_SILENCE": 0.05, "_ODD_SILENCE": 0.3, "_SHORT_SILENCE": 0.01}.items():
        monkeypatch.setattr(session_module, name, seconds)


class Restless(PaperTerminal):
    """A terminal with another prompt at each line: the one of that number. `outputs` stand between echo and prompt."""

    def __init__(
        self, prompt: Callable[[int], str], *, banner: Sequence[str] = (), platform: str = "cisco_xe", **outputs: str
    ) -> None:
        super().__init__(greeting=(*banner, f"\r\n{prompt(0)}"), platform=platform)
        self.lines = 0
        self.prompt = prompt
        self.outputs = {command.replace("_", " "): text for command, text in outputs.items()}

    def write_channel(self, text: str) -> None:
        self.lines += 1
        line = text.removesuffix("\n")
        self.script[line] = [f"{line}\r\n{self.outputs.get(line, '')}", self.prompt(self.lines)]
        super().write_channel(text)


def opened(device: PaperTerminal, folder: Path, seconds: float = 5, answer_within: float = 5) -> session_module.Session:
    session = device.unopened(folder)
    session.prepare(Deadline(SystemClock(), seconds, watch=True), answer_within)
    return session


def clock(number: int) -> str:
    return f"{number % 24:02d}:{number * 7 % 60:02d}:{number * 13 % 60:02d}"


PROMPTS: dict[str, Callable[[int], str]] = {
    "a clock of EOS": lambda number: f"hall-7.{clock(number)}#",
    "twelve hours": lambda number: f"hall-7 {number % 12 + 1}:{number % 60:02d} {'AP'[number % 2]}M#",
    "a time in brackets before the name": lambda number: f"[{clock(number)}] hall-7#",
    "a day and a time": lambda number: f"{['Sat', 'Sun'][number // 2 % 2]} {number + 8} {clock(number)} hall-7# ",
    "a counter behind the sign": lambda number: f"hall-7#{number + 8}",
    "a counter before it": lambda number: f"hall-7 [{number + 8}]#",
    "blanks": lambda _number: "hall 7 of 9#",
    "a colour": lambda number: f"\x1b[1;31m{clock(number)}\x1b[0m \x1b[32mhall-7\x1b[0m# \x1b[K",
}


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_is_known_by_what_stays_of_it(tmp_path: Path, name: str, platform: str) -> None:
    device = Restless(PROMPTS[name], platform=platform, show_clock="12:00:00.1 UTC\r\n")
    session = opened(device, tmp_path)
    assert [session.run("show clock", 5) for _ in range(3)] == ["12:00:00.1 UTC"] * 3
    assert device.typed == ["\n", *[f"{line}\n" for line in terminal_of(platform).setup], *["show clock\n"] * 3]


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_a_clock_without_colons_that_moves_late_is_learned_then(tmp_path: Path, platform: str) -> None:
    device = Restless(
        lambda number: f"hall-7.{'1701' if number > 5 else '1700'}#", platform=platform, show_clock="12:00\r\n"
    )
    session = opened(device, tmp_path)
    assert [session.run("show clock", 5) for _ in range(6)] == ["12:00"] * 6
    assert session.hostname == "hall-7.…#"


@pytest.mark.parametrize("platform", ["cisco_xe", "cisco_nxos", "juniper_junos"])
def test_a_prompt_of_which_nothing_stays_is_refused_at_once_with_what_was_seen(tmp_path: Path, platform: str) -> None:
    words = ["alpha", "bravo", "charlie", "delta", "echo", "fox", "golf", "hotel"]
    device = Restless(lambda number: f"{words[number]}#", platform=platform)
    with pytest.raises(UnexpectedPrompt, match=r"another prompt at each empty line: .*'fox#', 'golf#'; .*`no prompt`"):
        opened(device, tmp_path)
    assert set(device.typed) == {"\n"}


BANNERS: dict[str, Sequence[str]] = {
    "a piece that ends like a prompt": (
        "\r\n####\r\n# Property of Example # keep out #\r\nNOTICE#",
        *[NOTHING_YET] * 4,
        "1 all is logged\r\n####\r\n\r\n",
    ),
    "the last line like a prompt": ("\r\nAUTHORIZED-ACCESS-ONLY>\r\n", *[NOTHING_YET] * 4),
    "two lines like prompts": ("\r\nACCESS#", *[NOTHING_YET] * 2, "\r\nONLY>", *[NOTHING_YET] * 2, "\r\n"),
    "a line with blanks like a prompt": ("\r\n# keep out, all is logged #", *[NOTHING_YET] * 4, "\r\n"),
    "a question in pieces": ("\r\nDo you agree? Then go on.", *[NOTHING_YET] * 4, "\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
@pytest.mark.parametrize("name", BANNERS)
def test_no_line_of_a_banner_is_believed(tmp_path: Path, name: str, platform: str) -> None:
    device = Restless(lambda _number: "hall-7#", banner=BANNERS[name], platform=platform, show_clock="12:00\r\n")
    session = opened(device, tmp_path)
    assert session.hostname == "hall-7"
    assert session.run("show clock", 5) == "12:00"


def test_words_after_enable_are_no_prompt_and_no_question(tmp_path: Path) -> None:
    device = PaperTerminal(
        {"enable": ["enable\r\nNOTICE#", NOTHING_YET, "1 all is logged; questions?\r\nroot>", NOTHING_YET, "\r\nsw1#"]},
        greeting=("\r\nsw1>",),
    )
    session = opened(device, tmp_path)
    assert session.hostname == "sw1"


def test_one_word_that_asks_for_a_code_is_refused_and_nothing_typed(tmp_path: Path) -> None:
    device = PaperTerminal(greeting=("\r\nPASSCODE>",))
    with pytest.raises(NoCommandLine, match=r"PASSCODE.*nothing was typed there"):
        opened(device, tmp_path)
    assert device.typed == []


def test_a_line_that_does_not_come_again_is_told_with_the_setting(tmp_path: Path) -> None:
    device = PaperTerminal({"": []}, greeting=("\r\nNOTICE#",))
    with pytest.raises(
        DeadlineExceeded, match=r"did not bring the prompt 'NOTICE#' again within 0s \(swimctl.deadlines.setup\); last"
    ):
        opened(device, tmp_path, answer_within=Limit.of(0.3, "swimctl.deadlines.setup"))


def test_no_prompt_at_all_is_told_with_its_setting_and_the_last_line(tmp_path: Path) -> None:
    device = PaperTerminal({"": []}, greeting=("\r\nWelcome to hall 7\r\n",))
    with pytest.raises(
        DeadlineExceeded, match=r"within 0s \(swimctl.deadlines.connect\) of login; last line: 'Welcome to hall 7'"
    ):
        opened(device, tmp_path, Limit.of(0.3, "swimctl.deadlines.connect"))


def test_each_line_of_the_setup_has_time_of_its_own(tmp_path: Path) -> None:
    """Together they take longer than the deadline of the login."""
    slow = [NOTHING_YET] * 8  # each is looked past after 0.05 seconds
    device = PaperTerminal(
        {line: [f"{line}\r\n", *slow, "sw1#"] for line in ("", *terminal_of("cisco_xe").setup)}, greeting=("\r\nsw1#",)
    )
    opened(device, tmp_path, 0.6, answer_within=10)
    assert device.typed.count("\n") == 1, "a device that is slow is asked once"


def test_an_empty_line_that_a_device_dropped_is_typed_once_more(tmp_path: Path) -> None:
    class Flushing(PaperTerminal):
        def write_channel(self, text: str) -> None:
            self.script[""] = ["\r\nsw1#"] if self.typed else []
            super().write_channel(text)

    device = Flushing()
    session = opened(device, tmp_path, answer_within=2)
    assert session.hostname == "sw1"
    assert device.typed.count("\n") == 2


def test_a_setup_command_that_is_not_answered_is_told_with_its_setting(tmp_path: Path) -> None:
    device = PaperTerminal({"terminal width 511": ["terminal width 511\r\n"]})
    with pytest.raises(DeadlineExceeded, match=r"'terminal width 511' on sw1 .* within 0s \(swimctl.deadlines.setup\)"):
        opened(device, tmp_path, answer_within=Limit.of(0.3, "swimctl.deadlines.setup"))


LINES = [f"  Gi1/0/{number} is up" if number % 3 else f"Gi1/0/{number}" for number in range(70)]


class Paged(PaperTerminal):
    """A terminal that refuses its setup with `said`, and stops after each page."""

    def __init__(self, platform: str, said: str) -> None:
        pager, taken_back = contract.platform(platform).cases.pager
        pages = ["\r\n".join(LINES[at : at + 23]) + "\r\n" for at in range(0, len(LINES), 23)]
        refused = {line: [f"{line}\r\n{said}\r\nhall-7#"] for line in terminal_of(platform).setup}
        super().__init__(
            {**refused, "show x": [f"show x\r\n{pages[0]}", pager]}, greeting=("\r\nhall-7#",), platform=platform
        )
        self._left = [[taken_back + page, pager] for page in pages[1:-1]] + [[taken_back + pages[-1], "hall-7#"]]

    def write_channel(self, text: str) -> None:
        if text == " ":
            self.script[" "] = self._left.pop(0)
        super().write_channel(text)


@pytest.mark.parametrize("said", ["refused", "nothing"])
@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_where_the_pager_stays_on_its_pages_are_turned(tmp_path: Path, platform: str, said: str) -> None:
    refusal = contract.platform(platform).cases.denied if said == "refused" else ""
    device = Paged(platform, refusal)
    session = opened(device, tmp_path)
    assert session.run("show x", 5).split("\n") == LINES
    assert device.typed[-4:] == ["show x\n", " ", " ", " "]
    first = terminal_of(platform).setup[0]
    record = (tmp_path / "transcript.log").read_text(encoding="utf-8")
    assert (f"'{first}' was refused: {refusal!r}" in record) is bool(refusal)


def test_a_pager_that_never_ends_is_left_at_the_deadline(tmp_path: Path) -> None:
    device = PaperTerminal({"show x": ["show x\r\nline\r\n --More-- "], " ": ["\rline\r\n --More-- "]})
    with pytest.raises(DeadlineExceeded, match="'show x' on sw1 did not end within 0s"):
        device.session(tmp_path, clock=device.clock).run("show x", 0.4)


def test_what_looks_like_a_page_and_was_not_turned_stays(tmp_path: Path) -> None:
    device = PaperTerminal({"show x": ["show x\r\n --More-- \r\nrest\r\n", "sw1#"]})
    assert device.session(tmp_path).run("show x", 5) == " --More-- \nrest"
    assert " " not in device.typed


def test_a_session_that_ends_in_the_setup_is_lost_there(tmp_path: Path) -> None:
    with pytest.raises(SessionLost, match="ended in 'terminal length 0'"):
        opened(PaperTerminal({"terminal length 0": ["terminal length 0\r\n% refused\r\n", GONE]}), tmp_path)


@pytest.mark.parametrize(
    "said",
    [
        "\r\n% Authorization failed.\r\n",
        "\r\n% Authorization failed.\r\nConnection closed.\r\n",
        "\r\nWelcome\r\n\r\nYour account has expired; please contact your system administrator\r\n",
        "\r\n% Exec authorization denied\r\n\r\n",
    ],
)
def test_a_login_that_is_turned_away_is_told_in_the_devices_words(tmp_path: Path, said: str) -> None:
    told = next(line for line in said.split("\r\n") if "uthorization" in line or "expired" in line)
    with pytest.raises(NoCommandLine, match=told):
        opened(PaperTerminal(greeting=(said, GONE)), tmp_path)
