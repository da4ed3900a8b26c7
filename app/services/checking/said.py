"""What the log's statements say, found by what stands in their documents: the column ``subject`` is committed to nowhere.

Owns one pass over the statements of a kind: what each is about, that its row is filed under that, and of keys whether their
history could have happened. Kept by ``tests/services/checking/test_said.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.vocabulary import KeyState
from app.services.checking.findings import Findings
from app.storage import log_check
from app.storage.log import Statement
from app.storage.session import Connection
from breakwater_client.trust.log_leaf import LeafKind

_SUBJECTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    LeafKind.AGREEMENT_VERSION: lambda said: f"{said['partner']}/{said['version']}",
    LeafKind.APPROVAL: lambda said: said["approval"],
    LeafKind.BLANK: lambda said: said["blank"],
    LeafKind.CATALOGUE_RELEASE: lambda said: said["release"],
    LeafKind.DISCLOSURE_ROOT: lambda said: said["to"],
    LeafKind.ERASURE: lambda said: said["erasure"],
    LeafKind.EXPORT: lambda said: f"{said['definition']}/{said['number']}",
    LeafKind.KEY_EVENT: lambda said: said["key"]["keyid"],
    LeafKind.LOSS_ACCEPTED: lambda said: said["tree_size"],
    LeafKind.OVERLAP_KEY: lambda said: said["overlap_key"]["epoch"],
    LeafKind.PREVENTION_RELEASE: lambda said: said["release"],
    LeafKind.RECALL: lambda said: said["recall"],
    LeafKind.RECALL_ANSWER: lambda said: said["answer"],
    LeafKind.REQUEST_ANSWER: lambda said: said["answer"],
}
_NEVER_CHANGES = ("public_key", "algorithm", "usage", "owner")
_ONCE = (
    LeafKind.AGREEMENT_VERSION,
    LeafKind.APPROVAL,
    LeafKind.BLANK,
    LeafKind.CATALOGUE_RELEASE,
    LeafKind.ERASURE,
    LeafKind.EXPORT,
    LeafKind.PREVENTION_RELEASE,
    LeafKind.RECALL,
    LeafKind.RECALL_ANSWER,
    LeafKind.REQUEST_ANSWER,
)


@dataclass(slots=True)
class Said:
    """The statements of a kind: by what they are about, the index of the last one; ``first`` is that of the first of all."""

    first: int | None = None
    last: dict[str, int] = field(default_factory=dict)


def gather(connection: Connection, findings: Findings, kind: LeafKind) -> Said:
    """Go through all statements of a kind."""
    said, keys = Said(), _Histories(findings)
    for statement in log_check.all_statements(connection, kind):
        said.first = statement.log_index if said.first is None else said.first
        where, document = f"log_statement {statement.log_index}", document_of(statement)
        subject = subject_of(kind, document)
        if subject is None:
            findings.add(where, "does not say what it is about")
            continue
        if subject != statement.subject:
            findings.add(where, "is filed under something else than it is about")
        if kind in _ONCE and subject in said.last:
            findings.add(where, "is about what was logged before, once and for all")
        if kind is LeafKind.KEY_EVENT:
            keys.go_on(where, document["key"])
        said.last[subject] = statement.log_index
    return said


def subject_of(kind: str, document: Mapping[str, Any]) -> str | None:
    """Give what a statement is about by its own words; None for what is no statement of this kind."""
    try:
        return str(_SUBJECTS[kind](document))
    except (KeyError, TypeError):
        return None


def document_of(statement: Statement) -> Mapping[str, Any]:
    """Give the document of a statement; an empty one for what is none."""
    try:
        found = json.loads(statement.document)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@dataclass(slots=True)
class _Histories:
    """What was logged of each key last, for comparing the next event with it."""

    findings: Findings
    _before: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def go_on(self, where: str, key: Mapping[str, Any]) -> None:
        """Look at one more event: what a key is never changes, and what is compromised stays so, since then or earlier."""
        same, ended = tuple(key.get(name) for name in _NEVER_CHANGES), (key.get("state"), key.get("compromised_since"))
        if key["keyid"] in self._before:
            same_before, ended_before = self._before[key["keyid"]]
            if same != same_before:
                self.findings.add(where, "is about another key under the same id")
            if ended_before[0] == KeyState.COMPROMISED and not _is_no_less(ended, ended_before):
                self.findings.add(where, "takes back that a key is compromised")
        self._before[key["keyid"]] = (same, ended)


def _is_no_less(ended: tuple[Any, Any], before: tuple[Any, Any]) -> bool:
    since, since_before = ended[1], before[1]
    return ended[0] == before[0] and (since_before is None or (isinstance(since, str) and since <= since_before))
