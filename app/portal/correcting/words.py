"""What is corrected and why, in plain words.

Owns the wording; each reason has one. Kept by ``tests/portal/correcting/test_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.object_vocabulary import CorrectionReason

REASONS: Mapping[CorrectionReason, str] = {
    CorrectionReason.WRONG_CLASSIFICATION: "It was said to be something else than it is",
    CorrectionReason.OUTDATED: "It was true, and is no more",
    CorrectionReason.WRONG_IDENTIFIER: "It named the wrong account, address or number",
    CorrectionReason.WRONG_PERSON: "It was about the wrong person",
    CorrectionReason.DUPLICATE: "It says the same as something else of ours",
}
"""In the order in which they are offered."""
MEMBERS: Mapping[str, str] = {
    "name": "In one line",
    "description": "What happened",
    "confidence": "How sure, from 0 to 100",
    "valid_until": "Valid until (UTC)",
    "behaviours": "Behaviours",
    "harm_types": "Kinds of harm",
    "review": "Who has looked at it",
}


def reason_words(reason: str) -> str:
    """Give what was wrong, in words."""
    return REASONS[CorrectionReason(reason)]
