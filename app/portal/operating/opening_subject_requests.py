"""Opening a request of a person that data are about: by which word the case is found outside, what is asked, what to look for.

Owns the form's fields. Selectors come in the form's body, and stand in no address and no log; nothing is looked for yet. Kept by
``tests/portal/operating/test_opening_subject_requests.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.subject_request import MOST_SELECTORS, Selector, SelectorKind, SubjectRight
from app.portal.forms import Sent, sent
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.plain_text import checked_moment
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.pages import go_to, page
from app.portal.words import gettext
from app.services.subjects.open_request import NewSubjectRequest, open_request
from app.web.context import exchange, principal

blueprint = StaffBlueprint("opening_subjects")
_PATH = "/exchange/subjects/new"
_REFERENCE = re.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,63}", re.ASCII)
_LONGEST_SELECTOR, _LONGEST_PLATFORM = 2_100, 64
_ONES = ("reference", "right", "received_at")
_ROWS = ("kind", "value", "platform")
_EMPTY = Sent(dict.fromkeys(_ONES, ""), dict.fromkeys(_ROWS, ()))


@blueprint.page(_PATH, Permission.SUBJECTS_WRITE)
def compose() -> Response:
    """Show the form by which a request is opened."""
    return _shown(_EMPTY)


@blueprint.form(_PATH, Permission.SUBJECTS_WRITE, fresh_at="opening_subjects.compose", does="Open a person's request")
def open_one() -> Response:
    """Open a request."""
    form = sent([*_ONES, ONCE_FIELD], _ROWS)
    try:
        made = open_request(exchange(), principal(), _new(form), use_of_form())
    except (ConflictError, MalformedInputError) as exc:
        return _shown(form, exc)
    return go_to("subject_requests.one", subject_id=made.request_id)


def _new(form: Sent) -> NewSubjectRequest:
    """Give the request to be; raises ``MalformedInputError`` at the field, and never with a value."""
    reference = form["reference"].strip()
    if not _REFERENCE.fullmatch(reference):
        sentence = gettext("A reference is one word of letters, digits and . _ / - by which the case is found; it names nobody.")
        raise MalformedInputError(sentence, pointer="/reference")
    if form["right"] not in set(SubjectRight):
        raise MalformedInputError(gettext("Choose what the person asks for."), pointer="/right")
    received = checked_moment(form["received_at"], "received_at")
    if received is None:
        raise MalformedInputError(gettext("Write the day on which the request came."), pointer="/received_at")
    selectors = list(_selectors(form))
    if not selectors:
        raise MalformedInputError(gettext("Write at least one thing to look for."), pointer="/selectors")
    return NewSubjectRequest(reference, SubjectRight(form["right"]), received, selectors)


def _selectors(form: Sent) -> Iterator[Selector]:
    """Give what each row that is filled says to look for; what is one of its kind is ``stix.selectors``' to say."""
    rows = list(zip(*(form.repeated[name] for name in _ROWS), strict=False))
    if any(len(form.repeated[name]) != len(rows) for name in _ROWS) or len(rows) > MOST_SELECTORS:
        raise MalformedInputError(gettext("This form has rows that the page does not know. Load the page anew."))
    for kind, value, platform in rows:
        if not value.strip():
            continue
        if kind not in set(SelectorKind) or len(value) > _LONGEST_SELECTOR or len(platform) > _LONGEST_PLATFORM:
            raise MalformedInputError(
                gettext("Say of each row what it is; none is longer than 2,100 characters."), pointer="/selectors"
            )
        yield Selector(SelectorKind(kind), value, platform.strip() or None)


def _shown(form: Sent, failed: BreakwaterError | None = None) -> Response:
    faults = [(field if field in _ONES else "selectors", sentence) for field, sentence in faults_of(failed)] if failed else []
    known: dict[str, Any] = {"given": form.single, "rows": _rows(form), "faults": faults, "fault": dict(faults)}
    known |= {"rights": list(SubjectRight), "kinds": list(SelectorKind)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return page("operating/subject_new.html", status, **known)


def _rows(form: Sent) -> Sequence[dict[str, str]]:
    """Give all rows, those that were filled first as they were typed."""
    filled = [dict(zip(_ROWS, row, strict=True)) for row in zip(*(form.repeated[name] for name in _ROWS), strict=False)]
    empty = [dict.fromkeys(_ROWS, "")] * (MOST_SELECTORS - len(filled))
    return [*filled, *empty][:MOST_SELECTORS]
