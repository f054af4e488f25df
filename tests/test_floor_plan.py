"""The floor plan of the package: no room imports in a circle."""

from __future__ import annotations

from floor_plan import arrows, circles, plan


def test_no_modules_import_each_other() -> None:
    graph = plan()
    assert circles(graph, "swimctl") == []
    assert len(arrows(graph, "swimctl")) > 15, "the rooms were found"


def test_a_circle_would_be_seen() -> None:
    graph = plan()
    graph.add_import(importer="swimctl.errors", imported="swimctl.models")
    assert any({"swimctl.errors", "swimctl.models"} <= circle for circle in circles(graph, "swimctl"))
