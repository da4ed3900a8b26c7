"""Keeps that whatever is no widening hides and refuses at least as much, and that every term is judged as it is meant."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.domain.agreement import (
    Agreement,
    CrossBorderTerms,
    ReadVolume,
    SignatureRequired,
)
from app.domain.handling import DefaultHandling, Handling, HandlingClass, MarkingTerms, ObjectContext
from app.domain.vocabulary import (
    ANY,
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    OverdueRecall,
    PermittedUse,
    Profile,
    Purpose,
    Role,
    Sensitivity,
    Tlp,
    TransferBasis,
)
from app.policy.agreement_changes import (
    IS_WITHIN,
    Change,
    Direction,
    changes,
    changes_from_start,
    compared_with,
    widens,
    widens_from_start,
)
from app.policy.agreements import agreement_in_force
from app.policy.handling import RESTRICTIONS, StatedHandling, effective_handling
from app.policy.submission import why_refused
from app.policy.visibility import why_hidden
from tests.factories.policy_values import (
    DAY,
    NOW,
    VIEWER_ID,
    agreement,
    audience,
    default_handling,
    empty_audience,
    handling,
    publisher,
    read_terms,
    viewer,
    write_terms,
)

NARROWS, NEUTRAL, WIDENS = Direction.NARROWS, Direction.NEUTRAL, Direction.WIDENS
BASE = agreement(
    ends_at=NOW + 9 * DAY,
    read=read_terms(
        publisher_roles=frozenset({Role.HOTLINE, Role.PLATFORM}),
        publisher_jurisdictions=frozenset({"GB", "IE"}),
        tlp_ceiling=Tlp.AMBER,
        sensitivities=frozenset({Sensitivity.AGGREGATE, Sensitivity.BEHAVIOURAL}),
        channels=frozenset({Channel.REST, Channel.TAXII}),
        cross_border=CrossBorderTerms(
            frozenset({"IE"}), frozenset({Sensitivity.AGGREGATE, Sensitivity.BEHAVIOURAL}), TransferBasis.ADEQUACY
        ),
        volume=ReadVolume(1_000, 10),
    ),
    write=write_terms(
        signature_required=SignatureRequired(frozenset({Sensitivity.BEHAVIOURAL}), frozenset({Harm.CSAM})),
        passes_on=frozenset({"partner-x", "partner-y"}),
        objects_per_day=100,
    ),
    default_handling=default_handling(audience_id="audience-1"),
)


def varied(pointer: str, value: Any, of: Agreement = BASE) -> Agreement:
    """Give the agreement with one term changed."""

    def changed(owner: Any, names: list[str]) -> Any:
        inner = value if len(names) == 1 else changed(getattr(owner, names[0]), names[1:])
        return replace(owner, **{names[0]: inner})

    made = changed(of, pointer.split("/")[1:])
    assert isinstance(made, Agreement)
    return made


ANYBODY = frozenset({ANY})
LOWER = frozenset({Sensitivity.AGGREGATE})
USES = frozenset({PermittedUse.DETECT})
TABLE: list[tuple[str, Any, Direction]] = [
    ("/partner_id", "partner-x", WIDENS),
    ("/starts_at", NOW - 2 * DAY, WIDENS),
    ("/starts_at", NOW, NARROWS),
    ("/ends_at", None, WIDENS),
    ("/ends_at", NOW + 10 * DAY, WIDENS),
    ("/ends_at", NOW, NARROWS),
    ("/read/publisher_roles", ANYBODY, WIDENS),
    ("/read/publisher_roles", frozenset({Role.NGO}), WIDENS),
    ("/read/publisher_roles", frozenset({Role.HOTLINE}), NARROWS),
    ("/read/publisher_jurisdictions", ANYBODY, WIDENS),
    ("/read/publisher_jurisdictions", frozenset(), NARROWS),
    ("/read/purposes", frozenset(Purpose), WIDENS),
    ("/read/purposes", frozenset({Purpose.DETECTION}), NARROWS),
    ("/read/tlp_ceiling", Tlp.AMBER_STRICT, WIDENS),
    ("/read/tlp_ceiling", Tlp.GREEN, NARROWS),
    ("/read/sensitivities", frozenset(Sensitivity), WIDENS),
    ("/read/sensitivities", LOWER, NARROWS),
    ("/read/harm_types", frozenset(Harm), WIDENS),
    ("/read/harm_types", frozenset(), NARROWS),
    ("/read/channels", frozenset(Channel), WIDENS),
    ("/read/channels", frozenset({Channel.REST}), NARROWS),
    ("/read/cross_border/jurisdictions", ANYBODY, WIDENS),
    ("/read/cross_border/jurisdictions", frozenset(), NARROWS),
    ("/read/cross_border/sensitivities", frozenset(Sensitivity), WIDENS),
    ("/read/cross_border/sensitivities", LOWER, NARROWS),
    ("/read/cross_border/basis", TransferBasis.PUBLIC_INTEREST, WIDENS),
    ("/read/volume/versions_per_day", None, WIDENS),
    ("/read/volume/versions_per_day", 1_001, WIDENS),
    ("/read/volume/versions_per_day", 999, NARROWS),
    ("/read/volume/lookups_per_day", None, WIDENS),
    ("/read/volume/lookups_per_day", 1, NARROWS),
    ("/write/profiles", frozenset(Profile), WIDENS),
    ("/write/profiles", frozenset(), NARROWS),
    ("/write/assurances", frozenset(Assurance), WIDENS),
    ("/write/assurances", frozenset(), NARROWS),
    ("/write/sensitivities", frozenset(Sensitivity), WIDENS),
    ("/write/sensitivities", LOWER, NARROWS),
    ("/write/harm_types", frozenset(Harm), WIDENS),
    ("/write/harm_types", frozenset(), NARROWS),
    ("/write/signature_required/sensitivities", frozenset(), WIDENS),
    ("/write/signature_required/sensitivities", frozenset(Sensitivity), NARROWS),
    ("/write/signature_required/harm_types", frozenset({Harm.LIVE_STREAMED_CSA}), WIDENS),
    ("/write/signature_required/harm_types", frozenset(Harm), NARROWS),
    ("/write/passes_on", ANYBODY, WIDENS),
    ("/write/passes_on", frozenset({"partner-x"}), NARROWS),
    ("/write/carries_statements", True, WIDENS),
    ("/write/objects_per_day", None, WIDENS),
    ("/write/objects_per_day", 99, NARROWS),
    ("/default_handling/tlp", Tlp.GREEN, WIDENS),
    ("/default_handling/tlp", Tlp.RED, NARROWS),
    ("/default_handling/sensitivity", Sensitivity.AGGREGATE, WIDENS),
    ("/default_handling/sensitivity", Sensitivity.IDENTIFYING, WIDENS),
    ("/default_handling/harm_types", frozenset(), WIDENS),
    ("/default_handling/harm_types", frozenset(Harm), NARROWS),
    ("/default_handling/audience_id", "audience-2", WIDENS),
    ("/default_handling/audience_id", None, WIDENS),
    ("/default_handling/purposes", frozenset(Purpose), WIDENS),
    ("/default_handling/purposes", frozenset(), NARROWS),
    ("/default_handling/permitted_uses", USES, WIDENS),
    ("/default_handling/permitted_uses", frozenset({PermittedUse.NO_AUTOMATED_ENFORCEMENT}), NARROWS),
    ("/default_handling/permitted_uses", frozenset(PermittedUse), WIDENS),
    ("/default_handling/onward_share", OnwardShare.LISTED, WIDENS),
    ("/default_handling/onward_share", OnwardShare.NONE, NARROWS),
    ("/recall/acknowledge_within_hours", 169, WIDENS),
    ("/recall/acknowledge_within_hours", 24, NARROWS),
    ("/recall/overdue", OverdueRecall.LOSE_ACCESS, NARROWS),
    ("/is_listed", True, WIDENS),
    ("/is_suspended", True, NARROWS),
]


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (set(Profile), {Profile.STIX}, WIDENS),  # what carries the context was checked by ocsea
        (set(Profile), {Profile.OCSEA}, NARROWS),
        ({Profile.STIX}, set(Profile), WIDENS),
        ({Profile.STIX}, set(), NARROWS),
        (set(Profile), set(), NARROWS),
    ],
)
def test_a_profile_less_can_let_more_in(before: set[Profile], after: set[Profile], direction: Direction) -> None:
    [old, new] = (replace(BASE, write=replace(BASE.write, profiles=frozenset(one))) for one in (before, after))
    assert [one.direction for one in changes(old, new)] == [direction]


@pytest.mark.parametrize(("pointer", "value", "direction"), TABLE)
def test_a_changed_term_is_named_and_judged(pointer: str, value: Any, direction: Direction) -> None:
    changed = varied(pointer, value)
    [found] = changes(BASE, changed)
    assert (found.pointer, found.after, found.direction) == (pointer, value, direction)
    assert widens(BASE, changed) is (direction is WIDENS)
    if direction is NARROWS:
        [back] = changes(changed, BASE)
        assert (back.before, back.after, back.direction) == (found.after, found.before, WIDENS)


def test_every_term_is_in_the_table_and_every_judgement_is_of_a_term() -> None:
    def leaves(value: Any, pointer: str = "") -> set[str]:
        inner = ((getattr(value, field.name), f"{pointer}/{field.name}") for field in fields(value))
        return {one for each, below in inner for one in (leaves(each, below) if is_dataclass(each) else {below})}

    terms = leaves(BASE) - {"/version", "/created_at", "/created_by"}
    assert {pointer for pointer, _value, _direction in TABLE} == terms
    assert set(IS_WITHIN) <= terms


@pytest.mark.parametrize("pointer", ["/write/carries_statements", "/is_listed"])
def test_taking_back_what_was_given_narrows(pointer: str) -> None:
    before = varied(pointer, value=True)
    assert [one.direction for one in changes(before, BASE)] == [NARROWS]


@pytest.mark.parametrize("pointer", IS_WITHIN)
def test_a_term_lets_nothing_that_it_does_not_let_itself(pointer: str) -> None:
    value: Any = BASE
    for name in pointer.split("/")[1:]:
        value = getattr(value, name)
    assert IS_WITHIN[pointer](value, value)


def test_the_same_in_other_words_is_neutral() -> None:
    wide = varied("/read/publisher_roles", ANYBODY)
    wordy = varied("/read/publisher_roles", ANYBODY | {Role.NGO})
    assert [one.direction for one in changes(wide, wordy)] == [NEUTRAL]
    assert not widens(wide, wordy)
    assert not widens(wordy, wide)


def test_number_maker_and_time_of_making_are_no_terms() -> None:
    assert changes(BASE, replace(BASE, version=9, created_at=NOW, created_by="person-x")) == ()
    assert not widens(BASE, BASE)


def test_a_first_agreement_is_one_widening() -> None:
    assert changes(None, BASE) == (Change("", None, None, WIDENS),)
    assert widens(None, replace(BASE, is_suspended=True))


# --- against what governs from the start on -----------------------------------------------------------------------------------


def version(number: int, starts_at: datetime = NOW - DAY, **terms: Any) -> Agreement:
    made = replace(BASE, version=number, starts_at=starts_at, ends_at=None)
    for pointer, value in terms.items():
        made = varied(f"/read/{pointer}", value, made)
    return made


FIRST = version(1)
NARROWER_LATER = version(2, NOW + 5 * DAY, tlp_ceiling=Tlp.CLEAR)


def test_a_version_is_compared_with_what_governs_from_its_start_on() -> None:
    known = [NARROWER_LATER, FIRST]
    assert compared_with(known, NOW) == (FIRST, NARROWER_LATER)
    assert compared_with(known, NOW + 5 * DAY) == (NARROWER_LATER,)
    assert compared_with(known, NOW - 2 * DAY) == (None, FIRST, NARROWER_LATER)
    assert compared_with([], NOW) == (None,)


def test_a_higher_version_that_has_started_leaves_no_time_to_lower_ones() -> None:
    assert compared_with([version(2), version(1, NOW + DAY)], NOW) == (version(2),)


def test_what_narrows_today_and_widens_a_version_to_come_is_a_widening() -> None:
    between = version(3, NOW, tlp_ceiling=Tlp.GREEN)
    assert widens_from_start([FIRST, NARROWER_LATER], between)
    assert not widens_from_start([FIRST], between)
    against = {
        one and one.version: [each.direction for each in found]
        for one, found in changes_from_start([FIRST, NARROWER_LATER], between)
    }
    assert against == {1: [NARROWS], 2: [WIDENS]}


def test_a_version_may_start_before_the_one_that_it_displaces_if_another_governs_until_then() -> None:
    assert not widens_from_start([FIRST, NARROWER_LATER], version(3, NOW, tlp_ceiling=Tlp.CLEAR))


def test_a_start_at_which_nothing_governs_is_a_widening() -> None:
    assert widens_from_start([NARROWER_LATER], version(3, NOW, tlp_ceiling=Tlp.CLEAR))
    assert widens_from_start([], FIRST)


def test_letting_an_ended_or_suspended_agreement_live_again_is_a_widening() -> None:
    assert widens_from_start([replace(FIRST, ends_at=NOW)], version(2, NOW))
    assert widens_from_start([replace(FIRST, is_suspended=True)], version(2, NOW))
    assert not widens_from_start([replace(FIRST, is_suspended=True)], replace(version(2, NOW), is_suspended=True))


# --- whatever is no widening hides and refuses at least as much ----------------------------------------------------------------


def words(*universe: Any) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(st.sampled_from(universe))


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "/starts_at": st.sampled_from((NOW - DAY, NOW, NOW + DAY)),
    "/ends_at": st.sampled_from((None, NOW, NOW + DAY)),
    "/read/publisher_roles": words(Role.PLATFORM, Role.HOTLINE, ANY),
    "/read/publisher_jurisdictions": words("GB", "IE", ANY),
    "/read/purposes": words(Purpose.DETECTION, Purpose.INVESTIGATION),
    "/read/tlp_ceiling": st.sampled_from(Tlp),
    "/read/sensitivities": words(*Sensitivity),
    "/read/harm_types": words(Harm.LIVE_STREAMED_CSA, Harm.CSAM),
    "/read/channels": words(Channel.REST, Channel.TAXII),
    "/read/cross_border/jurisdictions": words("IE", ANY),
    "/read/cross_border/sensitivities": words(*Sensitivity),
    "/write/profiles": words(*Profile),
    "/write/assurances": words(*Assurance),
    "/write/sensitivities": words(*Sensitivity),
    "/write/harm_types": words(Harm.LIVE_STREAMED_CSA, Harm.CSAM),
    "/write/signature_required/sensitivities": words(*Sensitivity),
    "/write/signature_required/harm_types": words(Harm.LIVE_STREAMED_CSA, Harm.CSAM),
    "/write/passes_on": words("partner-x", ANY),
    "/default_handling/tlp": st.sampled_from(Tlp),
    "/default_handling/sensitivity": st.sampled_from(Sensitivity),
    "/default_handling/harm_types": words(Harm.LIVE_STREAMED_CSA, Harm.CSAM),
    "/default_handling/audience_id": st.sampled_from((None, "audience-1", "audience-2")),
    "/default_handling/purposes": words(Purpose.DETECTION, Purpose.INVESTIGATION),
    "/default_handling/permitted_uses": words(PermittedUse.DETECT, PermittedUse.SAFETY_DESIGN, PermittedUse.NONE),
    "/default_handling/onward_share": st.sampled_from(OnwardShare),
    "/is_suspended": st.booleans(),
}
READING = [pointer for pointer in VALUES if not pointer.startswith(("/write", "/default"))]
WRITING = [pointer for pointer in VALUES if not pointer.startswith(("/read", "/default"))]
DATES = ["/starts_at", "/ends_at", "/is_suspended", "/read/purposes", "/read/channels"]
DEFAULTS = [pointer for pointer in VALUES if pointer.startswith(("/default", "/write/h", "/write/sig"))]
FEW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])


@st.composite
def otherwise(draw: st.DrawFn, of: Agreement, pointers: list[str], most: int = 3) -> Agreement:
    """Draw the agreement with some of these terms stated otherwise: few, so that both verdicts come up."""
    made = of
    for pointer in draw(st.lists(st.sampled_from(pointers), max_size=most, unique=True)):
        made = varied(pointer, draw(VALUES[pointer]), made)
    return made


def agreements(pointers: list[str]) -> st.SearchStrategy[Agreement]:
    return otherwise(agreement(), pointers)


@st.composite
def pairs(draw: st.DrawFn, pointers: list[str]) -> tuple[Agreement, Agreement]:
    """Draw an agreement, and another that is no widening of it."""
    before = draw(agreements(pointers))
    after = draw(otherwise(before, pointers, most=2).filter(lambda one: not widens(before, one)))
    return before, after


AUDIENCES = {
    None: None,
    "audience-1": audience(audience_id="audience-1"),
    "audience-2": empty_audience(audience_id="audience-2", partners_in=frozenset({"partner-x"})),
}
publishers = st.builds(
    publisher,
    partner_id=st.sampled_from((VIEWER_ID, "partner-x")),
    role=st.sampled_from((Role.PLATFORM, Role.HOTLINE)),
    jurisdiction=st.sampled_from(("GB", "IE")),
)
handlings = st.builds(
    handling,
    publisher=publishers,
    assurance=st.sampled_from(Assurance),
    tlp=st.sampled_from((Tlp.CLEAR, Tlp.AMBER, Tlp.RED)),
    sensitivity=st.sampled_from(Sensitivity),
    harm_types=words(Harm.LIVE_STREAMED_CSA, Harm.CSAM),
    audiences=st.just(frozenset({audience(partners_in=frozenset({VIEWER_ID}))})),
)
instants = st.sampled_from((NOW - DAY, NOW, NOW + DAY))


@FEW
@given(pairs(READING), handlings, st.sampled_from((Purpose.DETECTION, Purpose.INVESTIGATION)), instants)
def test_a_reader_sees_nothing_under_what_does_not_widen_that_it_did_not_see(
    pair: tuple[Agreement, Agreement], read: Handling, purpose: Purpose, now: datetime
) -> None:
    read_class = HandlingClass(read.publisher.partner_id, frozenset({read}))
    hidden = [why_hidden(viewer(agreement=one), read_class, purpose, Channel.REST, now) is not None for one in pair]
    assert hidden != [True, False]


@FEW
@given(pairs(WRITING), handlings, st.sampled_from(Profile), instants)
def test_a_partner_submits_nothing_under_what_does_not_widen_that_it_could_not(
    pair: tuple[Agreement, Agreement], stated: Handling, profile: Profile, now: datetime
) -> None:
    refused = [why_refused(viewer(agreement=one), stated, profile, now) is not None for one in pair]
    assert refused != [True, False]


def effective(default: DefaultHandling, marking: MarkingTerms, context: ObjectContext) -> Handling:
    """Give what the viewer's own object comes to under this default."""
    stated = StatedHandling(
        publisher=publisher(partner_id=VIEWER_ID),
        assurance=Assurance.PUBLISHER_SIGNED,
        default=default,
        default_audience=AUDIENCES[default.audience_id],
        context=context,
        sensitivity_floor=Sensitivity.AGGREGATE,
        markings=((marking, AUDIENCES[marking.audience_id]),),
    )
    return effective_handling(stated).handling


