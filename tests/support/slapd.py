"""A real LDAP server on free ports of this machine, with people, groups, and what an attacker would like to find.

It ends with the test, and with the process that runs the tests, however that ends.
"""

from __future__ import annotations

import ctypes
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.certificates import self_signed

BASE = "dc=example,dc=com"
PEOPLE, GROUPS = f"ou=people,{BASE}", f"ou=groups,{BASE}"
SERVICE, SERVICE_PASSWORD = f"cn=swimctl,{BASE}", "service's own secret"
NET_BER, NET_ALL, NET_ADMINS = (f"cn={name},{GROUPS}" for name in ("net-ber", "net-all", "net-admins"))
ANAS = "ana's long password"

_WHERE = "/usr/sbin:/usr/bin:/usr/local/sbin"
_WANTED = [name for name in ("slapd", "slapadd", "ldapmodify") if shutil.which(name, path=_WHERE) is None]
MISSING = f"{', '.join(_WANTED)} not installed here: apt-get install slapd ldap-utils" if _WANTED else None
_MODULES = "/usr/lib/ldap"
_SCHEMAS = "/etc/ldap/schema"
_PR_SET_PDEATHSIG = 1


@dataclass
class Slapd:
    """A running server."""

    folder: Path
    plain: int
    tls: int
    process: subprocess.Popen[bytes]

    @property
    def ca(self) -> Path:
        return self.folder / "cert.pem"

    @property
    def ldaps(self) -> str:
        return f"ldaps://127.0.0.1:{self.tls}"

    @property
    def ldap(self) -> str:
        return f"ldap://127.0.0.1:{self.plain}"

    @property
    def settings(self) -> dict[str, object]:
        """Return what config.yaml says of it."""
        return {
            "url": self.ldaps,
            "ca": self.ca,
            "bind_dn": SERVICE,
            "bind_password": SERVICE_PASSWORD,
            "users": BASE,
            "groups": GROUPS,
            "roles": {NET_BER: ["ber"], NET_ADMINS: ["operator"]},
        }

    def change(self, text: str) -> None:
        """Change entries by an LDIF text, as their administrator does."""
        command = ["ldapmodify", "-x", "-H", self.ldap, "-D", f"cn=admin,{BASE}", "-w", "admin"]
        subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=60)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(60)


def people(elsewhere: int) -> str:
    """Return the entries; a referral among them points to a port of this machine."""
    return f"""\
dn: {BASE}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: ou=guests,{BASE}
objectClass: organizationalUnit
ou: guests

dn: {GROUPS}
objectClass: organizationalUnit
ou: groups

dn: {SERVICE}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: swimctl
userPassword: {SERVICE_PASSWORD}

dn: uid=Ana,{PEOPLE}
objectClass: inetOrgPerson
uid: Ana
cn: Ana
sn: A
userPassword: {ANAS}

dn: uid=carla,{PEOPLE}
objectClass: inetOrgPerson
uid: carla
uid: boss
cn: Carla
sn: C
userPassword: carla's password

dn: uid=idle,{PEOPLE}
objectClass: inetOrgPerson
uid: idle
cn: In no group
sn: I
userPassword: idle's password

dn: uid=twin,{PEOPLE}
objectClass: inetOrgPerson
uid: twin
cn: Twin
sn: T
userPassword: twin's password

dn: uid=twin,ou=guests,{BASE}
objectClass: inetOrgPerson
uid: twin
cn: Twin
sn: T
userPassword: twin's password

dn: uid=nopass,{PEOPLE}
objectClass: inetOrgPerson
uid: nopass
cn: Nobody
sn: N

dn: uid=away,{PEOPLE}
objectClass: referral
objectClass: extensibleObject
uid: away
ref: ldap://127.0.0.1:{elsewhere}/uid=away,{PEOPLE}

dn: {NET_BER}
objectClass: groupOfNames
cn: net-ber
member: uid=Ana,{PEOPLE}
member: uid=twin,{PEOPLE}
member: uid=nopass,{PEOPLE}

dn: {NET_ALL}
objectClass: groupOfNames
cn: net-all
member: {NET_BER}

dn: {NET_ADMINS}
objectClass: groupOfNames
cn: net-admins
member: {NET_ALL}
member: {NET_ADMINS}
member: uid=carla,{PEOPLE}
"""


@contextmanager
def slapd(folder: Path, elsewhere: int = 9) -> Iterator[Slapd]:
    """Run a server until the end of the block."""
    cert, key = self_signed(folder)
    (folder / "data").mkdir()
    conf = folder / "slapd.conf"
    conf.write_text(f"""\
include {_SCHEMAS}/core.schema
include {_SCHEMAS}/cosine.schema
include {_SCHEMAS}/inetorgperson.schema
modulepath {_MODULES}
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {cert}
TLSCertificateKeyFile {key}
# What many servers do, and why an empty password must never be sent.
allow bind_anon_cred bind_anon_dn
database mdb
suffix {BASE}
rootdn cn=admin,{BASE}
rootpw admin
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
""")
    tools = {name: shutil.which(name, path=_WHERE) for name in ("slapd", "slapadd")}
    add = [str(tools["slapadd"]), "-f", str(conf)]
    subprocess.run(add, input=people(elsewhere).encode(), check=True, capture_output=True, timeout=60)
    for attempt in range(5):
        plain, tls = _free(), _free()
        urls = f"ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{tls}"
        with (folder / "slapd.log").open("wb") as log:
            process = subprocess.Popen(
                [str(tools["slapd"]), "-f", str(conf), "-h", urls, "-d", "0"],
                stdout=subprocess.DEVNULL,
                stderr=log,
                preexec_fn=_die_with_us,  # noqa: PLW1509 - the tests' threads hold no lock that this needs
            )
        if _answers(plain, process):
            break
        assert attempt < 4, (folder / "slapd.log").read_text()
    try:
        yield Slapd(folder, plain, tls, process)
    finally:
        process.terminate()
        process.wait(60)


def _die_with_us() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _free() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    for _ in range(1000):
        with closing(socket.socket()) as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return True
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    return False
