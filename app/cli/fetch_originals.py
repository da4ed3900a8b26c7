"""``verify --fetch-original``: for objects that fail after a lossy hop, the bytes that the exchange holds, and what differs.

Owns asking an exchange, which nothing else of ``verify`` does; the originals are verified by the same steps. Kept by
``tests/cli/test_fetch_originals.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.cli.api import Api, Request, segment
from app.cli.faults import CommandFault, ExitCode, printable
from app.cli.output import say
from app.cli.verify_report import report

if TYPE_CHECKING:
    from app.services.offline.verify_files import Findings, Trust


@dataclass(frozen=True, slots=True)
class Lost:
    """An object that failed: where it stands, and as it is there."""

    file: str
    place: str
    value: dict[str, Any]


def fetch_originals(api: Api, purpose: str | None, lost: Sequence[Lost], trust: Trust) -> list[dict[str, Any]]:
    """Ask the exchange for the original of each object; tell what differs, and verify the original.

    Raises:
        CommandFault: the exchange cannot be asked.
    """
    return [_told(one, _originals(api, purpose, one.value), trust) for one in lost]


def lost_objects(found: Findings, files: Mapping[str, bytes]) -> Iterator[Lost]:
    """Give the objects that failed at their signature, and that have an id to ask for."""
    from breakwater_client.documents.read_object_file import Placed, read_object_file
    from breakwater_client.verifying.verdicts import FailedSignature

    failed = {(name, one.place) for name, one in found.objects if isinstance(one, FailedSignature) and one.stix_id}
    for name in {name: None for name, _ in found.objects}:
        for read in read_object_file(files[name]).readings():
            if isinstance(read, Placed) and (name, read.place) in failed:
                yield Lost(name, read.place, read.value)


def tell_originals(told: Sequence[Mapping[str, Any]]) -> None:
    """Tell people what was found."""
    for one in told:
        say(f"{printable(one['id'])} ({one['file']}{' ' + one['place'] if one['place'] else ''}): {_words(one)}")
        for differing in one["differs"]:
            say(f"  {printable(differing['pointer'])}: {differing['difference']}")


def _words(one: Mapping[str, Any]) -> str:
    if one["original"] is None:
        return "the exchange shows you no original of this id and version"
    verdict = f"verifies, level {one['verdict']['level']}" if one["verdict"]["level"] else "FAILS, too"
    return f"the exchange's original {verdict}; what you have differs from it in {len(one['differs'])} places"


def _told(lost: Lost, originals: Sequence[dict[str, Any]], trust: Trust) -> dict[str, Any]:
    """Tell of one object; of several owners' originals, the one that differs least."""
    from app.services.offline.verify_files import verify_files
    from breakwater_client.verifying.compare_original import compare

    told: dict[str, Any] = {"file": lost.file, "place": lost.place, "id": lost.value["id"], "original": None, "differs": []}
    if not originals:
        return told
    original = min(originals, key=lambda one: len(compare(lost.value, one)))
    found = verify_files({"original": json.dumps(original).encode()}, trust)
    [verdict] = report(found, trust, steps=False)["objects"]
    differs = [{"pointer": one.pointer, "difference": one.difference.value} for one in compare(lost.value, original)]
    return told | {"original": original, "differs": differs, "verdict": verdict}


def _originals(api: Api, purpose: str | None, value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ask for the version that an object says it is; an object without one has one content only."""
    from breakwater_client.verifying.compare_original import named_version

    named = named_version(value)
    if named is None:
        return []
    stix_id, version = named
    path = f"/objects/{segment(stix_id)}" + (f"/versions/{segment(version)}" if version else "")
    try:
        answer = api.send(Request("GET", path, purpose=purpose))
    except CommandFault as fault:
        if fault.exit_code is ExitCode.REFUSED and fault.details.get("status") == _NOT_FOUND:
            return []
        raise
    objects: list[dict[str, Any]] = answer["objects"]
    return objects


_NOT_FOUND = 404
