"""What proves an object goes along with it, and nothing else does."""

from __future__ import annotations

import hashlib

import pytest

from app.domain.errors import NotFoundError
from app.services.proving.checkpoints import checkpoint_now
from app.services.showing.proof import provable_object
from breakwater_client.trust.object_signature import signed_payload
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator, stix_id


def test_the_proof_is_of_what_was_signed(hub: Hub) -> None:
    one, another = hub.enrol("A"), hub.enrol("B")
    value = indicator()
    one.store(value)
    before = provable_object(hub.exchange, another.reader(), value["id"])
    assert before.statements[0].proof is None
    checkpoint_now(hub.exchange, hub.operator)
    [found] = provable_object(hub.exchange, another.reader(), value["id"]).statements
    assert found.proof is not None
    assert found.proof["digest"] == hashlib.sha256(signed_payload(dict(found.stated.value))).hexdigest()
    assert found.keyid in before.keys


def test_absent_is_not_found(hub: Hub) -> None:
    member = hub.enrol("A")
    with pytest.raises(NotFoundError):
        provable_object(hub.exchange, member.reader(), stix_id("indicator"))
