"""``agreement …`` and ``policy mine``: what partners may read and submit. Kept by ``tests/cli/test_agreements.py``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.approvals import reason_option, show_proposed, stop_reason_option
from app.cli.connection import connected
from app.cli.durable_files import FILE_OR_INPUT, PRIVATE, read_json_object, write_whole
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import say, show, table, warn
from app.domain.errors import Code

if TYPE_CHECKING:
    from app.cli.api import Api


_REACHES_NOBODY = (
    "default_handling names no audience: what this partner submits without a marking of its own reaches NOBODY. Let the partner "
    "make an audience (`breakwater audience new`), and name its id as audience_id in a further version."
)

_THE_EXCHANGES = frozenset({"type", "exchange", "version", "starts_at", "is_suspended", "created_at", "approval_id"})
_SHOWN = frozenset({"document", "digest", "envelope", "log_index"})
_LISTED = frozenset({"version", "is_suspended", "created_at"})


@click.group()
def agreement() -> None:
    """Agreements between the exchange and its partners, in versions."""


file_option = click.option("--file", "name", required=True, type=FILE_OR_INPUT, help="The terms, JSON.")
partner_option = click.option("--partner", "partner_id", help="Whose agreement, instead of the file's partner_id.")


@agreement.command()
@file_option
@partner_option
@connected
@json_option
def add(name: str, partner_id: str | None, api: Api) -> None:
    """Make the next version of a partner's agreement at once, if it widens nothing. docs/cli.md shows such a file."""
    try:
        made = api.post("/agreements", read_terms(name, partner_id))
    except CommandFault as fault:
        if fault.details.get("code") != Code.APPROVAL_NEEDED:
            raise
        how = "With this file: breakwater agreement propose --file FILE --reason …"
        raise CommandFault(f"{fault.sentence} {how}", fault.exit_code, **fault.details) from None
    _warn_of_nobody(made)
    show(made, lambda: _table([made]))


@agreement.command()
@file_option
@partner_option
@click.option("--at", "starts_at", help="When it starts, instead of the file's starts_at; without either, once it is approved.")
@reason_option
@connected
@json_option
def propose(name: str, partner_id: str | None, starts_at: str | None, reason: str, api: Api) -> None:
    """Propose the next version of a partner's agreement; another operator approves it."""
    terms = read_terms(name, partner_id) | ({"starts_at": starts_at} if starts_at else {})
    proposed = api.post("/agreements/proposals", terms | {"reason": reason})
    _warn_of_nobody(proposed["document"]["agreement"])
    show(proposed, lambda: _tell_proposed(proposed))


@agreement.command()
@click.option("--file", "name", type=FILE_OR_INPUT, help="Terms of a version to be: what would it change?")
@partner_option
@click.option("--before", type=int, help="A kept version.")
@click.option("--after", type=int, help="Another: what does it change?")
@connected
@json_option
def diff(name: str | None, partner_id: str | None, before: int | None, after: int | None, api: Api) -> None:
    """Say term by term what a version changes, and whether that widens anything: a file's, or one kept version's of another."""
    from app.cli.api import segment

    if name is not None and before is None and after is None:
        found = api.post("/agreements/comparison", read_terms(name, partner_id))
    elif name is None and partner_id is not None and before is not None and after is not None:
        found = api.get(f"/agreements/{segment(partner_id)}/diff", before=before, after=after)
    else:
        raise CommandFault("Give either --file, or --partner with --before and --after.", ExitCode.USAGE, code="usage")
    show(found, lambda: _tell_diff(found))


