from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.vocabulary import KeyUsage
from app.signer import rules
from app.signer.rules import LONGEST_EXPORT, NEAR, read_checkpoint_text, read_directory_message, why_not_checkpoint
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.export_manifest import manifest_payload
from breakwater_client.trust.key_directory import directory_payload
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.export_manifests import first_manifest
from tests.factories.signers import ORIGIN, checkpoint, directory, directory_message, new_keys, receipt, statement

STATEMENT, KEYS, TREE = KeyUsage.STATEMENT_SIGNING, KeyUsage.DIRECTORY_SIGNING, KeyUsage.CHECKPOINT_SIGNING
IDENTITY = "identity--2f6b7a6d-5c4b-4e7e-9d7e-9f5a7e2b7c6d"
OTHER = "identity--9f5a7e2b-7c6d-4c7e-9d7e-2f6b7a6d5c4b"
ROOT = base64.b64encode(bytes(32)).decode()


def why_not(usage: KeyUsage, message: bytes, keyid: str) -> str | None:
    return rules.why_not(usage, message, keyid, datetime.now(UTC))


class Listening:
    """A key that keeps what it is asked to sign."""

    def __init__(self) -> None:
        self._key = PrivateKey.generate()
        self.public = self._key.public
        self.message = b""

    def sign(self, message: bytes) -> bytes:
        self.message = message
        return self._key.sign(message)


def notice(**changes: Any) -> tuple[bytes, str]:
    """Give what is signed of an object of the exchange, and the id of the key that is to sign it."""
    key = Listening()
    value = {"type": "recall-notice", "id": "recall-notice--x", "created_by_ref": IDENTITY} | changes
    sign_object(value, key, signer=value["created_by_ref"], signed_at=datetime.now(UTC))
    return key.message, key.public.keyid


def manifest(as_of: datetime) -> bytes:
    """Give what is signed of the manifest of an export."""
    said = first_manifest(as_of=as_of, expires_at=as_of + timedelta(hours=2))
    return pae(PayloadType.EXPORT_MANIFEST, manifest_payload(said))


@pytest.mark.parametrize("usage", list(KeyUsage))
@pytest.mark.parametrize("kind", list(PayloadType))
def test_each_key_signs_its_own_kinds_of_document_alone(usage: KeyUsage, kind: PayloadType) -> None:
    message, keyid = notice()
    if kind is not PayloadType.STIX_OBJECT:
        forms = {
            PayloadType.ATTESTATION: "object-attestation",
            PayloadType.AGREEMENT: "agreement",
            PayloadType.CATALOGUE_RELEASE: "catalogue-release",
        }
        said = statement(forms.get(kind, "submission-receipt"))
        message = pae(kind, canonical_bytes(said))
    if kind is PayloadType.EXPORT_MANIFEST:
        message = manifest(datetime.now(UTC))
    allowed = {
        (STATEMENT, PayloadType.AGREEMENT),
        (STATEMENT, PayloadType.ATTESTATION),
        (STATEMENT, PayloadType.CATALOGUE_RELEASE),
        (STATEMENT, PayloadType.EXPORT_MANIFEST),
        (STATEMENT, PayloadType.RECEIPT),
        (STATEMENT, PayloadType.STIX_OBJECT),
        (KEYS, PayloadType.KEY_DIRECTORY),
    }
    assert (why_not(usage, message, keyid) is None) == ((usage, kind) in allowed)


def test_only_the_checkpoint_key_signs_checkpoints() -> None:
    assert [usage for usage in KeyUsage if why_not(usage, checkpoint(7), "") is None] == [TREE]


def test_a_recall_notice_of_the_exchange_is_signed() -> None:
    assert why_not(STATEMENT, *notice()) is None


def test_an_indicator_in_the_name_of_the_exchange_is_not() -> None:
    message, keyid = notice(type="indicator")
    assert why_not(STATEMENT, message, keyid) == "object-of-another"


@pytest.mark.parametrize("of", ["attack-pattern", "course-of-action", "relationship"])
def test_an_object_of_the_catalogue_is_signed_as_the_exchanges_own(of: str) -> None:
    mitigates = {"relationship_type": "mitigates"} if of == "relationship" else {}
    assert why_not(STATEMENT, *notice(type=of, id=f"{of}--x", **mitigates)) is None
    assert why_not(STATEMENT, notice(type=of, **mitigates)[0], "0" * 64) == "object-of-another"


def test_another_relationship_is_not_the_exchanges_to_state() -> None:
    assert why_not(STATEMENT, *notice(type="relationship", relationship_type="attributed-to")) == "object-of-another"


def test_a_notice_that_names_another_key_is_not() -> None:
    message, _ = notice()
    assert why_not(STATEMENT, message, "0" * 64) == "object-of-another"


