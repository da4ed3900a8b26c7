from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.object_vocabulary import RecallAct, RecallReason
from app.domain.recall import Recall, RecalledVersion
from app.domain.stix_object import CheckedObject
from app.domain.vocabulary import Profile
from app.services.intake.recall_notice import MOST_RECALLED, Notice, sign_notice
from app.stix.encoded_media import Allowance
from app.stix.profile import check_object
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import stix_id

EXCHANGE = "identity--7a9d3c1e-52b4-4f4e-8a51-3d0f5a7d2c11"
VERSION = RecalledVersion(7, stix_id("indicator"), "2026-01-05T10:00:00.123456Z", hashlib.sha256(b"signed").digest())


def signed(
    key: PrivateKey, *versions: RecalledVersion, act: RecallAct = RecallAct.DELETE, reason: RecallReason = RecallReason.ERROR
) -> CheckedObject:
    recall = Recall(1, "public", "partner-a", reason, act, NOW, 0, 0, None)
    notice = Notice(recall, versions or (VERSION,), EXCHANGE, frozenset({("harm", "csam")}), NOW + DAY)
    return sign_notice(notice, key, NOW + timedelta(microseconds=4567))


def test_it_says_what_is_called_back_why_and_what_to_do() -> None:
    value = signed(PrivateKey.generate()).verified.parsed.value
    assert value["recalled"] == [
        {"stix_id": VERSION.stix_id, "version": VERSION.version, "payload_digest": VERSION.payload_digest.hex()}
    ]
    assert (value["reason"], value["act"], value["created_by_ref"]) == ("error", "delete", EXCHANGE)
    assert value["created"] == value["modified"] == NOW.strftime("%Y-%m-%dT%H:%M:%S.004Z")


def test_it_is_signed_by_the_exchange_and_owned_by_who_withdrew() -> None:
    key = PrivateKey.generate()
    one = signed(key)
    entry = read_signature(one.verified.parsed.value)
    assert (entry.signer, entry.keyid) == (EXCHANGE, key.public.keyid)
    assert verify_object(one.verified.parsed.value, entry, key.public) == one.verified.payload_digest
    assert (one.verified.signer_id, one.verified.keyid) == ("partner-a", key.public.keyid)
    assert one.verified.parsed.content == canonical_bytes(one.verified.parsed.value)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("act", RecallAct)
def test_it_passes_every_check_that_others_objects_have_to_pass(profile: Profile, act: RecallAct) -> None:
    one = signed(PrivateKey.generate(), *[VERSION] * 20, act=act)
    checked = check_object(one.verified, frozenset({profile}), Allowance())
    facts = one.facts
    assert (checked.facts.stix_id, checked.facts.type) == (facts.stix_id, facts.type)
    assert (checked.facts.version, checked.facts.version_key) == (facts.version, facts.version_key)
    assert (checked.facts.created_key, checked.facts.created_by_ref) == (facts.created_key, facts.created_by_ref)
    assert (checked.facts.marking_refs, checked.facts.is_revoked) == (facts.marking_refs, facts.is_revoked)


def test_a_version_with_a_finer_instant_than_microseconds_can_be_called_back() -> None:
    fine = RecalledVersion(7, VERSION.stix_id, "2026-01-05T10:00:00.12345678901234567890Z", VERSION.payload_digest)
    one = signed(PrivateKey.generate(), fine)
    assert check_object(one.verified, frozenset({Profile.STIX}), Allowance()).facts.type == "recall-notice"


def test_what_it_names_narrows_it_not_and_it_is_found_where_that_was_found() -> None:
    facts = signed(PrivateKey.generate()).facts
    assert facts.references == frozenset()
    assert facts.facets == {("harm", "csam")}


def test_the_largest_notice_fits_the_published_schema() -> None:
    value = signed(PrivateKey.generate(), *[VERSION] * MOST_RECALLED).verified.parsed.value
    schema = json.loads(Path("schemas/extensions/recall-notice/1.0.0.json").read_text(encoding="utf-8"))
    assert len(value["recalled"]) == schema["properties"]["recalled"]["maxItems"]


def test_no_two_notices_have_one_id() -> None:
    key = PrivateKey.generate()
    assert signed(key).facts.stix_id != signed(key).facts.stix_id
