"""Which words of an object can be searched for: its name, its description and the codes of its behaviours.

Owns which objects have any: those with versions (STIX 2.1 §3.2) that are about no human being. An observable has keys alone
(``observable_keys``): whether one is listed is a question about a person, and asked as such. Kept by
``tests/stix/test_indexed_words.py``.
"""

from __future__ import annotations

from app.domain.stix_object import JsonObject
from app.domain.words import kept_words
from breakwater_client.extensions import OCSEA_CONTEXT

_TEXTS = ("name", "description")


def words_of(value: JsonObject, *, is_person: bool) -> str:
    """Give the words of an object that can be searched for, as ``words.kept_words`` does; empty: none.

    ``is_person``: it is about one human being. The object was stored, or has passed its schema; members of any other type than
    text are passed over.
    """
    if is_person or "modified" not in value:
        return ""
    context = value.get("extensions", {}).get(OCSEA_CONTEXT, {})
    texts = [value.get(name) for name in _TEXTS] + sorted(context.get("behaviours", ()))
    return kept_words([one for one in texts if isinstance(one, str)])
