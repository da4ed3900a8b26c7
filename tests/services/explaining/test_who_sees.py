"""Who sees an object: for staff everybody, for its owner whom it may know of."""

from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, PartnerState, Purpose, Role, Sensitivity
from app.policy.telling import Verdict
from app.services.explaining.explain import PolicyQuestion, explain
from app.services.explaining.who_sees import WhoSees, who_sees
from app.services.membership.enrol_partner import change_state
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, user_account


def staffs(hub: Hub, stix_id: str, channel: Channel = Channel.PORTAL) -> WhoSees:
    [answer] = who_sees(hub.exchange, hub.operator, stix_id, channel)
    return answer


def owners(owner: Member, stix_id: str) -> WhoSees:
    [answer] = who_sees(owner.hub.exchange, owner.principal, stix_id, Channel.PORTAL)
    return answer


def test_it_says_of_everybody_what_an_explanation_says(hub: Hub) -> None:
    publisher, reader, late = (hub.enrol(f"Platform {name}") for name in "ABC")
    suspended, law = hub.enrol("Platform D"), hub.enrol("Police", Role.LAW_ENFORCEMENT)
    late.agree(sensitivities=frozenset({Sensitivity.AGGREGATE}))
    value = user_account(object_marking_refs=[publisher.mark_for(reader)])
    open_ = indicator()
    publisher.store(value, open_)
    change_state(hub.exchange, hub.operator, suspended.id, PartnerState.SUSPENDED)
    late.page()
    late.agree()
    for stix_id in (value["id"], open_["id"]):
        answer = staffs(hub, stix_id)
        assert answer.readers.unlisted is None
        told = {one.partner_id: one for one in answer.readers.listed}
        assert told.keys() == {one.id for one in (publisher, reader, late, suspended, law)}
        for partner_id, one in told.items():
            for purpose in Purpose:
                question = PolicyQuestion(stix_id, partner_id, purpose, Channel.PORTAL)
                [explained] = explain(hub.exchange, hub.operator, question)
                assert (one.told[purpose], one.since.get(purpose)) == (explained.told, explained.since)


def test_an_owner_is_told_of_listed_members_and_counts(quick_hub: Hub, publisher: Member, other: Member) -> None:
    other.agree(is_listed=True)
    for number in range(10):
        quick_hub.enrol(f"Hotline {number}", Role.HOTLINE)
    value = indicator()
    publisher.store(value)
    answer = owners(publisher, value["id"]).readers
    assert [(one.partner_id, one.since) for one in answer.listed] == [(other.id, {})]
    assert {one.verdict for one in answer.listed[0].told.values()} == {Verdict.SEEN}
    assert set((answer.unlisted or {}).values()) == {10}


def test_under_an_embargo_nobody_is_counted(quick_hub: Hub, publisher: Member, other: Member) -> None:
    other.agree(is_listed=True)
    for number in range(10):
        quick_hub.enrol(f"Hotline {number}", Role.HOTLINE)
    value = indicator(object_marking_refs=[publisher.mark(release_at="2026-03-05T00:00:00Z")])
    publisher.store(value)
    answer = owners(publisher, value["id"]).readers
    assert {one.verdict for one in answer.listed[0].told.values()} == {Verdict.EMBARGOED}
    assert set((answer.unlisted or {}).values()) == {0}


def test_others_objects_are_absent(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    for stix_id in (value["id"], "indicator--00000000-0000-4000-8000-000000000000"):
        with pytest.raises(NotFoundError):
            who_sees(quick_hub.exchange, other.principal, stix_id)
    bare = publisher.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    with pytest.raises(ForbiddenError):
        who_sees(quick_hub.exchange, bare, value["id"])
