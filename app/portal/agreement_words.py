"""Agreements in plain words: each term of ``schemas/agreement.json``, what it says, and what a change of it does.

Owns the words. Works on documents as the services give them (JSON), so that what is proposed, compared and in force reads alike.
Kept by ``tests/portal/test_agreement_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.vocabulary import (
    ANY,
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    OverdueRecall,
    PermittedUse,
    Profile,
    Purpose,
    Role,
    Sensitivity,
    Tlp,
    TransferBasis,
)
from app.policy.agreement_changes import Direction
from app.portal.plain_words import listed, spoken
from app.portal.words import gettext, shown_instant

Kind = type[StrEnum] | str
"""What a term's value is: a word of a vocabulary, or one of the kinds in ``_PLAIN``."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its place in the document, what it is called, what its value is, and what it says if there is none."""

    pointer: str
    title: str
    kind: Kind
    none: str = "nothing"


SECTIONS: Sequence[tuple[str, Sequence[Term]]] = (
    (
        "When it counts",
        (
            Term("/starts_at", "Begins", "moment", "when a second person approves it"),
            Term("/ends_at", "Ends", "moment", "open"),
            Term("/is_suspended", "Suspended", "flag"),
            Term("/is_listed", "Named to other members", "flag"),
        ),
    ),
    (
        "What the partner may read",
        (
            Term("/read/publisher_roles", "Of organisations that are", Role),
            Term("/read/publisher_jurisdictions", "In the countries", "codes"),
            Term("/read/purposes", "For the purposes", Purpose),
            Term("/read/tlp_ceiling", "Up to the label", Tlp),
            Term("/read/sensitivities", "As near to persons as", Sensitivity),
            Term("/read/harm_types", "About", Harm),
            Term("/read/channels", "By way of", Channel),
            Term("/read/cross_border/jurisdictions", "From abroad: of the countries", "codes"),
            Term("/read/cross_border/sensitivities", "From abroad: as near to persons as", Sensitivity),
            Term("/read/cross_border/basis", "From abroad: on the legal basis of", TransferBasis),
            Term("/read/volume/versions_per_day", "Object versions a day, at most", "number", "no limit agreed"),
            Term("/read/volume/lookups_per_day", "Look-ups of observables a day, at most", "number", "no limit agreed"),
        ),
    ),
    (
        "What the partner may submit",
        (
            Term("/write/profiles", "In the form of", Profile),
            Term("/write/assurances", "Vouched for", Assurance),
            Term("/write/sensitivities", "As near to persons as", Sensitivity),
            Term("/write/harm_types", "About", Harm),
            Term("/write/signature_required/sensitivities", "Must be signed if it is", Sensitivity, "nothing more"),
            Term("/write/signature_required/harm_types", "Must be signed if it is about", Harm, "nothing more"),
            Term("/write/passes_on", "Signed objects of others that it may bring", "partners", "nobody's"),
            Term("/write/carries_statements", "Words for people are carried along", "flag"),
            Term("/write/objects_per_day", "Objects a day, at most", "number", "no limit agreed"),
        ),
    ),
    (
        "What lies under all that it submits, unless a marking is narrower",
        (
            Term("/default_handling/tlp", "Label", Tlp),
            Term("/default_handling/sensitivity", "How near to persons", Sensitivity),
            Term("/default_handling/harm_types", "About", Harm),
            Term("/default_handling/audience_id", "Audience", "audience", "nobody, until a marking names one"),
            Term("/default_handling/purposes", "Readers' purposes", Purpose),
            Term("/default_handling/permitted_uses", "What readers may, must and must not do with it", PermittedUse),
            Term("/default_handling/onward_share", "Readers may pass it on to", OnwardShare),
        ),
    ),
    (
        "Recalls",
        (
            Term("/recall/acknowledge_within_hours", "Answered within", "hours"),
            Term("/recall/overdue", "If not", OverdueRecall),
        ),
    ),
)
TERMS: Mapping[str, Term] = {term.pointer: term for _title, terms in SECTIONS for term in terms}
_SECTION_OF: Mapping[str, str] = {term.pointer: title for title, terms in SECTIONS for term in terms}


