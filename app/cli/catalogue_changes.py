"""``catalogue …`` against an exchange: pulling releases, proposing changes, reviewing them, and releasing what was accepted.

Owns the words; what is asked of files alone is ``app/cli/catalogue.py``'s. Kept by ``tests/cli/test_catalogue_changes.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.catalogue import catalogue
from app.cli.connection import connected
from app.cli.durable_files import FILE_OR_INPUT, NEW_FILE, read_json_object, write_whole
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import heading, say, show, table
from app.domain.catalogue_proposal import ProposalState, Verdict

if TYPE_CHECKING:
    from app.cli.api import Api

__all__ = ["catalogue"]

_PROPOSALS = "/catalogue/proposals"
_PARTS = ("name", "phase", "definition", "detection", "intent", "rights_impact", "residual_risk", "mitigates", "surfaces")


@catalogue.command()
@click.option("--url", envvar="BREAKWATER_URL", help="The exchange's address, or BREAKWATER_URL. No account is needed.")
@click.option("--insecure", is_flag=True, help="Allow plain HTTP to another machine.")
@click.option("--number", type=click.IntRange(min=1), help="This release; else the newest.")
@click.option("--signed", is_flag=True, help="As a STIX bundle of signed objects, for breakwater verify.")
@click.option("--out", type=NEW_FILE, required=True, help="The file that it is written to.")
@json_option
def pull(url: str | None, insecure: bool, number: int | None, signed: bool, out: Path) -> None:  # noqa: FBT001  # click gives one argument per option
    """Fetch a release from an exchange, as it is served to everybody."""
    from app.cli.api import Api, Target

    if not url:
        raise CommandFault("Say which exchange: --url or BREAKWATER_URL.", ExitCode.USAGE, code="no-address")
    api = Api(Target(url, None, insecure))
    if signed:
        path = "/catalogue/stix" if number is None else f"/catalogue/stix?release={number}"
    else:
        path = "/catalogue" if number is None else f"/catalogue/releases/{number}"
    write_whole(out, api.fetch(path))
    show({"file": str(out)}, lambda: say(f"Written to {out}."))


@catalogue.command()
@click.argument("name", metavar="FILE", type=FILE_OR_INPUT)
@connected
@json_option
def propose(name: str, api: Api) -> None:
    """Propose a change: FILE (or -) is a JSON object as POST /catalogue/proposals takes it. The lint is asked at once."""
    made = api.post(_PROPOSALS, read_json_object(name, "with a proposal"))
    show(made, lambda: _tell(made))


@catalogue.command()
@click.option("--state", type=click.Choice([one.value for one in ProposalState]), help="Only in this state.")
@click.option("--waiting", is_flag=True, help="Only what waits for a review of yours.")
@connected
@json_option
def proposals(state: str | None, waiting: bool, api: Api) -> None:  # noqa: FBT001  # click gives one argument per option
    """List proposals, oldest first; with --waiting those that wait for what your organisation thinks."""
    state = ProposalState.OPEN.value if waiting else state
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"more": True, "next": None}
    while page["more"]:
        page = api.get(_PROPOSALS, state=state, next=page["next"])
        found += [one for one in page["proposals"] if one["waits_for_you"] or not waiting]
    show({"proposals": found}, lambda: _table(found) if found else say("None."))


@catalogue.command()
@click.argument("proposal_id")
@connected
@json_option
def proposal(proposal_id: str, api: Api) -> None:
    """Show a proposal with its reviews."""
    found = api.get(_path(proposal_id))
    show(found, lambda: _tell(found))


@catalogue.command()
@click.argument("proposal_id")
@click.option("--approve", "verdict", flag_value=Verdict.APPROVE.value, help="It may stand in the next release.")
@click.option("--reject", "verdict", flag_value=Verdict.REJECT.value, help="It may not.")
@click.option("--reason", required=True, help="Why; everybody who proposes and reviews reads it.")
@connected
@json_option
def review(proposal_id: str, verdict: str | None, reason: str, api: Api) -> None:
    """Say what your organisation thinks of another's proposal, once."""
    if verdict is None:
        raise CommandFault("Say --approve or --reject.", ExitCode.USAGE, code="usage")
    found = api.post(f"{_path(proposal_id)}/reviews", {"verdict": verdict, "reason": reason})
    show(found, lambda: say(f"{found['id']} is {found['state']}."))


@catalogue.command()
@click.argument("proposal_id")
@connected
@json_option
def withdraw(proposal_id: str, api: Api) -> None:
    """Take a proposal of your organisation back."""
    found = api.post(f"{_path(proposal_id)}/withdrawal", {})
    show(found, lambda: say(f"{found['id']} is {found['state']}."))


@catalogue.command()
@connected
@json_option
def release(api: Api) -> None:
    """Make the next release of all that was accepted; operators only."""
    made = api.post("/catalogue/release", {})
    show(made, lambda: say(f"Release {made['release']} is made: SHA-256 {made['digest']}, leaf {made['log_index']} of the log."))


def _path(proposal_id: str) -> str:
    from app.cli.api import segment

    return f"{_PROPOSALS}/{segment(proposal_id)}"


def _tell(one: dict[str, Any]) -> None:
    _table([one])
    heading("What is proposed")
    for name, said in [*_said(one["text"] or {}), ("stands for it", ", ".join(one["replaced_by"])), ("because", one["reason"])]:
        if said:
            say(f"{name}: {said}")
    if one["reviews"]:
        rows = ((each["verdict"], each["reviewed_at"], each["own"], each["reason"]) for each in one["reviews"])
        table("Reviews", ("verdict", "at", "own", "reason"), rows)


def _said(text: dict[str, Any]) -> list[tuple[str, str]]:
    parts = ((name, text[name]) for name in _PARTS if name in text)
    return [(name, said if isinstance(said, str) else ", ".join(said)) for name, said in parts]


def _table(records: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "kind", "code", "based on", "state", "own", "approvals", "proposed at")
    rows = (
        (
            one["id"],
            f"{one['kind']} {one['entry']}",
            one["code"] or "none yet",
            one["based_on"],
            one["state"],
            one["own"],
            sum(each["verdict"] == Verdict.APPROVE for each in one["reviews"]),
            one["proposed_at"],
        )
        for one in records
    )
    table("", columns, rows)
