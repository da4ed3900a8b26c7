from __future__ import annotations

from app.storage.metadata import ID, STIX_ID, WORD, metadata


def test_every_kind_of_constraint_has_a_pattern_for_its_name() -> None:
    assert metadata.naming_convention.keys() >= {"ix", "uq", "ck", "fk", "pk"}


def test_a_word_is_longer_than_an_id_and_a_stix_id_longest() -> None:
    assert (ID.length, WORD.length, STIX_ID.length) == (36, 64, 300)
