"""What only IOS-XE says of itself; everything else it says in the words of `facts.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VirtualLink:
    """One port of a StackWise Virtual link. `protocol` is what the legend above the table calls it: Bundled, Ready."""

    chassis: int
    port: str
    up: bool
    protocol: str


@dataclass(frozen=True, slots=True)
class DualActive:
    """What guards a StackWise Virtual pair against two active chassis. `ports` are (chassis, port, up).

    `recovery`: this chassis was the other active one, and has shut its ports.
    """

    ports: tuple[tuple[int, str, bool], ...]
    recovery: bool = False
