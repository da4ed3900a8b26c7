"""Signals of python-threatexchange as kinds of observables, and back; and what its opinions say.

Owns the two tables. What has no kind here is left out with the reason. Kept by ``tests/stix/test_signal_kinds.py``, with the
library's own types.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.observation import ObservableKind
from app.domain.vocabulary import Assertion

KIND_OF_SIGNAL: Mapping[str, ObservableKind] = {
    "md5": ObservableKind.MD5,
    "netclean": ObservableKind.NETCLEAN,
    "pdq": ObservableKind.PDQ,
    "photodna": ObservableKind.PHOTODNA,
    "raw_text": ObservableKind.KEYWORD_TERM,
    "sha1": ObservableKind.SHA1,
    "sha256": ObservableKind.SHA256,
    "url": ObservableKind.URL,
    "video_md5": ObservableKind.MD5,
    "video_sha256": ObservableKind.SHA256,
    "videntifier": ObservableKind.VIDENTIFIER,
    "vpdq": ObservableKind.VPDQ,
}
"""Name of a signal type (``SignalType.get_name``) -> what it is here."""

WHY_NO_KIND: Mapping[str, str] = {
    "pdq_ocr": "A hash with the text that was read in the picture is not taken: give the hash alone, as pdq.",
    "text_tlsh": "Hashes of texts that are alike have no type here.",
    "trend_query": "A query of several terms is no observable: write it as a rule (text-rule) by hand.",
    "url_md5": "A hash of a URL is no URL, and has no type here.",
}
"""Name of a signal type that is known and not taken -> why."""

SIGNAL_OF_KIND: Mapping[ObservableKind, str] = {
    ObservableKind.KEYWORD_TERM: "raw_text",
    ObservableKind.MD5: "video_md5",
    ObservableKind.PDQ: "pdq",
    ObservableKind.PHOTODNA: "photodna",
    ObservableKind.SHA256: "video_sha256",
    ObservableKind.URL: "url",
    ObservableKind.VPDQ: "vpdq",
}
"""What is here -> name of the signal type that matches it there."""

ASSERTION_OF_CATEGORY: Mapping[str, Assertion] = {
    "INVESTIGATION_SEED": Assertion.INVESTIGATION_SEED,
    "NEGATIVE_CLASS": Assertion.NEGATIVE,
    "POSITIVE_CLASS": Assertion.POSITIVE,
}
"""Category of an opinion -> what is said of the observable. ``DISPUTED`` is no opinion but the sum of several."""


def category_of(assertion: Assertion | None, *, is_disputed: bool = False) -> str:
    """Give the category by which python-threatexchange tells what is said of a signal; nothing said is a seed."""
    if is_disputed:
        return "DISPUTED"
    return next((name for name, one in ASSERTION_OF_CATEGORY.items() if one is assertion), "INVESTIGATION_SEED")
