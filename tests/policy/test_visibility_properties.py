"""What holds for every viewer and every class: default is no, and nothing that narrows ever opens.

The worlds are drawn by ``drawn_worlds.py``; the first tests make sure that both verdicts come up in them.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from app.domain.agreement import Agreement
from app.domain.handling import Audience, GroupShare, Handling, HandlingClass
from app.domain.vocabulary import Harm, PartnerState, Sensitivity, SubjectStatus, Tlp
from app.policy.visibility import loss_by, sees_somehow
from tests.factories.policy_values import DAY, NOW, audience, empty_audience
from tests.policy.drawn_worlds import (
    OWNER,
    PARTNERS,
    SHARES,
    STRICT,
    VIEWER,
    Word,
    World,
    any_handling,
    audiences,
    classes,
    worlds,
    worlds_of_groups,
    worlds_of_others,
)


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("several", [True, False])
def test_the_worlds_drawn_here_know_both_verdicts(*, seen: bool, several: bool) -> None:
    def is_such(world: World) -> bool:
        return world.is_seen() is seen and (len(world.read_class.handlings) > 1) is several

    find(worlds_of_others, is_such, settings=settings(phases=(Phase.generate,), max_examples=2_000, database=None))


@settings(deadline=None)
@given(worlds, st.sampled_from(("none", "empty", "excluding")))
def test_an_empty_audience_is_nobody_but_the_owner(world: World, kind: str) -> None:
    nobody = {
        "none": frozenset[Audience](),
        "empty": frozenset({empty_audience()}),
        "excluding": frozenset({audience(partners_in=frozenset(PARTNERS), partners_out=frozenset(PARTNERS))}),
    }[kind]
    emptied = frozenset(replace(each, audiences=nobody) for each in world.read_class.handlings)
    emptied_world = replace(world, read_class=replace(world.read_class, handlings=emptied))
    if world.read_class.owner_id != VIEWER:
        assert not emptied_world.is_seen()
    elif world.viewer.state is PartnerState.ACTIVE:
        assert emptied_world.is_seen() is world.is_seen()


@settings(deadline=None)
@given(worlds)
def test_who_is_not_active_or_without_agreement_sees_nothing_of_others(world: World) -> None:
    inactive = [replace(world.viewer, state=state) for state in (PartnerState.SUSPENDED, PartnerState.ENDED)]
    assert not any(replace(world, viewer=viewer).is_seen() for viewer in inactive)
    without = replace(world, viewer=replace(world.viewer, agreement=None))
    assert world.read_class.owner_id == VIEWER or not without.is_seen()


@settings(deadline=None)
@given(worlds)
def test_who_loses_access_by_being_late_sees_what_it_would_see_without_an_agreement(world: World) -> None:
    strict = world.viewer.agreement and replace(world.viewer.agreement, recall=STRICT)
    late = replace(world, viewer=replace(world.viewer, agreement=strict, recall_overdue=True))
    without = replace(world, viewer=replace(world.viewer, agreement=None))
    assert late.is_seen() is without.is_seen()


@settings(deadline=None)
@given(worlds, any_handling)
def test_adding_a_handling_never_makes_a_class_visible(world: World, further: Handling) -> None:
    widened_class = replace(world.read_class, handlings=world.read_class.handlings | {further})
    assert world.is_seen() or not replace(world, read_class=widened_class).is_seen()


@settings(deadline=None)
@given(worlds_of_others, classes(st.just(OWNER)))
def test_a_class_narrowed_by_another_is_seen_by_whoever_sees_both(world: World, other: HandlingClass) -> None:
    both = replace(world, read_class=world.read_class.narrowed_by([other]))
    assert both.is_seen() is (world.is_seen() and replace(world, read_class=other).is_seen())


@settings(deadline=None)
@given(worlds, st.frozensets(any_handling, min_size=1, max_size=2))
def test_what_further_handlings_take_away_is_said_exactly(world: World, further: frozenset[Handling]) -> None:
    loss = loss_by(world.viewer, further, world.purpose, world.channel, NOW)
    loses = loss.own if world.read_class.owner_id == VIEWER else loss.theirs
    both = replace(world, read_class=replace(world.read_class, handlings=world.read_class.handlings | further))
    assert both.is_seen() is (world.is_seen() and not loses)
    assert loss.theirs or not loss.own


@settings(deadline=None)
@given(worlds)
def test_what_is_seen_now_is_seen_somehow(world: World) -> None:
    assert not world.is_seen() or sees_somehow(world.viewer, world.read_class, NOW)


def fewer(words: frozenset[Word]) -> st.SearchStrategy[frozenset[Word]]:
    return st.frozensets(st.sampled_from(sorted(words, key=str))) if words else st.just(words)


@st.composite
def narrower_audience(draw: st.DrawFn, wide: Audience) -> Audience:
    field = draw(st.sampled_from(("roles", "jurisdictions", "partners_in", "partners_out")))
    words: frozenset[str] = getattr(wide, field)
    changed = words | draw(st.frozensets(st.sampled_from(PARTNERS))) if field == "partners_out" else draw(fewer(words))
    return replace(wide, **{field: changed})


@st.composite
def narrower_audiences(draw: st.DrawFn, wide: frozenset[Audience]) -> frozenset[Audience]:
    """Draw one audience more, or one of them narrower; none at all is nobody already."""
    if not wide:
        return wide
    if draw(st.booleans()):
        return wide | {draw(audiences)}
    chosen = draw(st.sampled_from(sorted(wide, key=repr)))
    return (wide - {chosen}) | {draw(narrower_audience(chosen))}


@st.composite
def narrower_handling(draw: st.DrawFn, wide: Handling) -> Handling:
    """Draw the handling with one field narrowed."""
    ranked = {
        "tlp": [each for each in Tlp if each.rank >= wide.tlp.rank],
        "sensitivity": [each for each in Sensitivity if each.rank >= wide.sensitivity.rank],
        "subject_status": [each for each in SubjectStatus if each.rank >= wide.subject_status.rank],
    }
    field = draw(st.sampled_from((*ranked, "harm_types", "purposes", "audiences")))
    if field in ranked:
        return replace(wide, **{field: draw(st.sampled_from(ranked[field]))})
    if field == "harm_types":
        return replace(wide, harm_types=wide.harm_types | draw(st.frozensets(st.sampled_from(Harm))))
    if field == "purposes":
        return replace(wide, purposes=draw(fewer(wide.purposes)))
    return replace(wide, audiences=draw(narrower_audiences(wide.audiences)))


@st.composite
def narrower_agreement(draw: st.DrawFn, wide: Agreement) -> Agreement | None:
    """Draw the agreement with one of its terms narrowed, with other dates, or none."""
    sets = ("publisher_roles", "publisher_jurisdictions", "purposes", "sensitivities", "harm_types", "channels")
    narrowings = ("cross_border", "tlp_ceiling", "overdue", "later", "earlier", "suspended", "none")
    field = draw(st.sampled_from((*sets, *narrowings)))
    if field in sets:
        return replace(wide, read=replace(wide.read, **{field: draw(fewer(getattr(wide.read, field)))}))
    if field == "cross_border":
        terms = wide.read.cross_border
        fewer_lands = replace(terms, jurisdictions=draw(fewer(terms.jurisdictions)))
        less = replace(fewer_lands, sensitivities=draw(fewer(terms.sensitivities)))
        return replace(wide, read=replace(wide.read, cross_border=less))
    if field == "tlp_ceiling":
        lower = [each for each in Tlp if each.rank <= wide.read.tlp_ceiling.rank]
        return replace(wide, read=replace(wide.read, tlp_ceiling=draw(st.sampled_from(lower))))
    if field == "overdue":
        return replace(wide, recall=STRICT)
    return {
        "later": replace(wide, starts_at=NOW + DAY),
        "earlier": replace(wide, ends_at=NOW),
        "suspended": replace(wide, is_suspended=True),
        "none": None,
    }[field]


@settings(deadline=None)
@given(worlds, st.data())
def test_narrowing_a_handling_never_makes_a_class_visible(world: World, data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(sorted(world.read_class.handlings, key=repr)))
    narrowed = (world.read_class.handlings - {chosen}) | {data.draw(narrower_handling(chosen))}
    after = replace(world, read_class=replace(world.read_class, handlings=narrowed))
    assert world.is_seen() or not after.is_seen()


@settings(deadline=None)
@given(worlds, st.data())
def test_narrowing_an_agreement_never_makes_a_class_visible(world: World, data: st.DataObject) -> None:
    held = world.viewer.agreement
    narrowed = held and data.draw(narrower_agreement(held))
    after = replace(world, viewer=replace(world.viewer, agreement=narrowed))
    assert world.is_seen() or not after.is_seen()


@settings(deadline=None)
@given(worlds, st.sampled_from(Tlp))
def test_a_lower_ceiling_of_the_credential_never_makes_a_class_visible(world: World, ceiling: Tlp) -> None:
    lower = min(ceiling, world.viewer.tlp_ceiling, key=lambda each: each.rank)
    after = replace(world, viewer=replace(world.viewer, tlp_ceiling=lower))
    assert world.is_seen() or not after.is_seen()


@given(worlds, st.frozensets(st.sampled_from(PARTNERS)))
def test_what_is_addressed_is_seen_by_exactly_its_active_addressees(world: World, addressed_to: frozenset[str]) -> None:
    addressed = replace(world, read_class=replace(world.read_class, addressed_to=addressed_to))
    assert addressed.is_seen() is (VIEWER in addressed_to and world.viewer.state is PartnerState.ACTIVE)


# --- sharing groups -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("in_exchange", [True, False])
def test_the_worlds_of_groups_know_both_verdicts(*, seen: bool, in_exchange: bool) -> None:
    def is_such(world: World) -> bool:
        of_others = world.read_class.owner_id != VIEWER
        return of_others and world.is_seen() is seen and world.read_class.in_exchange is in_exchange

    find(worlds_of_groups(), is_such, settings=settings(phases=(Phase.generate,), max_examples=2_000, database=None))


@settings(deadline=None)
@given(worlds_of_groups())
def test_a_class_is_seen_by_its_handlings_in_the_exchange_or_by_them_and_a_group(world: World) -> None:
    in_exchange = replace(world.read_class, shared_with=frozenset())
    in_groups = replace(world.read_class, in_exchange=False)
    parts = [in_groups] + ([in_exchange] if world.read_class.in_exchange else [])
    assert world.is_seen() is any(replace(world, read_class=part).is_seen() for part in parts)


@settings(deadline=None)
@given(worlds_of_groups())
def test_who_reads_none_of_its_groups_sees_nothing_that_is_in_groups_alone(world: World) -> None:
    reads = any(map(world.viewer.reads, world.read_class.shared_with))
    if not world.read_class.in_exchange and not reads and world.read_class.owner_id != VIEWER:
        assert not world.is_seen()


@settings(deadline=None)
@given(worlds_of_groups())
def test_a_group_never_admits_against_the_audiences_of_the_handlings(world: World) -> None:
    if world.is_seen() and world.read_class.owner_id != VIEWER:
        unnamed = {
            replace(one, sensitivity=min(one.sensitivity, Sensitivity.BEHAVIOURAL, key=_rank)) for one in world.read_class.own
        }
        plain = HandlingClass(OWNER, frozenset(unnamed) | (world.read_class.handlings - world.read_class.own))
        agreed = replace(world.viewer.agreement, read=replace(world.viewer.agreement.read, sensitivities=frozenset(Sensitivity)))  # type: ignore[union-attr, type-var]  # who sees others' has one
        assert replace(world, read_class=plain, viewer=replace(world.viewer, agreement=agreed)).is_seen()


def _rank(one: Sensitivity) -> int:
    return one.rank


@settings(deadline=None)
@given(worlds_of_groups(), st.sampled_from(SHARES), st.sampled_from(("group-a", "group-b")))
def test_fewer_groups_never_make_a_class_visible(world: World, share: GroupShare, left: str) -> None:
    elsewhere = replace(world.read_class, shared_with=world.read_class.shared_with - {share})
    without = replace(world.viewer, groups={group: since for group, since in world.viewer.groups.items() if group != left})
    assert world.is_seen() or not replace(world, read_class=elsewhere).is_seen()
    assert world.is_seen() or not replace(world, viewer=without).is_seen()


@settings(deadline=None)
@given(worlds_of_groups())
def test_the_normal_form_says_the_same(world: World) -> None:
    assert world.is_seen() is replace(world, read_class=world.read_class.normal).is_seen()


@settings(deadline=None)
@given(worlds_of_groups(), worlds_of_groups())
def test_who_sees_what_is_within_a_class_sees_the_class(world: World, other: World) -> None:
    one, wider = world.read_class, replace(other.read_class, owner_id=world.read_class.owner_id)
    if one.is_within(wider) and wider.own:
        assert replace(world, read_class=wider).is_seen() or not world.is_seen()


@settings(deadline=None)
@given(worlds_of_groups(), worlds_of_groups())
def test_what_depends_on_a_class_is_seen_by_nobody_who_does_not_see_that(world: World, other: World) -> None:
    """But for what a group names: it names for its own postings alone, and so what depends on them may be seen by fewer."""
    depends = replace(world.read_class, handlings=world.read_class.handlings | other.read_class.demands)
    seen = replace(world, read_class=depends).is_seen()
    named_beside = world.read_class.shared_with and other.read_class.owner_id == world.read_class.owner_id
    if seen and VIEWER not in {world.read_class.owner_id, other.read_class.owner_id} and not named_beside:
        assert replace(world, read_class=other.read_class).is_seen()


@settings(deadline=None)
@given(worlds_of_groups(), st.frozensets(any_handling, min_size=1, max_size=2))
def test_what_further_handlings_take_away_of_groups_is_never_more_than_is_said(
    world: World, further: frozenset[Handling]
) -> None:
    loss = loss_by(world.viewer, further, world.purpose, world.channel, NOW)
    loses = loss.own if world.read_class.owner_id == VIEWER else loss.theirs
    both = replace(world, read_class=replace(world.read_class, handlings=world.read_class.handlings | further))
    assert both.is_seen() is world.is_seen() if not loses else (not both.is_seen() or bool(world.read_class.shared_with))
