"""`boot system` lines: read in their six spellings, and written with another file in the same one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swimctl.errors import CommandRefused, NotFound, UnparsableOutput
from swimctl.platforms.cisco_ios.boot_lines import (
    COMMAND,
    BootLine,
    Form,
    files,
    parse_boot_lines,
    put_first,
    same_setting,
)
from swimctl.platforms.cisco_ios.commands import parse

LINES, JOINED, STACK = Form(joined=False, stack=False), Form(joined=True, stack=False), Form(joined=True, stack=True)


@pytest.mark.parametrize(
    ("line", "form", "written"),
    [
        ("flash:/old.bin", LINES, ("flash:/new.bin", "flash:/old.bin")),
        ("flash:old.bin", LINES, ("flash:new.bin", "flash:old.bin")),
        ("flash flash:old.bin", LINES, ("flash flash:new.bin", "flash flash:old.bin")),
        ("flash old.bin", LINES, ("flash new.bin", "flash old.bin")),
        ("switch all flash:old.bin", LINES, ("switch all flash:new.bin", "switch all flash:old.bin")),
        ("flash0:old.bin", LINES, ("flash0:new.bin", "flash0:old.bin")),
        ("flash0 old.bin", LINES, ("flash0 new.bin", "flash0 old.bin")),
        # Of another flash than the one that the new image lies on.
        ("flash1 old.bin", LINES, ("flash:new.bin", "flash:old.bin")),
        ("slot0:old.bin", LINES, ("flash:new.bin", "flash:old.bin")),
        ("flash:/old.bin", JOINED, ("flash:/new.bin;flash:/old.bin",)),
        ("flash old.bin", JOINED, ("flash new.bin;old.bin",)),
        ("flash:/old.bin", STACK, ("switch all flash:/new.bin;flash:/old.bin",)),
        ("flash old.bin", STACK, ("switch all flash:new.bin;flash:old.bin",)),
        ("switch 1 flash:/old.bin", STACK, ("switch all flash:/new.bin;flash:/old.bin",)),
    ],
)
def test_the_spelling_is_the_devices_own(line: str, form: Form, written: tuple[str, ...]) -> None:
    expected = tuple(f"boot system {each}" for each in written)
    assert put_first([f"boot system {line}"], "new.bin", "old.bin", form, "flash:") == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (["flash:a", "flash:b"], ["flash:/a;flash:/b"], True),
        (["flash:a"], ["flash0:a"], True),
        (["flash flash:a"], ["a"], True),
        (["flash0 a"], ["flash:/a"], True),
        (["flash:a", "flash:b"], ["flash:b", "flash:a"], False),
        (["slot0:a"], ["flash:a"], False),
        (["usbflash0:a"], ["flash0:a"], False),
        (["switch all flash:a"], ["flash:a"], False),
        (["tftp://192.0.2.1/a"], ["flash:a"], False),
        (["tftp a 192.0.2.1"], ["tftp a 192.0.2.1"], True),
        (["flash:a"], [], False),
    ],
)
def test_two_settings_are_one_where_they_name_the_same_files_of_the_same_flash_in_one_order(
    one: list[str], other: list[str], same: bool
) -> None:
    assert same_setting(*([f"boot system {each}" for each in lines] for lines in (one, other))) is same


def test_what_else_was_named_stays_behind_it() -> None:
    lines = ["boot system flash:old.bin", "boot system tftp://192.0.2.1/net.bin", "boot system flash:older.bin"]
    made = put_first(lines, "new.bin", "old.bin", LINES, "flash:")
    assert made == ("boot system flash:new.bin", *lines)
    assert put_first([], "new.bin", "old.bin", LINES, "flash0:") == (
        "boot system flash0:new.bin",
        "boot system flash0:old.bin",
    )


@pytest.mark.parametrize(
    ("kind", "root", "system"),
    [("flash0", "flash0:", "flash0"), ("flash0", "flash:", "flash0"), ("disk0", "disk0:", "disk0"),
     ("bootflash", "bootflash:", "bootflash")],
)  # fmt: skip
def test_a_flash_before_a_blank_is_that_flash(kind: str, root: str, system: str) -> None:
    """field/sessions/19: an ISR G2 with `boot system flash0 c2900-universalk9-mz.SPA.152-4.M3.bin`."""
    old, new = "c2900-universalk9-mz.SPA.152-4.M3.bin", "c2900-universalk9-mz.SPA.157-3.M8.bin"
    lines = parse_boot_lines(f"version 15.2\nboot system {kind} {old}\n")
    assert files(lines) == (old,)
    made = put_first(lines, new, old, LINES, root)
    assert made == (f"boot system {system} {new}", f"boot system {system} {old}")
    assert files(made) == (new, old)
    assert put_first(made, new, old, LINES, root) == made


def test_what_lies_on_another_flash_stays_there() -> None:
    lines = ["boot system flash:old.bin", "boot system flash1 spare.bin"]
    assert put_first(lines, "new.bin", "old.bin", LINES, "flash:") == ("boot system flash:new.bin", *lines)


def test_the_first_file_of_a_flash_is_no_file_of_that_name() -> None:
    for line in ("boot system flash", "boot system flash:", "boot system flash0:", "boot system rom"):
        assert parse_boot_lines(f"version 12.4\n{line}\n") == (line,)
        assert put_first([line], "new.bin", "old.bin", LINES, "flash:") == (
            "boot system flash:new.bin",
            "boot system flash:old.bin",
            line,
        )


NAMES = st.lists(st.sampled_from(["a.bin", "b.bin", "dir/c.bin", "old.bin", "new.bin"]), max_size=4, unique=True)


@given(names=NAMES, form=st.builds(Form, st.booleans(), st.booleans()), head=st.sampled_from(["flash:", "flash:/"]))
def test_whatever_was_named_the_new_one_is_first_the_old_one_second_and_none_is_lost(
    names: list[str], form: Form, head: str
) -> None:
    lines = [f"boot system {head}{name}" for name in names]
    made = put_first(lines, "new.bin", "old.bin", form, "flash:")
    rest = [name for name in names if name not in {"new.bin", "old.bin"}]
    assert list(files(made)) == ["new.bin", "old.bin", *rest]
    assert put_first(made, "new.bin", "old.bin", form, "flash:") == made


def test_what_each_line_names_is_read_by_the_command_as_it_is_typed() -> None:
    text = (
        "version 15.2\nboot system flash0 old.bin\nboot system switch all flash:/a.bin;flash:b.bin\nboot system c.bin\n"
        "boot system tftp d.bin 192.0.2.9\n"
    )
    expected = (
        BootLine("boot system flash0 old.bin", "flash0", ("old.bin",)),
        BootLine("boot system switch all flash:/a.bin;flash:b.bin", "flash", ("a.bin", "b.bin")),
        BootLine("boot system c.bin", None, ("c.bin",)),
        BootLine("boot system tftp d.bin 192.0.2.9", None, ("tftp d.bin 192.0.2.9",)),
    )
    for typed in (COMMAND, "sh run | i ^version|^boot system"):
        assert parse(typed, text) == expected
    for typed in (
        "show running-config",
        "show running-config | include ^boot",
        "show running-config | exclude ^boot",
        "",
    ):
        with pytest.raises(NotFound):
            parse(typed, text)
    assert parse("show clock", "10:00:00.123 UTC Mon Jan 6 2031\n").moment.startswith("2031")


def test_none_is_an_answer_only_where_the_configuration_was_printed() -> None:
    assert parse_boot_lines("version 15.2\n") == ()
    assert parse_boot_lines("version 17.6\nboot system  flash:a.bin\n") == ("boot system flash:a.bin",)
    assert parse_boot_lines("A sentence\nversion 15.2\nsomething else\nboot system flash a.bin\n") == (
        "boot system flash a.bin",
    )
    for text in ("", "boot system flash:a.bin\n", "version 15.2\nboot sys", "version 15.2\nboot system a.bin 1 2\n"):
        with pytest.raises(UnparsableOutput):
            parse_boot_lines(text)
    with pytest.raises(CommandRefused):
        parse_boot_lines("        ^\n% Invalid input detected at '^' marker.\n")
