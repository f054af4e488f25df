"""swimctl token: tokens for the API. One is shown once, when it is made."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import caller, of
from swimctl.cli.user import named
from swimctl.requests.documents import token_document

app = typer.Typer(no_args_is_help=True)


@app.command("create")
def create_token(
    ctx: typer.Context,
    *,
    user: Annotated[str, typer.Option(metavar="NAME", help="The user.")],
    role: Annotated[
        list[str],
        typer.Option(
            "--role",
            metavar="ROLE",
            help="operator, read-only, or a role of config.yaml. It never goes beyond the user's roles. Repeatable. "
            "Default: the user's roles.",
            show_default=False,
        ),
    ] = (),  # type: ignore[assignment]  # typer makes a list of it
    expires: Annotated[str, typer.Option(metavar="TIME", help="How long it is valid: 12h, 90d, never.")] = "90d",
    label: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")] = "",
) -> None:
    """Make a token and print it. You see it only once."""
    from swimctl.accounts.service import life_from

    context = of(ctx)
    life = life_from(expires)
    with context.open() as opened:
        kind, roles = opened.accounts.roles_of(role) if role else (None, ())
        if roles:
            kind = None  # what the user is, within these
        made = opened.accounts.create_token(user, role=kind, roles=roles, life=life, label=label, by=caller())
    token = made.token
    if context.json:
        output.print_json({"token": made.text} | token_document(token, None))
        return
    output.print_line(made.text)
    until = f"until {output.local_time(token.expires_at)}" if token.expires_at else "until it is revoked"
    output.note(f"swimctl: token {token.id} of {token.user}, {named(token)}, {until}; you see it only once")


@app.command("list")
def list_tokens(
    ctx: typer.Context,
    *,
    user: Annotated[str | None, typer.Option(metavar="NAME", help="Only of this user.")] = None,
    ended: Annotated[
        bool, typer.Option("--all", help="Also tokens that expired or were revoked in the last 30 days.")
    ] = False,
) -> None:
    """List the valid tokens, never their text."""
    context = of(ctx)
    with context.open() as opened:
        accounts = opened.accounts
        tokens = [(token, accounts.end_of(token)) for token in accounts.tokens(user, ended=ended)]
    if context.json:
        output.print_json({"count": len(tokens), "tokens": [token_document(token, end) for token, end in tokens]})
    elif tokens:
        output.print_table(
            ("Id", "User", "Role", "Status", "Label", "Expires", "Last used"),
            [
                (
                    token.id,
                    token.user,
                    named(token),
                    end or "valid",
                    token.label,
                    output.local_time(token.expires_at) or "never",
                    output.local_time(token.last_used_at) or "never",
                )
                for token, end in tokens
            ],
        )
    else:
        output.note("swimctl: no such tokens; `swimctl token create --user NAME` makes one")


@app.command("revoke")
def revoke_token(
    ctx: typer.Context, token_id: Annotated[int, typer.Argument(metavar="ID", help="The token's id.", min=1)]
) -> None:
    """Revoke a token for good."""
    context = of(ctx)
    with context.open() as opened:
        token = opened.accounts.revoke_token(token_id, by=caller())
        end = opened.accounts.end_of(token)
    if context.json:
        output.print_json(token_document(token, end))
    else:
        output.print_line(f"token {token.id}: of {token.user}: revoked")
