from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code, RefusedError
from app.domain.handling import Handling
from app.domain.stix_object import CheckedObject, ParsedObject, VerifiedObject
from app.domain.vocabulary import Assurance, Harm, PartnerState, Purpose, Sensitivity, SubjectStatus, Tlp
from app.services.intake.settle_handling import Candidate, Settled, Settlement, settle
from app.services.reading.visible_set import viewer_of
from app.stix.profile import check_object
from app.storage.columns import FOREVER
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.members import Member, outcomes, started_hub
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import (
    CREATED,
    TLP_AMBER,
    TLP_GREEN,
    TLP_RED,
    context,
    indicator,
    marking,
    stix_id,
    user_account,
)

STATEMENT = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": stix_id("marking-definition"),
    "created": CREATED,
    "definition_type": "statement",
    "definition": {"statement": "From Platform A"},
}
TLP_1_AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"


def _checked(member: Member, value: dict[str, Any]) -> CheckedObject:
    content = canonical_bytes(value)
    parsed = ParsedObject("/objects/0", value, content)
    digest = hashlib.sha256(content).digest()
    return check_object(VerifiedObject(parsed, member.id, "keyid", digest, Assurance.PUBLISHER_SIGNED))


def settled(member: Member, *values: dict[str, Any], **viewer: Any) -> list[Settled]:
    """Settle objects of a member without storing any."""
    now = member.hub.clock.now
    with member.hub.exchange.database.read() as connection:
        submitter = replace(viewer_of(connection, member.partner, Tlp.RED, now), **viewer)
        return settle(connection, Settlement(submitter, submitter, now), [_checked(member, value) for value in values])


def candidate(member: Member, *values: dict[str, Any]) -> Candidate:
    """Settle objects and give the last one, which must not be refused."""
    found = settled(member, *values)[-1]
    assert isinstance(found, Candidate), found
    return found


def handling_of(member: Member, *values: dict[str, Any]) -> Handling:
    """Settle objects and give the handling of the last one."""
    settled_class = candidate(member, *values).handling_class
    assert settled_class.owner_id == member.id
    (only,) = settled_class.handlings
    return only


def refusals(member: Member, *values: dict[str, Any], **viewer: Any) -> list[Code | None]:
    """Settle objects and give the code of each refusal, None where there is none."""
    found = settled(member, *values, **viewer)
    return [one.code if isinstance(one, BreakwaterError) else None for one in found]


def marked(*markings: str, **changes: Any) -> dict[str, Any]:
    return indicator(object_marking_refs=list(markings), **changes)


# --- what is said, and by whom --------------------------------------------------------------------------------------------------


def test_what_nobody_marked_has_the_agreements_default(publisher: Member) -> None:
    publisher.agree(default={"tlp": Tlp.GREEN, "purposes": frozenset({Purpose.AUDIT})})
    found = handling_of(publisher, indicator())
    assert (found.publisher.partner_id, found.tlp, found.purposes) == (publisher.id, Tlp.GREEN, {Purpose.AUDIT})
    assert {one.audience_id for one in found.audiences} == {publisher.everybody}
    assert (found.sensitivity, found.harm_types) == (Sensitivity.BEHAVIOURAL, {Harm.LIVE_STREAMED_CSA})


def test_a_marking_narrows_the_default(publisher: Member) -> None:
    audience_id = publisher.add_audience(roles=["hotline"])
    own = publisher.mark(audience_id, tlp="amber", purposes=["detection"])
    found = handling_of(publisher, marked(own))
    assert (found.tlp, found.purposes) == (Tlp.AMBER, {Purpose.DETECTION})
    assert {one.audience_id for one in found.audiences} == {publisher.everybody, audience_id}


@pytest.mark.parametrize(
    ("ref", "tlp"), [(TLP_GREEN, Tlp.GREEN), (TLP_AMBER, Tlp.AMBER), (TLP_1_AMBER, Tlp.AMBER), (TLP_RED, Tlp.RED)]
)
def test_tlp_markings_are_known_to_all(publisher: Member, ref: str, tlp: Tlp) -> None:
    assert handling_of(publisher, marked(ref)).tlp is tlp