@agreement.command("show")
@click.argument("partner_id")
@click.argument("version", type=int)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file for the envelope, for `breakwater verify`.")
@connected
@json_option
def show_one(partner_id: str, version: int, out: Path | None, api: Api) -> None:
    """Show one version as the exchange signed it."""
    from app.cli.api import segment

    found = api.get(f"/agreements/{segment(partner_id)}/{version}")
    if out is not None:
        if found["envelope"] is None:
            raise CommandFault("This version is older than signed documents.", ExitCode.REFUSED, code="not-found")
        write_whole(out, json.dumps(found["envelope"]).encode() + b"\n")

    def tell() -> None:
        say(json.dumps(found["document"], indent=2, ensure_ascii=True))
        say(f"digest: {found['digest']}")

    show(found, tell)


@agreement.command()
@click.argument("partner_id")
@stop_reason_option
@connected
@json_option
def suspend(partner_id: str, reason: str | None, api: Api) -> None:
    """Suspend a partner's agreement at once: it allows nothing until two operators let it live again."""
    _stop(api, partner_id, "suspension", reason)


@agreement.command()
@click.argument("partner_id")
@reason_option
@connected
@json_option
def resume(partner_id: str, reason: str, api: Api) -> None:
    """Propose that a suspended agreement be in force again; another operator approves it."""
    from app.cli.api import segment

    show_proposed(api.post(f"/agreements/{segment(partner_id)}/resumption", {"reason": reason}), api)


@agreement.command()
@click.argument("partner_id")
@stop_reason_option
@connected
@json_option
def end(partner_id: str, reason: str | None, api: Api) -> None:
    """End a partner's agreement at once; what comes after it is a new one."""
    _stop(api, partner_id, "end", reason)


@agreement.command("list")
@click.option("--partner", "partner_id", help="Only this partner's, for operators.")
@connected
@json_option
def list_agreements(partner_id: str | None, api: Api) -> None:
    """List the versions of your agreement; operators see everybody's."""
    document = api.get("/agreements", partner_id=partner_id)
    show(document, lambda: _table(document["agreements"]))


@agreement.command("export-own")
@click.option(
    "--partner", "partner_id", help="A partner that is suspended or has ended, for operators; else your own organisation."
)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file, NDJSON, mode 0600.")
@connected
@json_option
def export_own(partner_id: str | None, out: Path, api: Api) -> None:
    """Write all that is a partner's own to a file: objects as signed, receipts, agreements, audiences, keys, disclosures."""
    from app.cli.api import segment

    content = api.fetch(f"/partners/{segment(partner_id)}/own-data" if partner_id else "/own-data")
    lines = content.splitlines()
    last = json.loads(lines[-1]) if lines else {}
    if last.get("type") != "end" or last.get("lines") != len(lines) - 1:
        raise CommandFault("The export broke off before its end; ask again.", ExitCode.UNAVAILABLE, code="exchange-unavailable")
    write_whole(out, content, PRIVATE)
    show({"file": str(out), "lines": len(lines)}, lambda: say(f"{out}: {len(lines)} lines."))


def _stop(api: Api, partner_id: str, act: str, reason: str | None) -> None:
    from app.cli.api import segment

    made = api.post(f"/agreements/{segment(partner_id)}/{act}", {"reason": reason} if reason else {})
    show(made, lambda: _table([made]))


def read_terms(name: str, partner_id: str | None) -> dict[str, Any]:
    """Read terms from a file; what the exchange itself says of a version that it shows or lists is left out."""
    terms = read_json_object(name, "of an agreement's terms")
    if terms.keys() == _SHOWN and isinstance(terms["document"], dict):  # as `agreement show --json` prints it
        terms = terms["document"]
    if terms.get("type") == "agreement" or terms.keys() >= _LISTED:
        terms = {member: value for member, value in terms.items() if member not in _THE_EXCHANGES}
    return terms | ({"partner_id": partner_id} if partner_id else {})


def _warn_of_nobody(made: dict[str, Any]) -> None:
    if made["default_handling"]["audience_id"] is None and made["write"]["profiles"]:
        warn(_REACHES_NOBODY, "audience-nobody")


def _tell_proposed(proposed: dict[str, Any]) -> None:
    _tell_changes(proposed["document"]["compared_with"])
    say(f"Proposed as {proposed['id']}. Another operator: breakwater approval show {proposed['id']}")