@dataclass(frozen=True, slots=True)
class Said:
    """A term in words: what it is called, and what it says."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class SaidChange:
    """A changed term in words; ``direction`` says whether more or less is allowed."""

    section: str
    title: str
    before: str
    after: str
    direction: Direction


def sees_nothing_abroad(document: Mapping[str, Any]) -> bool:
    """Whether other countries are named as read, and yet nothing of them is admitted: the terms from abroad are empty."""
    countries = _at(document, "/read/publisher_jurisdictions") or ()
    admitted = _at(document, "/read/cross_border/jurisdictions") and _at(document, "/read/cross_border/sensitivities")
    return (ANY in countries or len(countries) > 1) and not admitted


def sees_nothing(document: Mapping[str, Any]) -> bool:
    """Whether a version lets nothing of other organisations be read: one of the lists that admit it is empty."""
    needed = ("publisher_roles", "publisher_jurisdictions", "purposes", "channels", "harm_types", "sensitivities")
    return not all(_at(document, f"/read/{one}") for one in needed)


def in_words(document: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, list[Said]]]:
    """Give all terms of a version, section by section; ``names`` are those of partners, by their ids."""
    return [
        (gettext(title), [Said(gettext(one.title), _said(document, one, names)) for one in terms]) for title, terms in SECTIONS
    ]


def changes_in_words(changes: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[SaidChange]:
    """Give changed terms (as ``agreement_documents.spelled_comparison`` has them) in words; the whole is one change."""
    return [_change(one, names) for one in changes]


def _said(document: Mapping[str, Any], term: Term, names: Mapping[str, str]) -> str:
    words = _words(term, _at(document, term.pointer), names)
    if term.pointer == "/read/publisher_jurisdictions" and sees_nothing_abroad(document):
        closed = gettext("%(countries)s; but of these its own country alone, since nothing from abroad is admitted")
        return closed % {"countries": words}
    return words


def _change(change: Mapping[str, Any], names: Mapping[str, str]) -> SaidChange:
    term = TERMS.get(change["pointer"])
    if term is None:
        title = gettext("All of it is new: nothing would be in force then") if not change["pointer"] else change["pointer"]
        return SaidChange("", title, "", "", Direction(change["direction"]))
    before, after = (_words(term, change[side], names) for side in ("before", "after"))
    return SaidChange(gettext(_SECTION_OF[term.pointer]), gettext(term.title), before, after, Direction(change["direction"]))


def _at(document: Mapping[str, Any], pointer: str) -> Any:
    value: Any = document
    for part in pointer.split("/")[1:]:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _words(term: Term, value: Any, names: Mapping[str, str]) -> str:
    if value is None or value == []:
        return gettext("no") if term.kind == "flag" else gettext(term.none)
    if isinstance(term.kind, str):
        return _PLAIN[term.kind](value, names)
    values = value if isinstance(value, list) else [value]
    return listed(one if one == ANY else term.kind(one) for one in values)


def _moment(value: Any, _names: Mapping[str, str]) -> str:
    return shown_instant(datetime.fromisoformat(value))


def _number(value: Any, _names: Mapping[str, str]) -> str:
    return f"{value:,}"


def _hours(value: Any, _names: Mapping[str, str]) -> str:
    days, rest = divmod(value, 24)
    return gettext("%(num)s days") % {"num": days} if days > 1 and not rest else gettext("%(num)s hours") % {"num": value}


def _flag(value: Any, _names: Mapping[str, str]) -> str:
    return gettext("yes") if value else gettext("no")


def _codes(value: Any, _names: Mapping[str, str]) -> str:
    return gettext("any") if ANY in value else ", ".join(sorted(value))


def _partners(value: Any, names: Mapping[str, str]) -> str:
    return gettext("anybody's") if ANY in value else ", ".join(sorted(names.get(one, one) for one in value))


def _as_it_is(value: Any, _names: Mapping[str, str]) -> str:
    return spoken(value) if isinstance(value, StrEnum) else str(value)


_PLAIN = {
    "moment": _moment,
    "number": _number,
    "hours": _hours,
    "flag": _flag,
    "codes": _codes,
    "partners": _partners,
    "audience": _as_it_is,
}
