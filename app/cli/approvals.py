"""``approval …``: what two persons must agree to, and deciding it. Kept by ``tests/cli/test_approvals.py``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import say, show, table
from app.domain.approval import ApprovalState

if TYPE_CHECKING:
    from app.cli.api import Api

reason_option = click.option("--reason", required=True, help="Why; whoever may see the proposal reads it.")


@click.group()
def approval() -> None:
    """Proposals: what takes two persons."""


@approval.command("list")
@click.option("--state", type=click.Choice([*map(str, ApprovalState)]), help="Only those in this state.")
@connected
@json_option
def list_approvals(state: str | None, api: Api) -> None:
    """List proposals, oldest first: operators and auditors all, you those about your organisation."""
    found: list[dict[str, Any]] = []
    wanted = {"state": state} if state else {}
    page = api.get("/approvals", **wanted)
    while True:
        found += page["approvals"]
        if not page["more"]:
            break
        page = api.get("/approvals", next=page["next"], **wanted)
    show({"approvals": found}, lambda: _table(found))


@approval.command("show")
@click.argument("approval_id")
@connected
@json_option
def show_one(approval_id: str, api: Api) -> None:
    """Show one proposal: exactly what will be done, and its digest as this machine computes it."""
    from app.cli.api import segment

    found = _checked(api.get(f"/approvals/{segment(approval_id)}"))

    def tell() -> None:
        _table([found])
        say(json.dumps(found["document"], indent=2, ensure_ascii=True))
        say(f"reason: {_plain(found['reason'])}")
        say(f"digest: {found['digest']}")
        if found["state"] == ApprovalState.PROPOSED:
            say(f"To agree: breakwater approval approve {found['id']} --digest {found['digest']} --reason …")

    show(found, tell)


@approval.command()
@click.argument("approval_id")
@click.option("--digest", required=True, help="Of what you agree to, as `breakwater approval show` gives it.")
@reason_option
@connected
@json_option
def approve(approval_id: str, digest: str, reason: str, api: Api) -> None:
    """Agree as the second person; what is proposed is done at once."""
    from app.cli.api import segment

    settled = api.post(f"/approvals/{segment(approval_id)}/approval", {"digest": digest, "reason": reason})
    show(settled, lambda: _table([settled]))


@approval.command()
@click.argument("approval_id")
@reason_option
@connected
@json_option
def reject(approval_id: str, reason: str, api: Api) -> None:
    """Reject a proposal, or take back your own."""
    from app.cli.api import segment

    settled = api.post(f"/approvals/{segment(approval_id)}/rejection", {"reason": reason})
    show(settled, lambda: _table([settled]))


def show_proposed(proposed: dict[str, Any]) -> None:
    """Show a proposal that a command just made, and what comes next."""

    def tell() -> None:
        _table([proposed])
        say(f"Proposed. Another person: breakwater approval show {proposed['id']}")

    show(proposed, tell)


def _checked(found: dict[str, Any]) -> dict[str, Any]:
    """Give a proposal whose digest is that of the document it shows; an exchange that shows another one is not agreed with.

    Raises ``CommandFault``.
    """
    from app.services.approval.look_up import document_digest

    if document_digest(found["document"]) != found["digest"]:
        raise CommandFault("The digest is not that of the document shown: do not agree.", ExitCode.REFUSED, code="digest")
    return found


def _plain(text: str) -> str:
    return "".join(one if one.isprintable() else "·" for one in text)


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "kind", "subject", "state", "proposed_by", "expires_at", "decided_by")
    table("", columns, ([one[column] for column in columns] for one in records))
