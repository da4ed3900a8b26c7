"""People who read in the portal, and objects for them: agreements of these tests let the portal be a way to read."""

from __future__ import annotations

from typing import Any

from app.domain.vocabulary import Channel, MemberRole, Tlp
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import marking

CHANNELS = [Channel.PORTAL, Channel.REST, Channel.TAXII]


def reads_in_the_portal(running: RunningExchange, partner: FakePartner, **read: Any) -> FakePartner:
    """Let a partner's agreement allow the portal, up to RED; ``read`` changes what else it says of reading."""
    document = agreement_document(
        partner.partner_id, partner.audience_id, read={"channels": CHANNELS, "tlp_ceiling": Tlp.RED} | read
    )
    running.agree(document)
    return partner


def analyst_of(running: RunningExchange, partner: FakePartner, role: MemberRole = MemberRole.ANALYST) -> Visitor:
    """Give somebody of a partner who is signed in and reads for detection."""
    return entered(running, partner, role)


def publish(partner: FakePartner, *values: dict[str, Any]) -> str:
    """Let a partner publish objects; gives the id of the first."""
    results = partner.submit(*values).json["results"]
    assert {one["status"] for one in results} == {"stored"}, results
    stix_id: str = values[0]["id"]
    return stix_id


def named_for(publisher: FakePartner, *readers: FakePartner, **terms: Any) -> str:
    """Give the id of a marking of a publisher that names these partners, as what can single a person out needs."""
    return publish(publisher, marking(publisher.register_audience(partners_in=[one.partner_id for one in readers]), **terms))