def _tell_diff(found: dict[str, Any]) -> None:
    if not any(against["changes"] for against in found["compared_with"]):
        say("This changes nothing: the terms are the same.")
        return
    _tell_changes(found["compared_with"])
    if found["widens"]:
        say("This widens what is agreed: it takes two operators (breakwater agreement propose).")
    else:
        say("This widens nothing: one operator is enough (breakwater agreement add).")


def _tell_changes(compared_with: Sequence[dict[str, Any]]) -> None:
    for against in compared_with:
        if against["version"] is None:
            say("Where no version governs yet, all of it is new.")
            continue
        rows = ((one["pointer"], one["direction"], _told(one["before"]), _told(one["after"])) for one in against["changes"])
        table(f"against version {against['version']}", ("term", "which", "before", "after"), rows)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(map(str, value)) or "nothing") if isinstance(value, list) else str("none" if value is None else value)


@click.group()
def policy() -> None:
    """What the policy says."""


@policy.command()
@connected
@json_option
def mine(api: Api) -> None:
    """Show your own terms in force now: what you may read and submit, and for which purposes."""
    document = api.get("/policy/mine")

    def tell() -> None:
        partner, terms = document["partner"], document["agreement"]
        about = ", ".join(partner[name] for name in ("role", "jurisdiction", "state"))
        say(f"{partner['name']} ({about}), signs as {partner['identity_id']}")
        if terms is None:
            say("No agreement is in force: nothing can be read or submitted.")
            return
        say(f"Agreement version {terms['version']}, from {terms['starts_at']} to {terms['ends_at'] or 'further notice'}")
        for one in document["lost_access_by"]:
            say(f"You read nothing of others since {one['due_at']}: {one['notice_id']} is not answered (breakwater recall list).")
        for part in ("read", "write", "default_handling"):
            table(part.replace("_", " "), ("term", "value"), ((name, _spelled(value)) for name, value in terms[part].items()))

    show(document, tell)


def _spelled(value: Any) -> str:
    if isinstance(value, dict) and not all(isinstance(one, list) for one in value.values()):
        return "; ".join(f"{name.replace('_', ' ')}: {_spelled(one)}" for name, one in value.items())
    if isinstance(value, dict):  # lists that mean something together
        return _spelled(sorted(word for words in value.values() for word in words))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(map(str, value)) or "nothing") if isinstance(value, list) else str(value or "none")


def _table(records: Sequence[dict[str, Any]]) -> None:
    now = datetime.now(UTC)
    rows = (
        (
            one["partner_id"],
            one["version"],
            one["starts_at"],
            one["ends_at"],
            _spelled(one["read"]["purposes"]),
            one["read"]["tlp_ceiling"],
            _spelled(one["write"]["sensitivities"]),
            state_of(one, records, now),
        )
        for one in records
    )
    table("", ("partner", "version", "from", "until", "reads for", "TLP up to", "submits", "is"), rows)


def state_of(one: dict[str, Any], records: Sequence[dict[str, Any]], now: datetime) -> str:
    """Say in words how a version stands at ``now`` beside the others of its partner: the highest that has started governs."""
    starts_at = datetime.fromisoformat(one["starts_at"])
    higher = [each for each in records if each["partner_id"] == one["partner_id"] and each["version"] > one["version"]]
    before_it = [each["version"] for each in higher if datetime.fromisoformat(each["starts_at"]) <= starts_at]
    if before_it:
        return f"replaced by version {min(before_it)} before it began"
    if starts_at > now:
        return "to come"
    replaced_by = [each["version"] for each in higher if datetime.fromisoformat(each["starts_at"]) <= now]
    if replaced_by:
        return f"replaced by version {max(replaced_by)}"
    if one["is_suspended"]:
        return "suspended"
    return "ended" if one["ends_at"] and datetime.fromisoformat(one["ends_at"]) <= now else "in force"
