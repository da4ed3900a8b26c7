"""``subject …``: requests of the persons that data are about. Kept by ``tests/cli/test_subjects.py``.

Selectors are read from a file or from standard input, never from an argument, which shells and process lists keep.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

import click

from app.cli.approvals import reason_option, show_proposed
from app.cli.connection import connected
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.output import say, show, table
from app.domain.subject_request import ANSWERING, CORRECTING, EXTENDING, REJECTING, SubjectGround, SubjectRight
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from app.cli.api import Api

_LETTERS = ("answer", "erasure", "extension", "refusal")
_DAY = len("2026-12-03")
_findings = click.option("--finding", "numbers", multiple=True, type=int, help="Its number; can be repeated. All without.")


def _words(grounds: frozenset[SubjectGround]) -> click.Choice[str]:
    return click.Choice(sorted(map(str, grounds)))


@click.group()
def subject() -> None:
    """Requests of persons about data on themselves: for the exchange's data protection."""


@subject.command("list")
@connected
@json_option
def list_requests(api: Api) -> None:
    """List requests, oldest first: states, dates and counts."""
    found: list[dict[str, Any]] = []
    page = api.get("/subject-requests")
    while True:
        found += page["requests"]
        if not page["more"]:
            break
        page = api.get("/subject-requests", next=page["next"])
    show({"requests": found}, lambda: _table(found))


