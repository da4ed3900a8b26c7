"""``overlap …``: whether somebody else of a sharing group holds the same, by tokens. Kept by ``tests/cli/test_overlap.py``."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE, NEW_FILE, PRIVATE, create_private, held_alone, read_json_object, write_whole
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.moments import MOMENT
from app.cli.output import say, show, table
from app.domain.overlap import DECONFLICTION
from app.domain.vocabulary import Purpose
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from app.cli.api import Api

purpose_option = click.option(
    "--purpose", type=click.Choice([*map(str, Purpose)]), help="Why you ask, unless your token says so."
)
_KINDS = ("email", "handle", "hash", "ip", "phone", "url")


@click.group()
def overlap() -> None:
    """Overlap checks: identifiers are blinded here, evaluated unseen, and compared as tokens."""


@overlap.command()
@click.argument("values", nargs=-1)
@click.option("--for", "scope", required=True, help="A sharing group's id, or 'deconfliction'.")
@click.option("--kind", required=True, type=click.Choice(_KINDS), help="What they are.")
@click.option("--platform", help="Whose service a handle is of.")
@click.option("--from", "source", type=click.File("r", encoding="utf-8"), help="A file with one on each line, or - for input.")
@click.option("--out", required=True, type=NEW_FILE, help="A new private file: it holds the identifiers until they are finished.")
@json_option
def blind(values: tuple[str, ...], source: Any, out: Path, **of: Any) -> None:
    """Blind identifiers, on this machine. Those given as arguments can be seen in the list of processes: rather use --from.

    Behind an identifier and a tab may stand a label of your own; it stays on this machine.
    """
    from app.services.offline.blind_identifiers import blind_all

    lines = [line.strip() for line in source] if source else []
    with told():
        document = blind_all(of["scope"], of["kind"], [*values, *filter(None, lines)], of["platform"])
    create_private(out, _text(document))
    show({"blinded": len(document["identifiers"])}, lambda: say(f"{out}: keep it private. Next: breakwater overlap ask {out}"))


@overlap.command()
@click.argument("state", type=EXISTING_FILE)
@click.option("--directory", required=True, type=NEW_FILE, help="The key directory that you accepted last; brought up to date.")
@click.option("--directory-key", metavar="PEM|KEYID", help="The first time: the key that signs it, as operators told you.")
@click.option("--trust-first", is_flag=True, help="The first time: trust whichever key signs it, and compare its id later.")
@purpose_option
@connected
@json_option
def ask(state: Path, purpose: str | None, api: Api, **trust: Any) -> None:
    """Have the exchange evaluate what was blinded, and check its proof; what was evaluated before is not asked again.

    The proof is held against the key that the exchange's signed directory lists for everybody; another one is refused.
    """
    from app.cli.key_directory import update_directory
    from app.services.offline.blind_identifiers import take_answer, to_ask

    document = read_json_object(str(state), "blinded identifiers")
    with told():
        kept = trust["directory"]
        with held_alone(kept.with_name(f".{kept.name}.lock")):
            listed = update_directory(api, kept, trust["directory_key"], trust_first=trust["trust_first"]).overlap
        key = None if listed is None else listed.public_key
        epoch = api.get("/overlap/key")["epoch"]
        for elements in list(to_ask(document)):
            take_answer(document, post(api, "/overlap/evaluations", {"epoch": epoch, "elements": elements}, purpose), key)
            write_whole(state, _text(document), PRIVATE)
    show(
        {"epoch": epoch}, lambda: say(f"All are evaluated, in epoch {epoch}. Next: breakwater overlap finish {state} --out FILE")
    )


@overlap.command()
@click.argument("state", type=EXISTING_FILE)
@click.option("--out", required=True, type=NEW_FILE, help="The new private file of tokens; it names no identifier.")
@json_option
def finish(state: Path, out: Path) -> None:
    """Make tokens of what was evaluated, on this machine, in the order in which they were blinded."""
    from app.services.offline.blind_identifiers import finish_all

    with told():
        tokens = finish_all(read_json_object(str(state), "blinded identifiers"))
    create_private(out, _text(tokens))
    document = {"scope": tokens["scope"], "epoch": tokens["epoch"], "tokens": len(tokens["tokens"])}
    show(document, lambda: say(f"{out}: {document['tokens']} tokens of epoch {tokens['epoch']}. {state} is no longer needed."))


@overlap.command()
@click.argument("tokens", type=EXISTING_FILE)
@click.option("--until", required=True, type=MOMENT, help="Until when others are told, 400 days at most.")
@click.option("--contact", help="The id of the contact of yours that a match is told; nobody, if left out.")
@purpose_option
@connected
@json_option
def register(tokens: Path, until: datetime, contact: str | None, purpose: str | None, api: Api) -> None:
    """Register tokens of what you hold: readers of the group who ask with the same are told that it is held."""
    answer: dict[str, Any] = {}
    for part in parts(tokens):
        given = {"group_id": part["scope"], "epoch": part["epoch"], "tokens": part["tokens"], "contact_id": contact}
        answer = post(api, "/overlap/tokens", given | {"until": instant_text(until)}, purpose)
    show(answer, lambda: _tell_registered(answer))


@overlap.command()
@click.argument("tokens", type=EXISTING_FILE)
@purpose_option
@connected
@json_option
def match(tokens: Path, purpose: str | None, api: Api) -> None:
    """Ask of each token whether another member of the group holds the same, in the order of the file."""
    found: list[dict[str, Any]] = []
    for part in parts(tokens):
        given = {"group_id": part["scope"], "epoch": part["epoch"], "tokens": part["tokens"]}
        found += post(api, "/overlap/matches", given, purpose)["matches"]
    rows = ([number, "yes" if one["held"] else "no", ", ".join(one["contacts"])] for number, one in enumerate(found, 1))
    show({"matches": found}, lambda: table("", ("number", "held by another", "contacts"), rows))


@overlap.command("list")
@connected
@json_option
def list_registered(api: Api) -> None:
    """List how many tokens you have registered in which group, until when."""
    document = api.get("/overlap/tokens")
    show(document, lambda: _tell_registered(document))


@overlap.command()
@click.argument("group_id")
@click.option("--tokens", type=EXISTING_FILE, help="Only these; all of yours in the group, if left out.")
@connected
@json_option
def remove(group_id: str, tokens: Path | None, api: Api) -> None:
    """Erase tokens that you registered in a group."""
    answer: dict[str, Any] = {}
    for part in [None] if tokens is None else [one["tokens"] for one in parts(tokens)]:
        answer = api.post("/overlap/tokens/removal", {"group_id": group_id, "tokens": part})
    show(answer, lambda: _tell_registered(answer))


def post(api: Api, path: str, document: dict[str, Any], purpose: str | None) -> Any:
    """Send a document for a purpose, and give the answer."""
    from app.cli.api import Request

    body = json.dumps(document).encode()
    return api.send(Request("POST", path, body=body, idempotency_key=str(uuid.uuid4()), purpose=purpose))


def parts(file: Path) -> Iterator[dict[str, Any]]:
    """Give the content of a file of tokens, in parts that the exchange takes, each with all labels of the file."""
    from app.services.offline.blind_identifiers import token_batches

    document = read_json_object(str(file), "tokens")
    with told():
        for tokens in token_batches(document):
            own = document.get("labels")
            labels = own if isinstance(own, list) else []
            yield {"scope": document.get("scope", DECONFLICTION), "epoch": document["epoch"], "tokens": tokens, "labels": labels}


@contextmanager
def told() -> Iterator[None]:
    """Tell what cannot be blinded, taken, finished or booked as a fault of the command."""
    from app.domain.errors import BreakwaterError

    try:
        yield
    except BreakwaterError as exc:
        raise CommandFault(exc.sentence, ExitCode.REFUSED, code=exc.code) from None


def _text(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=1).encode() + b"\n"


def _tell_registered(document: dict[str, Any]) -> None:
    columns = ("group_id", "count", "until", "epoch")
    table("", columns, ([one[column] for column in columns] for one in document["registered"]))