@pytest.mark.parametrize(
    "change",
    [
        {"created_by_ref": OTHER},
        {"created_by_ref": None},
        {"extensions": {}},
        {"extensions": []},
        {"extensions": None},
    ],
)
def test_a_notice_of_somebody_else_or_without_its_signer_is_not(change: dict[str, Any]) -> None:
    message, keyid = notice()
    document = json.loads(message[message.index(b"{") :]) | change
    assert why_not(STATEMENT, pae(PayloadType.STIX_OBJECT, canonical_bytes(document)), keyid) is not None


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"DSSEv1",
        b"DSSEv1 ",
        b"text",
        receipt() + b" ",
        receipt()[:-1],
        b" " + receipt(),
        receipt().replace(b"DSSEv1 ", b"DSSEv1 0"),
        receipt().replace(b"DSSEv1", b"DSSEv2"),
        receipt().replace(b"DSSEv1 ", b"DSSEv1  "),
        pae("application/json", b"{}"),
        pae("äpplication", b"{}"),
        pae(PayloadType.RECEIPT, b"[]"),
        pae(PayloadType.RECEIPT, b"1"),
        pae(PayloadType.RECEIPT, b"no JSON"),
        pae(PayloadType.RECEIPT, b"[" * 100_000),
        pae(PayloadType.RECEIPT, b"\xff"),
        b"DSSEv1 999999999 x",
        b"DSSEv1 9999999999999999999999 x",
    ],
)
@pytest.mark.parametrize("usage", [STATEMENT, KEYS, TREE])
def test_what_is_no_document_is_signed_by_no_key(usage: KeyUsage, message: bytes) -> None:
    assert why_not(usage, message, "") is not None


FORMS = {
    "submission-receipt": PayloadType.RECEIPT,
    "object-receipt": PayloadType.RECEIPT,
    "object-attestation": PayloadType.ATTESTATION,
    "agreement": PayloadType.AGREEMENT,
}


def judged(payload: bytes, kind: PayloadType) -> str | None:
    return rules.why_not(STATEMENT, pae(kind, payload), "", MOMENT)


MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("minutes", [0, 5, -5, 5.1, -5.1, -9999])
def test_what_is_stated_was_received_now_by_the_signers_own_clock(form: str, minutes: float) -> None:
    said = statement(form, MOMENT + timedelta(minutes=minutes))
    expected = None if abs(minutes) <= 5 or (form == "object-receipt" and minutes < 0) else "statement-of-another-time"
    assert judged(canonical_bytes(said), FORMS[form]) == expected


@pytest.mark.parametrize("form", FORMS)
def test_a_statement_has_one_form_and_one_spelling(form: str) -> None:
    kind, said = FORMS[form], statement(form, MOMENT)
    good = canonical_bytes(said)
    assert judged(good, kind) is None
    other = PayloadType.ATTESTATION if kind is PayloadType.RECEIPT else PayloadType.RECEIPT
    assert judged(good, other) == "no-document"
    for left_out in said:
        assert judged(canonical_bytes({name: value for name, value in said.items() if name != left_out}), kind) == "no-document"
    when = "created_at" if form == "agreement" else "received_at"
    for change in ({"more": 1}, {"type": "anything at all"}, {"type": None}, {when: 1}, {when: "2026-13-01"}):
        assert judged(canonical_bytes(said | change), kind) == "no-document"
    for at in ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000000+00:00", "2026-02-30T12:00:00.000000Z"):
        assert judged(canonical_bytes(said | {when: at}), kind) == "no-document"
    twice = good.replace(b"{", b'{"exchange":"another",', 1)
    for spelling in (twice, good + b" ", good.decode().encode("utf-16"), good.replace(b':"p"', b":NaN")):
        assert spelling != good
        assert judged(spelling, kind) == "no-document"


@pytest.mark.parametrize(("minutes", "expected"), [(-1, "statement-of-another-time"), (0, None), (9999, None)])
def test_an_agreement_starts_when_it_is_made_or_later(minutes: int, expected: str | None) -> None:
    said = statement("agreement", MOMENT, starts_at=instant_text(MOMENT + timedelta(minutes=minutes)))
    assert judged(canonical_bytes(said), PayloadType.AGREEMENT) == expected
    for bad in (None, 1, "2026-13-01", "2026-13-01T00:00:00.000000Z"):
        assert judged(canonical_bytes(said | {"starts_at": bad}), PayloadType.AGREEMENT) == "no-document"


