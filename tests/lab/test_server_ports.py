"""A lab switch's port answers while the switch is up, and only then."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from support.lab import small_fleet


def test_a_reload_right_after_a_dropped_session_leaves_nobody_listening(tmp_path: Path) -> None:
    with small_fleet(tmp_path, n=12) as lab:
        assert lab._loop is not None

        async def cut_and_reload(name: str, steps: int) -> None:
            port = lab._serving().port(name)
            port.switch.cut_all()
            port.look()
            for _ in range(steps):  # of the port's opening
                await asyncio.sleep(0)
            port.switch.reload("Test", returns=False)
            port.look()
            await asyncio.sleep(0.3)

        async def each_at_another_moment() -> None:
            await asyncio.gather(*(cut_and_reload(name, steps) for steps, name in enumerate(lab.ports)))

        asyncio.run_coroutine_threadsafe(each_at_another_moment(), lab._loop).result(30)
        listening = []
        for name in lab.ports:
            with socket.socket() as client:
                client.settimeout(5)
                if client.connect_ex(lab.address(name)) == 0:
                    listening.append(name)
        assert not listening
