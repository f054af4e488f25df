"""Whether there is any device that a golden rule names: for the command line and the API."""

from __future__ import annotations

from collections.abc import Callable

from swimctl.images.goldens import model_fits
from swimctl.inventory.hosts import Inventory
from swimctl.inventory.selection import check_known
from swimctl.models import Golden


def check_scope(rule: Golden, inventory: Callable[[], Inventory]) -> None:
    """Raise SelectionError where no device of the inventory has what a rule names.

    Such a rule would silently leave the devices that are meant with another image.
    """
    if all(named is None for named in (rule.model, rule.group, rule.site, rule.role, rule.tag)):
        return  # the inventory need not be there
    known = inventory()
    if rule.group is not None:
        known.check_group(rule.group)
    devices = known.devices
    if rule.site is not None:
        check_known("site", rule.site, [one.site for one in devices])
    if rule.role is not None:
        check_known("role", rule.role, [one.role for one in devices])
    if rule.tag is not None:
        check_known("tag", rule.tag, [tag for one in devices for tag in one.tags])
    models = [one.model for one in devices]
    pattern = rule.model
    if pattern is not None and not any(model_fits(pattern, each) for each in models if each is not None):
        check_known("model", pattern, models)
