from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.projects import Project

from swimctl.config import reading
from swimctl.config.reading import Credentials, Place
from swimctl.config.settings import Settings
from swimctl.config.windows import Freeze
from swimctl.errors import ConfigError

A_PERIOD = "write one as from 2030-12-20T00:00+01:00 to 2031-01-06T06:00+01:00"
A_TIME = "a time with its offset such as 2030-12-20T00:00+01:00, or a date"


def refusal(project: Project, text: str) -> str:
    project.write("config.yaml", text)
    with pytest.raises(ConfigError) as refused:
        project.config()
    return str(refused.value).replace(f"{project.path}", "config.yaml")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_paths_are_relative_to_the_file(project: Project) -> None:
    loaded = project.config()
    assert loaded.settings.store == project.folder / "swimctl.db"
    assert loaded.settings.jobs_dir == project.folder / "jobs"
    assert loaded.nornir["inventory"]["options"]["host_file"] == str(project.folder / "inventory/hosts.yaml")


def test_an_empty_file_means_the_defaults(project: Project) -> None:
    project.write("config.yaml", "# nothing\n")
    loaded = project.config()
    assert loaded.settings.workers == Settings().workers
    # Nornir's own defaults, but beside the file.
    assert loaded.nornir["inventory"]["options"]["group_file"] == str(project.folder / "groups.yaml")


def test_absolute_paths_stay(project: Project) -> None:
    project.write("config.yaml", "swimctl: {store: /srv/swimctl/swimctl.db}\n")
    assert project.config().settings.store == Path("/srv/swimctl/swimctl.db")


def test_nornirs_number_of_workers_counts_where_swimctl_says_none(project: Project) -> None:
    runner = "runner: {plugin: threaded, options: {num_workers: 33}}\n"
    project.write("config.yaml", runner)
    assert project.config().settings.workers == 33
    project.write("config.yaml", runner + "swimctl: {workers: 7}\n")
    assert project.config().settings.workers == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swimctl:\n  workers: 0\n", "config.yaml line 2: swimctl.workers must be a whole number 1 to 500, not 0"),
        (
            "swimctl:\n  activation:\n    mode: stage\n",
            "config.yaml line 3: swimctl.activation.mode must be one of staged, one-shot, not 'stage'",
        ),
        (
            "swimctl:\n  deadlines: {add: 0}\n",
            "config.yaml line 2: swimctl.deadlines.add must be a number more than 0, up to 86400, not 0",
        ),
        (
            "swimctl:\n  tolerances:\n    interfaces_lost: -1\n",
            "config.yaml line 3: swimctl.tolerances.interfaces_lost must be a whole number, 0 or more, not -1",
        ),
        ("swimctl:\n  wokers: 3\n", "config.yaml line 2: unknown setting swimctl.wokers; did you mean workers?"),
        ("swimctl: 5\n", "config.yaml line 1: swimctl must be a mapping, lines of `key: value`"),
        ("swimclt: {}\n", "config.yaml line 1: unknown key swimclt; did you mean swimctl?"),
        (
            "inventory:\n  plugins: SimpleInventory\n",
            "config.yaml line 2: unknown key inventory.plugins; did you mean plugin?",
        ),
        (
            "swimctl:\n  activation:\n    usual_minutes: 0\n",
            "config.yaml line 3: swimctl.activation.usual_minutes must be a number more than 0, up to 1440, not 0",
        ),
        (
            "swimctl:\n  freeze: true\n",
            "config.yaml line 2: swimctl.freeze must be a list with a mapping, lines of `key: value`, not true",
        ),
        (
            "swimctl:\n  workflows:\n    mine: {steps: []}\n",
            (
                "config.yaml line 3: swimctl.workflows.mine.steps must be a list with one of readiness, distribution,"
                " activation, post-checks, or a step of your own (command, http, script, pause), not an empty list"
            ),
        ),
        (
            "runner:\n  options:\n    num_workers: 9000\n",
            "config.yaml line 3: runner.options.num_workers must be a whole number 1 to 500, not 9000",
        ),
        (
            "swimctl:\n  workers: 3\n  workers: 4\n",
            "config.yaml line 3: the key 'workers' is there twice; remove one",
        ),
    ],
)
def test_a_mistake_is_one_line_with_its_place(project: Project, text: str, said: str) -> None:
    assert refusal(project, text) == said


