from __future__ import annotations

import json

from app.domain.vocabulary import KeyUsage
from app.services.checking.findings import Findings
from app.services.checking.known_keys import known_keys
from app.storage import members
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.members import Hub
from tests.factories.tampering import lift_guards


def test_keys_are_known_with_whose_they_are_and_what_is_no_key_is_named(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform")
    lost = quick_hub.enrol("Hotline", jurisdiction="GB")
    with quick_hub.exchange.database.write() as connection:
        lift_guards(connection)
        connection.exec_driver_sql("UPDATE partner_key SET public_key = x'00' WHERE partner_id = ?", (lost.id,))
        findings = Findings()
        known = known_keys(connection, quick_hub.exchange.keys, findings, members.this_exchange(connection).exchange_id)
    keyid = member.key.public.keyid
    assert known.partners == {keyid: (member.id, KeyUsage.OBJECT_SIGNING, member.key.public)}
    assert [(one.where, one.what) for one in findings.found] == [(f"partner_key {lost.key.public.keyid}", "is no key")]


def test_a_receipt_is_read_if_this_exchange_signed_it_with_a_key_for_statements(quick_hub: Hub) -> None:
    keys = quick_hub.exchange.keys
    with quick_hub.exchange.database.read() as connection:
        home = members.this_exchange(connection).exchange_id
        known = known_keys(connection, keys, Findings(), home)
    for exchange, key, is_ours in (
        (home, keys.statements, True),
        ("another", keys.statements, False),
        (home, PrivateKey.generate(), False),
        (home, keys.checkpoints, False),
    ):
        document = {"exchange": exchange}
        text = json.dumps(sign_envelope(PayloadType.RECEIPT, canonical_bytes(document), key))
        assert known.receipt(text) == (document if is_ours else None)
        assert known.attestation(text) is None
    for text in ("", "[]", "{}", "null", '{"payloadType": 1}'):
        assert known.receipt(text) is None
