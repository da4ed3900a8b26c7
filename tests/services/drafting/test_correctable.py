"""Keeps what can be corrected, why something is not, and that a newer version goes where the last one was posted."""

from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.vocabulary import MemberRole
from app.services.drafting.correctable import Correctable, _why_not, correctable
from app.services.membership.keep_groups import delete_group
from app.services.reading.readers import reader
from tests.factories.drafting import Desks, desks
from tests.factories.groups import let_in, make_group, put_out
from tests.factories.members import Hub
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator, newer, stix_id, user_account


@pytest.fixture
def ours(quick_hub: Hub) -> Desks:
    return desks(quick_hub)


def found(ours: Desks, stix_id: str) -> Correctable:
    known = ours.partner.reader()
    return correctable(ours.hub.exchange, reader(ours.author, known.purpose, known.channel), stix_id)


def test_the_newest_version_of_ones_own_is_corrected(ours: Desks) -> None:
    value = indicator()
    ours.partner.store(value, newer(value, name="Newer"))
    seen = found(ours, value["id"])
    assert (seen.said("name"), seen.version, seen.group_id, seen.why_not) == ("Newer", newer(value)["modified"], None, None)


def test_what_is_recognised_revoked_or_of_a_time_to_come_is_not_corrected(ours: Desks) -> None:
    account, gone, ahead = user_account("a"), indicator(revoked=True), indicator()
    ours.partner.store(account, gone, newer(ahead, "2099-01-01T00:00:00.000Z"))
    assert "entered anew" in str(found(ours, account["id"]).why_not)
    assert "taken this back" in str(found(ours, gone["id"]).why_not)
    assert "still to come" in str(found(ours, ahead["id"]).why_not)


def test_anothers_is_absent_and_who_does_not_draft_is_refused(ours: Desks) -> None:
    theirs, value = ours.hub.enrol("Synthetic platform two"), indicator()
    theirs.store(value)
    for one in (value["id"], "nothing"):
        with pytest.raises(NotFoundError):
            found(ours, one)
    known = ours.partner.reader()
    read_only = ours.partner.person(ours.administrator, MemberRole.READ_ONLY)
    with pytest.raises(ForbiddenError):
        correctable(ours.hub.exchange, reader(read_only, known.purpose, known.channel), value["id"])


def test_a_newer_version_goes_where_the_last_one_was_posted(ours: Desks) -> None:
    value, both = indicator(), indicator()
    one, other = (make_group(ours.hub, ours.partner) for _ in range(2))
    ours.partner.submit(value, group_id=one)
    assert found(ours, value["id"]).group_id == one
    signed = ours.partner.sign(both)
    for group_id in (one, other):
        ours.partner.submit(signed, sign=False, group_id=group_id)
    assert "several places" in str(found(ours, both["id"]).why_not)


@pytest.mark.parametrize("way", ["left", "reads", "deleted"])
def test_what_stands_in_a_group_that_was_lost_is_not_corrected_there(ours: Desks, way: str) -> None:
    hub, partner, value = ours.hub, ours.partner, indicator()
    group_id = make_group(hub, partner)
    partner.submit(value, group_id=group_id)
    if way == "left":
        put_out(hub, group_id, partner)
    elif way == "reads":
        let_in(hub, group_id, partner, can_write=False)
    else:
        delete_group(hub.exchange, hub.operator, group_id)
    seen = found(ours, value["id"])
    assert "where your organisation cannot post any more" in str(seen.why_not)


def test_what_another_identity_made_is_its_makers_to_correct() -> None:
    assert "Another identity" in str(_why_not(indicator(created_by_ref=stix_id("identity")), stix_id("identity"), NOW))
