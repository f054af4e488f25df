"""What an error means stands on the page that shows it: the text of `swimctl explain`, and where more is."""

from __future__ import annotations

import re
from html import unescape
from typing import NoReturn

import pytest
from support.api_client import Api
from web.visitor import Visitor

from swimctl.errors import DirectoryAway
from swimctl.models import FAILED_BY, Outcome
from swimctl.states import JobStatus
from swimctl.topics import SAYS_ALL, TOPICS
from swimctl.web.explained import explained

ADDRESS = "https://docs.example/swimctl"


def failed(api: Api, code: str) -> None:
    """Let the first job fail with this code."""
    api.trigger("sw1")
    with api.store.register_runner() as runner:
        assert api.store.claim(1, runner)
        api.store.remember(1, FAILED_BY, code)
        api.store.move(1, runner, JobStatus.FAILED, "the jump host said no", outcome=Outcome.UNTOUCHED)


def fold_of(page: str) -> str:
    """Return what is under the fold, as it is read: without tags."""
    (fold,) = re.findall(r'<details class="explained".*?</details>', page, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", fold)).split())


@pytest.mark.parametrize("code", sorted(set(TOPICS) - SAYS_ALL))
def test_each_topic_is_shown_whole(code: str) -> None:
    found = explained(code, ADDRESS)
    assert found is not None
    assert (found.name, found.when, found.steps) == (code, TOPICS[code].when, TOPICS[code].steps)
    assert [title for title, _, _ in found.pages] == list(TOPICS[code].pages.values())


def test_a_failed_job_says_what_its_error_means_and_what_to_do(api: Api, reader: Visitor) -> None:
    failed(api, "bastion-refused")
    topic = TOPICS["bastion-refused"]
    told = fold_of(reader.see("/jobs/1"))
    for words in (topic.when, *topic.steps, "swimctl explain bastion-refused", *topic.pages.values()):
        assert words.replace("`", "") in told, words
    assert all(f"docs/{page}" in told for page in topic.pages)


def test_a_team_with_a_site_of_the_pages_is_led_there(api: Api, reader: Visitor) -> None:
    failed(api, "host-key")
    api.backend.docs_url = ADDRESS
    assert f'<a href="{ADDRESS}/ssh.html#host-keys">Host keys</a>' in reader.see("/jobs/1")
    api.backend.docs_url = "file:///srv/site"
    page = reader.see("/jobs/1")
    assert "file://" not in page, "no browser goes there from a page of a server"
    assert "docs/ssh.md#host-keys" in fold_of(page)


@pytest.mark.parametrize("code", ["step-failed", "error", "of-a-later-version", "<script>alert(1)</script>"])
def test_a_code_of_which_no_topic_knows_more_has_no_fold(code: str, api: Api, reader: Visitor) -> None:
    failed(api, code)
    page = reader.see("/jobs/1")
    assert "the jump host said no" in page
    assert 'class="explained"' not in page
    assert "<script>" not in page


def test_what_is_refused_says_what_that_means_in_the_frame_of_who_is_signed_in(api: Api, reader: Visitor) -> None:
    api.backend.docs_url = ADDRESS
    answer = reader.ask("GET", "/campaigns/none")
    assert answer.status == 404
    page = answer.body.decode()
    assert TOPICS["not-found"].when in fold_of(page)
    assert f'href="{ADDRESS}/cli.html"' in page
    assert 'href="/devices"' in page
    assert 'action="/sign-out"' in page
    nothing = reader.ask("GET", "/no-such-page").body.decode()
    assert 'class="explained"' not in nothing


def test_a_stranger_who_is_refused_sees_no_frame_and_learns_of_no_site(
    api: Api, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> NoReturn:
        raise DirectoryAway("ldaps://ldap.example", "connection refused")

    monkeypatch.setattr("swimctl.web.signing.sign_in", away)
    api.backend.docs_url = ADDRESS
    answer = stranger.sign_in("nobody", "a wrong password")
    assert answer.status == 503
    page = answer.body.decode()
    assert TOPICS["directory-away"].when in fold_of(page)
    assert "docs/security.md" in page
    for word in ('href="/devices"', ADDRESS, "ldap.example"):
        assert word not in page, word