def test_every_mistake_is_told(project: Project) -> None:
    lines = refusal(project, "swimctl:\n  workers: 0\n  clock_speed: fast\n").splitlines()
    assert len(lines) == 2
    assert "swimctl.clock_speed must be a number" in lines[1]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("[distribution, readiness]", "in this order"),
        ("[readiness, readiness]", "each step at most once"),
        ("[readiness, distribution, activation]", "needs post-checks"),
        ("[distribution, activation, post-checks]", "needs readiness"),
        ("[readiness, post-checks]", "add activation"),
    ],
)
def test_own_workflows_are_held_to_the_standard_order(project: Project, steps: str, said: str) -> None:
    assert said in refusal(project, f"swimctl:\n  workflows:\n    mine:\n      steps: {steps}\n")


@pytest.mark.parametrize("name", ["standard", "'7'"])
def test_own_workflows_cannot_take_a_name_that_means_another(project: Project, name: str) -> None:
    said = refusal(project, f"swimctl:\n  workflows:\n    {name}: {{steps: [readiness]}}\n")
    assert "choose another" in said


class TestFreezes:
    @pytest.mark.usefixtures("machine_in_berlin")
    def test_times_with_an_offset_and_whole_days(self, project: Project) -> None:
        project.write(
            "config.yaml",
            "swimctl:\n  freeze:\n"
            "    - {from: 2030-12-20T00:00+01:00, to: 2031-01-06T06:00+01:00, reason: year end}\n"
            "    - from: 2030-07-01T00:00:00Z\n      to: '2030-07-01T12:00Z'\n      reason: stocktaking\n"
            "    - {from: 2031-04-18, to: '2031-04-21', reason: Easter}\n",
        )
        assert project.config().settings.freezes == (
            Freeze(moment("2030-12-19T23:00"), moment("2031-01-06T05:00"), "year end"),
            Freeze(moment("2030-07-01T00:00"), moment("2030-07-01T12:00"), "stocktaking"),
            Freeze(moment("2031-04-17T22:00"), moment("2031-04-21T22:00"), "Easter"),
        )

    def test_none_is_the_default(self, project: Project) -> None:
        assert project.config().settings.freezes == ()

    @pytest.mark.parametrize(
        ("period", "said"),
        [
            (
                "{from: 2030-12-20T00:00, to: 2031-01-06, reason: x}",
                f"swimctl.freeze.0.from must be {A_TIME}, not '2030-12-20T00:00'",
            ),
            (
                "{from: 2030-12-20T00:00:00, to: 2031-01-06, reason: x}",
                f"swimctl.freeze.0.from must be {A_TIME}, not 2030-12-20T00:00:00",
            ),
            ("{from: 2030-12-20, to: soon, reason: x}", f"swimctl.freeze.0.to must be {A_TIME}, not 'soon'"),
            ("{from: 5, to: 2031-01-06, reason: x}", f"swimctl.freeze.0.from must be {A_TIME}, not 5"),
            ("{from: 2030-12-20, reason: x}", f"swimctl.freeze.0.to is missing; it must be {A_TIME}"),
            ("{from: 2030-12-20, to: 2031-01-06}", "swimctl.freeze.0.reason is missing; it must be text"),
            ("{from: 2030-12-20, to: 2031-01-06, reason: ''}", "swimctl.freeze.0.reason must be text, not ''"),
            (
                "{form: 2030-12-20, from: 2030-12-20, to: 2031-01-06, reason: x}",
                "unknown setting swimctl.freeze.0.form; did you mean from?",
            ),
            (
                "{start: 2030-12-20, from: 2030-12-20, to: 2031-01-06, reason: x}",
                "unknown setting swimctl.freeze.0.start; known are from, reason, to",
            ),
            ("winter", "swimctl.freeze.0 must be a mapping, lines of `key: value`, not 'winter'"),
            (
                "{from: 2031-01-06T06:00Z, to: 2030-12-20T00:00Z, reason: year end}",
                (
                    "the freeze 'year end' must end after it starts, not from 2031-01-06T06:00:00+00:00 to"
                    f" 2030-12-20T00:00:00+00:00; {A_PERIOD}"
                ),
            ),
            (
                "{from: 2030-12-20, to: 9999-12-31, reason: ever}",
                f"the freeze 'ever' is not in the years 1970 to 2999: from 2030-12-20 to 9999-12-31; {A_PERIOD}",
            ),
        ],
    )
    def test_a_mistake_is_one_line_with_its_place(self, project: Project, period: str, said: str) -> None:
        assert refusal(project, f"swimctl:\n  freeze:\n    - {period}\n") == f"config.yaml line 3: {said}"


