"""Sign a report's file, and check such a signature: with OpenSSH's own `ssh-keygen -Y`, as git does."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from swimctl.errors import SwimctlError, UsageError

NAMESPACE: Final = "swimctl-report"
"""What a signature is for: one of another namespace does not count."""

_BEGIN: Final = b"-----BEGIN SSH SIGNATURE-----"
_SECONDS: Final = 300  # a person may have to type a passphrase, or touch a key


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature proves. `who` is empty where nobody says whose the key is; `why` where it is no good."""

    good: bool
    who: str = ""
    key: str = ""
    why: str = ""


def signature_of(path: Path) -> Path:
    """Return where the signature of a file is."""
    return path.with_name(f"{path.name}.sig")


def is_signature(path: Path) -> bool:
    """Return whether a file is a signature of ssh-keygen, whoever made it."""
    try:
        with path.open("rb") as file:
            return file.read(len(_BEGIN)) == _BEGIN
    except OSError:
        return False


def sign(path: Path, key: Path) -> Path:
    """Sign a file with a private key, or with the public one of a key that an agent holds; return the signature.

    UsageError: there is no such key. SwimctlError: it could not be signed.
    """
    if not key.is_file():
        raise UsageError(f"--sign {key}: there is no such file; give a key of ssh-keygen, such as ~/.ssh/id_ed25519")
    made = signature_of(path)
    made.unlink(missing_ok=True)  # else ssh-keygen asks whether to write over it
    said = _run("sign", "-f", str(key), "-n", NAMESPACE, str(path))
    if said.returncode or not made.is_file():
        raise SwimctlError(
            f"{path} was written and not signed: ssh-keygen says {_words(said)!r}; next: `ssh-keygen -Y sign -f {key} "
            f"-n {NAMESPACE} {path}` shows it, then the same command again"
        )
    return made


def check(path: Path, signature: Path, allowed: Path | None) -> Signature:
    """Check a signature; `allowed` is a file of allowed signers, as ssh-keygen(1) has it. UsageError: it is not there.

    It is no good where somebody else's key made it, or for another file.
    """
    if allowed is None:
        said = _run("check-novalidate", "-n", NAMESPACE, "-s", str(signature), data=path)
        return Signature(said.returncode == 0, key=_key(said), why=_words(said))
    if not allowed.is_file():
        raise UsageError(
            f"--signers {allowed}: there is no such file; a line of it is `anna@example.org ssh-ed25519 AAAA…`"
        )
    names = _run("find-principals", "-f", str(allowed), "-s", str(signature))
    if names.returncode:
        return Signature(good=False, why=f"{allowed} names nobody with this key ({_words(names)})")
    who = names.stdout.decode(errors="replace").splitlines()[0]
    said = _run("verify", "-f", str(allowed), "-I", who, "-n", NAMESPACE, "-s", str(signature), data=path)
    return Signature(said.returncode == 0, who, _key(said), _words(said))


def _run(action: str, *words: str, data: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise UsageError("ssh-keygen is not installed here, and signatures need it; next: install OpenSSH 8.2 or newer")
    with (data or Path(os.devnull)).open("rb") as given:
        try:
            return subprocess.run(  # noqa: S603 - OpenSSH's, with files that the user names
                [program, "-Y", action, *words], stdin=given, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise SwimctlError(
                f"ssh-keygen -Y {action} did not end within {_SECONDS} s; is a passphrase asked for?"
            ) from None


def _words(said: subprocess.CompletedProcess[bytes]) -> str:
    text = (said.stderr or said.stdout).decode(errors="replace")
    return " ".join(text.split())


def _key(said: subprocess.CompletedProcess[bytes]) -> str:
    found = [word for word in _words_of(said) if word.startswith("SHA256:")]
    return found[0] if found else ""


def _words_of(said: subprocess.CompletedProcess[bytes]) -> list[str]:
    return (said.stdout + said.stderr).decode(errors="replace").split()
