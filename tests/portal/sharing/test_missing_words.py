from __future__ import annotations

import pytest

from app.domain.errors import Code
from app.portal.sharing.missing_words import sentence_of
from breakwater_client.submission import Refusal


@pytest.mark.parametrize(
    ("pointer", "sentence", "said"),
    [
        ("/what", "The property what is missing here.", "Say in one line what was seen, and choose the kinds of harm."),
        ("/where/surfaces", "The property surfaces is missing here.", "Choose where it was seen, or that it is not known."),
        ("/observables/0/kind", "The property kind is missing here.", "Line 1: Say what this is."),
        ("/observables/4/value", "Too short.", "Line 5: Too short."),
        ("/already_reported_to/0/body", "Too short.", "A child may be in danger: say whom you have told, and when. Call first."),
        ("/seen/last", "This time has not come yet.", "This time has not come yet."),
    ],
)
def test_what_is_missing_is_said_in_the_words_of_the_page(pointer: str, sentence: str, said: str) -> None:
    assert sentence_of(Refusal(Code.SCHEMA_VIOLATION, sentence, pointer)) == said