def test_a_manifest_tells_of_an_instant_from_which_an_export_may_have_been_written_until_now() -> None:
    for ago in (timedelta(), LONGEST_EXPORT, -NEAR):
        assert rules.why_not(STATEMENT, manifest(NOW - ago), "", NOW) is None
    for ago in (LONGEST_EXPORT + timedelta(seconds=1), -NEAR - timedelta(seconds=1)):
        assert rules.why_not(STATEMENT, manifest(NOW - ago), "", NOW) == "statement-of-another-time"


def test_a_manifest_has_one_form_and_one_spelling() -> None:
    payload = manifest(NOW)[manifest(NOW).index(b"{") :]
    said = json.loads(payload)
    more = canonical_bytes(said | {"more": 1})
    for other in (
        b"{}",
        b"[]",
        b"",
        b"\xff",
        b"[" * 100_000,
        payload + b" ",
        more,
        canonical_bytes(said | {"type": "agreement"}),
    ):
        assert rules.why_not(STATEMENT, pae(PayloadType.EXPORT_MANIFEST, other), "", NOW) == "no-document"
    assert rules.why_not(STATEMENT, pae(PayloadType.RECEIPT, payload), "", NOW) == "no-document"


def test_a_directory_is_read_in_its_one_form() -> None:
    value = directory(new_keys())
    message = directory_message(value)
    assert read_directory_message(message) == value
    payload = message[message.index(b"{") :]
    lonely = directory_payload(replace(value, keys=()))
    for other in (b"{}", b'{"type":"key-directory"}', payload + b" ", payload.replace(b":1}", b":1.0}"), lonely):
        assert other != payload
        assert read_directory_message(pae(PayloadType.KEY_DIRECTORY, other)) is None
    assert read_directory_message(pae(PayloadType.RECEIPT, payload)) is None
    assert read_directory_message(b"") is None


def test_a_checkpoint_is_read() -> None:
    text = read_checkpoint_text(checkpoint(12, b"r" * 32))
    assert text is not None
    assert (text.origin, text.size, text.root) == (ORIGIN, 12, base64.b64encode(b"r" * 32).decode())


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n12\n{ROOT}",
        f"{ORIGIN}\n12\n{ROOT}\n\n",
        f"{ORIGIN}\n12\n{ROOT}\nextension\n",
        f"{ORIGIN}\n012\n{ROOT}\n",
        f"{ORIGIN}\n-1\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 20}\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 19}\n{ROOT}\n",
        f"{ORIGIN}\n{2**63}\n{ROOT}\n",
        f"{ORIGIN}\n12\n{ROOT[:-4]}\n",
        f"{ORIGIN}\n12\n{'=' * 44}\n",
        f"{ORIGIN}\r\n12\n{ROOT}\n",
        f"example.org/log\n12\n{ROOT}\n",
        f"{ORIGIN}\n\u0661\u0662\n{ROOT}\n",
    ],
)
def test_what_is_no_checkpoint_of_an_exchange_is_none(text: str) -> None:
    assert read_checkpoint_text(text.encode()) is None


NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def dated(at: datetime | str, text: bytes | None = None) -> bytes:
    seconds = at if isinstance(at, str) else int(at.timestamp())
    return f"cosignature/v1\ntime {seconds}\n".encode() + (checkpoint(12) if text is None else text)


def test_only_the_checkpoint_key_dates_a_checkpoint_and_what_it_says_is_read() -> None:
    message = dated(datetime.now(UTC))
    assert [usage for usage in KeyUsage if why_not(usage, message, "") is None] == [TREE]
    assert read_checkpoint_text(message) == read_checkpoint_text(checkpoint(12))


@pytest.mark.parametrize("away", [timedelta(), NEAR, -NEAR])
def test_a_checkpoint_is_dated_now(away: timedelta) -> None:
    assert why_not_checkpoint(dated(NOW + away), NOW) is None


@pytest.mark.parametrize("away", [NEAR + timedelta(seconds=1), -NEAR - timedelta(seconds=1), timedelta(days=-365)])
def test_no_other_time_is_dated(away: timedelta) -> None:
    assert why_not_checkpoint(dated(NOW + away), NOW) == "not-the-time"


@pytest.mark.parametrize(
    "message",
    [
        dated(NOW, b""),
        dated(NOW, b"text\n"),
        dated(NOW, checkpoint(12) + b"extension\n"),
        dated(NOW, dated(NOW)),
        dated("0", checkpoint(12)),
        dated("-1", checkpoint(12)),
        dated(f"0{int(NOW.timestamp())}", checkpoint(12)),
        dated("9" * 13, checkpoint(12)),
        dated(NOW).replace(b"v1", b"v2"),
        dated(NOW).replace(b"time ", b"time"),
    ],
)
def test_what_is_not_the_date_of_a_checkpoint_is_not_signed(message: bytes) -> None:
    assert why_not_checkpoint(message, NOW) == "no-document"
