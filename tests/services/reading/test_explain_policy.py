"""Who may ask why somebody sees something or not, and what the answer is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose
from app.policy.clauses import Clause, Voice
from app.services.reading.explain_policy import PolicyQuestion, explain
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator

LATER = NOW + timedelta(hours=1)


def ask(hub: Hub, stix_id: str, reader: Member, purpose: Purpose = Purpose.DETECTION) -> PolicyQuestion:
    assert hub
    return PolicyQuestion(stix_id, reader.id, purpose)


def test_what_a_partner_sees_is_not_hidden(hub: Hub) -> None:
    publisher, other = hub.enrol("Platform A"), hub.enrol("Platform B")
    value = indicator()
    publisher.store(value)
    [answer] = explain(hub.exchange, hub.operator, ask(hub, value["id"], other))
    assert (answer.owner_id, answer.hidden, answer.is_out_of_time) == (publisher.id, None, False)


def test_the_voice_and_the_clause_are_named_with_the_agreement(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value | {"object_marking_refs": [publisher.mark_for(publisher)]})
    [answer] = explain(quick_hub.exchange, quick_hub.operator, ask(quick_hub, value["id"], other))
    assert answer.hidden
    assert (answer.hidden.voice, answer.hidden.clause) == (Voice.PUBLISHER, Clause.AUDIENCE_DOES_NOT_ADMIT)
    assert answer.hidden.agreement_version == 1


def test_an_embargo_is_a_matter_of_time_and_not_the_owners(quick_hub: Hub, publisher: Member, other: Member) -> None:
    marking = publisher.mark(publisher.everybody, release_at=LATER.strftime("%Y-%m-%dT%H:%M:%SZ"))
    value = indicator()
    publisher.store(value | {"object_marking_refs": [marking]})
    answers = {
        member.id: explain(quick_hub.exchange, quick_hub.operator, ask(quick_hub, value["id"], member))[0]
        for member in (publisher, other)
    }
    assert answers[other.id].is_out_of_time
    assert not answers[publisher.id].is_out_of_time


def test_what_expired_is_out_of_time_for_everybody(quick_hub: Hub, publisher: Member) -> None:
    marking = publisher.mark(publisher.everybody, expires_at=LATER.strftime("%Y-%m-%dT%H:%M:%SZ"))
    value = indicator()
    publisher.store(value | {"object_marking_refs": [marking]})
    quick_hub.clock.pass_time(timedelta(hours=1))
    [answer] = explain(quick_hub.exchange, quick_hub.operator, ask(quick_hub, value["id"], publisher))
    assert answer.is_out_of_time


def test_an_owner_asks_about_its_own_objects_only(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.store(indicator(id=value["id"], name="The other's statement"))
    [answer] = explain(quick_hub.exchange, publisher.principal, ask(quick_hub, value["id"], other))
    assert answer.owner_id == publisher.id
    assert len(explain(quick_hub.exchange, quick_hub.operator, ask(quick_hub, value["id"], other))) == 2


def test_anothers_object_and_an_unknown_one_are_answered_alike(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    for stix_id in (value["id"], "indicator--00000000-0000-4000-8000-000000000000"):
        with pytest.raises(NotFoundError):
            explain(quick_hub.exchange, other.principal, ask(quick_hub, stix_id, publisher))


def test_an_unknown_partner_is_not_found(quick_hub: Hub, publisher: Member) -> None:
    value = indicator()
    publisher.store(value)
    with pytest.raises(NotFoundError):
        explain(quick_hub.exchange, quick_hub.operator, PolicyQuestion(value["id"], "nobody", Purpose.DETECTION))


def test_without_the_right_nobody_asks(quick_hub: Hub, publisher: Member) -> None:
    bare = publisher.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    with pytest.raises(ForbiddenError):
        explain(quick_hub.exchange, bare, ask(quick_hub, "indicator--1", publisher))
