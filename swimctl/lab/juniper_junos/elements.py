"""Elements of a lab Juniper's answers, and how Junos writes them: as XML, and as JSON. Pure.

The JSON is made of the XML by the system itself: each element is a list of what bears its name, a text is `data`, and
attributes stand apart (rpc_output.json of a QFX5100, in ksator's junos-automation-with-ansible).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Element:
    """One element: a text, or elements below it."""

    name: str
    content: str | tuple[Element, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


def element(name: str, *content: Element | None, **attributes: str) -> Element:
    """Make an element of elements; None is left out. `_` in the name of an attribute stands for `:`."""
    there = tuple(each for each in content if each is not None)
    return Element(name, there, {key.replace("_", ":"): value for key, value in attributes.items()})


def text(name: str, value: object, **attributes: object) -> Element:
    """Make an element with a text; `_` in the name of an attribute stands for `:`."""
    return Element(name, str(value), {key.replace("_", ":"): str(each) for key, each in attributes.items()})


def space_of(release: str) -> str:
    """Return the space of the attributes that a release adds to its answers."""
    return f"http://xml.juniper.net/junos/{release}/junos"


def as_xml(answer: Element, *, release: str, banner: str) -> str:
    """Write an answer as `| display xml` does, with the line that stands above the prompt as its banner."""
    below = element("cli", text("banner", banner))
    reply = element("rpc-reply", answer, below, xmlns_junos=space_of(release))
    return "".join(f"{line}\n" for line in _xml_lines(reply, ""))


def as_reply(answer: Element) -> str:
    """Write an answer as it stands in a reply of NETCONF."""
    return "".join(f"\n{line}" for line in _xml_lines(answer, "")) + "\n"


def _xml_lines(node: Element, indent: str) -> Iterator[str]:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    if isinstance(node.content, str):
        yield f"{indent}<{node.name}{attributes}>{escape(node.content)}</{node.name}>"
        return
    yield f"{indent}<{node.name}{attributes}>"
    for each in node.content:
        yield from _xml_lines(each, indent + _INDENT)
    yield f"{indent}</{node.name}>"


def as_json(answer: Element) -> str:
    """Write an answer as `| display json` does."""
    return "{\n" + ", \n".join(_json_lists((answer,), _INDENT)) + "\n}\n"


def _json_lists(nodes: tuple[Element, ...], indent: str) -> Iterator[str]:
    named: dict[str, list[Element]] = {}
    for node in nodes:
        named.setdefault(node.name, []).append(node)
    for name, alike in named.items():
        items = ", \n".join(f"{indent}{{\n{_json_body(node, indent + _INDENT)}\n{indent}}}" for node in alike)
        yield f'{indent}"{name}" : [\n{items}\n{indent}]'


def _json_body(node: Element, indent: str) -> str:
    parts: list[str] = []
    if node.attributes:
        pairs = ", ".join(f'"{name}" : {_quoted(value)}' for name, value in node.attributes.items())
        parts.append(f'{indent}"attributes" : {{{pairs}}}')
    if isinstance(node.content, str):
        parts.append(f'{indent}"data" : {_quoted(node.content)}')
    else:
        parts += _json_lists(node.content, indent)
    return ", \n".join(parts)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
