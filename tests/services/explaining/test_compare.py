"""What an agreement would change, counted with what is stored; and that it comes true when it is made."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.vocabulary import Channel, Harm, Purpose, Sensitivity, StaffRole
from app.policy.agreement_changes import Direction
from app.policy.submission import SubmissionClause
from app.services.explaining.compare import Comparison, Counted, Kind, Outcome, compare, compare_proposed
from app.services.membership.change_policy import NewAgreement
from app.services.membership.propose_agreement import propose_agreement
from tests.factories.members import Hub, Member
from tests.factories.policy_values import default_handling, read_terms, write_terms
from tests.factories.stix_objects import context, indicator, newer, report, user_account

ALL_SENSITIVITIES = frozenset(Sensitivity)
WAYS: dict[str, Any] = {
    "purposes": frozenset({Purpose.DETECTION, Purpose.INVESTIGATION}),
    "channels": frozenset({Channel.REST, Channel.PORTAL}),
    "harm_types": frozenset(Harm),
}
CSAM, LIVE = frozenset({Harm.CSAM}), frozenset({Harm.LIVE_STREAMED_CSA})


def terms(member: Member, *, write: dict[str, Any] | None = None, **read: Any) -> NewAgreement:
    able = {"sensitivities": ALL_SENSITIVITIES, "harm_types": frozenset(Harm)}
    made = {"read": read_terms(**WAYS | read), "write": write_terms(**able | (write or {}))}
    default = default_handling(audience_id=member.everybody)
    return NewAgreement(member.id, None, None, made["read"], made["write"], default)


def ask(member: Member, **changes: Any) -> Comparison:
    return compare(member.hub.exchange, member.hub.operator, terms(member, **changes))


@pytest.fixture
def reader(other: Member) -> Member:
    other.agree(**WAYS)
    return other


def stored(publisher: Member) -> None:
    """Three versions about CSAM, one about live streams, and one account that nobody else may see."""
    first = indicator(extensions=context(harm_types=["csam"]))
    publisher.store(first, newer(first), indicator(extensions=context(harm_types=["csam"])))
    publisher.store(indicator(), user_account(), indicator(object_marking_refs=[publisher.mark_for(publisher)]))


def test_what_is_lost_and_gained_is_counted_by_publisher_sensitivity_and_harm(publisher: Member, reader: Member) -> None:
    stored(publisher)
    behavioural = Sensitivity.BEHAVIOURAL
    lost = ask(reader, harm_types=LIVE)
    assert lost.before == 2
    assert lost.seen == {Kind(publisher.id, behavioural, CSAM, Outcome.LOST): Counted(versions=3, classes=1)}
    assert lost.names == {publisher.id: "Platform A"}
    fewer = ask(reader, purposes=frozenset({Purpose.DETECTION}))
    outcomes = Counter(kind.outcome for kind in fewer.seen)
    assert outcomes.keys() == {Outcome.FEWER_WAYS}
    reader.agree(**WAYS | {"harm_types": LIVE})
    gained = ask(reader)
    assert gained.seen == {Kind(publisher.id, behavioural, CSAM, Outcome.GAINED): Counted(versions=3, classes=1)}
    assert ask(reader, harm_types=LIVE).seen == {}
    both = ask(reader, harm_types=CSAM | LIVE, channels=frozenset({Channel.REST, Channel.TAXII}))
    assert {kind.outcome for kind in both.seen} == {Outcome.GAINED, Outcome.MORE_WAYS, Outcome.FEWER_WAYS}


def test_the_terms_that_differ_are_named(reader: Member) -> None:
    found = {change.pointer: change.direction for change in ask(reader, harm_types=LIVE).terms}
    assert found["/read/harm_types"] is Direction.NARROWS


def test_it_comes_true(publisher: Member, reader: Member) -> None:
    stored(publisher)
    publisher.store(report([indicator()["id"]]))
    narrow = {"sensitivities": frozenset({Sensitivity.AGGREGATE}), "harm_types": LIVE}
    for read in (narrow, {}):
        before = set(reader.sees())
        foretold = ask(reader, **read)
        reader.agree(**WAYS | read)
        after = set(reader.sees())
        counted = Counter(dict.fromkeys(Outcome, 0))
        for kind, number in foretold.seen.items():
            counted[kind.outcome] += number.versions
        assert (counted[Outcome.GAINED], counted[Outcome.LOST]) == (len(after - before), len(before - after))
        assert before != after


def test_what_its_own_objects_show_that_it_could_not_submit_any_more(reader: Member) -> None:
    reader.store(user_account(), indicator())
    assert ask(reader).refused == {}
    less = ask(reader, write={"sensitivities": frozenset({Sensitivity.BEHAVIOURAL})})
    assert less.refused == {SubmissionClause.SENSITIVITY_NOT_AGREED: 1}
    assert less.seen == {}
    assert ask(reader, write={"profiles": frozenset()}).refused == {SubmissionClause.PROFILE_NOT_AGREED: 2}


def test_a_later_start_is_compared_as_of_then(publisher: Member, reader: Member) -> None:
    stored(publisher)
    hub = reader.hub
    ends_at = hub.clock.now + timedelta(days=1)
    reader.agree(ends_at=ends_at, **WAYS)
    made = terms(reader)
    values = {field.name: getattr(made, field.name) for field in fields(NewAgreement)} | {"starts_at": ends_at}
    later = compare(hub.exchange, hub.operator, NewAgreement(**values))
    assert (later.at, later.before) == (ends_at, None)
    assert {kind.outcome for kind in later.seen} == {Outcome.GAINED}
    assert [change.direction for change in later.terms] == [Direction.WIDENS]


def test_what_was_proposed_is_compared_as_it_was_typed(publisher: Member, reader: Member) -> None:
    stored(publisher)
    hub = reader.hub
    new = terms(reader)
    proposal = propose_agreement(hub.exchange, hub.operator, new, "As was talked over.")
    said, typed = (
        compare_proposed(hub.exchange, hub.operator, json.loads(proposal.document)),
        compare(hub.exchange, hub.operator, new),
    )
    assert (said.seen, said.terms, said.refused) == (typed.seen, typed.terms, typed.refused)


def test_operators_alone_compare(quick_hub: Hub, publisher: Member) -> None:
    for principal in (publisher.principal, quick_hub.another_operator(StaffRole.AUDITOR)):
        with pytest.raises(ForbiddenError):
            compare(quick_hub.exchange, principal, terms(publisher))
    nobody = terms(publisher)
    values = {field.name: getattr(nobody, field.name) for field in fields(NewAgreement)} | {"partner_id": "nobody"}
    with pytest.raises(NotFoundError):
        compare(quick_hub.exchange, quick_hub.operator, NewAgreement(**values))
