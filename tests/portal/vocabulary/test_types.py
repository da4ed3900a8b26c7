from __future__ import annotations

from app.portal.vocabulary.types import COUNTED_TYPES
from app.stix.exchange_types import EXCHANGE_TYPES


def test_each_type_of_the_exchange_has_words_for_one_and_for_several() -> None:
    assert set(EXCHANGE_TYPES) - {"extension-definition"} <= set(COUNTED_TYPES)
    assert all("-" not in word for forms in COUNTED_TYPES.values() for word in forms)
