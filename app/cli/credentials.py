"""``credential …``: API tokens, shown once. Kept by ``tests/cli/test_credentials.py``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Tlp

if TYPE_CHECKING:
    from app.cli.api import Api


@click.group()
def credential() -> None:
    """API tokens of partners' service accounts."""


@credential.command()
@click.option("--partner", "partner_id", help="Whose, for operators; your own organisation otherwise.")
@click.option("--account", required=True, help="The service account's name; made if it is new.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([*map(str, Permission)]), help="All of a partner's if none.")
@click.option("--purpose", type=click.Choice([*map(str, Purpose)]), help="The one purpose it reads for; else each request says.")
@click.option("--tlp", type=click.Choice([*map(str, Tlp)]), default=Tlp.AMBER.value, show_default=True, help="The highest TLP.")
@click.option("--days", type=click.IntRange(1, 730), default=365, show_default=True, help="For so many days.")
@connected
@json_option
def issue(account: str, scopes: Sequence[str], days: int, api: Api, **given: str | None) -> None:
    """Issue a token; it is shown once."""
    wanted = new_credential(account, days, scopes, purpose=given["purpose"], tlp_ceiling=given["tlp"])
    issued = api.post("/credentials", wanted | {"partner_id": given["partner_id"]})

    def tell() -> None:
        _table([issued["credential"]])
        say("The token is shown once; keep it safe:" if issued["token"] else "It was issued before, and its token is not kept.")
        say(issued["token"] or "Revoke it and issue another one.")

    show(issued, tell)


def new_credential(account: str, days: int, scopes: Sequence[str] = (), **terms: str | None) -> dict[str, Any]:
    """Give the body of a request for a token: with all scopes that a partner may have, if none are named."""
    from app.policy.administration import PrincipalKind, permitted_scopes

    return {
        "account": account,
        "scopes": sorted(scopes or permitted_scopes({PrincipalKind.PARTNER})),
        "expires_at": (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **terms,
    }


@credential.command("list")
@connected
@json_option
def list_credentials(api: Api) -> None:
    """List your organisation's tokens, without the tokens themselves; operators see all."""
    document = api.get("/credentials")
    show(document, lambda: _table(document["credentials"]))


@credential.command()
@click.argument("credential_id")
@connected
@json_option
def revoke(credential_id: str, api: Api) -> None:
    """Revoke a token, for every request that starts after this."""
    from app.cli.api import segment

    revoked = api.post(f"/credentials/{segment(credential_id)}/revocation")
    show(revoked, lambda: _table([revoked]))


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "name", "partner_id", "purpose", "tlp_ceiling", "expires_at", "revoked_at")
    table("", columns, ([one[column] for column in columns] for one in records))
