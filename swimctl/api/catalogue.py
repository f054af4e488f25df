"""What an automation needs to find ids: devices, images, workflows."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from swimctl.api.answers import DevicesAnswer, ImagesAnswer, WorkflowsAnswer
from swimctl.api.routing import Call, Route, answer
from swimctl.models import Role
from swimctl.requests.documents import catalogued_document, golden_release_documents


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
        for device in call.backend.inventory.devices
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
    Route("GET", "/api/devices/", devices, "List the devices", Role.READ_ONLY, {200: DevicesAnswer}),
    Route("GET", "/api/images/", images, "List the images", Role.READ_ONLY, {200: ImagesAnswer}),
    Route("GET", "/api/workflows/", workflows, "List the workflows", Role.READ_ONLY, {200: WorkflowsAnswer}),
)