def test_of_several_markings_the_narrowest_counts_and_of_a_part_as_of_the_whole(publisher: Member) -> None:
    own = publisher.mark(tlp="green", purposes=["audit", "detection"])
    granular = [{"marking_ref": TLP_AMBER, "selectors": ["name"]}]
    found = handling_of(publisher, marked(own, TLP_GREEN, granular_markings=granular))
    assert (found.tlp, found.purposes) == (Tlp.AMBER, {Purpose.AUDIT, Purpose.DETECTION})


def test_a_statement_whose_words_no_rule_can_read_is_refused_with_what_it_marks(publisher: Member) -> None:
    found = settled(publisher, STATEMENT, marked(STATEMENT["id"]))
    assert [isinstance(one, RefusedError) and one.code for one in found] == [Code.HANDLING_UNRESOLVED] * 2


def test_an_agreement_may_carry_statements_which_then_narrow_nothing(publisher: Member) -> None:
    publisher.agree(write={"carries_statements": True})
    statement, said = settled(publisher, STATEMENT, marked(STATEMENT["id"]))
    assert isinstance(statement, Candidate)
    assert isinstance(said, Candidate)
    assert said.handling_class.handlings == handling_class_without(publisher)
    assert outcomes(publisher.submit(STATEMENT, marked(STATEMENT["id"])).results) == ["stored"] * 2
    assert outcomes(publisher.submit(marked(STATEMENT["id"])).results) == ["stored"]
    publisher.agree()
    assert outcomes(publisher.submit(marked(STATEMENT["id"])).results) == [Code.HANDLING_UNRESOLVED]


def handling_class_without(publisher: Member) -> frozenset[Handling]:
    [found] = settled(publisher, indicator())
    assert isinstance(found, Candidate)
    return found.handling_class.handlings


def test_the_context_says_harm_sensitivity_and_subject(publisher: Member) -> None:
    stated = context(harm_types=["csam"], sensitivity="aggregate", subject_status="may-be-child")
    found = handling_of(publisher, indicator(stated=stated))
    assert (found.harm_types, found.sensitivity) == ({Harm.CSAM}, Sensitivity.AGGREGATE)
    assert found.subject_status is SubjectStatus.MAY_BE_CHILD


def test_what_the_object_itself_demands_is_not_talked_down(publisher: Member) -> None:
    account = user_account(extensions=context(sensitivity="aggregate"))
    assert handling_of(publisher, account).sensitivity is Sensitivity.IDENTIFYING


# --- markings of the same envelope ----------------------------------------------------------------------------------------------


def test_a_marking_of_the_same_envelope_counts_before_and_after_what_it_marks(publisher: Member) -> None:
    own = marking(tlp="amber")
    before, after = settled(publisher, own, marked(own["id"])), settled(publisher, marked(own["id"]), own)[::-1]
    assert before[0] == after[0]
    for found in (before, after):
        assert isinstance(found[1], Candidate)
        assert {one.tlp for one in found[1].handling_class.handlings} == {Tlp.AMBER}


def test_what_is_stored_wins_over_the_same_id_in_the_envelope(publisher: Member) -> None:
    own = marking(tlp="amber")
    publisher.store(own)
    wider = marking(tlp="clear") | {"id": own["id"]}
    assert handling_of(publisher, wider, marked(own["id"])).tlp is Tlp.AMBER


def test_of_two_in_one_envelope_the_first_counts(publisher: Member) -> None:
    own = marking(tlp="amber")
    wider = marking(tlp="clear") | {"id": own["id"]}
    assert handling_of(publisher, own, wider, marked(own["id"])).tlp is Tlp.AMBER
    assert handling_of(publisher, wider, own, marked(own["id"])).tlp is Tlp.CLEAR


