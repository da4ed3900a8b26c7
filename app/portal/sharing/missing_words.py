"""What is still to be said before something can be handed over, in the words of the page instead of the schema's.

Kept by ``tests/portal/sharing/test_missing_words.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.domain.errors import Code
from app.portal.words import gettext
from breakwater_client.submission import Refusal

_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "/what": "Say in one line what was seen, and choose the kinds of harm.",
        "/what/title": "Say in one line what was seen, in 3 to 200 characters.",
        "/what/harm_types": "Choose at least one kind of harm.",
        "/where": "Choose where it was seen, or that it is not known.",
        "/where/surfaces": "Choose where it was seen, or that it is not known.",
        "/who_may_know": "Choose who may know.",
        "/who_may_know/group_id": "This is a sharing group that your organisation cannot post to: choose another, or none.",
        "/already_reported_to": "A child may be in danger: say whom you have told, and when. Call first.",
    }
)
_OF_ROW = re.compile(r"/observables/(\d+)(/.*)?", re.ASCII)


def sentence_of(refusal: Refusal) -> str:
    """Give what is to be done about a refusal; its own sentence where there is no plainer one."""
    pointer = refusal.pointer or ""
    row = _OF_ROW.fullmatch(pointer)
    if row is not None:
        more = gettext("Say what this is.") if row[2] == "/kind" else refusal.sentence
        return gettext("Line %(number)s: %(more)s") % {"number": int(row[1]) + 1, "more": more}
    if refusal.code is Code.SCHEMA_VIOLATION and pointer in _SENTENCES and "is missing" in refusal.sentence:
        return gettext(_SENTENCES[pointer])
    if refusal.code is Code.GROUP_NOT_WRITABLE:
        return gettext(_SENTENCES["/who_may_know/group_id"])
    if pointer.startswith("/already_reported_to"):
        return gettext(_SENTENCES["/already_reported_to"])
    return refusal.sentence
