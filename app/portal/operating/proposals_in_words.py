"""Proposals in plain words: what would be done, for whom, and which terms change.

Owns the words of each kind; what is not known here is shown as it stands in the document. Kept by
``tests/portal/operating/test_proposals_in_words.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.approval import Approval, ApprovalKind
from app.portal.agreement_words import Said, SaidChange, changes_in_words, in_words, sees_nothing_abroad
from app.portal.plain_words import called, help_of, listed
from app.portal.words import gettext


@dataclass(frozen=True, slots=True)
class Compared:
    """Against which version a proposal was compared (None: nothing would be in force), and what changes."""

    version: int | None
    changes: Sequence[SaidChange]


@dataclass(frozen=True, slots=True)
class Told:
    """A proposal in words. ``lines`` are what the document says where nothing better is known."""

    title: str
    effect: str
    partner: str | None
    compared: Sequence[Compared] = ()
    terms: Sequence[tuple[str, Sequence[Said]]] = ()
    lines: Sequence[tuple[str, str]] = field(default=())
    sees_nothing_abroad: bool = False

    @property
    def widens(self) -> bool:
        """Whether a change lets anybody see, submit or learn more."""
        return any(change.direction == "widens" for one in self.compared for change in one.changes)


def tell(approval: Approval, names: Mapping[str, str]) -> Told:
    """Say a proposal in words; ``names`` are those of partners by their ids."""
    document = json.loads(approval.document)
    partner = names.get(approval.partner_id or "")
    roles = listed(document.get("staff_roles", document.get("roles", ())))
    if approval.kind is not ApprovalKind.AGREEMENT_VERSION:
        return Told(_title(approval.kind, partner, roles), _effect(approval), partner, lines=list(_lines(document)))
    terms = document["agreement"]
    compared = [Compared(one["version"], changes_in_words(one["changes"], names)) for one in document["compared_with"]]
    title = _title(approval.kind, partner, gettext("version %(number)s") % {"number": terms["version"]})
    return Told(
        title, _effect(approval), partner, compared, in_words(terms, names), sees_nothing_abroad=sees_nothing_abroad(terms)
    )


def _title(kind: ApprovalKind, *more: str | None) -> str:
    """Give what would be done, and for whom or with which roles."""
    details = ", ".join(one for one in more if one)
    return f"{called(kind)}: {details}" if details else called(kind)


def _effect(approval: Approval) -> str:
    return help_of(approval.kind) or gettext("Exactly what the document below says is done at once.")


def _lines(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Give what a document says, line by line."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lines(inner, f"{name} {key.replace('_', ' ')}".strip())
    elif isinstance(value, list):
        yield name, ", ".join(map(str, value))
    elif value is not None:
        yield name, str(value)
