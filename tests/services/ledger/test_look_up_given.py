from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.disclosure import Disclosure
from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.vocabulary import Channel, Extent, Purpose
from app.services.ledger.look_up_disclosures import PageAsked
from app.services.ledger.look_up_given import GivenQuestion, given_to_own, sum_given
from app.storage import disclosures
from app.storage.disclosures import Given
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY

PAGE = PageAsked(None, 10)


def give(hub: Hub, member: Member, *version_ids: int, extent: Extent = Extent.CONTENT) -> None:
    """Keep that a member was given versions."""
    row = Disclosure(
        member.id,
        member.principal.credential.credential_id,
        Purpose.DETECTION,
        Channel.REST,
        agreement_version=1,
        policy_epoch=1,
        disclosed_at=hub.clock.now,
        version_ids=version_ids,
        extent=extent,
    )
    with hub.exchange.database.write() as connection:
        disclosures.add_disclosure(connection, row, Given([], 0))


def test_what_was_given_is_listed_to_whom_it_was_given_alone(quick_hub: Hub) -> None:
    first, second = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    give(quick_hub, first, 1, 2)
    quick_hub.clock.now += DAY
    give(quick_hub, first, 2, 3, extent=Extent.EXISTENCE)
    give(quick_hub, second, 4)
    found = given_to_own(quick_hub.exchange, first.principal, GivenQuestion(), PAGE)
    assert [(one.extent, one.versions) for one in found.rows] == [(Extent.CONTENT, 2), (Extent.EXISTENCE, None)]
    assert found.next is None
    later = GivenQuestion(since=quick_hub.clock.now)
    assert len(given_to_own(quick_hub.exchange, first.principal, later, PAGE).rows) == 1
    others = GivenQuestion(second.principal.credential.credential_id)
    assert given_to_own(quick_hub.exchange, first.principal, others, PAGE).rows == []


def test_a_page_goes_on_for_the_same_question_alone(quick_hub: Hub) -> None:
    first, second = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    for number in (1, 2, 3):
        give(quick_hub, first, number)
    page = given_to_own(quick_hub.exchange, first.principal, GivenQuestion(), PageAsked(None, 2))
    assert len(page.rows) == 2
    rest = given_to_own(quick_hub.exchange, first.principal, GivenQuestion(), replace(PAGE, cursor=page.next))
    assert (len(rest.rows), rest.next) == (1, None)
    for who, asked in ((second, GivenQuestion()), (first, GivenQuestion(since=quick_hub.clock.now))):
        with pytest.raises(MalformedInputError):
            given_to_own(quick_hub.exchange, who.principal, asked, replace(PAGE, cursor=page.next))


def test_what_one_credential_read_is_added_up(quick_hub: Hub) -> None:
    first, second = quick_hub.enrol("Platform A"), quick_hub.enrol("Platform B")
    give(quick_hub, first, 1, 2)
    give(quick_hub, first, 2, 3, extent=Extent.IDS)
    give(quick_hub, first, 9, extent=Extent.EXISTENCE)
    own = GivenQuestion(first.principal.credential.credential_id)
    held, total = sum_given(quick_hub.exchange, first.principal, own)
    assert held.credential_id == own.credential_id
    assert (total.answers, total.versions, total.channels) == (3, 3, {Channel.REST: 3})
    for who, asked in ((second, own), (first, GivenQuestion()), (first, GivenQuestion("nobody"))):
        with pytest.raises(NotFoundError):
            sum_given(quick_hub.exchange, who.principal, asked)
    with pytest.raises(ForbiddenError):
        given_to_own(quick_hub.exchange, quick_hub.operator, own, PAGE)
