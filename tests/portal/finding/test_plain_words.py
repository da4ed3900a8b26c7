from __future__ import annotations

from app.domain.vocabulary import Assertion, Harm, OnwardShare, PermittedUse, Review, Sensitivity, SubjectStatus, Surface, Tlp
from app.portal.finding import plain_words
from app.portal.finding.plain_words import plain, shown_value, type_words
from app.stix.exchange_types import EXCHANGE_TYPES


def test_every_word_that_a_page_explains_is_explained() -> None:
    assert set(plain_words.TLP_WORDS) == set(Tlp)
    assert set(plain_words.USE_WORDS) == set(PermittedUse)
    assert set(plain_words.ONWARD_WORDS) == set(OnwardShare)
    assert set(plain_words.SENSITIVITY_WORDS) == set(Sensitivity)
    assert set(plain_words.SUBJECT_WORDS) == set(SubjectStatus)
    assert set(plain_words.REVIEW_WORDS) == set(Review)
    assert set(plain_words.ASSERTION_WORDS) == set(Assertion)


def test_no_word_is_shown_with_its_hyphens() -> None:
    assert type_words("user-account") == "Account"
    assert type_words("x-somebodys-own") == "X somebodys own"
    assert all("-" not in type_words(name) for name in EXCHANGE_TYPES)
    assert (plain(Surface.DIRECT_MESSAGE), plain(Harm.LIVE_STREAMED_CSA)) == ("direct message", "live-streamed CSA")
    assert (shown_value("type", "indicator"), shown_value("phase", "trust-building")) == ("Indicator", "trust building")
