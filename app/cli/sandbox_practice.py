"""The sandbox's practice collections: sharing groups in which TAXII clients try reading, writing, and being refused.

Owns which groups there are and who may do what in them; they are made through the public routes only. Every step looks first
whether it was done before. Kept by ``tests/cli/test_sandbox_practice.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.demo_objects import Author, indicator
from app.cli.listings import all_of
from app.cli.taxii import TaxiiRoot

if TYPE_CHECKING:
    from app.cli.api import Api

WRITER, READER, NOBODY, SEEDER = "legacy-a", "platform-b", "researcher-a", "platform-a"
READS, WRITES = "can_read", "can_write"
_ABOUT = "For practising with TAXII clients; nothing in it is real."


@dataclass(frozen=True, slots=True)
class PracticeGroup:
    """One group: its title, and the rights of each member by the name of the partner. ``is_seeded``: it holds the seed object."""

    title: str
    rights: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_seeded: bool = False


_BOTH = frozenset({READS, WRITES})
_SHARED = {WRITER: _BOTH, READER: frozenset({READS})}
_SEEDED = {SEEDER: _BOTH}

GROUPS: Mapping[str, tuple[PracticeGroup, ...]] = {
    "rw": tuple(PracticeGroup(f"practice-shared-{number}", _SHARED) for number in (1, 2, 3)),
    "ro": (PracticeGroup("practice-read-only", _SEEDED | {WRITER: frozenset({READS})}, is_seeded=True),),
    "wo": (PracticeGroup("practice-write-only", _SEEDED | {WRITER: frozenset({WRITES})}, is_seeded=True),),
    "hidden": (PracticeGroup("practice-hidden", _SEEDED, is_seeded=True),),
}
"""By their names in ``sandbox.json``."""


@dataclass(frozen=True, slots=True)
class Practice:
    """What setting up needs: an operator's connection, where the exchange serves, the partners' records, and a memory.

    ``known`` is what was remembered before under ``practice``; ``remember`` makes it durable.
    """

    operator: Api
    url: str
    partners: Mapping[str, Mapping[str, Any]]
    known: dict[str, Any]
    remember: Callable[[], None]


def set_up_practice(practice: Practice) -> None:
    """Bring groups, members and the seed object into the state that ``GROUPS`` describes, and fill ``known``."""
    for part, groups in GROUPS.items():
        practice.known[part] = [_group(practice, one) for one in groups]
    seeder = practice.partners[SEEDER]
    root = TaxiiRoot(practice.url, seeder["token"])
    if "seed" not in practice.known:
        practice.known["seed"] = _signed(seeder)
        practice.remember()
    for part, groups in GROUPS.items():
        for group, collection_id in zip(groups, practice.known[part], strict=True):
            if group.is_seeded:
                root.post(collection_id, [practice.known["seed"]])
    practice.known["api_root"] = root.path
    practice.remember()


def practice_record(known: Mapping[str, Any]) -> dict[str, Any]:
    """Give what ``sandbox.json`` says of the collections."""
    ids = {part: known[part] if part == "rw" else known[part][0] for part in GROUPS}
    return {**ids, "seed_object": known["seed"]["id"], "writer": WRITER, "reader": READER, "noaccess": NOBODY}


def _group(practice: Practice, group: PracticeGroup) -> str:
    known = [one for one in all_of(practice.operator, "/sharing-groups", "sharing_groups") if one["title"] == group.title]
    if known:
        found: str = known[0]["id"]
        return found
    members = [
        {"partner_id": practice.partners[name]["id"], **{right: right in rights for right in (READS, WRITES)}}
        for name, rights in group.rights.items()
    ]
    wanted = {"title": group.title, "description": _ABOUT, "shares_history": True, "members": members}
    made: str = practice.operator.post("/sharing-groups", wanted)["id"]
    return made


def _signed(seeder: Mapping[str, Any]) -> dict[str, Any]:
    from breakwater_client.signing.make_keys import read_private_key
    from breakwater_client.signing.sign_objects import Signing, sign_value

    author = Author(seeder["identity_id"], datetime.now(UTC))
    key = read_private_key(Path(seeder["private_key"]).read_bytes())
    value = indicator(author, "A practice object: what its holders see of it is for trying", "practice.example.org")
    return sign_value(value, Signing(key, seeder["identity_id"], author.now))
