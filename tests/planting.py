"""Which mistakes `make mutants` plants: those of mutmut, changed a little."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import libcst as cst
from mutmut.mutation import file_mutation, mutators

_DECORATORS = {"property", "contextmanager", "one_look"}


def _text(node: cst.BaseString) -> Iterable[cst.BaseString]:
    """Take a sentence away, or write a word wrongly; mutmut would also try its letters in another case."""
    if not isinstance(node, cst.SimpleString) or len(node.quote) > 1:
        return
    sentence = " " in str(node.evaluated_value)
    yield cst.SimpleString(node.quote * 2) if sentence else next(iter(mutators.operator_string(node)))


def _argument(node: cst.Call) -> Iterable[cst.Call]:
    """Pass None in place of an argument; mutmut would also leave it out, which mostly no call survives."""
    for index, argument in enumerate(node.args):
        if not argument.star and not (isinstance(argument.value, cst.Name) and argument.value.value == "None"):
            nothing = argument.with_changes(value=cst.Name("None"))
            yield node.with_changes(args=[*node.args[:index], nothing, *node.args[index + 1 :]])


def _assignment(node: cst.Assign | cst.AnnAssign) -> Iterable[cst.CSTNode]:
    """Assign None; where None is assigned, another value that does not hold would be the same."""
    if node.value is not None and not (isinstance(node.value, cst.Name) and node.value.value == "None"):
        yield from mutators.operator_assignment(node)


def _condition(node: cst.If | cst.While) -> Iterable[cst.CSTNode]:
    """Let a condition never hold, and always."""
    if isinstance(node.test, cst.Name) and node.test.value in {"True", "False"}:
        return
    yield node.with_changes(test=cst.Name("False"))
    if isinstance(node, cst.If):
        yield node.with_changes(test=cst.Name("True"))


def _call(node: cst.Expr) -> Iterable[cst.CSTNode]:
    """Leave out a call that is made for what it does."""
    if isinstance(node.value, cst.Call):
        yield cst.Pass()


def change_what_is_planted() -> None:
    """Have mutmut plant what a person might get wrong, and where it would pass over it."""
    operators: list[tuple[type, Any]] = mutators.mutation_operators  # type: ignore[assignment]
    ours = {
        mutators.operator_string: _text,
        mutators.operator_arg_removal: _argument,
        mutators.operator_assignment: _assignment,
    }
    operators[:] = [(kind, ours.get(each, each)) for kind, each in operators]
    operators += [(cst.If, _condition), (cst.While, _condition), (cst.Expr, _call)]
    _plant_below_decorators()


def _plant_below_decorators() -> None:
    """Plant into properties, context managers and first_look too; mutmut passes over what has a decorator.

    The decorator stays on what is called, and goes from the copies that are called from there.
    """
    skips = file_mutation.MutationVisitor._skip_node_and_children
    arranges = file_mutation.function_trampoline_arrangement

    def skip(visitor: file_mutation.MutationVisitor, node: cst.CSTNode) -> bool:
        return _says_only(node) or (not _harmless(node) and skips(visitor, node))

    def arrange(function: cst.FunctionDef, *others: Any, **named: Any) -> Any:
        before, nodes, after, names = arranges(function, *others, **named)
        if _harmless(function):
            nodes = [nodes[0], *(node.with_changes(decorators=[]) for node in nodes[1:])]
        return before, nodes, after, names

    file_mutation.MutationVisitor._skip_node_and_children = skip  # type: ignore[method-assign]
    file_mutation.function_trampoline_arrangement = arrange


def _says_only(node: cst.CSTNode) -> bool:
    """Return whether it is a method of a protocol: its sentence is all that it has, and nobody calls it."""
    if not isinstance(node, cst.FunctionDef) or not isinstance(node.body, cst.IndentedBlock):
        return False
    return len(node.body.body) == 1 and node.get_docstring() is not None


def _harmless(node: cst.CSTNode) -> bool:
    """Return whether it is a function with one decorator that keeps nothing from one call to the next."""
    if not isinstance(node, cst.FunctionDef) or len(node.decorators) != 1:
        return False
    decorator = node.decorators[0].decorator
    name = decorator.func if isinstance(decorator, cst.Call) else decorator
    return isinstance(name, cst.Name) and name.value in _DECORATORS
