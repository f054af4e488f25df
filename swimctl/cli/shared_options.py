"""Options that several commands take, declared once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from copy import copy
from functools import wraps
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_type_hints

import typer


def taking(
    shared: Callable[..., object],
    into: str,
    *,
    words: Mapping[str, str] = MappingProxyType({}),
    hidden: Collection[str] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator: a command gets the options of `shared` before its own; what `shared` returns is `into`.

    `words` are its help for options that mean something else there; `hidden` ones are taken and mean nothing.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        common, own = inspect.signature(shared).parameters, dict(inspect.signature(command).parameters)
        del own[into]
        theirs = get_type_hints(shared, include_extras=True)
        theirs |= {name: _changed(theirs[name], help=text) for name, text in words.items()}
        theirs |= {name: _changed(theirs[name], hidden=True) for name in hidden}
        hints = {**theirs, **get_type_hints(command, include_extras=True)}

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


def _changed(hint: Any, **fields: object) -> Any:  # noqa: ANN401  a type with the option that typer reads
    """Return an option's type with another help, or without one."""
    kind, option = get_args(hint)
    option = copy(option)
    for name, value in fields.items():
        setattr(option, name, value)
    return Annotated[kind, option]
