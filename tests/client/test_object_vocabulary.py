"""Keeps the words of objects that an author's tools write, and that the exchange goes by the same."""

from __future__ import annotations

import app.domain.object_vocabulary
from breakwater_client.object_vocabulary import CorrectionReason


def test_reasons_of_corrections_are_alphabetical_and_spelled_as_they_are_called() -> None:
    words = [word.value for word in CorrectionReason]
    assert words == sorted(words)
    assert all(word.value.replace("-", "_") == word.name.lower() for word in CorrectionReason)
    assert app.domain.object_vocabulary.CorrectionReason is CorrectionReason
