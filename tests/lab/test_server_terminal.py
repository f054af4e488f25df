from pathlib import Path

import pytest

from swimctl.lab.images import make_image, read_image
from swimctl.lab.terminal import MORE, Entered, Keyboard, LineEditor, Pager, on_screen


def typed(*packets: str, secret: bool = False) -> tuple[str, list[Entered]]:
    keyboard = Keyboard()
    editor = LineEditor(keyboard, "sw1#", secret)
    echo, lines = "", []
    for packet in packets:
        keyboard.feed(packet)
        while keyboard:
            shown, entered = editor.step()
            echo += shown
            if entered is not None:
                lines.append(entered)
                editor = LineEditor(keyboard, "sw1#", secret)
    return echo, lines


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\0"])
def test_every_kind_of_line_end_is_one_enter(end: str) -> None:
    echo, lines = typed(f"show clock{end}show boot{end}")
    assert [line.text for line in lines] == ["show clock", "show boot"]
    assert echo == "show clock\r\nshow boot\r\n"


def test_cr_and_lf_in_two_packets_are_one_enter() -> None:
    _echo, lines = typed("enable\r", "\nshow clock\r", "\n")
    assert [line.text for line in lines] == ["enable", "show clock"]


def test_lf_after_a_key_is_an_enter_of_its_own() -> None:
    _echo, lines = typed("a\r", "b", "\n")
    assert [line.text for line in lines] == ["a", "b"]


@pytest.mark.parametrize(
    ("keys", "line", "echo"),
    [
        ("shox\bw\n", "show", "shox\b \bw\r\n"),
        ("shox\x7fw\n", "show", "shox\b \bw\r\n"),
        ("\b\bok\n", "ok", "ok\r\n"),
        ("bad\x15ok\n", "ok", "bad" + "\b \b" * 3 + "ok\r\n"),
        ("show boot\x17clock\n", "show clock", "show boot" + "\b \b" * 4 + "clock\r\n"),
        ("show\x12\n", "show", "show\r\nsw1#show\r\n"),
    ],
)
def test_editing_keys(keys: str, line: str, echo: str) -> None:
    shown, lines = typed(keys)
    assert [each.text for each in lines] == [line]
    assert shown == echo


def test_secret_input_is_not_echoed() -> None:
    echo, lines = typed("topx\bsecret\r", secret=True)
    assert lines == [Entered("topsecret")]
    assert echo == "\r\n"


def test_ctrl_c_throws_the_line_away_and_ctrl_z_leaves_configuration() -> None:
    _echo, lines = typed("reload\x03", "\x1a")
    assert lines[0].broken
    assert lines[0].leaves_config
    assert not lines[1].broken
    assert lines[1].leaves_config


def test_type_ahead_is_kept_for_the_next_line() -> None:
    keyboard = Keyboard()
    keyboard.feed("show clock\nshow boot\n")
    assert LineEditor(keyboard).step()[1] == Entered("show clock")
    assert LineEditor(keyboard).step()[1] == Entered("show boot")


def test_enter_after_a_one_key_answer_belongs_to_it() -> None:
    keyboard = Keyboard()
    keyboard.feed("y\nshow clock\n")
    assert keyboard.key() == "y"
    keyboard.swallow_enter()
    assert LineEditor(keyboard).step()[1] == Entered("show clock")


def lines(count: int) -> str:
    return "".join(f"line {number}\n" for number in range(1, count + 1))


def test_pager_stops_one_line_before_the_screen_is_full() -> None:
    pager = Pager(24)
    shown = pager.show(lines(30))
    assert shown.count("\n") == 23
    assert shown.endswith(MORE)
    assert pager.wants_key
    assert pager.press("\n").count("line") == 1
    rest = pager.press(" ")
    assert rest.endswith("line 30\n")
    assert not pager.wants_key


def test_pager_drops_the_rest_at_q() -> None:
    pager = Pager(10)
    pager.show(lines(30))
    assert "line" not in pager.press("q")
    assert pager.show("more of the same command\n") == ""
    assert not pager.wants_key


def test_no_pager_at_length_0_and_none_where_it_fits() -> None:
    assert Pager(0).show(lines(500)) == lines(500)
    assert Pager(24).show(lines(23)) == lines(23)


def test_screen_lines_end_in_cr_lf() -> None:
    assert on_screen("a\nb\r\n") == "a\r\nb\r\n"


def test_image_file_is_the_same_each_time_and_says_what_it_is(tmp_path: Path) -> None:
    first = make_image(tmp_path / "one", "cat9k_iosxe.17.09.04a.SPA.bin", 100_000)
    again = make_image(tmp_path / "two", "cat9k_iosxe.17.09.04a.SPA.bin", 100_000)
    other = make_image(tmp_path, "cat9k_iosxe.17.12.04.SPA.bin", 100_000)
    assert first.read_bytes() == again.read_bytes()
    assert first.stat().st_size == 100_000
    assert first.read_bytes()[4096:] != other.read_bytes()[4096:]
    image = read_image(first.read_bytes()[:4096], "renamed.bin")
    assert image is not None
    assert (image.family, image.version) == ("cat9k_iosxe", "17.09.04a")


def test_image_is_told_by_its_name_where_it_has_no_header() -> None:
    image = read_image(b"\x7fELF", "cat9k_lite_iosxe.17.12.04.SPA.bin")
    assert image is not None
    assert (image.family, image.version) == ("cat9k_lite_iosxe", "17.12.04")
    assert read_image(b"hello", "notes.txt") is None


def test_image_version_may_differ_from_the_name(tmp_path: Path) -> None:
    path = make_image(tmp_path, "cat9k_iosxe.17.12.04.SPA.bin", 5000, version="17.12.05")
    image = read_image(path.read_bytes(), path.name)
    assert image is not None
    assert image.version == "17.12.05"


@pytest.mark.parametrize(("name", "size"), [("notes.txt", 5000), ("cat9k_iosxe.17.12.04.SPA.bin", 10)])
def test_image_that_no_switch_would_know_is_refused(tmp_path: Path, name: str, size: int) -> None:
    with pytest.raises(ValueError, match=r"name it like|too small"):
        make_image(tmp_path, name, size)
