"""The screen against material: nothing that carries pictures, videos or other encoded content enters the exchange.

Owns where to look and how closely. A quick look over the whole object finds suspects; only then a close one finds the place and
lets ``encoded_media`` decide. Says where and what kind, never what it says. It finds encodings, not descriptions, and person data
by ``person_data``. Kept by ``tests/stix/test_screen.py``: tables of what passes and of what does not, the payloads in disguise,
and hundreds of legitimate objects.
"""

from __future__ import annotations

import re
from typing import NoReturn

from app.domain.errors import Code, ForbiddenContentError, TooLargeError
from app.domain.stix_object import JsonObject
from app.stix.disguises import plain
from app.stix.encoded_media import UNSEEN, Allowance, Effort, find_encoded, find_in_pieces
from app.stix.hash_places import find_in_hashes
from app.stix.leaves import Leaf, Leaves, Path, groups, leaves_of
from app.stix.number_lists import find_in_numbers
from app.stix.packed_text import FREE_TEXT, PATTERN
from app.stix.person_data import check_person_data
from app.stix.suspicion import is_suspect, is_suspect_pattern
from app.stix.typed_places import is_hash_place, measures, without_typed
from app.stix.unseen_text import is_unseen_in_all
from breakwater_client.documents.pointers import pointer

_SHORTEST = FREE_TEXT.signature  # characters: below it no encoding holds even the beginning of a picture
_MOST_HASHES = 20  # that have no known form
_TOO_MUCH_TOGETHER = "text that looks encoded, in a request with too much of it to look at (if it is none, send fewer objects)"
_TOO_MANY_TOGETHER = "The request has more names and values than are looked at; send its objects in several requests."
_MEMBERS_WORTH = 6  # characters looked at closely: what a name with its value, or a value of a list, costs
_FEW_MEMBERS = 50  # that ordinary objects have
_LONGEST_PIECE = 160  # characters; longer texts are judged alone
_PAYLOAD = re.compile(r"payload[\W_]{0,4}bin(?![a-z])", re.IGNORECASE)
_APART = "\0"  # which no text of JSON holds here, which is in no alphabet of an encoding and between no bytes


def screen(value: JsonObject, allowance: Allowance | None = None) -> None:
    """Refuse an object (strictly parsed JSON, unverified) that seems to carry material, any encoded content, or person data.

    Refused anywhere in it: ``payload_bin``, artifacts with content, ``data:`` URIs; encoded images, videos, archives and
    documents by their first bytes, in all usual encodings, disguised, nested or in pieces; other long encoded content. What fits
    the form of a typed place passes. What the texts mean is NOT checked, nor pictures that are only linked.
    ``allowance`` is for all objects that come together: once it is used up, one that needs a close look is refused, and one of
    more than 50 names and values, too.

    Raises:
        ForbiddenContentError: with a pointer relative to the object; its code is ``content-forbidden``, or that of
            ``check_person_data``, which comes last.
        TooLargeError: code ``object-too-large``; nothing is known of the object.
    """
    allowance = allowance or Allowance()
    in_hashes = find_in_hashes(value)
    if in_hashes:
        _refuse(*in_hashes)
    rest = without_typed(value)
    leaves = Leaves()
    leaves.read({name: member for name, member in rest.items() if name != "pattern"} if "pattern" in rest else rest)
    _charge(leaves.members, allowance)
    pattern = rest.get("pattern")
    is_suspect_there = is_suspect_pattern(pattern) if type(pattern) is str else pattern is not None
    if leaves.has_mark or is_suspect_there or is_suspect(_APART.join(leaves.texts)):
        _screen_within(rest, allowance)
    check_person_data(value)


def _charge(members: int, allowance: Allowance) -> None:
    if members > _FEW_MEMBERS and allowance.characters <= 0:
        raise TooLargeError(_TOO_MANY_TOGETHER, code=Code.OBJECT_TOO_LARGE)
    allowance.characters -= _MEMBERS_WORTH * members


def _screen_within(value: JsonObject, allowance: Allowance) -> None:
    if allowance.characters <= 0:
        _refuse(_TOO_MUCH_TOGETHER, ())
    effort = Effort()
    try:
        _screen_closely(value, effort)
    finally:
        allowance.characters -= effort.spent


def _screen_closely(value: JsonObject, effort: Effort) -> None:
    """Look at every text of an object in order, then at texts together, then at numbers."""
    leaves = list(leaves_of(value))
    for leaf in leaves:
        _screen_leaf(value, leaf, effort)
    in_pieces = [leaf for leaf in leaves if leaf.path != ("pattern",) and not is_hash_place(leaf.path)]
    if len(leaves) - len(in_pieces) > _MOST_HASHES:
        in_pieces = leaves
    for place, pieces in groups(in_pieces, _LONGEST_PIECE):
        found = find_in_pieces(pieces, effort)
        if found:
            _refuse(found, place)
    found_at = find_in_numbers(value)
    if found_at:
        _refuse(*found_at)
    if is_unseen_in_all(_APART.join(leaf.text for leaf in leaves)):
        _refuse(UNSEEN, ())


def _screen_leaf(value: JsonObject, leaf: Leaf, effort: Effort) -> None:
    if leaf.is_name and "bin" in leaf.text.casefold() and _PAYLOAD.search(plain(leaf.text)):
        _refuse("an artifact's payload", (*leaf.path, leaf.text))
    if len(leaf.text) < _SHORTEST:
        return
    limits = FREE_TEXT if leaf.is_name else measures(value, leaf.path)
    suspects = is_suspect_pattern if limits is PATTERN else is_suspect
    found = find_encoded(leaf.text, limits, effort) if suspects(leaf.text) else None
    if found:
        _refuse(found, leaf.path)
    if limits is PATTERN and _PAYLOAD.search(leaf.text):
        _refuse("an artifact's payload", leaf.path)


def _refuse(carried: str, path: Path) -> NoReturn:
    sentence = f"This seems to carry {carried}. The exchange takes indicators, never material: give a hash or a case number."
    raise ForbiddenContentError(sentence, pointer=pointer(path))
