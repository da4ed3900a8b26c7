"""How the demo's partners act, and what its operator may look into."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.cli.demo_world import Party, World
from app.cli.faults import CommandFault
from breakwater_client.signing.sign_objects import Signing
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.stix_objects import indicator, marking


def party_of(desk: Desk, partner: FakePartner) -> Party:
    """Give a partner of the desk as a party of the demo."""
    record: dict[str, Any] = {"id": partner.partner_id, "name": partner.name, "purpose": "detection"}
    token = desk.json(partner, "credential", "issue", "--account", "demo", "--purpose", "detection")["token"]
    signing = Signing(partner.key, partner.identity_id, datetime.now(UTC))
    return Party(record, desk.api(Caller(partner.transport, token)), signing)


def test_what_a_partner_publishes_another_pulls(desk: Desk, platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    party_of(desk, platform).publish(value)
    reader = party_of(desk, hotline)
    found = reader.look_up(value["id"])
    assert isinstance(found, dict)
    assert reader.pull()[value["id"]] == found


def test_a_refused_object_stops_the_demo(desk: Desk, platform: FakePartner) -> None:
    with pytest.raises(CommandFault, match="The demo's own object was refused"):
        party_of(desk, platform).publish(indicator(confidence=101))


def test_a_hidden_object_is_looked_up_in_vain(desk: Desk, hotline: FakePartner) -> None:
    found = party_of(desk, hotline).look_up("indicator--00000000-0000-4000-8000-000000000000")
    assert isinstance(found, CommandFault)
    assert found.details["status"] == 404


def test_the_operator_is_told_why_a_partner_does_not_see(
    desk: Desk, operator: Caller, platform: FakePartner, hotline: FakePartner
) -> None:
    publisher, reader = party_of(desk, platform), party_of(desk, hotline)
    nobody = marking(platform.register_audience())
    later = marking(platform.audience_id, release_at="2099-01-01T00:00:00Z")
    hidden, embargoed, open_ = (
        indicator(object_marking_refs=[nobody["id"]]),
        indicator(object_marking_refs=[later["id"]]),
        indicator(),
    )
    publisher.publish(nobody, later, hidden, embargoed, open_)
    as_operator = desk.api(operator)
    world = World(desk.url, {}, as_operator, as_operator, operator.token or "", desk.running.exchange, {})
    why = world.why_hidden(hidden["id"], reader)
    assert why
    assert not isinstance(why, str)
    assert why.clause == "audience-does-not-admit"
    assert world.why_hidden(embargoed["id"], reader) == "embargo"
    assert world.why_hidden(open_["id"], reader) is None
