"""``deconfliction …``: agencies with an interest in the same, and an agency's own book of which interest is which.

Owns the file of the book; what stands in it is ``services.offline.interest_book``'s. Kept by ``tests/cli/test_deconfliction.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE, NEW_FILE, PRIVATE, held_alone, read_json_object, write_whole
from app.cli.faults import json_option
from app.cli.moments import MOMENT
from app.cli.output import say, show, table
from app.cli.overlap import parts, post, purpose_option, told
from app.domain.overlap import InterestKind
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from app.cli.api import Api


_books_option = click.option(
    "--book", "books", multiple=True, type=EXISTING_FILE, help="What `register` wrote: your own labels are shown."
)


@click.group()
def deconfliction() -> None:
    """Deconfliction between law-enforcement agencies: a contact point, and nothing else."""


@deconfliction.command()
@click.argument("tokens", type=EXISTING_FILE)
@click.option("--kind", required=True, type=click.Choice([*map(str, InterestKind)]), help="For your own records; told to nobody.")
@click.option("--until", required=True, type=MOMENT, help="Until when, 400 days at most.")
@click.option("--contact", required=True, help="The id of a contact of yours: a role's mailbox, never a person's.")
@click.option("--book", type=NEW_FILE, help="Your private book of which interest is which; interests.json beside TOKENS.")
@purpose_option
@connected
@json_option
def register(tokens: Path, book: Path | None, purpose: str | None, api: Api, **of: Any) -> None:
    """Register your interest in what tokens stand for (`overlap blind --for deconfliction`); whom you meet, `matches` says."""
    from app.services.offline.interest_book import Page, enter, new_book, with_labels

    file = book or tokens.with_name("interests.json")
    made: list[dict[str, Any]] = []
    with held_alone(file.with_name(f".{file.name}.lock")):
        kept = _book(file) if file.exists() else new_book()
        for part in parts(tokens):
            terms = {"kind": of["kind"], "until": instant_text(of["until"]), "contact_id": of["contact"]}
            given = {"epoch": part["epoch"], "tokens": part["tokens"]} | terms
            added = post(api, "/deconfliction/interests", given, purpose)["interests"]
            with told():
                enter(kept, added, len(part["tokens"]), Page(tokens.name, part["labels"], len(made)))
            write_whole(file, json.dumps(kept, indent=1, ensure_ascii=False).encode() + b"\n", PRIVATE)
            made += added
    made = with_labels(made, "id", [kept])

    def tell() -> None:
        _table(made)
        say(f"{file}: which is which, on this machine alone. Next: breakwater deconfliction matches --book {file}")

    show({"interests": made}, tell)


@deconfliction.command("list")
@_books_option
@connected
@json_option
def list_interests(books: tuple[Path, ...], api: Api) -> None:
    """List your agency's interests."""
    from app.services.offline.interest_book import with_labels

    interests = with_labels(api.get("/deconfliction/interests")["interests"], "id", map(_book, books))
    show({"interests": interests}, lambda: _table(interests))


@deconfliction.command()
@_books_option
@purpose_option
@connected
@json_option
def matches(books: tuple[Path, ...], purpose: str | None, api: Api) -> None:
    """List who has an interest in the same: your own label, the other agency's contact point, and since when both know."""
    from app.cli.api import Request
    from app.services.offline.interest_book import with_labels

    known = [*map(_book, books)]
    found = api.send(Request("GET", "/deconfliction/matches", purpose=purpose))["matches"]
    rows = with_labels(found, "interest_id", known)

    def tell() -> None:
        table("", ("label", "of", "contact", "matched_at", "interest_id"), map(_match, rows))
        if any("number" not in one for one in rows):
            say("Which of yours an interest is, the book tells that `register` wrote: --book FILE.")

    show({"matches": rows}, tell)


@deconfliction.command()
@click.argument("interest_id")
@connected
@json_option
def withdraw(interest_id: str, api: Api) -> None:
    """End an interest; whom you have met keeps knowing."""
    from app.cli.api import segment

    ended = api.post(f"/deconfliction/interests/{segment(interest_id)}/withdrawal")
    show(ended, lambda: _table([ended]))


def _book(file: Path) -> dict[str, Any]:
    from app.services.offline.interest_book import check_book

    document = read_json_object(str(file), "your interests")
    with told():
        check_book(document)
    return document


def _own(one: dict[str, Any]) -> tuple[str, str]:
    """Give an interest's label and its number in the file of tokens, as far as a book told them."""
    return one.get("label") or "", f"{one['tokens']}, {one['number']}" if "number" in one else ""


def _match(one: dict[str, Any]) -> tuple[str, ...]:
    return (*_own(one), one["contact"] or "", one["matched_at"], one["interest_id"])


def _table(interests: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "kind", "registered_at", "until", "ended_at", "contact_id")
    table("", ("label", "of", *columns), ([*_own(one), *(one[column] for column in columns)] for one in interests))
