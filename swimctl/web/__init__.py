"""The pages that `swimctl serve` shows to people, at `/`: rendered here, with the same rules and words as the API."""

from __future__ import annotations

from swimctl.web.site import add_pages

__all__ = ["add_pages"]
