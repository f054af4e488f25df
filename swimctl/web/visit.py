"""One look of a person at a page: who it is, what they sent, and how a template becomes an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, TypeVar

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from swimctl.accounts.service import Principal
from swimctl.api.folders import Folders
from swimctl.api.routing import BACKEND, Backend
from swimctl.models import Caller
from swimctl.report.words import size
from swimctl.requests.reach import Reach
from swimctl.rights import Act, Rights
from swimctl.web import session, words

T = TypeVar("T")

# Nothing is loaded from elsewhere, nothing in a page itself runs, and no other site can show it in a frame.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page that was let in. `principal` is None on a page that anybody may see."""

    request: web.Request
    backend: Backend
    principal: Principal | None
    token: str
    form: Mapping[str, str]

    @property
    def caller(self) -> Caller:
        """Return who asks, and from where."""
        return Caller("" if self.principal is None else self.principal.user, self.backend.origin(self.request))

    @property
    def reach(self) -> Reach:
        """Return what they see, and what they may act on."""
        return self.backend.reach(self._rights)

    @property
    def _rights(self) -> Rights:
        return Rights(()) if self.principal is None else self.principal.rights

    def field(self, name: str) -> str:
        """Return what was typed into a field of the form, without the blanks around it."""
        return self.form.get(name, "").strip()

    def asked(self, name: str) -> str:
        """Return a parameter of the address; empty without it."""
        return self.request.query.get(name, "").strip()

    def number(self, name: str) -> int:
        """Return a parameter as a number from 0 on; 0 in place of what is none."""
        text = self.asked(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    async def do(self, work: Callable[[], T]) -> T:
        """Run blocking work in a thread."""
        return await self.backend.do(work)

    def page(self, template: str, **values: Any) -> Unrendered:  # noqa: ANN401 - what the template takes
        """Return a page for this person, which the frame renders in a thread."""
        return Unrendered(
            template,
            self.request,
            user="" if self.principal is None else self.principal.user,
            may=frozenset(act.value for act in Act if self._rights.somewhere(act)),
            everywhere=frozenset(act.value for act in Act if self._rights.everywhere(act)),
            reach=self.reach,
            mark=session.mark_of(self.token),
            now=self.backend.clock.now(),
            **values,
        )

    def go(self, path: str) -> web.Response:
        """Send the browser to another page: to load that one again does nothing twice."""
        return web.Response(status=303, headers={"Location": path})


@dataclass(frozen=True, slots=True)
class Page:
    """A path with its method. `needs` None lets anybody in; what is looked at or done is asked for by the handler."""

    method: Literal["GET", "POST"]
    path: str
    handler: Callable[[Visit], Awaitable[web.StreamResponse]]
    needs: Act | None


class Unrendered(web.Response):
    """A page before it is rendered. A thousand jobs take a tenth of a second, in which the loop answers nobody else."""

    def __init__(self, template: str, request: web.Request, **values: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(content_type="text/html", charset="utf-8")
        self._template = template
        self._values: dict[str, Any] = {
            "user": "",
            "may": frozenset(),
            "everywhere": frozenset(),
            "reach": None,
            "here": request.path,
            "field": session.FIELD,
            "folders": request.app[BACKEND].folders,
        } | values

    def render(self) -> str:
        """Return its text. No folder of the server is in what comes of it."""
        return _environment().get_template(self._template).render(**self._values)


def rendered(template: str, request: web.Request, **values: Any) -> web.Response:  # noqa: ANN401 - as above
    """Render a small page at once."""
    page = Unrendered(template, request, **values)
    page.text = page.render()
    return page


@pass_context
def _plain(context: Context, text: object) -> str:
    """Return a text without what could mislead, without devices that one may not look at, and without folders.

    A folder is taken out of texts alone: one called `/images` is no link of a page.
    """
    reach: Reach | None = context["reach"]
    folders: Folders = context["folders"]
    shown = folders.taken_out(words.plain(text).encode()).decode()
    return shown if reach is None else str(reach.hidden_from(shown))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("swimctl.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(
        own=words.plain,
        ago=words.ago,
        clock=words.clock,
        took=words.took,
        size=size,
        plain=_plain,
        iso=datetime.isoformat,
    )
    made.globals.update(static=_static, tone=words.tone)
    return made


@cache
def _static(name: str) -> str:
    """Return the address of a file, with a mark of its content: it changes when the file does."""
    body = files("swimctl.web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(body).hexdigest()[:12]}"
