"""Publishers' signatures and the exchange's attestations are verified from every form of export, by the one verifier."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from app.domain.export import Compression, ExportFormat
from app.services.offline import open_exports as module
from app.services.offline.open_exports import open_exports
from app.services.offline.verify_files import Findings, Trust, verify_files
from breakwater_client.formats.port import ATTESTATIONS, ExportedVersion
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import ExchangeKey, KnownSigner
from breakwater_client.verifying.verdicts import Level, VerifiedSignature
from tests.factories.exported_versions import SIGNER, exported, signed_indicators, written
from tests.factories.stix_objects import user_account

PUBLISHER, EXCHANGE = PrivateKey.generate(), PrivateKey.generate()
KEYS = [ExchangeKey(EXCHANGE.public)]
TRUST = Trust(signers=[KnownSigner(PUBLISHER.public, SIGNER)], statements=KEYS, unsigned_from=frozenset({SIGNER}))


def attested(key: PrivateKey = EXCHANGE) -> ExportedVersion:
    value = user_account()
    digest = sha256(canonical_bytes(value)).hexdigest()
    document = {"type": "object-attestation", "id": value["id"], "identity": SIGNER, "payload_digest": digest}
    envelope = sign_envelope(PayloadType.ATTESTATION, canonical_bytes(document), key)
    return exported(value, canonical_bytes(envelope).decode())


def files_of(
    form: ExportFormat, versions: list[ExportedVersion], compression: Compression = Compression.ZSTD
) -> dict[str, bytes]:
    return {f"unit-{table}": content for table, content in written(form, versions, compression).items()}


def verified(files: dict[str, bytes], trust: Trust = TRUST) -> Findings:
    opened = open_exports(files, trust.statements)
    found = verify_files(opened.contents, replace(trust, attestations=opened.attestations))
    found.failures.extend(opened.failures)
    return found


@pytest.mark.parametrize("compression", Compression)
@pytest.mark.parametrize("form", ExportFormat)
def test_signatures_and_attestations_verify_from_every_form(form: ExportFormat, compression: Compression) -> None:
    found = verified(files_of(form, [*signed_indicators(3, PUBLISHER), attested()], compression))
    verdicts = [one for _, one in found.objects]
    assert all(isinstance(one, VerifiedSignature) for one in verdicts)
    assert [one.level for one in verdicts if isinstance(one, VerifiedSignature)] == [Level.SIGNED] * 3 + [Level.CHANNEL_ATTESTED]
    assert not found.failed


@pytest.mark.parametrize("form", ExportFormat)
def test_a_changed_object_fails_in_every_form(form: ExportFormat) -> None:
    [signed] = signed_indicators(1, PUBLISHER)
    changed = signed._replace(body=signed.body.replace(b"Repeated", b"Repaired"))
    found = verified(files_of(form, [changed]))
    assert found.failed
    assert not isinstance(found.objects[0][1], VerifiedSignature)


@pytest.mark.parametrize("form", ExportFormat)
def test_an_attestation_of_somebody_else_counts_for_nothing(form: ExportFormat) -> None:
    found = verified(files_of(form, [attested(PrivateKey.generate())]))
    assert [one.refusal.code.value for one in found.failures] == ["signature-invalid"]
    assert not [one for _, one in found.objects if isinstance(one, VerifiedSignature)]


@pytest.mark.parametrize("form", ExportFormat)
def test_without_the_exchanges_key_attestations_are_passed_over(form: ExportFormat) -> None:
    found = verified(files_of(form, [attested()]), replace(TRUST, statements=()))
    assert not found.failures
    assert not [one for _, one in found.objects if isinstance(one, VerifiedSignature)]


@pytest.mark.parametrize("form", ExportFormat)
def test_a_file_that_is_cut_off_fails_by_its_name_and_the_others_count(form: ExportFormat) -> None:
    whole = files_of(form, signed_indicators(2, PUBLISHER))
    cut = {f"cut-{name}": content[:-3] for name, content in whole.items()}
    found = verified(whole | cut)
    assert {one.file for one in found.failures} >= cut.keys()
    assert len([one for _, one in found.objects if isinstance(one, VerifiedSignature)]) == 2


def test_files_of_other_kinds_are_given_back_as_they_are() -> None:
    files: dict[str, bytes] = {"a": b"", "b": b"{}", "c": b'{"payload":"x"}\n', "d": json.dumps({"payloadType": "x"}).encode()}
    assert open_exports(files, KEYS).contents == files


def test_a_file_of_attestations_alone_has_no_content() -> None:
    [lines] = [
        content for name, content in files_of(ExportFormat.STIX_NDJSON, [attested()]).items() if name.endswith(ATTESTATIONS)
    ]
    opened = open_exports({"x": lines}, KEYS)
    assert (opened.contents, len(opened.attestations), opened.failures) == ({}, 1, [])


def test_a_bomb_fails_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_OPENED_BYTES", 1000)
    found = verified(files_of(ExportFormat.STIX_NDJSON, signed_indicators(5, PUBLISHER)))
    assert [one.refusal.code.value for one in found.failures] == ["body-too-large"]
