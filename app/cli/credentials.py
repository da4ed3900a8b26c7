"""``credential …``: API tokens, shown once. Kept by ``tests/cli/test_credentials.py``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.approvals import stop_reason_option
from app.cli.connection import connected
from app.cli.durable_files import create_private
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Tlp

if TYPE_CHECKING:
    from app.cli.api import Api


@click.group()
def credential() -> None:
    """API tokens of partners' service accounts and of persons."""


@credential.command()
@click.option("--partner", "partner_id", help="Whose, for operators; your own organisation otherwise.")
@click.option("--account", help="The service account's name; made if it is new.")
@click.option("--person", "person_id", help="The person whose token it is to be, instead of --account.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([*map(str, Permission)]), help="All there are if none.")
@click.option("--purpose", type=click.Choice([*map(str, Purpose)]), help="The one purpose it reads for; else each request says.")
@click.option("--tlp", type=click.Choice([*map(str, Tlp)]), default=Tlp.AMBER.value, show_default=True, help="The highest TLP.")
@click.option("--days", type=click.IntRange(1, 730), help="For so many days; else 365, or until yours ends.")
@connected
@json_option
def issue(scopes: Sequence[str], days: int | None, api: Api, **given: str | None) -> None:
    """Issue a token to a service account or to a person; it is shown once."""
    terms = {"purpose": given["purpose"], "tlp_ceiling": given["tlp"], "partner_id": given["partner_id"]}
    if given["person_id"] is not None:
        scopes = scopes or _scopes_of(api, given["person_id"])
        terms["person_id"] = given["person_id"]
    issued = api.post("/credentials", new_credential(given["account"], days, scopes, **terms))

    def tell() -> None:
        _table([issued["credential"]])
        say("The token is shown once; keep it safe:" if issued["token"] else "It was issued before, and its token is not kept.")
        say(issued["token"] or "Revoke it and issue another one.")

    show(issued, tell)


def _scopes_of(api: Api, person_id: str) -> list[str]:
    """Give all that a person's roles allow."""
    from app.cli.api import segment
    from app.domain.vocabulary import MemberRole
    from app.policy.administration import permitted_scopes
    from app.policy.scopes import member_kinds

    roles = api.get(f"/persons/{segment(person_id)}")["member_roles"]
    return sorted(permitted_scopes(member_kinds(map(MemberRole, roles))))


def new_credential(account: str | None, days: int | None, scopes: Sequence[str] = (), **terms: str | None) -> dict[str, Any]:
    """Give the body of a request for a token: with all scopes that a partner may have if none are named.

    Without days the exchange says how long it lives.
    """
    from app.policy.administration import permitted_scopes
    from app.policy.scopes import PrincipalKind

    return {
        "account": account,
        "scopes": sorted(scopes or permitted_scopes({PrincipalKind.PARTNER})),
        **({"expires_at": (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")} if days else {}),
        **terms,
    }


@credential.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where the token is kept; nothing is overwritten.")
@json_option
def make(out: Path) -> None:
    """Make a token of your own on your machine, for whoever proposes you as staff: they are told its digest alone."""
    from app.services.offline.make_token import make_token

    made = make_token()
    create_private(out, made.token.encode() + b"\n")
    document = {"file": str(out), "token_digest": made.digest}

    def tell() -> None:
        say(f"The token is in {out}, and counts once two operators have agreed. Its digest, for both of them:")
        say(made.digest)

    show(document, tell)


@credential.command("list")
@connected
@json_option
def list_credentials(api: Api) -> None:
    """List your organisation's tokens, without the tokens themselves; operators see all."""
    from app.cli.listings import all_of

    rows = all_of(api, "/credentials", "credentials")
    show({"credentials": rows}, lambda: _table(rows))


@credential.command()
@click.argument("credential_id")
@click.option("--issued-too", is_flag=True, help="Also those that were issued with it, and with those: for one that leaked.")
@stop_reason_option
@connected
@json_option
def revoke(credential_id: str, reason: str | None, api: Api, *, issued_too: bool) -> None:
    """Revoke a token, for every request that starts after this."""
    from app.cli.api import segment

    asked = "?issued_too=true" if issued_too else ""
    revoked = api.post(f"/credentials/{segment(credential_id)}/revocation{asked}", {"reason": reason} if reason else None)
    show(revoked, lambda: _table([revoked]))


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "name", "partner_id", "purpose", "tlp_ceiling", "expires_at", "revoked_at")
    table("", columns, ([one[column] for column in columns] for one in records))
