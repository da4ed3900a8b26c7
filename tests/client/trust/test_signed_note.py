"""Signed notes: the known answer of the format's own example, one spelling, and everything that is refused."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BreakwaterError, MalformedInputError, UnfitKeyError, UntrustedSignatureError
from app.domain.vocabulary import KeyAlgorithm
from breakwater_client.trust.keys import PrivateKey, PublicKey
from breakwater_client.trust.signed_note import (
    MAX_NOTE_CHARACTERS,
    MAX_SIGNATURE_LINES,
    Note,
    SignatureKind,
    cosign_note,
    is_named,
    key_hash,
    open_cosignature,
    open_cosigned_note,
    open_note,
    read_note,
    sign_note,
)
from tests.factories.colliding_keys import WITNESSES, numbered_key

KEY, WITNESS, SECOND = PrivateKey.generate(), PrivateKey.generate(), PrivateKey.generate()
NAME = "log.example.org/a"
TEXT = "first line\n\nthird line: Prüfung\n"
SEEN = datetime(2026, 11, 26, 12, 0, 1, tzinfo=UTC)

EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
EXAMPLE_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
"""The example of the format's first implementation, in the documentation of Go's package golang.org/x/mod/sumdb/note."""


def ed25519(raw: bytes) -> PublicKey:
    return PublicKey(bytes.fromhex("302a300506032b6570032100") + raw)


def line(name: str, content: bytes) -> str:
    return f"— {name} {base64.b64encode(content).decode()}\n"


def test_the_example_of_the_format_opens() -> None:
    name, hashed, encoded = EXAMPLE_KEY.split("+", 2)
    key = ed25519(base64.b64decode(encoded)[1:])
    assert key_hash(name, SignatureKind.ED25519, key).hex() == hashed
    assert open_note(f"{EXAMPLE_TEXT}\n{EXAMPLE_LINE}", name, key) == EXAMPLE_TEXT


def test_a_note_is_text_blank_line_and_signature() -> None:
    note = sign_note(TEXT, NAME, KEY)
    hashed = key_hash(NAME, SignatureKind.ED25519, KEY.public)
    assert note == f"{TEXT}\n" + line(NAME, hashed + KEY.sign(TEXT.encode()))
    assert open_note(note, NAME, KEY.public) == TEXT


def test_every_flipped_bit_is_refused() -> None:
    content = sign_note("a short text\n", "a", KEY).encode()
    for at in range(len(content)):
        for bit in range(8):
            changed = bytearray(content)
            changed[at] ^= 1 << bit
            with pytest.raises((MalformedInputError, UntrustedSignatureError)):
                open_note(changed.decode("utf-8", "surrogateescape"), "a", KEY.public)


def test_lines_of_others_are_ignored() -> None:
    note = sign_note(TEXT, NAME, KEY)
    text, _, own = note.rpartition("\n\n")
    foreign = line(NAME, b"hash" + bytes(64)) + line("another", b"12345")
    assert open_note(f"{text}\n\n{foreign}{own}{foreign}", NAME, KEY.public) == TEXT


@pytest.mark.parametrize(
    ("name", "key"),
    [("another", KEY.public), (NAME, WITNESS.public)],
    ids=["name", "key"],
)
def test_another_signer_does_not_open(name: str, key: PublicKey) -> None:
    with pytest.raises(UntrustedSignatureError, match="no signature of the signer"):
        open_note(sign_note(TEXT, NAME, KEY), name, key)


def test_whose_key_a_line_names_is_told_before_it_is_verified() -> None:
    note = sign_note(TEXT, NAME, KEY).replace("third", "fifth")
    assert is_named(note, NAME, KEY.public)
    assert not is_named(note, NAME, WITNESS.public)
    assert not is_named(note, "another", KEY.public)


def test_two_signatures_of_one_key_are_refused() -> None:
    note = sign_note(TEXT, NAME, KEY)
    with pytest.raises(UntrustedSignatureError, match="two signatures"):
        open_note(note + note.rpartition("\n\n")[2], NAME, KEY.public)


def test_of_two_keys_with_one_hash_each_opens_what_it_signed() -> None:
    one, other = numbered_key(22854), numbered_key(26194)
    assert key_hash(NAME, SignatureKind.ED25519, one.public) == key_hash(NAME, SignatureKind.ED25519, other.public)
    note = sign_note(TEXT, NAME, one)
    assert open_note(note, NAME, one.public) == TEXT
    with pytest.raises(UntrustedSignatureError, match="does not verify"):
        open_note(note, NAME, other.public)
    both = sign_note(TEXT, NAME, other) + note.rpartition("\n\n")[2]
    assert [open_note(both, NAME, key.public) for key in (one, other)] == [TEXT, TEXT]


def test_a_signature_over_another_text_is_refused() -> None:
    with pytest.raises(UntrustedSignatureError, match="does not verify"):
        open_note(sign_note(TEXT, NAME, KEY).replace("third", "fifth"), NAME, KEY.public)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "\n\n" + line("a", bytes(68)),
        "text\n" + line("a", bytes(68)),
        "text\n\n" + line("a", bytes(68)).rstrip("\n"),
        "text\n\n" + line("a", bytes(68)) + "\n",
        "text\n\n" + line("a", bytes(4)),
        "text\n\n" + line("a+b", bytes(68)),
        "text\n\n" + line("a b", bytes(68)),
        "text\n\n" + line("a\u2003b", bytes(68)),
        "text\n\n" + line("", bytes(68)),
        "text\n\n" + line("a", bytes(68)).replace("—", "-"),
        "text\n\n" + line("a", bytes(68)).replace("— ", "—  "),
        "text\n\n" + line("a", bytes(67)).replace("=", ""),
        "text\n\n" + line("a", bytes(67)).replace("A=", "B="),
        "text\n\n" + line("a", bytes(68)) * (MAX_SIGNATURE_LINES + 1),
        "te\rxt\n\n" + line("a", bytes(68)),
        "te\txt\n\n" + line("a", bytes(68)),
        "te\x00xt\n\n" + line("a", bytes(68)),
        "te\x7fxt\n\n" + line("a", bytes(68)),
        "te\ud800xt\n\n" + line("a", bytes(68)),
        "x" * MAX_NOTE_CHARACTERS + "\n\n" + line("a", bytes(68)),
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(MalformedInputError):
        read_note(note)


@pytest.mark.parametrize(
    "text", ["", "\n", "no end of line", "a\n\n— b AAAAAAA=", "a\r\n", "\ud800\n", "x" * MAX_NOTE_CHARACTERS + "\n"]
)
def test_a_text_that_no_note_can_have_is_not_signed(text: str) -> None:
    with pytest.raises(BreakwaterError):
        sign_note(text, NAME, KEY)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x1b", "\ud800"])
def test_a_name_that_no_note_can_have_does_not_sign(name: str) -> None:
    with pytest.raises(BreakwaterError):
        sign_note(TEXT, name, KEY)


@given(st.text(max_size=40).map(lambda text: text + "\n"))
def test_what_is_signed_is_read_back(text: str) -> None:
    try:
        note = sign_note(text, NAME, KEY)
    except BreakwaterError:
        return
    assert open_note(note, NAME, KEY.public) == text


@given(st.text(max_size=80))
def test_no_text_makes_reading_fail_otherwise(text: str) -> None:
    try:
        assert isinstance(read_note(text), Note)
    except MalformedInputError:
        return


def test_a_cosignature_says_who_saw_it_and_when() -> None:
    note = cosign_note(sign_note(TEXT, NAME, KEY), "witness.example.org", WITNESS, SEEN)
    assert open_cosigned_note(note, {"witness.example.org": WITNESS.public, "absent": SECOND.public}) == [
        ("witness.example.org", SEEN)
    ]
    assert open_note(note, NAME, KEY.public) == TEXT


def test_a_cosignature_has_the_message_of_the_format() -> None:
    seconds = int(SEEN.timestamp())
    signature = WITNESS.sign(f"cosignature/v1\ntime {seconds}\n{TEXT}".encode())
    hashed = key_hash("w", SignatureKind.COSIGNATURE, WITNESS.public)
    assert hashed != key_hash("w", SignatureKind.ED25519, WITNESS.public)
    note = sign_note(TEXT, NAME, KEY)
    assert cosign_note(note, "w", WITNESS, SEEN) == note + line("w", hashed + seconds.to_bytes(8) + signature)


def test_a_witness_signature_of_the_other_kind_is_no_cosignature() -> None:
    assert open_cosigned_note(sign_note(TEXT, NAME, KEY), {NAME: KEY.public}) == []


def changed_time(note: str, seconds: int) -> str:
    hashed = key_hash("w", SignatureKind.COSIGNATURE, WITNESS.public)
    signature = WITNESS.sign(f"cosignature/v1\ntime {seconds}\n{TEXT}".encode())
    return note + line("w", hashed + seconds.to_bytes(8) + signature)


def refused(note: str) -> str:
    """Give why the cosignature of the witness is none; nobody else's counts less for it."""
    beside = cosign_note(note, "second", SECOND, SEEN)
    assert open_cosigned_note(beside, {"w": WITNESS.public, "second": SECOND.public}) == [("second", SEEN)]
    with pytest.raises(UntrustedSignatureError) as caught:
        open_cosignature(note, "w", WITNESS.public)
    return caught.value.sentence


