"""Characters that nobody sees, and whether they write something.

Owns which ones are seen by nobody (format, variation and tag characters, fillers, blanks of odd widths), and where scripts and
emoji need them. Judges their number and their order, decodes nothing. Kept by ``tests/stix/test_unseen_text.py``.
"""

from __future__ import annotations

import re
from collections import Counter

_FEW = 16  # of one text, whatever they are; of a whole object four times as many
_ONE_IN = 4  # visible characters: syllables with soft hyphens, sentences with marks of direction
_KINDS = 2
_MANY_MARKS = 256  # names are written with a hundred for decoration
_MARKS_ON_ONE = 2
_DIFFERENT_MARKS = 24  # no language has more
_UNSEEN_CLASS = (
    "\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202e\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{_UNSEEN_CLASS}]")
_RUN = re.compile(f"[{_UNSEEN_CLASS}]{{2,}}")
_JOINING = "\u0600-\u06ff\u0700-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"  # scripts
_PICTURES = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_NEEDED = re.compile(
    f"(?<=[{_PICTURES}0-9#*])[\ufe0e\ufe0f]|(?<=[{_PICTURES}\ufe0f])\u200d(?=[{_PICTURES}])"
    f"|(?<=[{_JOINING}])[\u200b-\u200d](?=[{_JOINING} ])|(?<=[\u0e00-\u0eff])\u200b(?=[\u0e00-\u0eff])"
    "|(?<=[\u1820-\u18aa])[\u180b-\u180f]|(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\ufe00-\ufe02\U000e0100-\U000e0103]"
    "|(?<=\U0001f3f4)\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARK = re.compile(_MARKS)
_HEAP = re.compile(f"{_MARKS}{{8,}}")


def is_unseen_writing(text: str, few: int = _FEW) -> bool:
    """Whether what nobody sees in a text (unverified) is so much, or so various, that it writes something.

    Where a script or an emoji needs them they count for nothing. Single ones of one or two kinds may be every fourth character.
    Which of them stand where, so thinly, is NOT judged.
    """
    if text.isascii():
        return False
    return _are_too_many(text, few) or _are_too_many_marks(text)


def is_unseen_in_all(texts: str) -> bool:
    """Whether all texts of an object together have so many of them."""
    return is_unseen_writing(texts, 4 * _FEW)


def _are_too_many(text: str, few: int) -> bool:
    if not _UNSEEN.search(text) or len(_UNSEEN.findall(text)) <= few:
        return False
    text = _NEEDED.sub("", text)
    unseen = Counter(_UNSEEN.findall(text))
    if unseen.total() <= few:
        return False
    others = unseen.total() - sum(number for _, number in unseen.most_common(_KINDS))
    in_runs = sum(map(len, _RUN.findall(text)))
    return others > few or in_runs > few or _ONE_IN * unseen.total() > len(text) - unseen.total()


def _are_too_many_marks(text: str) -> bool:
    marks = _MARK.findall(text) if _MARK.search(text) else []
    if len(marks) <= _MANY_MARKS:
        return False
    in_heaps = sum(map(len, _HEAP.findall(text)))
    return in_heaps > _MANY_MARKS or len(marks) > _MARKS_ON_ONE * (len(text) - len(marks)) or len(set(marks)) > _DIFFERENT_MARKS
