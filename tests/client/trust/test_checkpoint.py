"""Checkpoints: three lines in one spelling, opened for one log and one key only."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BreakwaterError, MalformedInputError, UntrustedSignatureError
from breakwater_client.trust.checkpoint import (
    MAX_SIZE,
    Checkpoint,
    checkpoint_text,
    cosign_checkpoint,
    log_origin,
    open_checkpoint,
    open_cosignatures,
    open_date,
    read_checkpoint,
    sign_checkpoint,
)
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.signed_note import sign_note

KEY, WITNESS = PrivateKey.generate(), PrivateKey.generate()
ORIGIN = log_origin("5b7b2f5c-5d0f-4b53-9d2a-1f0c3d1d8e11")
ROOT = hashlib.sha256(b"root").digest()
ROOT_TEXT = base64.b64encode(ROOT).decode()
KEPT = Checkpoint(ORIGIN, 1_234, ROOT)
NOTE = sign_checkpoint(KEPT, KEY)
SEEN = datetime(2026, 11, 26, 12, 0, 1, tzinfo=UTC)


def signed(text: str, name: str = ORIGIN) -> str:
    return sign_note(text, name, KEY)


def test_a_checkpoint_is_origin_size_and_root() -> None:
    assert checkpoint_text(KEPT) == f"breakwater-exchange/5b7b2f5c-5d0f-4b53-9d2a-1f0c3d1d8e11\n1234\n{ROOT_TEXT}\n"
    assert sign_checkpoint(KEPT, KEY) == signed(checkpoint_text(KEPT))


@given(st.integers(0, MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_what_is_signed_is_opened(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    note = sign_checkpoint(checkpoint, KEY)
    assert open_checkpoint(note, ORIGIN, KEY.public) == checkpoint == read_checkpoint(note)


def test_every_flipped_bit_is_refused() -> None:
    content = sign_checkpoint(Checkpoint("a", 7, ROOT), KEY).encode()
    for at in range(len(content)):
        for bit in range(8):
            changed = bytearray(content)
            changed[at] ^= 1 << bit
            with pytest.raises((MalformedInputError, UntrustedSignatureError)):
                open_checkpoint(changed.decode("utf-8", "surrogateescape"), "a", KEY.public)


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n1234\n",
        f"{ORIGIN}\n1234\n{ROOT_TEXT}\nan extension\n",
        f"{ORIGIN}\n01234\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n+1234\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n-1\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n1_234\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n 1234\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n\u0661\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n{MAX_SIZE + 1}\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n{10**30}\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n1234\n{ROOT_TEXT.rstrip('=')}\n",
        f"{ORIGIN}\n1234\n{ROOT_TEXT} \n",
        f"{ORIGIN}\n1234\n{base64.b64encode(ROOT[:31]).decode()}\n",
        f"{ORIGIN}\n1234\n{base64.b64encode(ROOT + b'x').decode()}\n",
        f"\n{ORIGIN}\n1234\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n1234\n{ROOT_TEXT}\n\n",
        "another text\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    for attempt in (lambda: open_checkpoint(signed(text), ORIGIN, KEY.public), lambda: read_checkpoint(signed(text))):
        with pytest.raises(MalformedInputError, match="three lines"):
            attempt()


def test_a_checkpoint_of_another_log_is_refused() -> None:
    other = Checkpoint(log_origin("another"), 1_234, ROOT)
    with pytest.raises(UntrustedSignatureError, match="no signature of the signer"):
        open_checkpoint(sign_checkpoint(other, KEY), ORIGIN, KEY.public)
    with pytest.raises(UntrustedSignatureError, match="another log"):
        open_checkpoint(signed(checkpoint_text(other)), ORIGIN, KEY.public)


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint(ORIGIN, -1, ROOT),
        Checkpoint(ORIGIN, MAX_SIZE + 1, ROOT),
        Checkpoint(ORIGIN, 1, b""),
        Checkpoint("a\nb", 1, ROOT),
    ],
)
def test_what_no_checkpoint_can_say_is_not_signed(checkpoint: Checkpoint) -> None:
    with pytest.raises(BreakwaterError):
        sign_checkpoint(checkpoint, KEY)


def test_cosignatures_of_a_checkpoint_are_found_by_name() -> None:
    note = cosign_checkpoint(sign_checkpoint(KEPT, KEY), "witness.example.org", WITNESS, SEEN)
    assert open_cosignatures(note, {"witness.example.org": WITNESS.public}) == [("witness.example.org", SEEN)]
    assert open_checkpoint(note, ORIGIN, KEY.public) == KEPT


def test_what_is_no_checkpoint_is_not_cosigned_and_has_no_cosignatures() -> None:
    for attempt in (
        lambda: cosign_checkpoint(signed("another text\n"), "w", WITNESS, SEEN),
        lambda: open_cosignatures(signed("another text\n"), {"w": WITNESS.public}),
    ):
        with pytest.raises(MalformedInputError):
            attempt()


def test_a_checkpoint_is_dated_by_the_key_that_signed_it() -> None:
    dated = sign_checkpoint(KEPT, KEY, SEEN)
    assert dated == cosign_checkpoint(NOTE, ORIGIN, KEY, SEEN)
    assert open_checkpoint(dated, ORIGIN, KEY.public) == KEPT
    assert open_date(dated, ORIGIN, KEY.public) == SEEN
    assert open_date(NOTE, ORIGIN, KEY.public) is open_date(dated, ORIGIN, WITNESS.public) is None


def test_a_date_is_never_earlier_than_what_it_says() -> None:
    dated = sign_checkpoint(KEPT, KEY, SEEN + timedelta(microseconds=1))
    assert open_date(dated, ORIGIN, KEY.public) == SEEN + timedelta(seconds=1)


def test_two_dates_and_a_changed_one_are_refused() -> None:
    twice = sign_checkpoint(KEPT, KEY, SEEN) + sign_checkpoint(KEPT, KEY, SEEN + timedelta(hours=1)).removeprefix(NOTE)
    other = sign_checkpoint(Checkpoint(ORIGIN, 9, ROOT), KEY, SEEN).rpartition("\n— ")[2]
    for changed in (twice, f"{NOTE}— {other}"):
        with pytest.raises(UntrustedSignatureError):
            open_date(changed, ORIGIN, KEY.public)
