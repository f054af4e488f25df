"""Whose account a device is entered with: the nearer place wins, and no user gets another one's password.

The places, from the nearest: the host, its groups, the environment, the credentials file, the inventory's defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nornir.core.inventory import ConnectionOptions, Defaults, Group, Host

from swimctl.config.reading import Credentials, Place

CONNECTION = "netmiko"  # the connection options that hold port and secret, as nornir-netmiko names them
# Return what a place has for one of its values, where that may be a reference.
Resolve = Callable[[object, str, str], str | None]


def connection_of(host: Host) -> ConnectionOptions:
    """Return what host, groups and defaults say of netmiko's connection, the nearer first, then the host's own fields.

    Nornir's `get_connection_parameters` gives the same, and writes what it finds into the nearer elements: afterwards
    nobody could tell who said what.
    """
    elements: tuple[Host | Group | Defaults, ...] = (host, *host.extended_groups(), host.defaults)
    found = [options for one in elements if (options := one.connection_options.get(CONNECTION)) is not None]

    def nearest(field: str, otherwise: Any) -> Any:  # noqa: ANN401 - fields of several types
        return next((value for options in found if (value := getattr(options, field)) is not None), otherwise)

    fields = ("hostname", "port", "username", "password", "platform")
    return ConnectionOptions(
        **{field: nearest(field, getattr(host, field)) for field in fields}, extras=nearest("extras", {})
    )


def places_of(host: Host, beside: Sequence[Place]) -> Iterator[Place]:
    """Return the places that may say how a host is entered, the nearest first; `beside` are not of the inventory."""
    yield from _of_element(host, f"host {host.name}", own=True)
    for group in host.extended_groups():
        yield from _of_element(group, f"group {group.name}", own=False)
    yield from beside
    yield from _of_element(host.defaults, "the inventory's defaults", own=False)


def _of_element(element: Host | Group | Defaults, name: str, *, own: bool) -> Iterator[Place]:
    options = element.connection_options.get(CONNECTION) or ConnectionOptions(None, None, None, None, None, None)
    secret = (options.extras or {}).get("secret")
    yield Place(name, options.username, options.password, secret, own=own)
    # What a host says itself: asked in the usual way, Nornir's elements answer for their groups and the defaults too.
    username, password = (object.__getattribute__(element, field) for field in ("username", "password"))
    yield Place(name, username, password, element.data.get("enable_secret"), own=own)


def chosen(places: Sequence[Place], resolve: Resolve) -> Credentials:
    """Return the account: the nearest user, with the nearest password that is not said to be somebody else's.

    `passed_over` tells of the first password that was nearer, and another user's. Raises what `resolve` raises.
    """
    whose = next((place for place in places if place.username), None)
    user = None if whose is None else resolve(whose.username, f"user of {whose.name}", "")
    password, from_place, passed_over = None, None, ""
    for place in places:
        if not place.password:
            continue
        its = resolve(place.username, f"user of {place.name}", "") if place.username else user
        if its == user:
            password = resolve(place.password, f"password of {place.name}", user or "")
            from_place = place
            break
        passed_over = passed_over or f"the password of {place.name} is that of {its!r}"
    # An empty one says that there is none, and hides what is further away.
    secret = next((place for place in places if place.enable_secret is not None), None)
    return Credentials(
        user,
        password,
        None if secret is None else _enable(secret, resolve, user or ""),
        user_from="" if whose is None else whose.name,
        password_from="" if from_place is None else from_place.name,
        passed_over="" if password else passed_over,
        own=from_place is not None and from_place.own,
    )


def chosen_as_written(places: Sequence[Place]) -> tuple[object, object]:
    """Return the user and the password that are chosen, as they are written: nothing is resolved."""
    user = next((place.username for place in places if place.username), None)
    fitting = (place for place in places if place.password and place.username in (None, "", user))
    return user, next((place.password for place in fitting), None)


def _enable(place: Place, resolve: Resolve, user: str) -> str | None:
    given = place.enable_secret or None  # of digits alone YAML makes a number
    return resolve(str(given) if isinstance(given, int | float) else given, f"enable secret of {place.name}", user)


def as_before(host: Host, beside: Sequence[Place]) -> tuple[object, object]:
    """Return user and password as they were chosen before the nearer won: each for itself, the environment first."""
    options = connection_of(host)
    own = Place("", options.username, options.password)
    order = (*beside, own)
    return (
        next((place.username for place in order if place.username), None),
        next((place.password for place in order if place.password), None),
    )


def resolved_extras(extras: Mapping[str, object], name: str, resolve: Resolve) -> dict[str, object]:
    """Return netmiko's extras without the enable secret, and with the passphrase that a reference stands for."""
    found = {key: value for key, value in extras.items() if key != "secret"}
    if "passphrase" in found:
        found["passphrase"] = resolve(found["passphrase"], f"passphrase of {name}", "")
    return found
