"""Everything that the page of a draft shows: the form, what can be chosen, faults, and who would see it.

Owns putting it together. Kept by ``tests/portal/sharing/test_form_page.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from itertools import groupby
from typing import Any

from flask import Response

from app.domain.draft import Draft
from app.domain.observation import ConfidenceBand, ObservableKind, ObservableRole, SourceReliability
from app.domain.paging import EmergencyContact
from app.domain.vocabulary import (
    Harm,
    OnwardShare,
    PermittedUse,
    Phase,
    Provenance,
    Purpose,
    SubjectStatus,
    Surface,
    Tlp,
    Urgency,
)
from app.portal.cookies import signed_in
from app.portal.pages import page
from app.portal.plain_words import called, offered, pairs
from app.portal.plain_words import choices as boxes
from app.portal.sharing.audience_words import audience_words
from app.portal.sharing.in_words import defanged
from app.portal.sharing.told_readers import tell
from app.portal.vocabulary.objects import CREDIBILITY
from app.portal.words import gettext
from app.services.drafting.behaviour_words import IDLE, look_for, other_words
from app.services.drafting.pick import behaviours_to_pick, choices
from app.services.drafting.preview import Part, PartKind
from app.web.context import exchange

_PARTS = {
    PartKind.REPORT: "The report itself",
    PartKind.TRACES: "What leads to somebody",
    PartKind.PROTECTED: "Accounts to protect",
}
_PHASES = tuple(Phase)
_BOXES: Mapping[str, type[StrEnum]] = {
    "harms": Harm,
    "surfaces": Surface,
    "bands": ConfidenceBand,
    "urgencies": Urgency,
    "tlps": Tlp,
    "purposes": Purpose,
    "uses": PermittedUse,
    "onward": OnwardShare,
}
_LISTS: Mapping[str, type[StrEnum]] = {
    "subjects": SubjectStatus,
    "row_roles": ObservableRole,
    "provenances": Provenance,
    "reliabilities": SourceReliability,
}
"""What the form offers, by the names that the page uses: boxes with their help, and lists."""
_NO_ROWS = frozenset({ObservableKind.VPDQ, ObservableKind.BEHAVIOURAL_RULE, ObservableKind.PAYMENT_HANDLE_HMAC})
"""Kinds that a line cannot say; they are submitted by command."""


@dataclass
class Shown:
    """What the page of a draft shows: the fields as they are typed, the search for behaviours, and faults by field."""

    draft: Draft
    typed: dict[str, Any]
    find: str = ""
    paste: str = ""
    readers: list[Part] | str | None = None
    revision: int | None = None
    is_stale: bool = False
    at: str = ""
    faults: dict[str, str] = field(default_factory=lambda: defaultdict(str))

    @staticmethod
    def part_title(kind: PartKind) -> str:
        """Give what a part of a report is called."""
        return gettext(_PARTS[kind])

    def leads_to(self, *fields: str) -> bool:
        """Whether a fault or a link leads to one of some fields: it is not folded away then."""
        return any(self.faults.get(one) or self.at == one for one in fields)

    @property
    def told(self) -> list[tuple[str, Any]]:
        """The parts of the report, and who would see each."""
        parts = self.readers if isinstance(self.readers, list) else []
        return [(self.part_title(one.kind), tell(one.simulated)) for one in parts]


def draft_page(shown: Shown, to_call: Sequence[EmergencyContact]) -> Response:
    """Give the page of a draft."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if shown.faults else HTTPStatus.OK
    faults = [(at, sentence) for at, sentence in shown.faults.items()]
    chosen = shown.typed["behaviours"]
    phase_titles = {one: called(one) for one in Phase}
    every = behaviours_to_pick(exchange(), chosen)
    found = look_for(every, shown.find, phase_titles)
    offered = [one for one in every if one.code in chosen or one in found.behaviours]
    by_phase = groupby(sorted(offered, key=lambda one: _PHASES.index(one.phase)), key=lambda one: one.phase)
    phases = [(phase_titles[phase], list(each)) for phase, each in by_phase]
    looked = {"found": found, "idle": " ".join(sorted(IDLE)), "other_words": lambda one: other_words(one, phase_titles)}
    known = {"phases": phases, **looked, "to_call": to_call, "defanged": defanged}
    can = _choosable()
    known["is_astray"] = bool(shown.typed["group_id"]) and shown.typed["group_id"] not in dict(can["groups"])
    return page("sharing/draft.html", status, shown=shown, typed=shown.typed, faults=faults, **known, **can)


def _choosable() -> dict[str, Any]:
    """Give what can be named as who may know, and the kinds that a row can have."""
    can = choices(exchange(), signed_in().principal)
    return {
        "audiences": [(one.audience.audience_id, audience_words(one.audience, can.organisations)) for one in can.audiences],
        "groups": [(one.group.group_id, one.group.title) for one in can.groups],
        "kinds": pairs(one for one in offered(ObservableKind) if one not in _NO_ROWS),
        **{name: boxes(offered(kind)) for name, kind in _BOXES.items()},
        **{name: pairs(offered(kind)) for name, kind in _LISTS.items()},
        "credibilities": [(value, gettext(words)) for value, words in CREDIBILITY.items()],
    }
