"""Answers that are shared: few are made, and none is older than the question."""

from __future__ import annotations

import asyncio

import pytest

from swimctl.api.sharing import Sharing


def test_those_who_ask_while_one_is_made_share_the_next() -> None:
    begun = 0

    async def make() -> bytes:
        nonlocal begun
        begun += 1
        mine = begun
        await asyncio.sleep(0.01)
        return str(mine).encode()

    async def run() -> list[bytes]:
        sharing = Sharing()
        first = asyncio.create_task(sharing.get("a", make))
        await asyncio.sleep(0.005)
        late = [asyncio.create_task(sharing.get("a", make)) for _ in range(50)]
        return await asyncio.gather(first, *late)

    # The late ones may not have what was begun before they asked; one more is enough for all of them.
    assert asyncio.run(run()) == [b"1", *[b"2"] * 50]


def test_another_question_is_another_answer_and_a_failure_is_told_to_all() -> None:
    async def fail() -> bytes:
        raise ValueError("no")

    async def well() -> bytes:
        return b"well"

    async def run() -> None:
        sharing = Sharing()
        asked = [asyncio.create_task(sharing.get("a", fail)) for _ in range(3)]
        assert await sharing.get("b", well) == b"well"
        for one in asked:
            with pytest.raises(ValueError, match="no"):
                await one
        assert await sharing.get("a", well) == b"well"

    asyncio.run(run())


def test_one_who_goes_away_does_not_take_the_answer_along() -> None:
    async def make() -> bytes:
        await asyncio.sleep(0.01)
        return b"made"

    async def run() -> bytes:
        sharing = Sharing()
        gone = asyncio.create_task(sharing.get("a", make))
        stays = asyncio.create_task(sharing.get("a", make))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert asyncio.run(run()) == b"made"
