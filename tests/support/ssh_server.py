"""A server of asyncssh that runs on loopback, in a thread of its own, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import asyncssh


@contextmanager
def running(
    loop: asyncio.AbstractEventLoop,
    start: Callable[[], Coroutine[Any, Any, asyncssh.SSHAcceptor]],
    connections: Collection[asyncssh.SSHServerConnection],
    name: str,
) -> Iterator[int]:
    """Run the loop in a thread of this name and start the server there; give its port.

    At the end the connections that it has then are cut, what still runs in the loop is cancelled, and the loop closed.
    """
    thread = threading.Thread(target=loop.run_forever, daemon=True, name=name)
    thread.start()
    acceptor = asyncio.run_coroutine_threadsafe(start(), loop).result(240)
    try:
        yield acceptor.get_port()
    finally:

        async def stop() -> None:
            acceptor.close()
            for connection in connections:
                connection.abort()
            await asyncio.sleep(0.1)
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(240)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(240)
        loop.close()
