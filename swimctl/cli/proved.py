"""swimctl proved: which kinds of devices this site has upgraded, on how many, and how long one was away at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from swimctl.cli import output
from swimctl.cli.context import of
from swimctl.clock import rfc3339

if TYPE_CHECKING:
    from swimctl.store import Proof

app = typer.Typer()


@app.command()
def proved(ctx: typer.Context) -> None:
    """Show which systems, families and trains this store has seen upgraded well. All else starts with one device.

    A lab proves nothing for real devices. The outage is from the end of the session to the first login after it.
    """
    context = of(ctx)
    with context.open() as opened:
        proofs = opened.store.proved()
    if context.json:
        output.print_json({"count": len(proofs), "proved": [_document(proof) for proof in proofs]})
        return
    if not proofs:
        output.note("swimctl: nothing is proved yet: the first device of each kind goes alone")
        return
    output.print_table(
        ("System", "Family", "Train", "Where", "Devices", "Longest outage", "Since"),
        [
            (
                proof.kind.platform,
                proof.kind.family,
                proof.kind.train,
                proof.kind.ground,
                proof.devices,
                output.duration(proof.longest_outage) or "not seen",
                output.local_time(proof.since),
            )
            for proof in proofs
        ],
    )


def _document(proof: Proof) -> dict[str, Any]:
    return {
        "ground": proof.kind.ground,
        "platform": proof.kind.platform,
        "family": proof.kind.family,
        "train": proof.kind.train,
        "devices": proof.devices,
        "upgrades": proof.upgrades,
        "longest_outage_seconds": proof.longest_outage,
        "since": rfc3339(proof.since),
        "latest": rfc3339(proof.latest),
    }
