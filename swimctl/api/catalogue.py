"""What an automation needs to find ids: devices, images, workflows."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from swimctl.api.answers import DevicesAnswer, ImagesAnswer, WorkflowsAnswer
from swimctl.api.routing import Call, Needs, Of, Route, answer
from swimctl.requests.documents import catalogued_document, golden_release_documents
from swimctl.rights import Act


async def devices(call: Call) -> web.Response:
    """List the inventory; addresses and serials stay here."""
    found = [
        {
            "id": device.id,
            "hostname": device.name,
            "platform": device.platform,
            "model": device.model,
            "site": device.site,
            "role": device.role,
            "groups": list(device.groups),
        }
        for device in call.reach.devices
    ]
    return answer({"count": len(found), "devices": found})


async def images(call: Call) -> web.Response:
    """List the catalogue; where a file lies on the server is nobody's business."""
    store = call.backend.store
    known, goldens = await call.backend.do(lambda: (store.images(), store.goldens()))
    found = []
    for image in known:
        document = catalogued_document(image, goldens)
        del document["path"]
        found.append(document)
    return answer({"count": len(found), "images": found, "golden_releases": golden_release_documents(goldens)})


async def workflows(call: Call) -> web.Response:
    """List the workflows."""
    found = [one.document() for one in call.backend.service.workflows()]
    return answer({"count": len(found), "workflows": found})


ROUTES: Final = (
    Route("GET", "/api/devices/", devices, "List the devices", Needs(Act.LOOK, Of.SEEN), {200: DevicesAnswer}),
    Route("GET", "/api/images/", images, "List the images", Needs(Act.LOOK, Of.NONE), {200: ImagesAnswer}),
    Route("GET", "/api/workflows/", workflows, "List the workflows", Needs(Act.LOOK, Of.NONE), {200: WorkflowsAnswer}),
)
