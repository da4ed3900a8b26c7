"""What a proposal would change, part by part: as the release reads on which it is based, and as it shall read.

Owns the comparison for people who review; nothing is decided by it. Kept by
``tests/services/cataloguing/test_proposal_changes.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.catalogue_proposal import Proposal, ProposalKind
from app.services.cataloguing.current import read_release
from app.services.cataloguing.draft import entries, said_of
from app.services.cataloguing.look_up import found_release
from app.services.exchange import Exchange


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """One part of an entry: its lines before and after; none where it was not, or shall not be."""

    part: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a proposal is about: its entry's name, and what changes. ``replaced_by``: what shall stand for a retired one."""

    name: str
    changes: tuple[ProposedChange, ...]
    replaced_by: tuple[str, ...] = ()


def what_changes(exchange: Exchange, proposal: Proposal) -> Proposed:
    """Give what a proposal says beside the release on which it is based."""
    with exchange.database.read() as connection:
        based = read_release(found_release(connection, proposal.based_on).document)
    before = said_of(entries(based, proposal.entry).get(proposal.code or ""))
    said = json.loads(proposal.document)
    if proposal.kind is ProposalKind.RETIREMENT:
        return Proposed(str(before.get("name", "")), (), tuple(said["replaced_by"]))
    parts = [name for name in (*said, *(name for name in before if name not in said)) if before.get(name) != said.get(name)]
    changes = tuple(ProposedChange(one, tuple(_lines(before.get(one))), tuple(_lines(said.get(one)))) for one in parts)
    return Proposed(str(said.get("name", "")), changes)


def _lines(value: Any) -> Iterator[str]:
    """Give a value of an entry in lines: texts and words each in one, references with all that they say."""
    if isinstance(value, list):
        for one in value:
            yield from _lines(one)
    elif isinstance(value, dict):
        yield ": ".join(str(one) for one in value.values() if one)
    elif value is not None:
        yield str(value)