def test_a_bad_second_marking_does_not_spoil_the_first(publisher: Member) -> None:
    own = marking(tlp="amber")
    bad = marking(str(stix_id("audience"))) | {"id": own["id"]}
    assert refusals(publisher, own, bad, marked(own["id"])) == [None, Code.AUDIENCE_NOT_FOUND, None]


def test_a_marking_that_is_refused_says_nothing_of_other_objects(publisher: Member) -> None:
    lost = marking() | {"object_marking_refs": [stix_id("marking-definition")]}
    depending = marking() | {"object_marking_refs": [lost["id"]]}
    codes = refusals(publisher, marked(depending["id"]), depending, lost, indicator())
    assert codes == [Code.HANDLING_UNRESOLVED] * 3 + [None]


def test_a_marking_may_be_marked_by_another(publisher: Member) -> None:
    first = marking(tlp="amber")
    second = marking(tlp="clear") | {"object_marking_refs": [first["id"]]}
    assert handling_of(publisher, first, second).tlp is Tlp.AMBER


# --- what nobody can resolve ----------------------------------------------------------------------------------------------------


def test_an_unknown_marking_is_a_refusal_and_never_the_default(publisher: Member, other: Member) -> None:
    theirs = other.mark(tlp="clear")
    codes = refusals(publisher, marked(stix_id("marking-definition")), marked(theirs), marked(TLP_GREEN, theirs), indicator())
    assert codes == [Code.HANDLING_UNRESOLVED] * 3 + [None]


def test_a_marking_of_others_and_one_that_does_not_exist_are_answered_alike(publisher: Member, other: Member) -> None:
    theirs, absent = settled(publisher, marked(other.mark()), marked(stix_id("marking-definition")))
    assert isinstance(theirs, BreakwaterError)
    assert isinstance(absent, BreakwaterError)
    assert (theirs.code, theirs.sentence, theirs.pointer) == (absent.code, absent.sentence, absent.pointer)


def test_a_marking_whose_meaning_nobody_knows_is_refused(publisher: Member) -> None:
    foreign = marking()
    foreign["extensions"]["extension-definition--00000000-0000-4000-8000-000000000001"] = {
        "extension_type": "property-extension",
        "who": "some",
    }
    assert refusals(publisher, foreign, marked(foreign["id"])) == [Code.HANDLING_UNRESOLVED] * 2


def test_anothers_audience_and_an_absent_one_are_answered_alike(publisher: Member, other: Member) -> None:
    absent = stix_id("audience")
    found = settled(publisher, marking(other.everybody), marking(absent), marking(publisher.everybody))
    codes = [(one.code, one.sentence, one.pointer) for one in found if isinstance(one, BreakwaterError)]
    assert [code for code, *_ in codes] == [Code.AUDIENCE_NOT_FOUND] * 2
    assert codes[0] == codes[1]
    assert isinstance(found[2], Candidate)


def test_more_markings_than_one_statement_takes_are_looked_up(postgres_url: str) -> None:
    with started_hub(postgres_url) as hub:  # PostgreSQL takes 65,535 values
        member = hub.enrol("Platform A")
        known = member.mark(tlp="amber")
        one = _checked(member, indicator())
        many = frozenset({known, *(f"marking-definition--{number}" for number in range(70_000))})
        both = [replace(one, facts=replace(one.facts, marking_refs=refs)) for refs in (many, frozenset({known}))]
        with hub.exchange.database.read() as connection:
            submitter = viewer_of(connection, member.partner, Tlp.RED, NOW)
            refused, settled_ = settle(connection, Settlement(submitter, submitter, NOW), both)
    assert isinstance(refused, BreakwaterError)
    assert refused.code is Code.HANDLING_UNRESOLVED
    assert isinstance(settled_, Candidate)


# --- embargo and expiry ---------------------------------------------------------------------------------------------------------


