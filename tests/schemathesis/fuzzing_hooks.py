"""What the OpenAPI document cannot say: such requests are valid by the document, and rightly refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import schemathesis


@schemathesis.hook
def filter_query(context: Any, query: Any) -> bool:
    """Leave out a status request that names neither jobs nor a batch: parameters cannot require one of two."""
    if context.operation.path != "/api/upgrade/status/":
        return True
    return bool(query) and bool({"job_ids", "batch_id"} & set(query))


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    """Leave out times that have passed: a schema does not know what time it is."""
    at = body.get("schedule_time") if isinstance(body, dict) else None
    if context.operation.path != "/api/upgrade/trigger/" or not isinstance(at, str):
        return True
    try:
        return datetime.fromisoformat(at) > datetime.now(UTC)
    except (ValueError, TypeError):
        return True
