"""One YAML file: what is said of a mistake in it, and that nothing of its values is."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from swimctl import yaml_file
from swimctl.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1\n", "line 2: not valid YAML: expected ',' or ']', but got '<stream end>';"),
        ("a: {b: 1\nc: 2\n", "line 2: not valid YAML: expected ',' or '}', but got ':';"),
        (
            "a:\n\tb: 1\n",
            r"line 2: not valid YAML: found character '\t' that cannot start any token;",
        ),
        ("a: 'pw' 4711\n", "line 1: not valid YAML: expected <block end>, but found '<scalar>';"),
        ("a: *pw4711\n", "line 1: not valid YAML: found undefined alias …;"),
        ("a: !pw4711 x\n", "line 1: not valid YAML: could not determine a constructor for the tag …;"),
        ("a: [pw4711, 'x\n", "line 2: not valid YAML: found unexpected end of stream;"),
    ],
)
def test_a_mistake_is_told_with_the_sign_that_is_wrong_and_without_a_value(
    tmp_path: Path, text: str, said: str
) -> None:
    (path := tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        yaml_file.read(path, ConfigError, "")
    assert f"{path} {said}" in str(refused.value)
    assert "4711" not in str(refused.value)


def test_an_anchor_that_is_there_twice_prints_no_line_of_the_file(tmp_path: Path) -> None:
    (path := tmp_path / "hosts.yaml").write_text("a: {password: &pw pw-4711}\nb: {password: &pw pw-4712}\n")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        read = yaml_file.read(path, ConfigError, "")
        assert yaml_file.line_of(path, ["b", "password"]) == 2
    assert read == {"a": {"password": "pw-4711"}, "b": {"password": "pw-4712"}}
    assert [str(one.message) for one in warned] == []
