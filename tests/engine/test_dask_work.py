"""What became of an order that was given to Dask, where Dask itself cannot say."""

from __future__ import annotations

from concurrent.futures import CancelledError

import pytest

pytest.importorskip("distributed")

from swimctl.engine.dask_side import DaskWork


class Forgotten:
    """A future of Dask whose client was closed, or that was released, after it had ended."""

    status = "finished"

    def exception(self, timeout: float) -> None:
        raise CancelledError(f"cancelled for reason: unknown, within {timeout:.0f} s")

    def release(self) -> None:
        raise RuntimeError("the loop is closed")


def test_what_cannot_be_read_is_a_trouble_and_no_error() -> None:
    work = DaskWork(Forgotten(), "ber")
    assert work.ended()
    trouble, answer = work.result()
    assert "what its worker of site ber came to cannot be read: cancelled for reason" in trouble
    assert answer == ""
    work.drop()