class TestCredentials:
    def test_environment_before_file(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        project.write("config.yaml", "swimctl: {credentials_file: secrets.yaml}\n")
        path = project.write("secrets.yaml", "username: of-file\npassword: pw-of-file\nenable_secret: en-of-file\n")
        path.chmod(0o600)
        of_file = Place(str(path), "of-file", "pw-of-file", "en-of-file")
        assert project.config().accounts[-1] == of_file
        monkeypatch.setenv("NORNIR_USERNAME", "of-nornir")
        monkeypatch.setenv("NORNIR_PASSWORD", "pw-of-nornir")
        monkeypatch.setenv("SWIMCTL_USERNAME", "of-swimctl")
        monkeypatch.setenv("SWIMCTL_PASSWORD", "")
        monkeypatch.setenv("SWIMCTL_ENABLE_SECRET", "en-of-swimctl")
        assert project.config().accounts == (
            Place("the environment (SWIMCTL_*)", "of-swimctl", "", "en-of-swimctl"),
            Place("the environment (NORNIR_*)", "of-nornir", "pw-of-nornir"),
            of_file,
        )

    def test_secrets_are_not_in_the_repr(self) -> None:
        assert "hunter2" not in repr(Credentials("admin", "hunter2", "hunter2"))
        assert "hunter2" not in repr(Place("file", "admin", "hunter2", "hunter2"))

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
    def test_a_file_that_others_may_read_is_refused(self, project: Project, mode: int) -> None:
        path = project.write("secrets.yaml", "username: a\n")
        path.chmod(mode)
        with pytest.raises(ConfigError, match="chmod 600"):
            reading.read_credentials(path)

    @pytest.mark.parametrize(
        "text",
        [
            "password: *hunter2\n",
            "password: !hunter2\n",
            "password: [hunter2]\n",
            "password: hunter1\npassword: hunter2\n",
            "password: 'hunter2\n",
            "passwort: hunter2\n",
            "- hunter2\n",
            "hunter2\n",
            'password: "\\hunter2"\n',
            "password: %hunter2\n",
            "password: @hunter2\n",
        ],
    )
    def test_no_error_repeats_a_secret(self, project: Project, text: str) -> None:
        path = project.write("secrets.yaml", text)
        path.chmod(0o600)
        with pytest.raises(ConfigError) as refused:
            reading.read_credentials(path)
        assert "hunter" not in str(refused.value)
        assert "secrets.yaml" in str(refused.value)
        assert "\n" not in str(refused.value)

    def test_a_missing_file_is_refused(self, project: Project) -> None:
        said = refusal(project, "swimctl: {credentials_file: nowhere.yaml}\n")
        assert "nowhere.yaml" in said
        assert "0600" in said
