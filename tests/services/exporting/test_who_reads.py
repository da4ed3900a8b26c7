from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.export import ExportDefinition
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, PartnerState, Purpose, Tlp
from app.services.exporting.who_reads import lower_of, reader_of
from app.services.membership.enrol_partner import change_state
from app.services.membership.issue_credentials import revoke_credential
from app.services.reading.readers import Reader
from tests.factories.exports import definition
from tests.factories.members import PARTNER_SCOPES, Hub, Member


def made_by(principal: Principal, **given: object) -> ExportDefinition:
    assert principal.partner is not None
    return definition(partner_id=principal.partner.partner_id, credential_id=principal.credential.credential_id, **given)


def reads(hub: Hub, asked: ExportDefinition) -> Reader | None:
    with hub.exchange.database.read() as connection:
        return reader_of(connection, asked, hub.clock.now)


def test_an_export_reads_as_its_credential_up_to_the_lower_ceiling(hub: Hub) -> None:
    principal = hub.enrol("NGO").principal_with(tlp_ceiling=Tlp.AMBER)
    found = reads(hub, made_by(principal, tlp_ceiling=Tlp.GREEN))
    assert found is not None
    assert (found.purpose, found.channel, found.key.tlp_ceiling) == (Purpose.DETECTION, Channel.EXPORT, Tlp.GREEN)
    assert found.principal.credential.credential_id == principal.credential.credential_id
    capped = reads(hub, made_by(principal, tlp_ceiling=Tlp.RED))
    assert capped is not None
    assert capped.key.tlp_ceiling is Tlp.AMBER


def test_nothing_is_read_without_the_credential(quick_hub: Hub, publisher: Member, other: Member) -> None:
    asked = made_by(publisher.principal)
    assert reads(quick_hub, asked) is not None
    assert reads(quick_hub, replace(asked, credential_id="nobody")) is None
    assert reads(quick_hub, replace(asked, credential_id=quick_hub.operator.credential.credential_id)) is None
    assert reads(quick_hub, replace(asked, partner_id=other.id)) is None
    revoke_credential(quick_hub.exchange, quick_hub.operator, asked.credential_id)
    assert reads(quick_hub, asked) is None


def test_nothing_is_read_after_the_credential_expired(quick_hub: Hub, publisher: Member) -> None:
    asked = made_by(publisher.principal)
    quick_hub.clock.pass_time(timedelta(days=3651))
    assert reads(quick_hub, asked) is None


def test_nothing_is_read_for_a_partner_that_is_not_active(quick_hub: Hub, publisher: Member) -> None:
    asked = made_by(publisher.principal)
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.SUSPENDED)
    assert reads(quick_hub, asked) is None


def test_nothing_is_read_for_another_purpose_than_the_fixed_one_or_without_the_right(quick_hub: Hub, publisher: Member) -> None:
    assert reads(quick_hub, made_by(publisher.principal_with(purpose=Purpose.AUDIT))) is None
    assert reads(quick_hub, made_by(publisher.principal_with(purpose=Purpose.DETECTION))) is not None
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.OBJECTS_READ})
    assert reads(quick_hub, made_by(lesser)) is None


@pytest.mark.parametrize(("one", "other", "lower"), [(Tlp.CLEAR, Tlp.RED, Tlp.CLEAR), (Tlp.AMBER_STRICT, Tlp.AMBER, Tlp.AMBER)])
def test_the_lower_of_two_ceilings_lets_less_through(one: Tlp, other: Tlp, lower: Tlp) -> None:
    assert lower_of(one, other) is lower_of(other, one) is lower
