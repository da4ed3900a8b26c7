from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from app.crypto.recipient_key import check_recipient_key
from app.domain.errors import Code, UnfitKeyError

FIELD = 2**255 - 19
# The points whose agreed secret is zero whoever agrees (RFC 7748 §6.1; the list is that of libsodium's documentation).
SMALL = (
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    FIELD - 1,
)


def test_a_key_that_somebody_made_passes() -> None:
    for _ in range(8):
        raw = X25519PrivateKey.generate().public_key().public_bytes_raw()
        assert check_recipient_key(raw) == raw


@pytest.mark.parametrize("point", [*SMALL, FIELD, FIELD + 1, FIELD + 9, 2**256 - 1, 2**255])
def test_a_key_that_anybody_reads_with_or_that_has_a_second_spelling_is_refused(point: int) -> None:
    with pytest.raises(UnfitKeyError) as caught:
        check_recipient_key(point.to_bytes(32, "little"))
    assert caught.value.code is Code.KEY_NOT_ACCEPTED


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_another_length_is_refused(length: int) -> None:
    with pytest.raises(UnfitKeyError):
        check_recipient_key(b"\x09" * length)