@pytest.mark.parametrize("seconds", [0, 253_402_300_800, 2**64 - 1])
def test_a_time_that_cannot_be_said_is_none(seconds: int) -> None:
    assert "time after 1970" in refused(changed_time(sign_note(TEXT, NAME, KEY), seconds))


@pytest.mark.parametrize("length", [1, 8, 71, 73])
def test_a_cosignature_of_another_length_is_none(length: int) -> None:
    hashed = key_hash("w", SignatureKind.COSIGNATURE, WITNESS.public)
    assert "64 bytes" in refused(sign_note(TEXT, NAME, KEY) + line("w", hashed + b"\x01" * length))


def test_a_cosignature_with_another_time_is_none() -> None:
    note = sign_note(TEXT, NAME, KEY)
    later = cosign_note(note, "w", WITNESS, SEEN + timedelta(seconds=1)).removeprefix(note)
    content = bytearray(base64.b64decode(later.split(" ")[2]))
    content[4:12] = int(SEEN.timestamp()).to_bytes(8)
    assert "does not verify" in refused(note + line("w", bytes(content)))


def test_two_cosignatures_of_one_key_are_none() -> None:
    note = cosign_note(sign_note(TEXT, NAME, KEY), "w", WITNESS, SEEN)
    assert "two signatures" in refused(cosign_note(note, "w", WITNESS, SEEN + timedelta(hours=1)))


