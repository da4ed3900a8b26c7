"""Keeps how statements about one version's handling meet: the narrowest wins, and silence never widens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import Code, RefusedError
from app.domain.handling import Audience, Handling, HandlingClass, MarkingTerms, ObjectContext
from app.domain.vocabulary import (
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    PermittedUse,
    Purpose,
    Review,
    Sensitivity,
    SubjectStatus,
    Tlp,
)
from app.policy.handling import RESTRICTIONS, EffectiveHandling, StatedHandling, closed_handling, effective_handling
from app.policy.visibility import why_hidden
from tests.factories.policy_values import DAY, NOW, audience, default_handling, handling, publisher, viewer

ONE = audience(audience_id="audience-1")
TWO = audience(audience_id="audience-2")
SILENT = MarkingTerms()


def stated(*markings: MarkingTerms | tuple[MarkingTerms, Audience | None], **differences: Any) -> StatedHandling:
    """Give statements with these markings; one without its audience is one that names none."""
    pairs = tuple(each if isinstance(each, tuple) else (each, None) for each in markings)
    made = StatedHandling(
        publisher=publisher(),
        assurance=Assurance.PUBLISHER_SIGNED,
        default=default_handling(),
        default_audience=None,
        context=ObjectContext(),
        sensitivity_floor=Sensitivity.AGGREGATE,
        markings=pairs,
    )
    return replace(made, **differences)


def met(*markings: MarkingTerms | tuple[MarkingTerms, Audience | None], **differences: Any) -> Handling:
    return effective_handling(stated(*markings, **differences)).handling


def test_the_default_stands_where_everything_else_is_silent() -> None:
    default = default_handling(audience_id="audience-1")
    found = effective_handling(stated(default=default, default_audience=ONE))
    assert found == EffectiveHandling(
        handling=Handling(
            publisher=publisher(),
            assurance=Assurance.PUBLISHER_SIGNED,
            tlp=default.tlp,
            sensitivity=default.sensitivity,
            harm_types=default.harm_types,
            audiences=frozenset({ONE}),
            purposes=default.purposes,
            permitted_uses=default.permitted_uses,
            onward_share=default.onward_share,
            subject_status=SubjectStatus.UNKNOWN,
            review=Review.UNREVIEWED,
        ),
        release_at=None,
        expires_at=None,
    )


def test_a_silent_marking_changes_nothing() -> None:
    assert effective_handling(stated(SILENT)) == effective_handling(stated())


def test_publisher_and_assurance_are_taken_over() -> None:
    found = met(publisher=publisher(jurisdiction="DE"), assurance=Assurance.CHANNEL_ATTESTED)
    assert (found.publisher.jurisdiction, found.assurance) == ("DE", Assurance.CHANNEL_ATTESTED)


@pytest.mark.parametrize(
    ("default", "markings", "expected"),
    [
        (Tlp.AMBER, (Tlp.GREEN,), Tlp.AMBER),
        (Tlp.AMBER, (Tlp.RED,), Tlp.RED),
        (Tlp.AMBER, (Tlp.AMBER_STRICT, None), Tlp.AMBER_STRICT),
        (Tlp.CLEAR, (Tlp.GREEN, Tlp.RED, Tlp.AMBER), Tlp.RED),
        (Tlp.CLEAR, (Tlp.CLEAR,), Tlp.CLEAR),
        (Tlp.RED, (None,), Tlp.RED),
    ],
)
def test_the_narrowest_label_holds(default: Tlp, markings: tuple[Tlp | None, ...], expected: Tlp) -> None:
    assert met(*(MarkingTerms(tlp=label) for label in markings), default=default_handling(tlp=default)).tlp is expected


@pytest.mark.parametrize(
    ("default", "markings", "expected"),
    [
        (OnwardShare.LISTED, (OnwardShare.NONE,), OnwardShare.NONE),
        (OnwardShare.LISTED, (None, OnwardShare.SAME_ORGANISATION), OnwardShare.SAME_ORGANISATION),
        (OnwardShare.NONE, (OnwardShare.LISTED,), OnwardShare.NONE),
    ],
)
def test_the_narrowest_onward_sharing_holds(
    default: OnwardShare,
    markings: tuple[OnwardShare | None, ...],
    expected: OnwardShare,
) -> None:
    terms = (MarkingTerms(onward_share=share) for share in markings)
    assert met(*terms, default=default_handling(onward_share=default)).onward_share is expected


@pytest.mark.parametrize(
    ("default_audience", "markings", "expected"),
    [
        pytest.param(None, (), set(), id="nobody named any"),
        pytest.param(ONE, (None,), {ONE}, id="the default's"),
        pytest.param(None, (TWO,), {TWO}, id="a marking's"),
        pytest.param(ONE, (TWO,), {ONE, TWO}, id="both, and both must admit"),
        pytest.param(None, (ONE, None, TWO), {ONE, TWO}, id="those of two markings"),
        pytest.param(ONE, (ONE,), {ONE}, id="one named twice"),
    ],
)
def test_every_audience_that_anybody_named_stands(
    default_audience: Audience | None,
    markings: tuple[Audience | None, ...],
    expected: set[Audience],
) -> None:
    terms = tuple((MarkingTerms(audience_id=named and named.audience_id), named) for named in markings)
    default = default_handling(audience_id=default_audience and default_audience.audience_id)
    assert met(*terms, default=default, default_audience=default_audience).audiences == expected


@pytest.mark.parametrize(
    "unresolved",
    [
        pytest.param(stated((MarkingTerms(audience_id="audience-1"), None)), id="a marking's audience is not given"),
        pytest.param(stated((MarkingTerms(audience_id="audience-1"), TWO)), id="another audience is given"),
        pytest.param(stated((SILENT, ONE)), id="an audience is given that nobody named"),
        pytest.param(stated(default=default_handling(audience_id="audience-1")), id="the default's audience is not given"),
        pytest.param(stated(default_audience=ONE), id="a default audience is given that the agreement does not name"),
    ],
)
def test_an_audience_that_does_not_resolve_refuses_the_object(unresolved: StatedHandling) -> None:
    with pytest.raises(RefusedError) as refused:
        effective_handling(unresolved)
    assert refused.value.code is Code.HANDLING_UNRESOLVED
    assert refused.value.sentence == "An audience that the handling names could not be resolved."


DETECTION, INVESTIGATION, AUDIT = Purpose.DETECTION, Purpose.INVESTIGATION, Purpose.AUDIT


@pytest.mark.parametrize(
    ("default", "markings", "expected"),
    [
        ({DETECTION, INVESTIGATION}, (None,), {DETECTION, INVESTIGATION}),
        ({DETECTION, INVESTIGATION}, ({DETECTION, AUDIT},), {DETECTION}),
        ({DETECTION, INVESTIGATION}, ({DETECTION}, None, {INVESTIGATION}), set()),
        ({DETECTION}, (set(),), set()),
        (set(), ({DETECTION},), set()),
    ],
)
def test_only_the_purposes_that_all_allow_remain(
    default: set[Purpose],
    markings: tuple[set[Purpose] | None, ...],
    expected: set[Purpose],
) -> None:
    terms = (MarkingTerms(purposes=None if purposes is None else frozenset(purposes)) for purposes in markings)
    assert met(*terms, default=default_handling(purposes=frozenset(default))).purposes == expected


USE = PermittedUse


@pytest.mark.parametrize(
    ("default", "markings", "expected"),
    [
        pytest.param({USE.DETECT, USE.NO_MODEL_TRAINING}, (None,), {USE.DETECT, USE.NO_MODEL_TRAINING}, id="silence"),
        pytest.param({USE.DETECT, USE.SAFETY_DESIGN}, ({USE.DETECT},), {USE.DETECT}, id="permissions meet"),
        pytest.param({USE.DETECT}, ({USE.SAFETY_DESIGN},), set(), id="no permission in common"),
        pytest.param({USE.NO_MODEL_TRAINING}, (set(),), {USE.NO_MODEL_TRAINING}, id="a marking lifts no restriction"),
        pytest.param(
            {USE.DETECT, USE.NO_MODEL_TRAINING},
            ({USE.DETECT, USE.NO_SUBJECT_CONTACT}, {USE.DETECT, USE.HUMAN_REVIEW_ONLY}),
            {USE.DETECT, USE.NO_MODEL_TRAINING, USE.NO_SUBJECT_CONTACT, USE.HUMAN_REVIEW_ONLY},
            id="restrictions add up",
        ),
        pytest.param({USE.DETECT}, ({USE.NONE},), {USE.NONE}, id="none is a restriction"),
        pytest.param(
            {USE.DETECT, USE.CONTACT_FOR_INSTRUCTION},
            ({USE.DETECT},),
            {USE.DETECT, USE.CONTACT_FOR_INSTRUCTION},
            id="the duty to ask first stays",
        ),
    ],
)
def test_permissions_must_be_given_by_all_and_restrictions_by_one(
    default: set[PermittedUse],
    markings: tuple[set[PermittedUse] | None, ...],
    expected: set[PermittedUse],
) -> None:
    terms = (MarkingTerms(permitted_uses=None if uses is None else frozenset(uses)) for uses in markings)
    assert met(*terms, default=default_handling(permitted_uses=frozenset(default))).permitted_uses == expected


def test_each_use_that_forbids_or_binds_is_a_restriction() -> None:
    binding = {use for use in PermittedUse if use.startswith(("no", "contact")) or use.endswith("-only")}
    assert binding == RESTRICTIONS


@pytest.mark.parametrize("status", [SubjectStatus.MAY_BE_CHILD, SubjectStatus.COMPROMISED_ACCOUNT])
def test_a_protected_subject_is_for_human_review_and_never_for_enforcement(status: SubjectStatus) -> None:
    uses = frozenset({USE.LE_INVESTIGATION, USE.ENFORCE_AFTER_OWN_REVIEW, USE.NO_MODEL_TRAINING})
    found = met(context=ObjectContext(subject_status=status), default=default_handling(permitted_uses=uses))
    assert found.subject_status is status
    assert found.permitted_uses == {
        USE.LE_INVESTIGATION,
        USE.NO_MODEL_TRAINING,
        USE.HUMAN_REVIEW_ONLY,
        USE.NO_AUTOMATED_ENFORCEMENT,
    }


@pytest.mark.parametrize("status", [SubjectStatus.ADULT_BELIEVED, SubjectStatus.UNKNOWN, None])
def test_another_subject_changes_no_use(status: SubjectStatus | None) -> None:
    default = default_handling(permitted_uses=frozenset({USE.ENFORCE_AFTER_OWN_REVIEW}))
    assert met(context=ObjectContext(subject_status=status), default=default).permitted_uses == {USE.ENFORCE_AFTER_OWN_REVIEW}


@pytest.mark.parametrize(
    ("context", "floor", "expected"),
    [
        (None, Sensitivity.AGGREGATE, Sensitivity.BEHAVIOURAL),
        (Sensitivity.AGGREGATE, Sensitivity.AGGREGATE, Sensitivity.AGGREGATE),
        (Sensitivity.IDENTIFYING, Sensitivity.AGGREGATE, Sensitivity.IDENTIFYING),
        (Sensitivity.AGGREGATE, Sensitivity.IDENTIFYING, Sensitivity.IDENTIFYING),
        (None, Sensitivity.IDENTIFYING, Sensitivity.IDENTIFYING),
    ],
)
def test_the_sensitivity_is_the_contexts_or_the_defaults_and_not_below_the_floor(
    context: Sensitivity | None,
    floor: Sensitivity,
    expected: Sensitivity,
) -> None:
    assert met(context=ObjectContext(sensitivity=context), sensitivity_floor=floor).sensitivity is expected


def test_harm_types_are_the_contexts_or_else_the_defaults() -> None:
    assert met(context=ObjectContext(harm_types=frozenset({Harm.CSAM}))).harm_types == {Harm.CSAM}
    assert met().harm_types == default_handling().harm_types


def test_the_review_state_is_the_contexts() -> None:
    assert met(context=ObjectContext(review=Review.SECOND_REVIEWED)).review is Review.SECOND_REVIEWED


def test_the_latest_embargo_and_the_earliest_expiry_hold() -> None:
    found = effective_handling(
        stated(
            MarkingTerms(release_at=NOW, expires_at=NOW + 4 * DAY),
            MarkingTerms(release_at=NOW + DAY),
            SILENT,
            MarkingTerms(expires_at=NOW + 3 * DAY),
        ),
    )
    assert (found.release_at, found.expires_at) == (NOW + DAY, NOW + 3 * DAY)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param([MarkingTerms(release_at=NOW, expires_at=NOW)], id="at once"),
        pytest.param([MarkingTerms(release_at=NOW + DAY, expires_at=NOW)], id="before"),
        pytest.param([MarkingTerms(release_at=NOW + DAY), MarkingTerms(expires_at=NOW)], id="in two markings"),
    ],
)
def test_an_expiry_that_does_not_follow_the_release_is_refused(terms: list[MarkingTerms]) -> None:
    with pytest.raises(RefusedError) as refused:
        effective_handling(stated(*terms))
    assert refused.value.code is Code.HANDLING_UNRESOLVED
    assert refused.value.sentence == "The handling expires before it is released."


def test_an_expiry_or_an_embargo_alone_contradicts_nothing() -> None:
    assert effective_handling(stated(MarkingTerms(expires_at=NOW))).expires_at == NOW
    assert effective_handling(stated(MarkingTerms(release_at=NOW))).release_at == NOW


markings = st.builds(
    MarkingTerms,
    tlp=st.none() | st.sampled_from(Tlp),
    purposes=st.none() | st.frozensets(st.sampled_from(Purpose)),
    permitted_uses=st.none() | st.frozensets(st.sampled_from(PermittedUse)),
    onward_share=st.none() | st.sampled_from(OnwardShare),
)


@settings(deadline=None)
@given(st.lists(markings, max_size=4), markings)
def test_one_more_marking_only_narrows(before: list[MarkingTerms], further: MarkingTerms) -> None:
    wide, narrow = met(*before), met(*before, further)
    assert narrow.tlp.rank >= wide.tlp.rank
    assert narrow.purposes <= wide.purposes
    assert narrow.permitted_uses - RESTRICTIONS <= wide.permitted_uses - RESTRICTIONS
    assert narrow.permitted_uses & RESTRICTIONS >= wide.permitted_uses & RESTRICTIONS
    assert narrow.onward_share.rank <= wide.onward_share.rank


@settings(deadline=None)
@given(st.lists(markings, max_size=4))
def test_the_order_and_the_repetition_of_markings_do_not_matter(stated_terms: list[MarkingTerms]) -> None:
    assert met(*stated_terms) == met(*reversed(stated_terms), *stated_terms)


def test_a_closed_handling_is_for_nobody_but_its_publisher() -> None:
    closed = closed_handling(publisher())
    assert closed == closed_handling(publisher())
    asked = HandlingClass(publisher().partner_id, frozenset({closed}))
    assert why_hidden(viewer(), asked, Purpose.DETECTION, Channel.REST, NOW) is not None
    owner = viewer(partner_id=publisher().partner_id, agreement=None, tlp_ceiling=Tlp.CLEAR)
    assert why_hidden(owner, asked, Purpose.DETECTION, Channel.REST, NOW) is None
    theirs = HandlingClass("partner-x", frozenset({handling(publisher=publisher(partner_id="partner-x"))}))
    assert why_hidden(viewer(), theirs, Purpose.DETECTION, Channel.REST, NOW) is None
    assert why_hidden(viewer(), theirs.narrowed_by([asked]), Purpose.DETECTION, Channel.REST, NOW) is not None


def test_a_closed_handling_says_nothing_but_whose_it_is() -> None:
    nothing: frozenset[Any] = frozenset()
    assert closed_handling(publisher()) == Handling(
        publisher=publisher(),
        assurance=Assurance.PUBLISHER_SIGNED,
        tlp=Tlp.CLEAR,
        sensitivity=Sensitivity.AGGREGATE,
        harm_types=nothing,
        audiences=nothing,
        purposes=nothing,
        permitted_uses=nothing,
        onward_share=OnwardShare.NONE,
        subject_status=SubjectStatus.UNKNOWN,
        review=Review.UNREVIEWED,
    )
