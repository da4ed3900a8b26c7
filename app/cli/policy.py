"""``policy …``: who sees what, why, and since when. Kept by ``tests/cli/test_policy.py``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from app.cli.agreements import policy, read_terms
from app.cli.connection import connected
from app.cli.durable_files import FILE_OR_INPUT, read_input
from app.cli.envelopes import envelopes
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.moments import MOMENT
from app.cli.object_sources import sources_of
from app.cli.output import say, show, table
from app.domain.vocabulary import Channel, Purpose
from breakwater_client.instant import instant_text

if TYPE_CHECKING:
    from app.cli.api import Api

__all__ = ["policy"]

_CHANNEL = click.option(
    "--channel",
    type=click.Choice([one.value for one in Channel]),
    default=Channel.REST.value,
    show_default=True,
    help="By which way it would be read.",
)
_GROUNDS = {
    "addressed": "the exchange tells it to this partner by name",
    "own": "it is its own",
    "named": "an audience names it",
    "group": "through a sharing group",
    "role-and-jurisdiction": "by role and jurisdiction",
}


@policy.command()
@click.argument("stix_id", metavar="OBJECT")
@click.option("--partner", required=True, help="Who would read it (id).")
@click.option("--purpose", required=True, type=click.Choice([one.value for one in Purpose]), help="For what.")
@_CHANNEL
@click.option("--at", type=MOMENT, help="At this instant of the past, as everything stood then, such as 2026-11-26T12:00:00Z.")
@connected
@json_option
def explain(stix_id: str, at: datetime | None, api: Api, **way: str) -> None:
    """Say why a partner sees an object or not. Owners ask about their own objects and listed members, staff about all."""
    document = api.get("/policy/explanation", object=stix_id, at=at and instant_text(at), **way)

    def tell() -> None:
        for one in document["statements"]:
            say(f"{one['verdict']}: {because(one)}")
            say(f"  {_dated(one)}" + (f"; counts for the reader since {one['since']}" if one["since"] else ""))

    show(document, tell)


@policy.command("who-sees")
@click.argument("stix_id", metavar="OBJECT")
@_CHANNEL
@connected
@json_option
def who_sees(stix_id: str, channel: str, api: Api) -> None:
    """Say who sees an object, for which purposes, why and since when. Owners are told of listed members by name."""
    document = api.get("/policy/who-sees", object=stix_id, channel=channel)

    def tell() -> None:
        for one in document["statements"]:
            say(_dated(one))
            tell_readers(one["readers"])

    show(document, tell)


@policy.command()
@click.argument("names", metavar="[FILE]...", nargs=-1, type=FILE_OR_INPUT)
@click.option("--handling", "handling", type=FILE_OR_INPUT, help="A handling instead of objects, JSON.")
@click.option("--group", "group_id", help="The sharing group they would be posted to (id).")
@_CHANNEL
@connected
@json_option
def simulate(names: tuple[str, ...], handling: str | None, group_id: str | None, channel: str, api: Api) -> None:
    """Say whom objects of FILEs, or a handling, would reach if they were submitted now. Nothing is sent to anybody."""
    if bool(names) is (handling is not None):
        raise CommandFault("Name files of objects, or one --handling.", ExitCode.USAGE, code="usage")
    subject = {"objects": _objects(names)} if handling is None else {"handling": _read_json(handling)}
    way = {"channel": channel} | ({"group_id": group_id} if group_id else {})
    document = api.post("/policy/simulation", subject | way)

    def tell() -> None:
        for one in document["simulated"]:
            _tell_simulated(one)

    show(document, tell)


@policy.command()
@click.option(
    "--file", "name", required=True, type=FILE_OR_INPUT, help="The terms of a version to be, JSON, as for agreement add."
)
@click.option("--partner", "partner_id", help="Whose agreement, instead of the file's partner_id.")
@connected
@json_option
def diff(name: str, partner_id: str | None, api: Api) -> None:
    """Say what would change for a partner if these were its next terms: what it sees, and may submit; operators only."""
    document = api.post("/policy/diff", read_terms(name, partner_id))

    def tell() -> None:
        say(f"From {document['at']} on, against {_version(document['version'])}:")
        table("", ("term", "does"), ((one["pointer"] or "all of it", one["direction"]) for one in document["terms"]))
        columns = ("is", "versions", "classes", "of", "sensitivity", "harm")
        names = ("outcome", "versions", "classes", "publisher_name", "sensitivity", "harm_types")
        table("", columns, ([one[name] for name in names] for one in document["sees"]))
        for one in document["no_longer_submits"]:
            say(f"Of its own, {one['versions']} versions are such that it could not submit them any more: {one['clause']}.")

    show(document, tell)


def _version(version: int | None) -> str:
    return "no agreement in force" if version is None else f"version {version}"


def _read_json(name: str) -> Any:
    try:
        return json.loads(read_input(name))
    except (ValueError, RecursionError):
        raise CommandFault(f"{name} is no JSON.", ExitCode.USAGE, code="json-syntax") from None


def _objects(names: Sequence[str]) -> list[Any]:
    objects: list[Any] = []
    for envelope in envelopes(sources_of(names)):
        for origin in envelope.origins:
            if origin.fault is not None:
                sentence = f"{origin.file}, {origin.place}: {origin.fault.sentence}"
                raise CommandFault(sentence, code=origin.fault.code.value, pointer=origin.fault.pointer)
        objects += json.loads(envelope.body)["objects"]
    return objects


def _tell_simulated(one: Mapping[str, Any]) -> None:
    reach, what = one["reach"], one["id"] or one["pointer"]
    if one["code"] is not None:
        say(f"{what}: would be refused ({one['code']}): {one['detail']}")
    elif reach is None:
        say(f"{what}: {'is stored already' if one['status'] == 'already-stored' else 'is for its publisher to ask about'}")
    else:
        handling = reach["handling"]
        ends = "".join(
            f", {word} {reach[name]}" for word, name in (("from", "release_at"), ("until", "expires_at")) if reach[name]
        )
        say(f"{what}: {handling['tlp']}, {handling['sensitivity']}, for {', '.join(handling['purposes'])}{ends}")
        for narrowing in one["narrowed_by"]:
            say(f"  is narrowed by {narrowing}")
        tell_readers(reach["readers"])


def _dated(one: Mapping[str, Any]) -> str:
    added = f"added {one['added_at']}" if one["added_at"] else f"under embargo until {one['release_at']}"
    return f"Version {one['version']} of {one['owner_id']}, {added}, ends {one['expires_at'] or 'never'}"


def tell_readers(readers: Mapping[str, Any]) -> None:
    """Print who sees something: partners by name, the others by how many there are at least."""
    table("", ("partner", "for", "verdict", "because", "since"), _rows(readers["listed"]))
    for one in readers["unlisted"] or ():
        many = f"at least {one['at_least']}" if one["at_least"] else "no number is told (fewer than ten of a kind, or none)"
        say(f"Members that are not listed, for {', '.join(one['purposes'])}: {many}.")


def _rows(listed: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Any, ...]]:
    for reader in listed:
        for one in reader["verdicts"]:
            yield reader["name"], one["purposes"], one["verdict"], because(one), one["since"] or ""


def because(one: Mapping[str, Any]) -> str:
    """Give the reason of a verdict in words."""
    if one["verdict"] == "hidden":
        version = "" if one["agreement_version"] is None else f" (agreement version {one['agreement_version']})"
        return f"{one['voice']}: {one['clause']}{version}" if one["clause"] else "its agreement"
    if one["verdict"] == "withdrawn":
        return "its owner took it back; `breakwater recalls` says who was told"
    if one["verdict"] == "restricted":
        return "restricted at the request of a person it is about; data protection knows more"
    ground = _GROUNDS[one["ground"]]
    return f"{ground}, if what it refers to lets it" if one["verdict"] == "depends" else ground
