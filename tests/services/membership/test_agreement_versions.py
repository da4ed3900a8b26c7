from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.events import Event
from app.services.membership.agreement_versions import known_agreements, subject_of
from app.storage import agreements, log
from app.storage.tables import event
from breakwater_client.trust.log_leaf import LeafKind
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW


def test_a_version_is_stored_signed_and_logged_together(quick_hub: Hub, publisher: Member) -> None:
    made = publisher.agree()
    with quick_hub.exchange.database.read() as connection:
        [_first, found] = known_agreements(connection, publisher.id)
        [leaf] = log.statements(connection, LeafKind.AGREEMENT_VERSION.value, subject_of(made))
        assert agreements.envelopes(connection, publisher.id)[2] == found.envelope
    assert found.agreement == made
    assert found.envelope is not None
    assert json.loads(leaf.document)["document_digest"] == found.digest


def test_a_version_starts_now_or_later(publisher: Member) -> None:
    assert publisher.agree(starts_at=NOW).starts_at == publisher.agree().starts_at == NOW
    with pytest.raises(MalformedInputError) as caught:
        publisher.agree(starts_at=NOW - DAY)
    assert caught.value.pointer == "/starts_at"


def test_a_partner_that_is_not_enrolled_has_no_versions(quick_hub: Hub) -> None:
    with quick_hub.exchange.database.read() as connection, pytest.raises(NotFoundError):
        known_agreements(connection, "nobody")


def test_who_made_which_version_is_an_event(quick_hub: Hub, publisher: Member) -> None:
    publisher.agree()
    with quick_hub.exchange.database.read() as connection:
        made = list(connection.execute(select(event).where(event.c.event == Event.AGREEMENT_CREATE).order_by(event.c.event_id)))
    assert [one.subject for one in made] == ["1", "2"]
    assert {one.credential_id for one in made} == {quick_hub.operator.credential.credential_id}
