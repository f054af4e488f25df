"""Somebody who looks at pages: a browser without a script, that keeps its cookie and presses buttons."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from support.accounts import PASSWORD
from support.api_client import Answer, Api

_FORM = re.compile(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", re.DOTALL)
_HIDDEN = re.compile(r"<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\">")


@dataclass
class Visitor:
    """One browser. `cookie` is what the server gave it."""

    api: Api
    cookie: str = ""
    told: list[Answer] = field(default_factory=list)

    def ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request, and keep what the server wants kept."""
        given = {"Cookie": self.cookie, **(headers or {})}
        body = None
        if form is not None:
            body = urlencode(form)
            given["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(http.client.HTTPConnection(*self.api.address, timeout=240)) as connection:
            connection.request(method, path, body, given)
            response = connection.getresponse()
            answer = Answer(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        if (cookie := answer.headers.get("set-cookie")) is not None:
            self.cookie = cookie.partition(";")[0]
        return answer

    def see(self, path: str) -> str:
        """Return a page that is there."""
        answer = self.ask("GET", path)
        assert answer.status == 200, (answer.status, answer.headers, answer.body[-300:], path)
        return answer.body.decode()

    def sign_in(self, name: str, password: str = PASSWORD, to: str = "/") -> Answer:
        return self.ask("POST", "/sign-in", {"username": name, "password": password, "to": to})

    def forms(self, path: str) -> dict[str, dict[str, str]]:
        """Return the forms of a page, by where they go, with what is hidden in them."""
        found = {}
        for action, inside in _FORM.findall(self.see(path)):
            found[unescape(action)] = {unescape(key): unescape(value) for key, value in _HIDDEN.findall(inside)}
        return found

    def press(self, page: str, action: str, **typed: str) -> Answer:
        """Send a form of a page."""
        return self.ask("POST", action, self.forms(page)[action] | typed)
