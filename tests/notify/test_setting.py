from __future__ import annotations

import logging
import sys
import threading

import pytest
from support.notification_server import BATCH, FAILED, Receiver, hold, job, notifier
from support.projects import Project

from swimctl.cli import main
from swimctl.config.settings import Settings
from swimctl.errors import ConfigError
from swimctl.notify.notifier import Notifier


def test_without_a_url_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    before = threading.active_count()
    silent = Notifier.of(Settings())
    silent.batch_started(BATCH, [job()])
    silent.device_failed(BATCH, job(**FAILED))
    silent.line_stopped(BATCH, "x")
    silent.batch_finished(BATCH, [job()])
    silent.close(0)
    assert threading.active_count() == before


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigError) as refused:
        notifier("json://127.0.0.1/tok-4712")
    assert "pip install 'swimctl[notify]'" in str(refused.value)
    assert "tok-4712" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["", "tok-4712", "nope://tok-4712", "json://:pw-4711@", "json://[pw-4711", "json://a/ json://tok-4712@"]
)
def test_a_url_that_cannot_be_read_is_named_by_its_place(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ConfigError) as refused:
        notifier("json://127.0.0.1/x", url)
    assert "swimctl.notify: URL 2 of 2" in str(refused.value)
    assert "471" not in str(refused.value)
    assert refused.value.__cause__ is None
    hold(caplog)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("json://u:pw-4711@h", "line 2: swimctl.notify must be a list with text"),
        ("{json: pw-4711}", "line 2: swimctl.notify must be a list with text"),
        ("[json://h/, 4711]", "line 2: swimctl.notify.1 must be text"),
        ("[{json: pw-4711}]", "line 2: swimctl.notify.0 must be text"),
        ("['json://u:pw-4711@h", "line 3: not valid YAML"),
    ],
)
def test_a_mistake_in_the_file_never_repeats_the_url(project: Project, text: str, said: str) -> None:
    project.write("config.yaml", f"swimctl:\n  notify: {text}\n")
    with pytest.raises(ConfigError) as refused:
        project.config()
    assert said in str(refused.value)
    assert "4711" not in str(refused.value)


def test_the_settings_show_no_url(project: Project) -> None:
    project.write("config.yaml", "swimctl:\n  notify:\n    - json://u:pw-4711@127.0.0.1/tok-4712\n")
    config = project.config()
    assert config.settings.notify[0].get_secret_value() == "json://u:pw-4711@127.0.0.1/tok-4712"
    assert "471" not in f"{config!r} {config.settings.model_dump_json()}"


def test_doctor_reads_them_and_sends_nothing(
    project: Project, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["-c", str(project.path), "doctor", "--offline"]
    main(given)
    assert "notifications" not in capsys.readouterr().out
    project.write("config.yaml", project.path.read_text() + f"  notify: ['{receiver.url}', 'mailto://u:p@h.example']\n")
    main(given)
    assert "notifications\tok\treadable, not tried: URL 1 (JSON), 2 (E-Mail)\t" in capsys.readouterr().out
    assert not receiver.came.is_set()
    project.write("config.yaml", "swimctl:\n  notify: [tok-4712]\n")
    assert main(given) == 2
    said = capsys.readouterr()
    assert "notifications\tfail\tswimctl.notify: URL 1 of 1 cannot be read by apprise" in said.out
    assert "tok-4712" not in said.out + said.err
