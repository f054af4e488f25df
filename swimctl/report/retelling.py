"""Whether the text of a report's file is what its facts come to: they are written anew, and held against it. Pure.

A seal names the facts, and says nothing of the text above it: whoever writes another text can seal it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from swimctl.report.facts import Record
from swimctl.report.forms import written
from swimctl.report.words import Form

# What a store cannot say again: when and by whom a report was made, and what terminals printed. Each has one place, in
# which nothing else can stand: no markup, and no other field.
_WHEN: Final = rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[0-9.Z:+-]{0,20}"
_SHOWN: Final = (
    rb'(</pre></details>)\n<details class="screen"><summary>Transcript of its terminal'
    rb'<span class="more">[^<>]{1,20}</span></summary>\n<pre>[^<>]*</pre></details>(?=\n</div>\n</details>)'
)
_KEPT: Final = (
    rb'("transcript": )\{\s+"text": "[^"\\]*(?:\\.[^"\\]*)*",\s+"size": \d+,\s+"sha256": "[0-9a-f]{64}",\s+'
    rb'"left_out": \d+\s+\}'
)
_FOOT: Final = (
    rb"<footer>Made " + _WHEN + rb"(?: by [^<>]{1,100})? with swimctl [\w.+-]{1,40}\.</footer>\n(?=<!-- swimctl-)"
)
_MADE: Final = (
    rb'"at": "' + _WHEN + rb'",\s+"by": "(?:[^"\\]|\\.){0,300}",\s+"swimctl": "[\w.+-]{1,40}",\s+(?="until_event")'
)
_END: Final = rb"\nMade " + _WHEN + rb"(?: by [^\n]{1,100})?(?=\. Audit: entry \d+, `[0-9a-f]{64}`\.\n`)"
_OWN: Final[Mapping[Form, tuple[tuple[bytes, bytes], ...]]] = {
    Form.HTML: ((_SHOWN, rb"\1"), (_FOOT, b"")),
    Form.JSON: ((_KEPT, rb"\1null"), (_MADE, b"")),
    Form.MD: ((_END, b"\n"),),
    Form.JUNIT: ((rb' timestamp="' + _WHEN + rb'"', b""),),
}
_HASH: Final = re.compile(rb" file=[0-9a-f]{64}")


def says_the_same(raw: bytes, record: Record) -> bool:
    """Return whether a file is a record's text, but for what no store can say again."""
    form = _form(raw)
    return _bare(raw, form) == _bare(written(record, form).encode(), form)


def _form(raw: bytes) -> Form:
    for start, form in ((b"<!DOCTYPE", Form.HTML), (b"<?xml", Form.JUNIT), (b"{", Form.JSON)):
        if raw.startswith(start):
            return form
    return Form.MD


def _bare(raw: bytes, form: Form) -> bytes:
    for pattern, instead in _OWN[form]:
        raw = re.sub(pattern, instead, raw)
    return _HASH.sub(b"", raw)
