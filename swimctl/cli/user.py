"""swimctl user: the users of the API. A password comes from a prompt or standard input, never from an argument."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, caller, of
from swimctl.errors import UsageError
from swimctl.models import Role, Token, User
from swimctl.requests.documents import user_document

app = typer.Typer(no_args_is_help=True)

_MOST = 10_000  # more than any password has, and no more than that of an endless pipe

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role",
        metavar="ROLE",
        help="operator: start and cancel upgrades. read-only: only look. Or a role of config.yaml. Repeatable.",
    ),
]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input. Do not ask.")]


@app.command("add")
def add_user(
    ctx: typer.Context,
    *,
    name: Name,
    role: Roles = (),  # type: ignore[assignment]  # typer makes a list of it
    password_stdin: FromStdin = False,
) -> None:
    """Add a user of the API."""
    from swimctl.accounts.service import checked_name

    context = of(ctx)
    checked_name(name)  # before a password is typed for nothing
    with context.open() as opened:
        accounts = opened.accounts
        kind, roles = accounts.roles_of(role or [Role.OPERATOR.value])
        user = accounts.create_user(name, _password(from_stdin=password_stdin), kind, by=caller(), roles=roles)
    _show(context, user)


@app.command("role")
def set_roles(ctx: typer.Context, *, name: Name, role: Roles) -> None:
    """Give a user other roles. They count at once, for the tokens that the user has, too."""
    context = of(ctx)
    with context.open() as opened:
        user = opened.accounts.set_roles(name, role, by=caller())
    _show(context, user)


@app.command("list")
def list_users(ctx: typer.Context) -> None:
    """List the users."""
    context = of(ctx)
    with context.open() as opened:
        users = opened.accounts.users()
    if context.json:
        output.print_json({"count": len(users), "users": [user_document(user) for user in users]})
    elif users:
        output.print_table(
            ("Id", "User", "Role", "Created"),
            [(user.id, user.name, named(user), output.local_time(user.created_at)) for user in users],
        )
    else:
        output.note("swimctl: there is no user yet; `swimctl user add NAME` adds one")


@app.command("password")
def set_password(ctx: typer.Context, *, name: Name, password_stdin: FromStdin = False) -> None:
    """Set a user's new password, and revoke the tokens of earlier logins."""
    context = of(ctx)
    with context.open() as opened:
        opened.store.user(name)
        password = _password(from_stdin=password_stdin)
        revoked = opened.accounts.set_password(name, password, by=caller())
    if context.json:
        output.print_json({"name": name, "tokens_revoked": revoked})
    else:
        output.print_line(f"user {name}: has another password; {_tokens(len(revoked))} from logins revoked")


@app.command("remove")
def remove_user(
    ctx: typer.Context,
    *,
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a user and revoke all their tokens."""
    context = of(ctx)
    with context.open() as opened:
        opened.store.user(name)
        if not yes:
            if not output.can_ask():
                raise UsageError(f"this would remove user {name}, and there is no terminal to ask on; add --yes")
            if not typer.confirm(f"Remove user {name} and revoke their tokens?", default=False, err=True):
                raise typer.Abort
        revoked = opened.accounts.remove_user(name, by=caller())
    if context.json:
        output.print_json({"removed": name, "tokens_revoked": revoked})
    else:
        output.print_line(f"user {name}: removed; {_tokens(len(revoked))} revoked")


def named(one: User | Token) -> str:
    """Return the names of the roles of a user or a token."""
    return ", ".join(one.roles) or one.role.value


def _show(context: Context, user: User) -> None:
    if context.json:
        output.print_json(user_document(user))
    else:
        output.print_line(f"user {user.id}: {user.name}: {named(user)}")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return _one_line()
    if not output.can_ask():
        raise UsageError("there is no terminal to ask for the password on; pipe it in with --password-stdin")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return answer


def _one_line() -> str:
    """Read the password that was piped in; the line end that `echo` adds is not part of it."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("standard input is empty; without --password-stdin you are asked for the password")
    try:
        given = sys.stdin.read(_MOST)
    except UnicodeDecodeError as error:
        raise UsageError("the password on standard input is not UTF-8 text") from error
    password = given.removesuffix("\n")
    if "\n" in password or not password:
        raise UsageError("standard input must have only the password, on one line")
    return password


def _tokens(count: int) -> str:
    return f"{count} token{'' if count == 1 else 's'}"
