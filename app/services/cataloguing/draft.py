"""The next release while it is being made: what proposals would make of the one in force, one after the other.

Owns whether a proposal still applies, and which code a new entry gets: the one after the highest that was ever given, so that
none is given twice. Whether texts may stand there is the lint's. Kept by ``tests/services/cataloguing/test_draft.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.domain.catalogue import Behaviour, Catalogue, Countermeasure
from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind
from app.domain.catalogue_release import Changes, following_release
from app.domain.errors import Code, ConflictError, MalformedInputError
from app.stix.catalogue_documents import (
    behaviour_document,
    countermeasure_document,
    read_behaviour,
    read_countermeasure,
)
from app.stix.catalogue_lint import Finding, findings

_PREFIXES = {EntryKind.BEHAVIOUR: "OP", EntryKind.COUNTERMEASURE: "CM"}
_HIGHEST = 999
_MILLISECOND = timedelta(milliseconds=1)
_NOT_SAID = frozenset({"added_at", "changed_at", "code", "no_longer_mitigates", "replaced_by", "retired_in"})
Entry = Behaviour | Countermeasure


@dataclass
class Draft:
    """What is drafted on top of a release."""

    before: Catalogue
    _behaviours: dict[str, Behaviour] = field(default_factory=dict)
    _countermeasures: dict[str, Countermeasure] = field(default_factory=dict)
    _retired: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def take(self, proposal: Proposal) -> str:
        """Draft what a proposal says. Gives the code of its entry.

        Raises:
            ConflictError: its entry, or a code that it names, is not in force (any more), or is drafted already.
            MalformedInputError: it names a code that was never given, or one of another kind.
        """
        said = json.loads(proposal.document)
        code = self._next_code(proposal.entry) if proposal.kind is ProposalKind.NEW else self._code(proposal)
        if proposal.kind is ProposalKind.RETIREMENT:
            self._retire(proposal.entry, code, said["replaced_by"])
        elif proposal.entry is EntryKind.BEHAVIOUR:
            self._behaviours[code] = read_behaviour({**said, "code": code})
        else:
            self._check(EntryKind.BEHAVIOUR, said["mitigates"], "/text/mitigates")
            self._countermeasures[code] = read_countermeasure({**said, "code": code})
        return code

    def copy(self) -> Draft:
        """Give the same draft once more, to try something on it."""
        return Draft(self.before, {**self._behaviours}, {**self._countermeasures}, {**self._retired})

    def release(self, now: datetime) -> Catalogue:
        """Give the release as drafted, of now: but always later than the one before, to the millisecond."""
        at = max(now.replace(microsecond=now.microsecond // 1000 * 1000), self.before.released_at + _MILLISECOND)
        changes = Changes(tuple(self._behaviours.values()), tuple(self._countermeasures.values()), self._retired)
        return following_release(self.before, changes, at)

    def _code(self, proposal: Proposal) -> str:
        code = str(proposal.code)
        if code in {*self._behaviours, *self._countermeasures, *self._retired}:
            raise ConflictError("Another proposal about this entry is in this release.", code=Code.CATALOGUE_CHANGED)
        self._check(proposal.entry, [code], "/code")
        return code

    def _retire(self, kind: EntryKind, code: str, replaced_by: Iterable[str]) -> None:
        named = tuple(replaced_by)
        self._check(kind, named, "/replaced_by")
        if code in named:
            raise MalformedInputError("What is retired does not stand for itself.", pointer="/replaced_by")
        self._retired[code] = named

    def _check(self, kind: EntryKind, codes: Iterable[str], pointer: str) -> None:
        known = entries(self.before, kind)
        for code in codes:
            if code not in known:
                raise MalformedInputError(f"The catalogue has no {kind} of this code.", pointer=pointer)
            if known[code].retired_in is not None or code in self._retired:
                raise ConflictError(f"{code} is retired, and is not given again.", pointer=pointer)

    def _next_code(self, kind: EntryKind) -> str:
        given = {*entries(self.before, kind), *self._behaviours, *self._countermeasures}
        prefix = _PREFIXES[kind]
        number = max((int(code[3:]) for code in given if code.startswith(prefix)), default=0) + 1
        if number > _HIGHEST:
            raise ConflictError("All codes of this kind were given.")
        return f"{prefix}-{number:03}"


def entries(catalogue: Catalogue, kind: EntryKind) -> Mapping[str, Entry]:
    """Give the entries of a kind by their codes."""
    return catalogue.behaviours_by_code if kind is EntryKind.BEHAVIOUR else catalogue.countermeasures_by_code


def said_of(entry: Entry | None) -> dict[str, Any]:
    """Give what a release says of an entry in words of its own: no code, no times, and not what became of it."""
    if entry is None:
        return {}
    document = behaviour_document(entry) if isinstance(entry, Behaviour) else countermeasure_document(entry)
    return {name: value for name, value in document.items() if name not in _NOT_SAID}


def changed_members(before: Entry | None, after: Entry | None) -> list[str]:
    """Name what differs between two readings of one entry, ``retired_in`` if it was retired in between."""
    old, new = said_of(before), said_of(after)
    names = [name for name in new | old if old.get(name) != new.get(name)]
    was_retired = None if before is None else before.retired_in
    is_retired = None if after is None else after.retired_in
    return names if was_retired == is_retired else [*names, "retired_in"]


def new_findings(before: Catalogue, after: Catalogue) -> list[Finding]:
    """Give what the lint finds in a release and not in the one before: a lint that became stricter must not stop every change."""
    known = {(one.pointer, one.rule) for one in findings(before)}
    return [one for one in findings(after) if (one.pointer, one.rule) not in known]