@subject.command("open")
@click.option("--reference", required=True, help="By which the case is found outside; names nobody.")
@click.option("--right", required=True, type=click.Choice(sorted(map(str, SubjectRight))))
@click.option("--received", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day it was received (UTC).")
@click.option(
    "--selectors", type=click.File(), default="-", help="JSON: a list of {kind, value, platform}. Standard input without."
)
@connected
@json_option
def open_one(reference: str, right: str, received: datetime, selectors: IO[str], api: Api) -> None:
    """Open a request; nothing is looked for before another person agrees."""
    from datetime import UTC

    given = {"reference": reference, "right": right, "received_at": instant_text(received.replace(tzinfo=UTC))}
    opened = api.post("/subject-requests", given | {"selectors": _read(selectors)})

    def tell() -> None:
        _table([opened])
        say(f"Next: breakwater subject propose-lookup {opened['id']} --reason …")

    show(opened, tell)


@subject.command("show")
@click.argument("request_id")
@connected
@json_option
def show_one(request_id: str, api: Api) -> None:
    """Show one request, and what was found as far as you may see it."""
    seen = api.get(_path(request_id))

    def tell() -> None:
        _table([seen])
        for one in seen["selectors"] or ():
            say(f"{one['kind']}: {one['value']}{' on ' + one['platform'] if one['platform'] else ''}")
        rows = (
            [
                one["number"],
                one["ground"],
                one["owner_name"],
                one["stix_id"],
                one["sensitivity"],
                "withdrawn" if one["is_withdrawn"] else "restricted" if one["is_restricted"] else "",
                ", ".join(one["told"]),
            ]
            for one in seen["findings"] or ()
        )
        table("found", ("number", "by", "owner", "id", "sensitivity", "state", "told"), rows)
        acts = ([one["done_at"][:_DAY], one["act"], one["count"], one["ground"] or ""] for one in seen["acts"])
        table("done", ("at", "act", "count", "ground"), acts)

    show(seen, tell)


@subject.command("propose-lookup")
@click.argument("request_id")
@reason_option
@connected
@json_option
def propose_lookup(request_id: str, reason: str, api: Api) -> None:
    """Propose to look for what is held."""
    _propose(api, request_id, "lookup", reason=reason)


@subject.command()
@click.argument("request_id")
@click.option("--ground", required=True, type=_words(ANSWERING), help="What the answer says.")
@reason_option
@connected
@json_option
def answer(request_id: str, ground: str, reason: str, api: Api) -> None:
    """Propose to record that whoever asked is answered."""
    _propose(api, request_id, "answer", reason=reason, ground=ground)


@subject.command()
@click.argument("request_id")
@click.option("--ground", required=True, type=_words(REJECTING))
@reason_option
@connected
@json_option
def reject(request_id: str, ground: str, reason: str, api: Api) -> None:
    """Propose to record that nothing is done."""
    _propose(api, request_id, "rejection", reason=reason, ground=ground)


@subject.command()
@click.argument("request_id")
@_findings
@reason_option
@connected
@json_option
def erase(request_id: str, numbers: Sequence[int], reason: str, api: Api) -> None:
    """Propose to erase what was found."""
    _propose(api, request_id, "erasure", reason=reason, findings=list(numbers) or None)


@subject.command()
@click.argument("request_id")
@_findings
@reason_option
@connected
@json_option
def restrict(request_id: str, numbers: Sequence[int], reason: str, api: Api) -> None:
    """Propose to hide the objects of what was found from everybody."""
    _propose(api, request_id, "restriction", reason=reason, findings=list(numbers) or None)


@subject.command()
@click.argument("request_id")
@_findings
@reason_option
@connected
@json_option
def lift(request_id: str, numbers: Sequence[int], reason: str, api: Api) -> None:
    """Propose to lift a restriction."""
    _propose(api, request_id, "lifting", reason=reason, findings=list(numbers) or None)


@subject.command()
@click.argument("request_id")
@click.option("--ground", required=True, type=_words(CORRECTING), help="What is wrong with it.")
@_findings
@reason_option
@connected
@json_option
def rectify(request_id: str, ground: str, numbers: Sequence[int], reason: str, api: Api) -> None:
    """Propose to contest what was found: publishers, and whoever was told, are asked to look again."""
    _propose(api, request_id, "rectification", reason=reason, ground=ground, findings=list(numbers) or None)


@subject.command()
@click.argument("request_id")
@click.option("--ground", required=True, type=_words(EXTENDING))
@connected
@json_option
def extend(request_id: str, ground: str, api: Api) -> None:
    """Let the answer be due two months later, once."""
    changed = api.post(f"{_path(request_id)}/extension", {"ground": ground})
    show(changed, lambda: _table([changed]))


@subject.command()
@click.argument("request_id")
@connected
@json_option
def close(request_id: str, api: Api) -> None:
    """Close a request that was answered or rejected."""
    closed = api.post(f"{_path(request_id)}/closure")
    show(closed, lambda: _table([closed]))


@subject.command()
@click.argument("request_id")
@click.argument("letter", type=click.Choice(_LETTERS))
@connected
@json_option
def letter(request_id: str, letter: str, api: Api) -> None:
    """Print the draft of a letter to whoever asked."""
    drafted = api.get(f"{_path(request_id)}/letters/{letter}")
    show(drafted, lambda: say(drafted["text"]))


@subject.command()
@connected
@json_option
def figures(api: Api) -> None:
    """Show how often the exchange was asked about persons, by month."""
    told = api.get("/subject-requests/figures")
    acts = list(told["months"][0]["acts"])
    rows = ([one["month"], one["opened"], one["late"], *(one["acts"][act] for act in acts)] for one in told["months"])
    show(told, lambda: table("", ("month", "opened", "late", *acts), rows))


def _path(request_id: str) -> str:
    from app.cli.api import segment

    return f"/subject-requests/{segment(request_id)}"


def _propose(api: Api, request_id: str, act: str, **more: Any) -> None:
    show_proposed(api.post(f"{_path(request_id)}/acts", {"act": act} | more), api)


def _read(selectors: IO[str]) -> Any:
    try:
        return json.load(selectors)
    except ValueError:
        raise CommandFault("The selectors are no JSON.", ExitCode.REFUSED, code="selectors") from None


def _table(records: Sequence[dict[str, Any]]) -> None:
    rows = (
        [
            one["id"],
            one["reference"],
            one["right"],
            one["state"],
            one["deadline"][:_DAY],
            (one["answered_at"] or "")[:_DAY],
            sum(one["counts"].values()),
        ]
        for one in records
    )
    table("", ("id", "reference", "asked for", "state", "due", "answered", "found"), rows)
