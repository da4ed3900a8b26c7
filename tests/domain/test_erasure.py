from __future__ import annotations

from app.domain.erasure import ErasedVersion, ErasureReason


def test_what_is_remembered_names_nothing() -> None:
    names = set(ErasedVersion.__dataclass_fields__)
    assert names == {
        *("version_id", "log_index", "owner_id", "reason"),
        *("received_at", "erased_at", "logged_in", "finished_at"),
    }


def test_reasons_are_in_the_order_of_their_names() -> None:
    assert [one.value for one in ErasureReason] == sorted(ErasureReason)
