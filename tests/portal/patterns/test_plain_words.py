from __future__ import annotations

from app.domain.prevention import Trend
from app.domain.vocabulary import Harm, Phase, Surface
from app.portal.patterns.plain_words import pairs, plain


def test_words_are_said_as_people_say_them() -> None:
    assert plain(Phase.PRESENCE_AND_PERSONA) == "Presence and persona"
    assert plain(Harm.CSAM) == "Child sexual abuse material"


def test_words_that_are_written_alike_keep_their_meanings() -> None:
    assert (plain(Surface.UNKNOWN), plain(Trend.UNKNOWN)) == ("Surface not known", "no trend yet")


def test_lists_to_choose_from_are_in_the_order_of_what_is_read() -> None:
    assert pairs([Surface.VOICE, Surface.E2EE_MESSAGING, Surface.CLOUD]) == [
        ("cloud", "Cloud"),
        ("e2ee-messaging", "End-to-end encrypted messaging"),
        ("voice", "Voice"),
    ]
