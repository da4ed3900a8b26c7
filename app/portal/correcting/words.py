"""What the fields of a correction are called.

Owns the wording; why something is corrected is a word of the vocabulary. Kept by ``tests/portal/correcting/test_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

MEMBERS: Mapping[str, str] = {
    "name": "In one line",
    "description": "What happened",
    "confidence": "How sure, from 0 to 100",
    "valid_until": "Valid until (UTC)",
    "behaviours": "Behaviours",
    "harm_types": "Kinds of harm",
    "review": "Who has looked at it",
}
