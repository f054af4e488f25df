"""`swimctl relay` as people start it: what it says, what it refuses, and how it ends."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from support.processes import PROGRAM
from support.relays import TOKEN, image_of

from swimctl.cli import main
from swimctl.inventory.relays import IN_ENVIRONMENT, Relay
from swimctl.relays.client import ordered


def test_it_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n", encoding="utf-8")
    token.chmod(0o600)
    words = ["relay", "--folder", tmp_path / "images", "--bind", "127.0.0.1", "--port", "0", "--token-file", token]
    with subprocess.Popen([*PROGRAM, *map(str, words)], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert said.startswith("swimctl relay: listening on http://127.0.0.1:")
        image = image_of(tmp_path, b"an image")
        with ordered(Relay(said.split()[-1], TOKEN), image, "sw1", "a-ticket-of-sw1", 1, "") as copy:
            assert not copy.reached
        assert main(["relay", "--folder", str(tmp_path / "images"), "--token-file", str(token)]) == 2, "it is taken"
        process.send_signal(signal.SIGTERM)
        assert (process.wait(), process.stderr.read()) == (0, "")
    assert TOKEN not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "the environment has no SWIMCTL_RELAY_TOKEN"),
        (["--token-file", "short"], "the relay's token has less than 16 characters; `openssl rand -hex 32` makes one"),
        (["--token-file", "open"], "can be read by others"),
        (["--token-file", "good", "--trust", "no.pem"], "--trust no.pem cannot be used: "),
        (["--token-file", "good", "--tls-cert", "good"], "--tls-cert and --tls-key belong together"),
        (["--token-file", "good", "--folder", "good"], "good cannot be used: File exists; give another --folder"),
    ],
)
def test_what_it_cannot_begin_with_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(IN_ENVIRONMENT, raising=False)
    for name, content, mode in (("short", "fifteen-letters", 0o600), ("open", TOKEN, 0o644), ("good", TOKEN, 0o600)):
        Path(name).write_text(content, encoding="utf-8")
        Path(name).chmod(mode)
    assert main(["relay", "--folder", "images", *words]) == 2
    assert said in capsys.readouterr().err
