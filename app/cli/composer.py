"""``compose``: from a form that people fill in to objects, signed and submitted if that is asked for.

Owns options and files; what is made of what is ``services.composing``'s, here as at the exchange. Needs no exchange unless it is
asked to compose or to submit. Kept by ``tests/cli/test_composer.py``.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected_if_asked
from app.cli.durable_files import EXISTING_FILE, FILE_OR_INPUT, NEW_FILE, read_input, write_whole
from app.cli.faults import CommandFault, ExitCode, json_option, naming
from app.cli.imminent_risk import tell_whom_to_call
from app.cli.json_lines import line_of, lines_of_places
from app.cli.object_sources import Source
from app.cli.output import say, show, table
from app.cli.submission_report import Report
from app.cli.submit import Sending, send_all
from app.domain.errors import MalformedInputError

if TYPE_CHECKING:
    from app.cli.api import Api


@dataclass(frozen=True, slots=True)
class _Way:
    """How a form is composed and what becomes of the objects."""

    signer: str | None
    key_file: Path | None
    catalogue: Path | None
    keys: Path | None
    at_exchange: bool
    submit: bool


@click.command()
@click.argument("file", type=FILE_OR_INPUT)
@click.option("--out", type=NEW_FILE, help="A file for the objects, one line of JSON each; `sign` and `submit` take it.")
@click.option("--signer", help="Your STIX identity, as the exchange registered it: identity--…; named as their creator.")
@click.option("--sign-with", "key_file", type=EXISTING_FILE, help="Sign them with your private key's file.")
@click.option("--catalogue", type=EXISTING_FILE, help="A release of the catalogue (of GET /catalogue); the founding one.")
@click.option(
    "--keys", type=EXISTING_FILE, help="What `group keys` wrote: phones, devices and e-mail addresses become tokens here."
)
@click.option("--at-exchange", is_flag=True, help="Compose at the exchange: by its catalogue and your audiences.")
@click.option("--submit", "submit", is_flag=True, help="Submit them, to the group that the form names if it names one.")
@connected_if_asked
@json_option
def compose(file: str, out: Path | None, connect: Callable[[], Api], **how: Any) -> None:
    """Turn the form in FILE (- for standard input) into objects, each with one handling, ready to be signed.

    Without --at-exchange and --submit nothing leaves this machine. With refusals nothing is made. With --keys a value of a phone,
    a device or an e-mail address becomes a token of the group's current epoch here; such a value is never sent, submitted or not.
    """
    way = _way(how)
    content = read_input(file)
    with _on_its_line(file, content):
        document = _composed(content, way, connect)
    report = None
    if not document["refusals"]:
        document["objects"] = _signed(document["objects"], way)
        if out is not None:
            write_whole(out, _lines(document["objects"]))
        report = _submitted(connect(), document) if way.submit else None
    told = document if report is None else document | {"submitted": report.document()}
    show(told, lambda: _tell(document, content, report, out))
    if document["refusals"] or (report is not None and report.counts["refused"]):
        raise click.exceptions.Exit(ExitCode.REFUSED)


@contextmanager
def _on_its_line(file: str, content: bytes) -> Iterator[None]:
    """Let what is no JSON be told with the file and the line."""
    try:
        yield
    except MalformedInputError as exc:
        from app.services.offline.compose_file import line_of_fault

        line = line_of_fault(content)
        where = file if line is None else f"{file}, line {line}"
        raise CommandFault(f"{where}: {exc.sentence}", code=exc.code.value, pointer=exc.pointer) from exc


def _place(pointer: str, lines: dict[str, int]) -> str:
    line = line_of(lines, pointer)
    return pointer or "the form" if line is None else f"line {line}, {pointer or 'the form'}"


def _way(how: Mapping[str, Any]) -> _Way:
    way = _Way(**how)
    if way.key_file is not None and way.signer is None:
        raise CommandFault("Whoever signs says as whom: give --signer, too.", ExitCode.USAGE, code="signer")
    if way.at_exchange and way.catalogue is not None:
        raise CommandFault("The exchange composes by its own catalogue; leave --catalogue out.", ExitCode.USAGE, code="catalogue")
    if way.at_exchange and way.keys is not None:
        raise CommandFault("Tokens are made here, and nowhere else: leave --at-exchange out.", ExitCode.USAGE, code="keys")
    return way


def _composed(content: bytes, way: _Way, connect: Callable[[], Api]) -> dict[str, Any]:
    from app.services.offline.compose_file import Keyed, compose_file, plain_values, read_release

    if way.at_exchange:
        from app.cli.api import Request

        if places := plain_values(content):
            sentence = "This leaves as a token alone and was not sent: compose it here, with --keys."
            raise CommandFault(sentence, ExitCode.REFUSED, code="observable-invalid", pointer=places[0])
        document: dict[str, Any] = connect().send(Request("POST", "/compose", {}, content, None))
        return document
    release = None
    if way.catalogue is not None:
        with naming(way.catalogue):
            release = read_release(way.catalogue.read_bytes())
    keyed = None
    if way.keys is not None:
        with naming(way.keys):
            keyed = Keyed.of_file(way.keys.read_bytes())
    return compose_file(content, way.signer, release, datetime.now(UTC), keyed)


def _signed(objects: list[dict[str, Any]], way: _Way) -> list[dict[str, Any]]:
    if way.key_file is None or way.signer is None:
        return objects
    from app.services.offline.compose_file import signed
    from breakwater_client.signing.make_keys import read_private_key
    from breakwater_client.signing.sign_objects import Signing

    with naming(way.key_file):
        signing = Signing(read_private_key(way.key_file.read_bytes()), way.signer, datetime.now(UTC))
    return signed(objects, signing)


def _lines(objects: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects).encode()


def _submitted(api: Api, document: dict[str, Any]) -> Report:
    group = document["group_id"]
    report = Report()
    sources = [Source.of_content("the form's objects", _lines(document["objects"]))]
    send_all(api, sources, Sending(group=uuid.UUID(group) if group else None), report, len(document["objects"]))
    return report


def _tell(document: dict[str, Any], content: bytes, report: Report | None, out: Path | None) -> None:
    lines = lines_of_places(content)
    for one in document["refusals"]:
        say(f"refused: {_place(one['pointer'], lines)}: {one['detail']} [{one['code']}]")
    for one in document["warnings"]:
        say(f"note: {_place(one['pointer'], lines)}: {one['detail']}")
    if document["refusals"]:
        say("Nothing was made. What each member may say: docs/composer.md and schemas/observation.json.")
    if document["told"]:
        table(
            "",
            ("object", "of", "handling"),
            ((one["type"], one["pointer"] or "the case", one["handling"]) for one in document["told"]),
        )
    tell_whom_to_call([document, *(report.submissions if report else [])])
    if report is not None:
        report.tell()
    elif document["objects"] and out is None:
        say("Nothing was kept: give --out, or --submit.")