def test_of_two_witness_keys_with_one_hash_the_one_that_signed_counts() -> None:
    one, other = WITNESSES
    assert key_hash("a", SignatureKind.COSIGNATURE, one.public) == key_hash("a", SignatureKind.COSIGNATURE, other.public)
    note = cosign_note(sign_note(TEXT, NAME, KEY), "a", one, SEEN)
    assert open_cosigned_note(note, {"a": one.public}) == [("a", SEEN)]
    assert open_cosigned_note(note, {"a": other.public}) == []
    both = cosign_note(note, "a", other, SEEN + timedelta(hours=1))
    assert open_cosigned_note(both, {"a": other.public}) == [("a", SEEN + timedelta(hours=1))]
    found = open_cosignature(both, "a", other.public)
    assert found is not None
    assert found.line == read_note(both).lines[-1]


def test_keys_of_another_algorithm_sign_and_open_nothing() -> None:
    p256 = PrivateKey.generate(KeyAlgorithm.P256)
    note = sign_note(TEXT, NAME, KEY)
    for attempt in (
        lambda: sign_note(TEXT, NAME, p256),
        lambda: cosign_note(note, "w", p256, SEEN),
        lambda: open_note(note, NAME, p256.public),
        lambda: open_cosignature(note, "w", p256.public),
    ):
        with pytest.raises(UnfitKeyError):
            attempt()
    cosigned = cosign_note(note, "w", WITNESS, SEEN)
    assert open_cosigned_note(cosigned, {"unfit": p256.public, "w": WITNESS.public}) == [("w", SEEN)]
