"""Golden images: which devices should run an image, and that it is golden no more."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from pydantic import Field

from swimctl.api.answers import ImageAnswer, Problem
from swimctl.api.errors import Refusal
from swimctl.api.routing import Call, Needs, Of, Route, answer
from swimctl.api.schemas import Id, Moment, Name, Request
from swimctl.errors import SelectionError
from swimctl.models import Golden
from swimctl.requests.documents import catalogued_document
from swimctl.requests.golden_scope import check_scope
from swimctl.rights import Act


class GoldenRequest(Request):
    """Which image is golden, for devices that have all that is named. It replaces the rule that names the same."""

    image_id: Id
    model: Name | None = Field(None, description="only these models, a pattern such as `C9300-*`")
    group: Name | None = Field(None, description="only this group of devices")
    site: Name | None = Field(None, description="only devices of this site")
    role: Name | None = Field(None, description="only devices with this role")
    tag: Name | None = Field(None, description="only devices with this tag")
    valid_from: Moment | None = Field(None, description="before this time the rule does not count")
    valid_until: Moment | None = Field(None, description="from this time on the rule does not count")


class GoldenEnd(Request):
    """Which image is golden no more, for any device."""

    image_id: Id


async def make(call: Call) -> web.Response:
    """Make an image golden."""
    asked: GoldenRequest = call.body
    backend = call.backend
    if asked.valid_from is not None and asked.valid_until is not None and asked.valid_from >= asked.valid_until:
        raise Refusal(422, "no such time", "valid_until must be later than valid_from")

    def work() -> dict[str, Any]:
        image = backend.store.image(asked.image_id)
        scope = asked.model_dump(exclude={"image_id"})
        try:
            check_scope(Golden(image.id, image.platform, image.family, **scope), lambda: backend.inventory)
        except SelectionError as error:
            raise Refusal(404, "not found", str(error)) from None
        backend.store.set_golden(image.id, **scope, by=call.caller)
        return _document(call, image.id)

    return answer(await backend.do(work))


async def end(call: Call) -> web.Response:
    """End all golden rules of an image."""
    asked: GoldenEnd = call.body

    def work() -> dict[str, Any]:
        call.backend.store.unset_golden(asked.image_id, call.caller)
        return _document(call, asked.image_id)

    return answer(await call.backend.do(work))


def _document(call: Call, image_id: int) -> dict[str, Any]:
    store = call.backend.store
    document = catalogued_document(store.image(image_id), store.goldens())
    del document["path"]
    return document


# Which devices a rule is for is found anew each time, so it is of all devices.
_NEEDS: Final = Needs(Act.GOLDEN, Of.ALL)

ROUTES: Final = (
    Route(
        "POST",
        "/api/images/golden/",
        make,
        "Make an image golden: the devices of its family should run it, or those of them that are named",
        _NEEDS,
        {200: ImageAnswer, 404: Problem, 422: Problem},
        body=GoldenRequest,
    ),
    Route(
        "POST",
        "/api/images/golden/end/",
        end,
        "End all golden rules of an image",
        _NEEDS,
        {200: ImageAnswer, 404: Problem},
        body=GoldenEnd,
    ),
)