markings = st.builds(
    MarkingTerms, tlp=st.none() | st.sampled_from(Tlp), audience_id=st.sampled_from((None, "audience-1", "audience-2"))
)
contexts = st.builds(
    ObjectContext,
    sensitivity=st.none() | st.sampled_from(Sensitivity),
    harm_types=words(Harm.LIVE_STREAMED_CSA, Harm.CSAM),
)


@FEW
@given(pairs(DEFAULTS), agreements(READING), markings, contexts, st.sampled_from(("partner-x", "partner-z")))
def test_under_what_does_not_widen_the_partners_objects_reach_nobody_further(
    pair: tuple[Agreement, Agreement], readers: Agreement, marking: MarkingTerms, context: ObjectContext, reader_id: str
) -> None:
    reader = viewer(partner_id=reader_id, agreement=replace(readers, partner_id=reader_id))
    stated = [effective(one.default_handling, marking, context) for one in pair]
    hidden = [
        why_hidden(reader, HandlingClass(VIEWER_ID, frozenset({one})), Purpose.DETECTION, Channel.REST, NOW) is not None
        for one in stated
    ]
    refused = [
        why_refused(viewer(agreement=terms), one, Profile.OCSEA, NOW) is not None for terms, one in zip(pair, stated, strict=True)
    ]
    assert hidden != [True, False]
    assert refused != [True, False]
    before, after = stated
    assert after.onward_share.rank <= before.onward_share.rank
    assert after.permitted_uses - RESTRICTIONS <= before.permitted_uses
    assert after.permitted_uses >= before.permitted_uses & RESTRICTIONS


@FEW
@given(st.lists(agreements(DATES), min_size=1, max_size=3), agreements(DATES), handlings, instants, instants)
def test_a_new_version_that_does_not_widen_opens_nothing_at_any_time(
    drawn: list[Agreement], new: Agreement, read: Handling, starts_at: datetime, now: datetime
) -> None:
    known = [replace(one, version=number) for number, one in enumerate(drawn, 1)]
    latest = replace(new, version=len(known) + 1, starts_at=starts_at)
    assume(not widens_from_start(known, latest))
    read_class = HandlingClass(read.publisher.partner_id, frozenset({read}))
    hidden = [
        why_hidden(viewer(agreement=agreement_in_force(each, now)), read_class, Purpose.DETECTION, Channel.REST, now) is not None
        for each in (known, [*known, latest])
    ]
    assert hidden != [True, False]
