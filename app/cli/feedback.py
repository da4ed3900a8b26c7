"""``feedback …``, ``assertions`` and ``disputes``: saying what came of objects, and what others say of them.

Kept by ``tests/cli/test_feedback.py``. The exchange composes, the caller signs: without a key the unsigned object is printed.
"""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE
from app.cli.faults import ExitCode, json_option
from app.cli.names import names_known, short
from app.cli.output import say, show, table
from app.cli.submit import send
from app.domain.object_vocabulary import (
    DisputeEvidence,
    DisputeReason,
    FeedbackKind,
    FeedbackMark,
    FeedbackOutcome,
    OpinionWord,
)
from app.domain.vocabulary import Purpose

if TYPE_CHECKING:
    from app.cli.api import Api

_ID = click.argument("stix_id", metavar="ID")
_PURPOSE = click.option("--purpose", type=click.Choice([*map(str, Purpose)]), help="Why you read, unless your token says so.")


@click.group()
def feedback() -> None:
    """Feedback on objects that you were given, and what others say of yours."""


@dataclass(frozen=True, slots=True)
class Giving:
    """How feedback is given: signed with which key (None: printed unsigned), under which markings, read for which purpose."""

    key_file: Path | None
    markings: Sequence[str]
    purpose: str | None


def _giving(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its connection, and how feedback is given."""

    @click.option("--key", "key_file", type=EXISTING_FILE, help="Your private key's file; without it the object is only printed.")
    @click.option("--marking", "markings", multiple=True, help="A marking-definition (id) for it; may be repeated.")
    @_PURPOSE
    @connected
    @json_option
    @functools.wraps(command)
    def with_giving(key_file: Path | None, markings: Sequence[str], purpose: str | None, **options: Any) -> Any:
        return command(giving=Giving(key_file, markings, purpose), **options)

    return with_giving


@feedback.command()
@_ID
@click.option("--count", type=click.IntRange(0), default=1, show_default=True, help="How often; 0: you looked, and it was not.")
@_giving
def sighting(stix_id: str, count: int, giving: Giving, api: Api) -> None:
    """Say how often you saw what ID indicates."""
    _give(api, stix_id, giving, {"kind": FeedbackKind.SIGHTING.value, "count": count})


@feedback.command()
@_ID
@click.argument("word", type=click.Choice([*map(str, FeedbackOutcome)]))
@_giving
def outcome(stix_id: str, word: str, giving: Giving, api: Api) -> None:
    """Say what came of ID: WORD."""
    _give(api, stix_id, giving, {"kind": FeedbackKind.OUTCOME.value, "word": word})


@feedback.command()
@_ID
@click.argument("word", type=click.Choice([*map(str, OpinionWord)]))
@_giving
def opinion(stix_id: str, word: str, giving: Giving, api: Api) -> None:
    """Say what you think of ID: WORD."""
    _give(api, stix_id, giving, {"kind": FeedbackKind.OPINION.value, "word": word})


@feedback.command()
@_ID
@click.argument("word", type=click.Choice([*map(str, DisputeReason)]))
@click.option("--evidence", required=True, type=click.Choice([*map(str, DisputeEvidence)]), help="On what that rests.")
@_giving
def dispute(stix_id: str, word: str, evidence: str, giving: Giving, api: Api) -> None:
    """Dispute ID, for the reason WORD: everybody who was given it is told, and not by whom."""
    _give(api, stix_id, giving, {"kind": FeedbackKind.DISPUTE.value, "word": word, "evidence": evidence})


@feedback.command()
@_ID
@click.argument("word", type=click.Choice([*map(str, FeedbackMark)]))
@_giving
def mark(stix_id: str, word: str, giving: Giving, api: Api) -> None:
    """Say how far you are with ID: WORD."""
    _give(api, stix_id, giving, {"kind": FeedbackKind.MARK.value, "word": word})


def _give(api: Api, stix_id: str, giving: Giving, said: dict[str, Any]) -> None:
    from app.cli.api import Request, segment

    body = json.dumps(said).encode()
    composed = api.send(Request("POST", f"/objects/{segment(stix_id)}/feedback", body=body, purpose=giving.purpose))
    value = composed["object"] | ({"object_marking_refs": list(giving.markings)} if giving.markings else {})
    if giving.key_file is None:
        show(value, lambda: say(json.dumps(value, indent=2)))
        return
    signed = _made_here(stix_id, giving, giving.key_file, said, value["created_by_ref"])
    answer = send(api, json.dumps({"objects": [signed]}).encode(), str(uuid.uuid4()))
    [result] = answer["results"]
    told = ", ".join(composed["publishers"])
    show(answer, lambda: say(f"{result['status']}: {result.get('id') or result.get('code')}; to publisher {told}."))
    if result["status"] == "refused":
        raise click.exceptions.Exit(ExitCode.REFUSED)


def _made_here(stix_id: str, giving: Giving, key_file: Path, said: dict[str, Any], identity_id: str) -> dict[str, Any]:
    """Give the feedback, made and signed on this machine: of the exchange's there is whose key signs, and no word."""
    from breakwater_client.signing.feedback_objects import FeedbackAsked, feedback_object
    from breakwater_client.signing.make_keys import read_private_key
    from breakwater_client.signing.sign_objects import Signing, sign_value

    evidence = said.get("evidence")
    asked = FeedbackAsked(
        FeedbackKind(said["kind"]), said.get("word"), None if evidence is None else DisputeEvidence(evidence), said.get("count")
    )
    now = datetime.now(UTC)
    value = feedback_object(stix_id, asked, identity_id, now)
    marked = {"object_marking_refs": list(giving.markings)} if giving.markings else {}
    return sign_value(value | marked, Signing(read_private_key(key_file.read_bytes()), identity_id, now))


@feedback.command("list")
@click.option("--kind", multiple=True, type=click.Choice([*map(str, FeedbackKind)]), help="Only this kind.")
@click.option("--word", multiple=True, help="Only this word.")
@click.option("--object", "about", help="Only on this object of yours.")
@click.option("--giver", multiple=True, help="Only of this partner (id).")
@click.option("--added-after", help="Only what came after this time (RFC 3339, UTC).")
@_PURPOSE
@connected
@json_option
def list_feedback(about: str | None, purpose: str | None, api: Api, **filters: Any) -> None:
    """List what others say of your objects."""
    filters["object"] = about
    rows = [one for page in _pages(api, "/feedback", filters, purpose) for one in page["objects"]]
    show({"objects": rows}, lambda: _tell(rows, api) if rows else say("Nobody has said anything."))


def _tell(rows: Sequence[dict[str, Any]], api: Api) -> None:
    names = names_known(api)
    columns = ("what", "by", "of", "says", "when")
    said = ((one, names.partner(one["created_by_ref"]) if "created_by_ref" in one else "-") for one in rows)
    table("", columns, ((short(one["id"]), by, _of(one), _says(one), one["modified"]) for one, by in said))


def _of(one: dict[str, Any]) -> list[str]:
    return one.get("object_refs") or [one["sighting_of_ref"]]


def _says(one: dict[str, Any]) -> str:
    said = {name: word for each in one.get("extensions", {}).values() for name, word in each.items()}
    words = [str(said[name]) for name in ("outcome", "reason", "evidence", "mark") if name in said]
    words += [str(one["opinion"])] if "opinion" in one else []
    words += [f"seen {one['count']} times"] if one["type"] == "sighting" and "count" in one else []
    return ", ".join([*words, *(["revoked"] if one.get("revoked") else [])]) or "seen"


@feedback.command()
@click.option("--publisher", multiple=True, help="Only on what this partner (id) published.")
@click.option("--behaviour", multiple=True, help="Only on objects that show this behaviour (OP-nnn).")
@_PURPOSE
@connected
@json_option
def statistics(purpose: str | None, api: Api, **filters: Any) -> None:
    """Count the feedback that you see, by publisher, behaviour and word."""
    found = _get(api, "/feedback/statistics", filters, purpose)
    show(found, lambda: _tell_counts(found, api) if found["counts"] else say("Nobody has said anything."))


def _tell_counts(found: dict[str, Any], api: Api) -> None:
    names = names_known(api)
    rows = (
        (
            names.partner(one["publisher"]),
            names.behaviour(one["behaviour"]) if one["behaviour"] else "-",
            *(one[name] for name in ("kind", "word", "statements", "givers")),
        )
        for one in found["counts"]
    )
    table("", ("publisher", "behaviour", "kind", "word", "statements", "givers"), rows)
    if found["cut"]:
        say("There is more, older feedback that was not counted.")


@click.command()
@click.argument("stix_id", metavar="ID")
@_PURPOSE
@connected
@json_option
def assertions(stix_id: str, purpose: str | None, api: Api) -> None:
    """Show who states something about ID, kept apart and counted, how old it is, and whether it is disputed."""
    from app.cli.api import segment

    found = _get(api, f"/objects/{segment(stix_id)}/assertions", {}, purpose)
    columns = ("id", "assertion", "confidence", "effective_confidence", "age_days", "line", "disputed")

    def tell() -> None:
        say(f"Stated by {found['publishers']} independent publishers, denied by {found['denials']}.")
        say("Disputed: look at it again." if found["disputed"] else "Nobody disputes it.")
        names = names_known(api)
        rows = ([names.partner(one["owner"]), *(_word(one[name]) for name in columns)] for one in found["assertions"])
        table("", ("publisher", *columns), rows)
        if found["feedback"]:
            said = ((names.partner(one["giver"]), one["kind"], one["word"], one["given_at"]) for one in found["feedback"])
            table("What others say of it", ("by", "kind", "word", "when"), said)

    show(found, tell)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


@click.command()
@click.option("--added-after", help="Only what changed after this time (RFC 3339, UTC).")
@_PURPOSE
@connected
@json_option
def disputes(added_after: str | None, purpose: str | None, api: Api) -> None:
    """List what is disputed of all that you see or were given."""
    rows = [one for page in _pages(api, "/disputes", {"added_after": added_after}, purpose) for one in page["disputes"]]
    show({"disputes": rows}, lambda: _tell_disputes(rows, api) if rows else say("Nothing is."))


def _tell_disputes(rows: Sequence[dict[str, Any]], api: Api) -> None:
    names = names_known(api)
    cells = ((one["id"], names.partner(one["owner"]), one["since"], one["ended_at"] or "-") for one in rows)
    table("", ("id", "publisher", "since", "ended at"), cells)


def _get(api: Api, path: str, parameters: dict[str, Any], purpose: str | None) -> dict[str, Any]:
    from app.cli.api import Request

    found: dict[str, Any] = api.send(Request("GET", path, parameters, purpose=purpose))
    return found


def _pages(api: Api, path: str, filters: dict[str, Any], purpose: str | None) -> Iterator[dict[str, Any]]:
    page: dict[str, Any] = {"more": True, "next": None}
    while page["more"]:
        page = _get(api, path, filters | {"next": page["next"]}, purpose)
        yield page
