"""Write docs/report.schema.json, the form of `swimctl report --format json`, from what the API answers.

python tests/report_schema.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from swimctl.api.report_answers import ReportAnswer

PAGE: Final = Path(__file__).parent.parent / "docs" / "report.schema.json"


def page() -> str:
    """Return the schema."""
    schema = ReportAnswer.model_json_schema(mode="serialization", by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A report of swimctl"}
    return json.dumps({**schema, **head}, indent=2) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
