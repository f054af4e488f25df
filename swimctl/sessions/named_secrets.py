"""Secrets that a text names: lines of configuration, however quoted, addresses with a password, keys, tokens. Pure.

What is masked is found by the words around it, as the six systems write them: `password`, `secret`, `key`, `community`
and those that end so. Sentences about secrets stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

Span = tuple[int, int]

# One of these is in every line with a secret; most lines have none.
_SIGNS: Final = (
    *("passw", "passphrase", "passcode", "secret", "communit", "key", "$", "://", "md5", "sha", "auth", "token"),
    *("snmp-server", "priv", "credential", "psk"),
)
_KEYWORD: Final = (
    r"(?<![\w-])(?:(?:[a-z0-9]+-){0,4}(?:password|passphrase|passcode|(?<!ssh-)key|secret|string|idtoken)(?:-value)?"
    r"|passwd|authentication-(?:md5|sha\d*)|ascii-text|spi \d+|pkcs12|community)(?![\w-])"
)
_ALGORITHM: Final = r"(?:md5|sha-?\d*(?:-\d+)*|hmac-[\w-]+|cmac-[\w-]+|aes-?\d*(?:-[\w-]+)?|3?des\d*|sm3)"
# What may stand between the keyword and the secret: the number of a key, how it is written down, with what it is used.
_TYPES: Final = (
    rf"(?:(?<=key)\s+\d{{1,5}}(?=\s+(?:{_ALGORITHM}|type|secret)\s)|\s+(?:1[0-5]|\d)(?=\s+\S))?\s+"
    rf"(?:(?:encrypted|unencrypted|hash|clear(?:-?text)?|plain(?:-?text)?|text|ascii(?:-text)?|hex(?:adecimal)?|type|value"
    rf"|(?:{_ALGORITHM}|level \d+|peer \S+|(?:in|out)bound \w+ \d+|ascii|clear|hex)(?:\s+\d(?=\s+\S))?|password"
    r"|cipher|authenticator|key|enc|psk)\s+)*"
)
# What follows such a word in a sentence.
_PROSE: Final = (
    r"(?!(?:is|was|has|have|had|of|for|in|to|and|or|not|no|on|from|with|that|as|at|by|before|after|will|must|may|can|cannot"
    r"|missing|refused|required|expired|changed?|needed|wrong|incorrect|accepted|rejected|failed|failure|aging|recovery"
    r"|authentication|prompts?|login|protection|strength|chain|generate|zeroize|fingerprint|exchange|storage|rsa|dsa|ec|pair"
    r"|import|export|policy|minimum|length|history|expires?|entered|set|ok|RSA|size|type|lifetime|name|mapping)\b[:;,.]?(?:\s|$))"
)
_VALUE: Final = r"(?P<secret>\"[^\"]*\"?|[^\s\"']\S*)"
# The first words of statements that may name a secret. `set` is Junos'.
_FIRST: Final = (
    r"(?:no |do |default |delete )?(?:username|user|enable|snmp-server|snmp|tacacs(?:-server)?|radius(?:-server)?|aaa"
    r"|crypto|ntp|neighbor|ip|ipv6|isis|router|area|set|vtp|ppp|standby|vrrp|glbp|hsrp|mpls|msdp|peer|bgp|client|address"
    r"|server(?:-private)?|cts|mka|macsec|eapol|dot1x|wlan|security|license|boot|tunnel|l2tp|vpdn|ldap|file|archive|copy"
    r"|fabric|hw-module|(?:wpa-)?psk|ospfv?3?|event|management|daemon|exec|keyring|vpc|authentication text|key-string"
    r"|key config-key|(?:[a-z]+-)+(?:key|password))"
)
# Behind these all is a statement: a command that was logged or accounted, the prompt of the configuration mode.
_LOGGED: Final = r"logged command:|%\S*-CFGLOG\S*|\bcmd=|\bcommand ['\"]|\(config[^()\s]*\)#"
# No sentence has these words.
_CLEAR: Final = r"(?<!\S)(?:snmp-server|tacacs-server|radius-server|username \S+(?: \S+){0,6}) (?=\S)"
_BEFORE: Final = r"(?:^\s*|['\"`:;=|>#(,]\s*|command[:=]? ?)"
_STATEMENT: Final = re.compile(rf"{_BEFORE}{_FIRST} (?=\S)|{_LOGGED}|{_CLEAR}")
_NAMED: Final = re.compile(rf"{_KEYWORD}{_TYPES}{_PROSE}{_VALUE}")
_BARE_NUMBER: Final = re.compile(rf"{_KEYWORD}\s+(?P<secret>\d+)\s*;?\s*$")
# The secret is not behind a word that says so. Each with what is in every line that it matches: most lines have none of
# these, and to look for a sign costs a hundredth of the pattern.
_UNNAMED: Final = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        ("", rf"\b(?:auth|priv)(?:entication|acy)?\s+{_ALGORITHM}\s+(?:\d+\s+)?(?:encrypted\s+)?{_VALUE}"),
        ("", rf"(?:^\s*|['\"]\s*|:\s+)(?:secret|key)\s+\S+\s+\d\s+{_VALUE}"),
        ("psk", rf"(?<![\w-])(?:wpa-)?psk\s+(?:ascii|hex)\s+(?:\d\s+)?{_VALUE}"),
        ("authentication", rf"\bauthentication\s+text\s+{_VALUE}"),
        ("priv", r"\bpriv\s+(?:\d+\s+)?(?=0x|\")(?P<secret>\S+)"),
        (
            "authentication",
            r"\b(?:standby|vrrp|glbp|hsrp|nhrp)\b.{0,100}\bauthentication\s+(?:text\s+)?(?!md5|text|key-chain)(?P<secret>\S+)",
        ),
    )
)
# `snmp-server host ADDRESS … COMMUNITY`: what is none of its words is the community, or the name of a user.
_TRAPS: Final = re.compile(r"\bsnmp-server host (?:\S+ vrf \S+|\S+)(?P<rest>.*)")
_TRAP_WORD: Final = re.compile(
    r"traps?|informs?|version|1|2c|3|v1|v2c|v3|auth|noauth|priv|vrf|use-vrf|filter-vrf|source-interface|udp-port|\d+"
    r"|encrypted|clear|[\w./-]{0,30}\d/\d[\w./-]{0,30}|Vlan\d+|mgmt\d*|Loopback\d+|loopback\d+|management|default|snmp|bgp|ospf|config|entity"
)
# Nothing but such a word and a secret, as within a block; also where a message quotes that line.
_ALONE: Final = re.compile(
    rf"(?:^\s*|['\"]\s*|:\s+)(?:\d+ )?{_KEYWORD}{_TYPES}{_PROSE}(?P<secret>\"[^\"]*\"|[^\s\"';]+)\s*(?=;|['\"]|\s*$)"
)
_COMMUNITY_BLOCK: Final = re.compile(r"(?<![\w-])community\s+(?P<secret>\S+)\s+\{")
# Anywhere, whatever stands around it.
_ANYWHERE: Final = tuple(
    (sign, re.compile(pattern, flags))
    for sign, pattern, flags in (
        # `secret 9 …`: the number says how it is written down.
        ("", rf"{_KEYWORD}\s+(?:encrypted\s+)?(?:1[0-5]|\d)\s+(?!(?:of|type|secret|{_ALGORITHM})\s){_VALUE}", 0),
        ("$", r"(?P<secret>\$(?:1|2[abxy]?|5|6|7|8|9|14|y|nt|md5|sha1|sha256|sha512)\$[^\s'\"<>;,]+)", 0),
        ("://", r"\w://[^\s/:@'\"]{0,100}:(?P<secret>[^\s'\"]{0,300})@", 0),
        (
            "=",
            r"[?&](?:[\w-]{0,40}(?:token|key|passw\w*|secret|auth|signature))=(?P<secret>[^\s&'\"#]+)",
            re.IGNORECASE,
        ),
        (
            "authorization",
            r"\bauthorization['\"]?\s*[:=]\s*['\"]?(?:token|bearer|basic|digest)\s+(?P<secret>[^'\"]+)",
            re.IGNORECASE,
        ),
        ("swimctl_", r"\b(?P<secret>swimctl_[\w-]{20,})", 0),
        ("auth=", r"-\w{0,30}auth=(?P<secret>\S+)", 0),
        (
            "",
            (
                r"(?:passw(?:or)?d|passphrase|secret|community|key-string|(?<![\w-])(?:\w+-){1,4}key|(?:api|private)_key)"
                r"(?:['\"]?\s*=\s*|['\"]\s*:\s*(?=['\"])|:\s*(?=(?:\"[^\"]+\"|'[^']+')\s*[,}]?\s*$))['\"]?"
                r"(?P<secret>(?<=\")[^\"]+|(?<=')[^']+|(?<![\"'])[^\s,;&<>\"']+)"
            ),
            re.IGNORECASE,
        ),
        (":", r"passw(?:or)?d:\s*(?P<secret>[^\s'\"]+)(?=\s*(?:$|['\"]))", re.IGNORECASE),
        (
            "<",
            (
                r"<(?:\w+:)?(?:[\w-]*-)?(?:password|secret|passphrase|community(?:-name)?|key-string|[\w-]+-key|ascii-text)"
                r"(?:\s[^<>]*)?>(?P<secret>[^<]+)"
            ),
            re.IGNORECASE,
        ),
        ("secret-data", r"(?P<secret>\"[^\"]*\"|(?<![^\s;])[^\s;]+);\s{0,9}## SECRET-DATA", 0),
    )
)
_KEY_BEGINS: Final = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----")
_KEY_ENDS: Final = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY-----")


def named(text: str) -> list[Span]:
    """Return where secrets stand that the text itself names, in no order; they may overlap."""
    if not _may_have_some(text):
        return []
    found: list[Span] = list(_private_keys(text))
    at = 0
    for line in text.split("\n"):
        if _may_have_some(line):
            found += ((at + begin, at + end) for begin, end in _in_line(line))
        at += len(line) + 1
    return found


def _may_have_some(text: str) -> bool:
    lower = text.lower()
    return any(sign in lower for sign in _SIGNS)


def in_private_key(text: str, *, within: bool) -> bool:
    """Return whether a private key goes on behind a text; `within`: it had begun before."""
    begun = [match.start() for match in _KEY_BEGINS.finditer(text)]
    ended = [match.start() for match in _KEY_ENDS.finditer(text)]
    return max(begun, default=0 if within else -1) > max(ended, default=-1)


def rest_of_key(text: str) -> list[Span]:
    """Return where the rest of a private key stands that had begun before a text."""
    ends = _KEY_ENDS.search(text)
    return [(0, ends.start() if ends else len(text))]


def _private_keys(text: str) -> Iterator[Span]:
    for begins in _KEY_BEGINS.finditer(text):
        ends = _KEY_ENDS.search(text, begins.end())
        yield begins.end(), ends.start() if ends else len(text)


def _in_line(line: str) -> Iterator[Span]:
    lower = line.lower()
    for sign, pattern in (*_ANYWHERE, ("", _ALONE), *_UNNAMED):
        if sign in lower:
            yield from (match.span("secret") for match in pattern.finditer(line))
    if block := _COMMUNITY_BLOCK.search(line):
        yield block.span("secret")
    end = 0
    for statement in _STATEMENT.finditer(line):
        if statement.start() >= end:  # one within another was looked at with that
            end = _end_of(line, statement)
            yield from _in_statement(line, statement.start(), end)


def _end_of(line: str, statement: re.Match[str]) -> int:
    """Return where a statement ends: where it is quoted, at the closing quote."""
    quote = next((sign for sign in (statement[0][0], statement[0][-1]) if sign in "'\"`"), "")
    closing = re.compile(rf"\s{{0,9}}{quote}(?=[\s;,.)]|$)").search(line, statement.end()) if quote else None
    return closing.start() if closing else len(line.rstrip())


def _in_statement(line: str, begin: int, end: int) -> Iterator[Span]:
    """Find what a statement keeps secret: what is behind the word to its end, as a secret may have blanks."""
    if match := _TRAPS.search(line, begin, end):
        for word in re.finditer(r"\S+", line[match.start("rest") : end]):
            if not _TRAP_WORD.fullmatch(word[0]):
                yield match.start("rest") + word.start(), match.start("rest") + word.end()
    for match in _NAMED.finditer(line, begin, end):
        if "community" not in match[0].split(maxsplit=1)[0]:
            yield match.start("secret"), end
            return
        yield match.span("secret")  # one word, and its rights follow it
    if match := _BARE_NUMBER.search(line, begin, end):
        yield match.span("secret")
