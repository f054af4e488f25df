"""The REST API: requests in, service calls, documents out. It reaches the store and the service, never the engine."""

from __future__ import annotations

from swimctl.api.app import make_app
from swimctl.api.routing import Backend

__all__ = ["Backend", "make_app"]
