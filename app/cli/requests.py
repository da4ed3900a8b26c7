"""``request``: requests to other partners for access, information or preservation. Kept by ``tests/cli/test_requests.py``."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.faults import json_option
from app.cli.output import say, show, table
from app.domain.partner_request import DeclineReason, GrantWay, RequestOutcome
from app.domain.vocabulary import Purpose

if TYPE_CHECKING:
    from app.cli.api import Api

_PURPOSE = click.option("--purpose", type=click.Choice([*map(str, Purpose)]), help="Why you read, unless your token says so.")


@click.group()
def request() -> None:
    """Requests between partners for access, information or preservation, with their clocks."""


@request.command()
@click.argument("stix_id", metavar="ID")
@click.option("--clock", help="By which law's clock; `breakwater request clocks` lists them.")
@connected
@json_option
def start(stix_id: str, clock: str | None, api: Api) -> None:
    """Start the clock of your object ID, a request that you submitted; or renew it by its newest version."""
    made = api.post("/requests", {"stix_id": stix_id, "clock": clock})
    show(made, lambda: _tell(made))


@request.command("ask-access")
@click.argument("offer_id", metavar="OFFER")
@click.option("--for", "asked_for", required=True, type=click.Choice([*map(str, Purpose)]), help="For what you ask for access.")
@click.option("--legal-basis", required=True, help="On which basis, by a word: contract, national-law:synthetic …")
@_PURPOSE
@connected
@json_option
def ask_access(offer_id: str, asked_for: str, legal_basis: str, purpose: str | None, api: Api) -> None:
    """Ask the publisher of OFFER, an access-offer that you see, for access to what it stands for."""
    from app.cli.api import Request

    body = json.dumps({"offer_id": offer_id, "purpose": asked_for, "legal_basis": legal_basis}).encode()
    made = api.send(Request("POST", "/access-requests", body=body, idempotency_key=str(uuid.uuid4()), purpose=purpose))
    show(made, lambda: _tell(made))


@request.command("list")
@_PURPOSE
@connected
@json_option
def list_all(purpose: str | None, api: Api) -> None:
    """List your requests, and those of others that ask you."""
    from app.cli.api import Request

    found = api.send(Request("GET", "/requests", purpose=purpose))
    columns = ("request", "kind", "object", "asked", "answer due", "lapses", "answered")

    def tell() -> None:
        if not found["own"] and not found["asked"]:
            say("There are no requests.")
        for title, rows in (("You asked", found["own"]), ("You are asked", found["asked"])):
            if rows:
                table(title, columns, [_row(one) for one in rows])

    show(found, tell)


@request.command("show")
@click.argument("request_id", metavar="REQUEST")
@connected
@json_option
def show_one(request_id: str, api: Api) -> None:
    """Show your request REQUEST: when each of those you asked was given it, and what they answered."""
    from app.cli.api import segment

    found = api.get(f"/requests/{segment(request_id)}")
    show(found, lambda: _tell(found))


@request.command()
@click.argument("request_id", metavar="REQUEST")
@click.option("--outcome", required=True, type=click.Choice([*map(str, RequestOutcome)]), help="What you did.")
@click.option("--reference", help="Your own number for it.")
@click.option("--object", "object_ids", multiple=True, help="An object of yours that says more, or whose handling is wider now.")
@click.option("--way", type=click.Choice([*map(str, GrantWay)]), help="How you granted access.")
@click.option("--reason", type=click.Choice([*map(str, DeclineReason)]), help="Why you declined access.")
@_PURPOSE
@connected
@json_option
def answer(request_id: str, purpose: str | None, api: Api, **given: Any) -> None:
    """Answer REQUEST of another partner, in place of your last answer."""
    from app.cli.api import Request, segment

    body = json.dumps(given | {"object_ids": list(given["object_ids"])}).encode()
    asked = Request(
        "POST", f"/requests/{segment(request_id)}/answer", body=body, idempotency_key=str(uuid.uuid4()), purpose=purpose
    )
    told = api.send(asked)
    show(told, lambda: say(f"Answered: {told['answer']['outcome']}; leaf {told['answer']['log_index']} of the log."))


@request.command()
@click.argument("request_id", metavar="REQUEST")
@connected
@json_option
def close(request_id: str, api: Api) -> None:
    """Stop the clock of your request REQUEST."""
    from app.cli.api import segment

    told = api.post(f"/requests/{segment(request_id)}/closing", {})
    show(told, lambda: say(f"Closed: {told['id']}."))


@request.command()
@connected
@json_option
def clocks(api: Api) -> None:
    """List the clocks that laws set."""
    found = api.get("/clocks")
    columns = ("clock", "kind", "answer within", "lasts", "renewal", "source")
    rows = [
        (
            one["id"],
            one["kind"],
            _count(one["answer_within_hours"], "h"),
            _count(one["lasts_days"], "d"),
            _count(one["renewal_days"], "d"),
            one["source"],
        )
        for one in found["clocks"]
    ]
    show(found, lambda: table("", columns, rows))


@request.command()
@click.argument("jurisdiction")
@connected
@json_option
def hotlines(jurisdiction: str, api: Api) -> None:
    """List the hotlines of JURISDICTION (two letters) that are listed members, or say which jurisdictions have one."""
    found = api.get("/hotlines", jurisdiction=jurisdiction.upper())
    rows = [(one["name"], one["identity_id"]) for one in found["hotlines"]]

    def tell() -> None:
        if rows:
            table("", ("hotline", "identity"), rows)
            return
        others = ", ".join(found["jurisdictions"])
        say("No hotline of it is a listed member." + (f" There are hotlines of: {others}." if others else ""))

    show(found, tell)


def _count(number: int | None, unit: str) -> str:
    return "" if number is None else f"{number} {unit}"


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    answered = one["answer"]["outcome"] if one["answer"] else f"{sum(bool(party['answer']) for party in one['parties'])}"
    return (one["id"], one["kind"], one["stix_id"], one["asked_at"], one["due_at"] or "", one["lapses_at"] or "", answered)


def _more(answer: dict[str, Any]) -> list[str]:
    words = (answer.get("way"), answer.get("reason"), answer.get("reference"))
    return [*(one for one in words if one), *answer.get("object_ids", ())]


def _tell(one: dict[str, Any]) -> None:
    table("", ("request", "kind", "object", "asked", "answer due", "lapses", "answered"), [_row(one)])
    rows = [
        (
            party["identity_id"],
            party["served_at"] or "not yet",
            party["answer"]["outcome"] if party["answer"] else "",
            " ".join(_more(party["answer"] or {})),
        )
        for party in one["parties"]
    ]
    if rows:
        table("Whom you asked", ("identity", "given to it", "answer", "more"), rows)
