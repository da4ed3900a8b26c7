"""The handlings of what is composed: narrower ones never say more, and the words say what the marking does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.composed import Tier
from app.domain.observation import WhoMayKnow
from app.domain.vocabulary import OnwardShare, PermittedUse, Purpose, Sensitivity, Tlp
from app.policy.handling import RESTRICTIONS
from app.stix.composed_handling import PROTECTED_USES, USUAL_USES, handling_words, marking_of, marking_refs, terms_of
from breakwater_client.extensions import HANDLING

COMMON = {"spec_version": "2.1", "created": "2026-03-01T12:00:00.000Z"}
MARKING = "marking-definition--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"
AUDIENCE = "audience--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"
WHO = st.builds(
    WhoMayKnow,
    tlp=st.sampled_from(Tlp),
    audience_id=st.sampled_from([None, AUDIENCE]),
    purposes=st.none() | st.frozensets(st.sampled_from(Purpose), min_size=1),
    permitted_uses=st.none() | st.frozensets(st.sampled_from(PermittedUse), min_size=1),
    onward_share=st.sampled_from(OnwardShare),
)


@given(who=WHO, tier=st.sampled_from([Tier.RESTRICTED, Tier.PROTECTED]))
def test_a_narrower_handling_never_says_more_than_the_form(who: WhoMayKnow, tier: Tier) -> None:
    wide, narrow = terms_of(who, Tier.SHARED), terms_of(who, tier)
    assert narrow.tlp.rank >= max(wide.tlp.rank, Tlp.AMBER_STRICT.rank)
    assert narrow.onward_share is OnwardShare.NONE
    assert narrow.purposes is not None
    assert wide.purposes is None or narrow.purposes <= wide.purposes
    assert wide.permitted_uses & RESTRICTIONS <= narrow.permitted_uses or tier is Tier.PROTECTED
    if tier is Tier.RESTRICTED:
        assert narrow.permitted_uses - RESTRICTIONS <= wide.permitted_uses


def test_accounts_to_protect_are_for_review_by_people_whatever_the_form_says() -> None:
    who = WhoMayKnow(permitted_uses=frozenset({PermittedUse.ENFORCE_AFTER_OWN_REVIEW}), purposes=frozenset(Purpose))
    terms = terms_of(who, Tier.PROTECTED)
    assert terms.permitted_uses == PROTECTED_USES
    assert terms.purposes == {Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION}
    assert PermittedUse.HUMAN_REVIEW_ONLY in PROTECTED_USES
    assert PermittedUse.ENFORCE_AFTER_OWN_REVIEW not in PROTECTED_USES


def test_they_may_have_an_audience_of_their_own() -> None:
    who = WhoMayKnow(audience_id="wide", protected_audience_id="narrow")
    assert [terms_of(who, tier).audience_id for tier in Tier] == ["wide", "wide", "narrow"]
    assert terms_of(WhoMayKnow(audience_id="wide"), Tier.PROTECTED).audience_id == "wide"


def test_where_a_form_does_not_say_nothing_is_enforced_by_machine() -> None:
    assert terms_of(WhoMayKnow(), Tier.SHARED).permitted_uses == USUAL_USES
    assert PermittedUse.NO_AUTOMATED_ENFORCEMENT in USUAL_USES


@pytest.mark.parametrize("tier", Tier)
def test_a_marking_says_what_the_terms_are(tier: Tier) -> None:
    who = WhoMayKnow(Tlp.GREEN, AUDIENCE, purposes=frozenset({Purpose.INVESTIGATION}))
    marking = marking_of(who, tier, COMMON)
    assert marking is not None
    said, terms = marking["extensions"][HANDLING], terms_of(who, tier)
    assert (said["tlp"], said["audience_id"]) == (terms.tlp, AUDIENCE)
    assert (said["purposes"], said["permitted_uses"]) == (["investigation"], sorted(terms.permitted_uses))
    assert marking_refs(who, tier, marking)[0] == marking["id"]


def test_what_the_form_does_not_say_the_marking_does_not() -> None:
    marking = marking_of(WhoMayKnow(), Tier.SHARED, COMMON)
    assert marking is not None
    assert {"audience_id", "purposes"}.isdisjoint(marking["extensions"][HANDLING])


def test_other_tools_are_told_the_label_by_the_marking_of_oasis() -> None:
    marking = marking_of(WhoMayKnow(Tlp.GREEN), Tier.SHARED, COMMON)
    assert (
        marking_refs(WhoMayKnow(Tlp.GREEN), Tier.SHARED, marking)[1] == "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
    )


def test_a_marking_of_ones_own_is_carried_and_narrowed_where_it_must_be() -> None:
    who = WhoMayKnow(marking_ref=MARKING)
    assert marking_of(who, Tier.SHARED, COMMON) is None
    assert marking_refs(who, Tier.SHARED, None) == [MARKING]
    own = marking_of(who, Tier.PROTECTED, COMMON)
    assert own is not None
    assert marking_refs(who, Tier.PROTECTED, own)[-1] == MARKING
    assert "your marking" in handling_words(who, Tier.SHARED, Sensitivity.BEHAVIOURAL)


def test_the_words_say_who_and_for_what() -> None:
    who = WhoMayKnow(Tlp.AMBER, purposes=frozenset({Purpose.DETECTION, Purpose.INVESTIGATION}))
    assert "TLP:AMBER, for detection, investigation" in handling_words(who, Tier.SHARED, Sensitivity.IDENTIFYING)
    assert "points at somebody" in handling_words(who, Tier.SHARED, Sensitivity.IDENTIFYING)
    protected = handling_words(who, Tier.PROTECTED, Sensitivity.IDENTIFYING)
    assert protected.startswith("Law enforcement and hotlines only")
    assert "TLP:AMBER+STRICT, for investigation" in protected
    assert "default" in handling_words(WhoMayKnow(), Tier.SHARED, Sensitivity.AGGREGATE)
