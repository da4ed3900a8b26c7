"""The fields of the page, and the form of an observation as JSON: read from the one, shown in the other.

Owns names and the spelling of times; what is judged is judged below. Reading what is shown gives the same form again. Kept by
``tests/portal/sharing/test_form_fields.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from app.portal.forms import Sent
from app.services.drafting.rows import observable_of, shown_rows

TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("what", "title"),
    "description": ("what", "description"),
    "service": ("where", "service"),
    "seen_first": ("seen", "first"),
    "seen_last": ("seen", "last"),
    "band": ("how_sure", "band"),
    "reliability": ("how_sure", "reliability"),
    "credibility": ("how_sure", "credibility"),
    "tlp": ("who_may_know", "tlp"),
    "audience_id": ("who_may_know", "audience_id"),
    "protected_audience_id": ("who_may_know", "protected_audience_id"),
    "group_id": ("who_may_know", "group_id"),
    "onward_share": ("who_may_know", "onward_share"),
}
LISTS: Mapping[str, tuple[str, str]] = {
    "behaviours": ("what", "behaviours"),
    "harm_types": ("what", "harm_types"),
    "surfaces": ("where", "surfaces"),
    "purposes": ("who_may_know", "purposes"),
    "permitted_uses": ("who_may_know", "permitted_uses"),
}
WORDS = ("subject_status", "urgency", "provenance")
REPORTED: Mapping[str, str] = {"reported_body": "body", "reported_at": "reported_at", "reported_reference": "reference"}
ROWS = ("row_kind", "row_value", "row_role", "row_status")
SINGLE = ("revision", "act", "find", "paste", *WORDS, *TEXTS, *REPORTED)
REPEATED = (*LISTS, *ROWS)
_TIMES = frozenset({"seen_first", "seen_last", "reported_at"})
_LONGEST_NUMBER = 10
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)
_ZONED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):00Z", re.ASCII)

FIELD_OF: Mapping[str, str] = {
    "/subject_status": "subject_status",
    "/urgency": "urgency",
    "/already_reported_to": "reported_body",
    "/provenance": "provenance",
    "/what/harm_types": "harm_types",
    "/what/behaviours": "behaviours",
    "/what": "title",
    "/where/surfaces": "surfaces",
    "/where": "surfaces",
    "/observables": "paste",
    "/how_sure": "band",
    "/seen": "seen_first",
    "/who_may_know/purposes": "purposes",
    "/who_may_know/permitted_uses": "permitted_uses",
    "/who_may_know": "tlp",
    **{f"/{part}/{name}": field for field, (part, name) in TEXTS.items()},
}
"""The field of the page for each place in the form."""


def read_form(sent: Sent) -> dict[str, Any]:
    """Give the form that was sent; what says nothing is left out."""
    document: dict[str, Any] = {name: sent[name] for name in WORDS if sent[name]}
    for field, (part, name) in TEXTS.items():
        _put(document, part, name, _read(field, sent[field].strip()))
    for field, (part, name) in LISTS.items():
        _put(document, part, name, sorted(set(filter(None, sent.repeated[field]))))
    rows = [_observable(*each) for each in zip_longest(*(sent.repeated[name] for name in ROWS), fillvalue="")]
    report = read_report(sent)
    return {
        **document,
        **({"observables": [one for one in rows if one]} if any(rows) else {}),
        **({"already_reported_to": [report]} if report else {}),
    }


def revision_of(sent: Sent) -> int:
    """Give the revision that was seen; 0, which none is, for what is no number."""
    text = sent["revision"]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _LONGEST_NUMBER else 0


def read_report(sent: Sent) -> dict[str, Any]:
    """Give the report that was made elsewhere, as far as it was said."""
    return {name: _read(field, sent[field].strip()) for field, name in REPORTED.items() if sent[field].strip()}


def shown_form(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the fields show of a form (of any completeness): texts, and lists of words."""
    shown: dict[str, Any] = {name: str(document.get(name, "")) for name in WORDS}
    for field, (part, name) in TEXTS.items():
        shown[field] = _shown(str(document.get(part, {}).get(name, "")))
    for field, (part, name) in LISTS.items():
        shown[field] = list(document.get(part, {}).get(name, ()))
    report: Mapping[str, Any] = next(iter(document.get("already_reported_to", ())), {})
    shown |= {field: _shown(str(report.get(name, ""))) for field, name in REPORTED.items()}
    rows = [dict(one) for one in document.get("observables", ())]
    for row, one in zip(shown_rows(dict(document)), rows, strict=True):
        one["row"] = row
    return {**shown, "rows": rows}


def field_of(pointer: str) -> str:
    """Give the id of the field that a place in the form (RFC 6901) stands in; empty where there is none."""
    steps = pointer.split("/")
    if steps[1:2] == ["observables"] and len(steps) > 2 and steps[2].isdecimal():  # noqa: PLR2004  # "", "observables", place
        return f"row-{steps[2]}"
    places = ("/".join(steps[:length]) for length in range(len(steps), 1, -1))
    return next((FIELD_OF[place] for place in places if place in FIELD_OF), "")


def _put(document: dict[str, Any], part: str, name: str, value: Any) -> None:
    if value not in ("", []):
        document.setdefault(part, {})[name] = value


def _observable(kind: str, entered: str, role: str, status: str) -> dict[str, Any]:
    if not entered.strip():
        return {}
    said = observable_of(kind, entered)
    return {**said, **({"role": role} if role == "context" else {}), **({"subject_status": status} if status else {})}


def _read(field: str, text: str) -> Any:
    if field == "credibility" and text.isdecimal():
        return int(text)
    return f"{text}:00Z" if field in _TIMES and _LOCAL.fullmatch(text) else text


def _shown(text: str) -> str:
    zoned = _ZONED.fullmatch(text)
    return zoned[1] if zoned else text
