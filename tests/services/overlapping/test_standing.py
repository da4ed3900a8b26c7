"""Who asks, and who counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import Code, ForbiddenError, MalformedInputError
from app.domain.overlap import LONGEST_HELD
from app.domain.permissions import Permission
from app.domain.vocabulary import PartnerState, Purpose, Role
from app.policy.overlap import why_no_overlap
from app.services.membership.enrol_partner import change_state
from app.services.membership.keep_contacts import NewContact, add_contact
from app.services.overlapping.standing import addresses, agencies, asker_of, check, check_contact, check_until, counting
from tests.factories.blinded import NOBODY
from tests.factories.members import Hub, Member


def test_only_partners_with_the_right_and_a_purpose_ask(quick_hub: Hub, publisher: Member) -> None:
    asker = asker_of(publisher.principal, Permission.OVERLAP_ASK, Purpose.DETECTION)
    assert (asker.partner.partner_id, asker.purpose) == (publisher.id, Purpose.DETECTION)
    with pytest.raises(MalformedInputError) as missing:
        asker_of(publisher.principal, Permission.OVERLAP_ASK, None)
    assert missing.value.code is Code.PURPOSE_MISSING
    fixed = publisher.principal_with(purpose=Purpose.INVESTIGATION)
    assert asker_of(fixed, Permission.OVERLAP_ASK, None).purpose is Purpose.INVESTIGATION
    for principal, stated in ((fixed, Purpose.DETECTION), (quick_hub.operator, Purpose.DETECTION)):
        with pytest.raises(ForbiddenError):
            asker_of(principal, Permission.OVERLAP_ASK, stated)
    with pytest.raises(ForbiddenError):
        asker_of(publisher.principal_with(scopes=frozenset()), Permission.OVERLAP_ASK, Purpose.DETECTION)


def test_the_rule_of_policy_is_asked_with_the_agreement(quick_hub: Hub, publisher: Member) -> None:
    asker = asker_of(publisher.principal, Permission.OVERLAP_ASK, Purpose.DETECTION)
    now = quick_hub.clock.now
    with quick_hub.exchange.database.read() as connection:
        check(connection, asker, why_no_overlap, now)
    publisher.agree(purposes=frozenset({Purpose.AUDIT}))
    with quick_hub.exchange.database.read() as connection, pytest.raises(ForbiddenError) as refusal:
        check(connection, asker, why_no_overlap, now)
    assert refusal.value.code is Code.PURPOSE_NOT_PERMITTED


def test_who_counts_is_active_and_has_an_agreement_and_agencies_are_law_enforcement(quick_hub: Hub, publisher: Member) -> None:
    north = quick_hub.enrol("Agency North", Role.LAW_ENFORCEMENT)
    now = quick_hub.clock.now
    with quick_hub.exchange.database.read() as connection:
        assert counting(connection, [publisher.id, north.id, NOBODY], now) == {publisher.id, north.id}
        assert agencies(connection, now) == {north.id}
    change_state(quick_hub.exchange, quick_hub.operator, north.id, PartnerState.SUSPENDED)
    with quick_hub.exchange.database.read() as connection:
        assert agencies(connection, now) == frozenset()


def test_a_contact_is_ones_own(quick_hub: Hub, publisher: Member, other: Member) -> None:
    mine = add_contact(quick_hub.exchange, publisher.principal, NewContact("Desk", "desk@example.org")).contact
    with quick_hub.exchange.database.read() as connection:
        assert check_contact(connection, publisher.partner, mine.contact_id) == mine
        assert addresses(connection) == {mine.contact_id: mine}
        for partner, contact_id in ((other.partner, mine.contact_id), (publisher.partner, NOBODY)):
            with pytest.raises(MalformedInputError):
                check_contact(connection, partner, contact_id)


def test_an_end_is_to_come_and_not_too_far_away(quick_hub: Hub) -> None:
    now = quick_hub.clock.now
    check_until(now + LONGEST_HELD, now)
    for until in (now, now - timedelta(days=1), now + LONGEST_HELD + timedelta(seconds=1)):
        with pytest.raises(MalformedInputError):
            check_until(until, now)
