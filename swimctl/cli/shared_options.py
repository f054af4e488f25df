"""Options that several commands take, declared once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, get_type_hints

import typer


def taking(shared: Callable[..., object], into: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator: a command gets the options of `shared` before its own; what `shared` returns is `into`."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        common, own = inspect.signature(shared).parameters, dict(inspect.signature(command).parameters)
        del own[into]
        hints = {**get_type_hints(shared, include_extras=True), **get_type_hints(command, include_extras=True)}

        @wraps(command)
        def called(ctx: typer.Context, **given: Any) -> None:  # noqa: ANN401  typer gives what the signature says
            made = shared(**{name: given.pop(name) for name in common})
            command(ctx, **{into: made}, **given)

        context = own.pop("ctx")
        merged = [context, *(each for name, each in {**common, **own}.items())]
        called.__signature__ = inspect.Signature([each.replace(annotation=hints[each.name]) for each in merged])  # type: ignore[attr-defined]
        called.__annotations__ = {each.name: hints[each.name] for each in merged}
        del called.__wrapped__  # its signature is not the command's
        return called

    return decorate
