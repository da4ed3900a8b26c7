"""Passing on: whose keys count for a submitter, and what becomes of another publisher's signed object."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.errors import Code, NotFoundError
from app.domain.vocabulary import ANY, Harm, PartnerState, Sensitivity
from app.services.intake.usable_keys import signers, usable_keyids
from app.services.membership.enrol_partner import change_state
from app.services.membership.manage_keys import revoke_key
from tests.factories.members import Hub, Member, outcomes
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import context, indicator, newer, report, user_account


@pytest.fixture
def relay(quick_hub: Hub) -> Member:
    """A hotline that may pass on anybody's objects."""
    member = quick_hub.enrol("Hotline A")
    member.agree(write={"passes_on": frozenset({ANY})})
    return member


@pytest.fixture
def author(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Platform A")


def passed_on(relay: Member, author: Member, *values: dict[str, Any], **request: Any) -> list[Code | str]:
    return outcomes(relay.submit(*map(author.sign, values), sign=False, **request).results)


def owner_of(hub: Hub, member: Member, stix_id: str) -> str:
    """Give the owner of an id as a reader is told it."""
    from app.services.reading.pull import list_versions  # noqa: PLC0415  # for this question only

    [version] = list_versions(hub.exchange, member.reader(), stix_id)
    return version.owner_id


def test_another_publishers_object_is_the_publishers(quick_hub: Hub, relay: Member, author: Member) -> None:
    value = indicator()
    assert passed_on(relay, author, value) == ["stored"]
    assert owner_of(quick_hub, author, value["id"]) == author.id
    assert outcomes(author.submit(newer(value)).results) == ["stored"]
    assert passed_on(relay, author, newer(value)) == ["already-stored"]


@pytest.mark.parametrize("passes_on", ["nobody", "itself", "somebody else"])
def test_without_a_term_for_this_publisher_its_key_does_not_count(
    quick_hub: Hub, relay: Member, author: Member, passes_on: str
) -> None:
    named = {"nobody": frozenset(), "itself": {relay.id}, "somebody else": {quick_hub.enrol("Platform C").id}}[passes_on]
    relay.agree(write={"passes_on": frozenset(named)})
    assert passed_on(relay, author, indicator()) == [Code.KEY_NOT_ACTIVE]


def test_one_envelope_may_hold_several_publishers_objects_under_one_id(relay: Member, author: Member) -> None:
    value = indicator()
    reporting = report([value["id"]])
    envelope = [relay.sign(value), author.sign(value), author.sign(reporting)]
    assert outcomes(relay.submit(*envelope, sign=False).results) == ["stored"] * 3
    assert len(relay.look_up(value["id"])) == 2


def test_the_publishers_markings_count_and_not_the_relays(quick_hub: Hub, relay: Member, author: Member) -> None:
    reader = quick_hub.enrol("Platform B")
    authors, relays = author.mark_for(reader), relay.mark_for(reader)
    assert passed_on(relay, author, indicator(object_marking_refs=[authors])) == ["stored"]
    assert passed_on(relay, author, indicator(object_marking_refs=[relays])) == [Code.HANDLING_UNRESOLVED]


def test_the_relays_own_terms_bound_what_it_passes_on(relay: Member, author: Member) -> None:
    relay.agree(write={"passes_on": frozenset({author.id}), "harm_types": frozenset({Harm.CSAM})})
    assert passed_on(relay, author, indicator()) == [Code.TERMS_EXCEEDED]
    assert passed_on(relay, author, indicator(stated=context(harm_types=["csam"]))) == ["stored"]


def test_the_publishers_terms_bound_it_too_and_are_not_told(relay: Member, author: Member) -> None:
    author.agree(write={"sensitivities": frozenset({Sensitivity.AGGREGATE})})
    [result] = relay.submit(author.sign(indicator()), sign=False).results
    assert result.refusal is not None
    assert (result.refusal.code, "aggregate" in result.refusal.sentence) == (Code.TERMS_EXCEEDED, False)


def test_nothing_of_a_suspended_publisher_is_passed_on(quick_hub: Hub, relay: Member, author: Member) -> None:
    change_state(quick_hub.exchange, quick_hub.operator, author.id, PartnerState.SUSPENDED)
    assert passed_on(relay, author, indicator()) == [Code.TERMS_EXCEEDED]


def test_a_revoked_key_of_the_publisher_does_not_count(quick_hub: Hub, relay: Member, author: Member) -> None:
    revoke_key(quick_hub.exchange, quick_hub.operator, author.key.public.keyid)
    assert passed_on(relay, author, indicator()) == [Code.KEY_NOT_ACTIVE]


def test_passing_on_does_not_shake_off_what_the_author_saw(quick_hub: Hub, relay: Member, author: Member) -> None:
    source, reader = quick_hub.enrol("Platform C"), quick_hub.enrol("Platform B")
    secret = indicator(object_marking_refs=[source.mark_for(author)])
    source.store(secret)
    reporting = report([secret["id"]])
    assert passed_on(relay, author, reporting) == ["stored"]
    with pytest.raises(NotFoundError):
        reader.look_up(reporting["id"])


def test_what_the_relay_saw_narrows_too(quick_hub: Hub, relay: Member, author: Member) -> None:
    source, reader = quick_hub.enrol("Platform C"), quick_hub.enrol("Platform B")
    secret = indicator(object_marking_refs=[source.mark_for(relay)])
    source.store(secret)
    reporting = report([secret["id"]])
    assert passed_on(relay, author, reporting) == ["stored"]
    with pytest.raises(NotFoundError):
        reader.look_up(reporting["id"])


def test_a_refusal_among_others_objects_refuses_an_atomic_submission(relay: Member, author: Member) -> None:
    values = [relay.sign(indicator()), author.sign(indicator()) | {"name": "Changed"}]
    results = relay.submit(*values, sign=False, atomic=True).results
    assert outcomes(results) == [Code.SUBMISSION_NOT_ATOMIC, Code.SIGNATURE_INVALID]
    assert relay.sees() == []


def test_an_account_that_somebody_else_reports_is_narrowed_for_its_publishers_report(
    quick_hub: Hub, relay: Member, author: Member
) -> None:
    account = user_account()
    reporting = report([account["id"]], extensions=context(sensitivity="identifying"))
    assert outcomes(relay.submit(relay.sign(account), author.sign(reporting), sign=False).results) == ["stored"] * 2
    reader = quick_hub.enrol("Platform B")
    assert reader.sees() == []


def test_the_receipt_is_the_relays_and_says_nothing_to_others(relay: Member, author: Member) -> None:
    submission = relay.submit(author.sign(indicator()), sign=False)
    assert submission.partner_id == relay.id
    assert json.dumps(submission.receipt)


def test_keys_count_by_state_and_by_whom_one_may_pass_on(quick_hub: Hub, relay: Member, author: Member) -> None:
    pending = author.add_key(active=False)
    with quick_hub.exchange.database.read() as connection:
        own = signers(connection, author.partner, frozenset(), NOW)
        every = signers(connection, relay.partner, frozenset({ANY}), NOW)
        ids = usable_keyids(connection, {author.id}, NOW)
    assert own.keys() == ids == {author.key.public.keyid}
    assert every.keys() == {author.key.public.keyid, relay.key.public.keyid}
    assert every[author.key.public.keyid].identity_id == author.partner.identity_id
    assert pending.public.keyid not in every
