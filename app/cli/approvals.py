"""``approval …``: what two persons must agree to, and deciding it. Kept by ``tests/cli/test_approvals.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import say, show, table
from app.domain.approval import ApprovalState

if TYPE_CHECKING:
    from app.cli.api import Api

_SHORT = 8
_DAY = len("2026-12-03")
reason_option = click.option("--reason", required=True, help="Why; whoever may see the proposal reads it.")
stop_reason_option = click.option("--reason", help="Why, without personal data; the exchange's staff reads it.")


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
    show({"approvals": found}, lambda: _table(found, _names(api)))


@approval.command("show")
@click.argument("approval_id")
@connected
@json_option
def show_one(approval_id: str, api: Api) -> None:
    """Show one proposal: exactly what will be done, and its digest as this machine computes it."""
    from app.cli.api import segment

    found = _checked(api.get(f"/approvals/{segment(approval_id)}"))

    def tell() -> None:
        names = _names(api)
        _table([found], names)
        for member in ("partner_id", "subject", "proposed_by", "decided_by"):
            if found[member] is not None:
                say(f"{member}: {found[member]}{_called(names.get(found[member]))}")
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
    show(settled, lambda: _table([settled], _names(api)))


@approval.command()
@click.argument("approval_id")
@reason_option
@connected
@json_option
def reject(approval_id: str, reason: str, api: Api) -> None:
    """Reject a proposal, or take back your own."""
    from app.cli.api import segment

    settled = api.post(f"/approvals/{segment(approval_id)}/rejection", {"reason": reason})
    show(settled, lambda: _table([settled], _names(api)))


def show_proposed(proposed: dict[str, Any], api: Api) -> None:
    """Show a proposal that a command just made, and what comes next."""

    def tell() -> None:
        _table([proposed], _names(api))
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


def _names(api: Api) -> dict[str, str]:
    """Give what partners and persons are called, by their ids, as far as the caller may see it."""
    names: dict[str, str] = {}
    for kind in ("partners", "persons"):
        try:
            names |= {one["id"]: one["name"] for one in api.get(f"/{kind}")[kind] if one["name"]}
        except CommandFault as fault:
            if fault.exit_code is not ExitCode.NOT_ALLOWED:
                raise
    return names


def _called(name: str | None) -> str:
    return f" ({_plain(name)})" if name else ""


def _table(records: Sequence[dict[str, Any]], names: Mapping[str, str] = MappingProxyType({})) -> None:
    """Names where they are known, else the beginning of an id, so that a line stays readable; ``--json`` has the ids."""

    def called(identifier: str | None) -> str:
        return names.get(identifier or "", (identifier or "")[:_SHORT])

    rows = (
        [
            one["id"],
            one["kind"],
            called(one["partner_id"] or one["subject"]),
            one["state"],
            called(one["proposed_by"]),
            one["expires_at"][:_DAY],
            called(one["decided_by"]),
        ]
        for one in records
    )
    table("", ("id", "kind", "about", "state", "proposed by", "until", "decided by"), rows)