def test_embargo_and_expiry_are_times_of_the_version(publisher: Member) -> None:
    own = publisher.mark(release_at="2026-03-02T00:00:00Z", expires_at="2026-03-03T00:00:00Z")
    found = candidate(publisher, marked(own))
    assert (found.release_at, found.visible_until) == (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
    assert found.handling_class == candidate(publisher, indicator()).handling_class


def test_without_them_it_is_out_at_once_and_for_ever(publisher: Member) -> None:
    found = candidate(publisher, indicator())
    assert (found.release_at, found.visible_until) == (None, FOREVER)


@pytest.mark.parametrize("release_at", ["2026-02-01T00:00:00Z", "2026-03-01T12:00:00Z"])
def test_an_embargo_that_has_passed_is_none(publisher: Member, release_at: str) -> None:
    assert candidate(publisher, marked(publisher.mark(release_at=release_at))).release_at is None


@pytest.mark.parametrize("expires_at", ["2026-02-01T00:00:00Z", "2026-03-01T12:00:00Z"])
def test_what_has_expired_already_is_refused(publisher: Member, expires_at: str) -> None:
    own = marking(expires_at=expires_at)
    assert refusals(publisher, own, marked(own["id"])) == [Code.HANDLING_UNRESOLVED] * 2


def test_two_markings_that_leave_no_time_are_refused(publisher: Member) -> None:
    late, early = publisher.mark(release_at="2026-03-03T00:00:00Z"), publisher.mark(expires_at="2026-03-02T00:00:00Z")
    assert refusals(publisher, marked(late, early), marked(late), marked(early)) == [Code.HANDLING_UNRESOLVED, None, None]


# --- what the agreement allows --------------------------------------------------------------------------------------------------


def test_without_an_agreement_in_force_nothing_is_settled(publisher: Member) -> None:
    assert refusals(publisher, indicator(), marking(), agreement=None) == [Code.AGREEMENT_NOT_IN_FORCE] * 2
    publisher.agree(ends_at=NOW.replace(hour=13))
    publisher.hub.clock.now = NOW.replace(hour=13)
    assert refusals(publisher, indicator()) == [Code.AGREEMENT_NOT_IN_FORCE]


def test_a_partner_that_is_not_active_submits_nothing(publisher: Member) -> None:
    assert refusals(publisher, indicator(), marking(), state=PartnerState.SUSPENDED) == [Code.PARTNER_NOT_ACTIVE] * 2


@pytest.mark.parametrize("terms", [{"harm_types": frozenset({Harm.CSAM})}, {"sensitivities": frozenset({Sensitivity.AGGREGATE})}])
def test_what_exceeds_the_terms_is_refused_and_the_rest_is_not(publisher: Member, terms: dict[str, Any]) -> None:
    publisher.agree(write=terms)
    within = indicator(stated=context(harm_types=["csam"], sensitivity="aggregate"))
    assert refusals(publisher, indicator(), within, indicator()) == [Code.TERMS_EXCEEDED, None, Code.TERMS_EXCEEDED]


def test_a_marking_is_about_no_harm_and_no_person(publisher: Member) -> None:
    publisher.agree(write={"harm_types": frozenset(), "sensitivities": frozenset()})
    found = handling_of(publisher, marking())
    assert (found.harm_types, found.sensitivity) == (frozenset(), Sensitivity.AGGREGATE)
    assert refusals(publisher, indicator()) == [Code.TERMS_EXCEEDED]


def test_a_marking_that_says_who_somebody_is_needs_the_terms_for_it(publisher: Member) -> None:
    publisher.agree(write={"sensitivities": frozenset({Sensitivity.AGGREGATE})})
    telling = marking() | {"x_note": user_account()["id"]}
    assert refusals(publisher, telling, marking()) == [Code.TERMS_EXCEEDED, None]


@pytest.mark.parametrize("terms", [{"profiles": frozenset()}, {"assurances": frozenset()}])
def test_who_may_submit_nothing_may_submit_no_marking(publisher: Member, terms: dict[str, Any]) -> None:
    publisher.agree(write=terms)
    assert refusals(publisher, marking(), indicator()) == [Code.TERMS_EXCEEDED] * 2
