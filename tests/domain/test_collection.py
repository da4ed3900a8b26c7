from __future__ import annotations

from dataclasses import replace

from app.domain.collection import Collection
from app.domain.vocabulary import Harm


def test_a_collection_of_one_harm_type_is_a_view() -> None:
    collection = Collection("id", "Title", "What it is.", None, can_read=True, can_write=True)
    assert not collection.is_view
    assert replace(collection, harm=Harm.CSAM).is_view
