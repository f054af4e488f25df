"""Which algorithms a connection offers, in which order, and what the other side offered."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import paramiko
from paramiko.packet import Packetizer

from swimctl.errors import ConfigError
from swimctl.sessions.way.route import Hop
from swimctl.sessions.way.sharing import ReadAhead, turn
from swimctl.sessions.way.streams import Stream

# AES-GCM first: paramiko spends 1.7 CPU seconds a GB in it against 2.9 in AES-CTR, and compares the separate hash that
# the others need byte by byte in Python, which is a tenth of what a terminal costs.
_CIPHERS: Final = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
# What is offered only where a host or group asks for it: SHA-1 in key exchange and signatures, CBC, and worse.
OLD: Final = frozenset(
    {"diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1", "diffie-hellman-group-exchange-sha1", "ssh-rsa"}
    | {"ssh-dss", "aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc", "blowfish-cbc"}
    | {"hmac-md5", "hmac-md5-96", "hmac-sha1-96"}
)

# What may stand before a list of OpenSSH.
_SIGNS: Final = ("+", "-", "^")


class _Packets(Packetizer):
    """paramiko's packets; the thread that reads them does something else in between."""

    between: Callable[[], object] | None = None

    def read_message(self) -> Any:  # noqa: ANN401 - as paramiko has it
        if self.between is not None:
            with turn.taken():
                self.between()
        return super().read_message()


class Transport(paramiko.Transport):
    """paramiko's connection, which remembers what the other side offered: a refusal must name it."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - handed on
        self.offered: Mapping[str, Sequence[str]] = {}
        super().__init__(*args, **{"packetizer_class": _Packets, **options})

    def between_messages(self, act: Callable[[], object]) -> None:
        """Call this from now on after each message that has come, in the thread that reads: it must never wait."""
        packets = self.packetizer
        assert isinstance(packets, _Packets)  # noqa: S101 - made above
        packets.between = act

    def _really_parse_kex_init(self, m: paramiko.Message, ignore_first_byte: bool = False) -> Any:  # noqa: ANN401 - as paramiko has it
        parsed = super()._really_parse_kex_init(m, ignore_first_byte)  # type: ignore[misc] # no type of what is private
        if not ignore_first_byte:  # else it reads its own
            self.offered = {
                "kex": [name for name in parsed["kex_algo_list"] if not name.startswith(("ext-info-", "kex-strict-"))],
                "key_types": list(parsed["server_key_algo_list"]),
                "ciphers": list(parsed["server_encrypt_algo_list"]),
                "digests": list(parsed["server_mac_algo_list"]),
            }
        return parsed


def transport(stream: Stream, hop: Hop, key_types: Sequence[str] = ()) -> Transport:
    """Make a connection that is not begun yet; `key_types` are asked for first. ConfigError: nothing is left to offer.

    AES-GCM comes first, then what paramiko offers; old algorithms only where `legacy` asks for them. OpenSSH's
    configuration chooses among these.
    """
    made = Transport(ReadAhead(stream), disabled_algorithms={kind: list(names) for kind, names in hop.disabled} or None)
    security = made.get_security_options()
    if not hop.legacy:
        for kind in ("kex", "key_types", "ciphers", "digests"):
            setattr(security, kind, tuple(name for name in getattr(security, kind) if name not in OLD))
    security.ciphers = _first(_CIPHERS, security.ciphers)
    for kind, written in hop.algorithms:
        left = chosen(written, getattr(security, kind))
        if not left:
            raise ConfigError(
                f"of the {kind} {written!r} that OpenSSH's configuration names for {hop.name} swimctl has none; "
                f"it has {', '.join(getattr(security, kind))}"
            )
        setattr(security, kind, left)
    security.key_types = _first(key_types, security.key_types)
    return made


def lacks_old() -> bool:
    """Return whether the installed paramiko has no key exchange with SHA-1: since its version 5 (4 has them)."""
    return "diffie-hellman-group14-sha1" not in paramiko.Transport._kex_info  # type: ignore[attr-defined]  # noqa: SLF001 - it tells no other way


def _first(wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    head = tuple(name for name in wanted if name in known)
    return head + tuple(name for name in known if name not in head)


def chosen(written: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return which of the known algorithms a list of OpenSSH leaves, in their order; empty where it leaves none.

    `+a,b` adds to the known ones, `-a,b` takes from them, `^a,b` puts first; each name may have wildcards.
    """
    known = tuple(known)
    sign, names = (written[0], written[1:]) if written[:1] in _SIGNS else ("", written)
    named = tuple(
        dict.fromkeys(one for name in names.split(",") for one in known if fnmatch.fnmatchcase(one, name.strip()))
    )
    rest = tuple(one for one in known if one not in named)
    return {"": named, "+": known, "-": rest, "^": named + rest}[sign]
