"""What a person must not write about a child in free text, as far as its form shows it: who, how old, where; links to pictures.

Owns the forms, in English alone, and what looks alike and is behaviour. No such list finds what is told in other words; whoever
reads as the second does. Kept by ``tests/stix/test_told_text.py``.
"""

from __future__ import annotations

import re

_AGE = r"(?:1[0-7]|[1-9])"
_CHILD = r"(?:child|girl|boy|kid|minor|daughter|son|pupil|toddler|baby|teenager|victim|year[- ]old)"
_NAME = r"[A-Z][a-z'\u2019-]{1,30}"
_NAMED = re.compile(
    rf"\b{_CHILD}(?:,? (?:who )?(?:is|was))?(?:,? (?:aged |of )?{_AGE},?)? (?:is )?(?:named|called) {_NAME}"
    rf"|\b{_CHILD}(?:'s|\u2019s) name (?:is|was) {_NAME}|\b(?:her|his|Her|His) name (?:is|was) {_NAME}"
)
_NAME_WITH_AGE = re.compile(
    rf"\b{_NAME}(?: {_NAME}){{1,2}}(?:, (?:aged? )?|,? aged? ){_AGE}(?=,|\)|\.|$| years?\b| yo\b)"
    rf"|\b{_NAME}(?: {_NAME}){{0,2}} \({_AGE}(?: years| yo|\) (?:from|of|at|who|lives|attends|goes))"
    rf"|\b{_NAME},? (?:aged {_AGE}\b|{_AGE}, (?:from|of|at|who|lives|attends|goes))"
)
_OF_ONE = re.compile(rf"\b(?:aged? {_AGE}\b(?! (?:to|and|or)\b|-|\+)|{_AGE}[- ]years?[- ]olds?\b(?<!s)|{_AGE} ?y/?o\b)")
_WHERE = re.compile(
    rf"\b(?:{_NAME} ){{1,4}}(?:School|Academy|College|Primary|Elementary|Kindergarten|Nursery)\b"
    r"|\b(?:lives|living|resides) (?:at|in|on) (?:\d|[A-Z])"
    rf"|\b\d{{1,4}}[a-z]? (?:{_NAME} ){{1,3}}(?:Street|Road|Lane|Avenue|Drive|Close|Way|Place|Square|St|Rd|Ave)\b"
)
_NO_NAMES = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Children|Users|Version|Those|Anyone|"
    r"Girls|Boys|Children|Kids|Minors|People|Persons|Accounts|Rooms|Somebody)\b"
)
_PICTURE = re.compile(
    r"(?:(?:https?|hxxps?)(?::|\[:\])//\S{1,500}?|\b[\w-]{1,63}(?:(?:\.|\[\.\])[\w-]{1,63}){1,5}/\S{0,500}?)"
    r"(?:\.|\[\.\])(?:jpe?g|png|gif|webp|heic|bmp|tiff?|mp4|m4v|mov|webm|avi|mkv|wmv|3gp)(?!\w)",
    re.IGNORECASE,
)


def what_is_told(text: str) -> list[str]:
    """Give what a text (unverified) seems to hold that must not be in it, in words for its author; nothing if none is found."""
    told = ["a link to a picture or video"] if _PICTURE.search(text) else []
    if _NAMED.search(text) or _is_of_somebody(text) or (_OF_ONE.search(text) and _WHERE.search(text)):
        told.append("what describes one child (a name, an age, a school or where they live)")
    return told


def _is_of_somebody(text: str) -> bool:
    return any(not _NO_NAMES.search(found[0]) for found in _NAME_WITH_AGE.finditer(text))
