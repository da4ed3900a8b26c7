from __future__ import annotations

from app.domain.read_only import ReadOnlyReason


def test_what_is_wrong_with_the_database_concerns_every_server_and_what_is_wrong_with_a_file_its_own() -> None:
    assert {one for one in ReadOnlyReason if one.is_of_the_database} == {
        ReadOnlyReason.LOG_BEHIND,
        ReadOnlyReason.LOG_DIFFERENT,
        ReadOnlyReason.RESTORED_BEHIND,
    }


def test_the_words_are_in_order() -> None:
    assert list(ReadOnlyReason) == sorted(ReadOnlyReason)
