"""The published objects that everybody may send along unsigned: TLP markings, extension definitions, the project's identity.

Owns their list and the comparison, value for value. Kept by ``tests/client/documents/test_well_known.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from breakwater_client.documents import published
from breakwater_client.errors import Code, ProfileError
from breakwater_client.stix_values import JsonObject


def _spelled(value: JsonObject) -> str:
    """Spell a value so that equal JSON values, and no others, have equal texts (``True == 1`` in Python)."""
    return json.dumps(value, sort_keys=True)


WELL_KNOWN: Mapping[str, JsonObject] = {
    known["id"]: known for known in (*published.tlp_markings(), *published.extension_definitions(), published.project_identity())
}
"""Id -> object: what is published, by OASIS or with the exchange, and needs no signature; the newest version of each. Not to
be changed."""

_EARLIER = published.earlier_extension_definitions()
_WELL_KNOWN_SPELLED = frozenset(map(_spelled, (*WELL_KNOWN.values(), *_EARLIER)))


def is_well_known(value: JsonObject) -> bool:
    """Whether an object (strictly parsed) is, value for value, one of ``WELL_KNOWN`` or an earlier version of it.

    Raises:
        ProfileError: code ``profile-violation`` if it has a published object's id and another content.
    """
    identifier = value.get("id")
    if not isinstance(identifier, str) or identifier not in WELL_KNOWN:
        return False
    if _spelled(value) not in _WELL_KNOWN_SPELLED:
        sentence = "This id belongs to a published object, which is taken only as it was published."
        raise ProfileError(sentence, code=Code.PROFILE_VIOLATION, pointer="/id")
    return True
