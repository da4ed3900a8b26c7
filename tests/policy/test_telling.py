"""What an owner is told of its readers: no clause of their agreements, nothing of others' handlings, nobody who is not listed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from app.domain.handling import GroupShare, Handling, HandlingClass
from app.domain.vocabulary import ANY, Channel, PartnerState, Purpose, Role, Sensitivity, SubjectStatus, Tlp
from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground
from app.policy.telling import Told, Verdict, Way, at_least, is_listed_member, tell_all, tell_owner
from app.policy.viewer import Viewer
from app.policy.visibility import why_hidden
from tests.factories.policy_values import (
    DAY,
    NOW,
    PUBLISHER_ID,
    VIEWER_ID,
    agreement,
    audience,
    empty_audience,
    handling,
    handling_class,
    publisher,
    read_terms,
    viewer,
)

WAY = Way(Purpose.DETECTION, Channel.REST, NOW)
OTHERS = handling(publisher=publisher(partner_id="partner-platform-c"), audiences=frozenset())


def listed(**differences: object) -> Viewer:
    return viewer(agreement=agreement(is_listed=True, **differences))


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (listed(), True),
        (viewer(), False),
        (viewer(agreement=None), False),
        (listed(ends_at=NOW), False),
        (listed(is_suspended=True), False),
        (replace(listed(), state=PartnerState.SUSPENDED), False),
        (replace(listed(), state=PartnerState.ENDED), False),
    ],
)
def test_listed_is_who_is_active_under_an_agreement_that_says_so(who: Viewer, *, expected: bool) -> None:
    assert is_listed_member(who, NOW) is expected


NARROW = agreement(read=read_terms(sensitivities=frozenset({Sensitivity.AGGREGATE})))


@pytest.mark.parametrize(
    ("who", "asked", "all_", "owners"),
    [
        (
            viewer(),
            handling_class(),
            Told(Verdict.SEEN, ground=Ground.KIND),
            Told(Verdict.SEEN, ground=Ground.KIND),
        ),
        (
            viewer(agreement=NARROW),
            handling_class(),
            Told(Verdict.HIDDEN, Voice.AGREEMENT, Clause.SENSITIVITY_NOT_AGREED, 3),
            Told(Verdict.HIDDEN, Voice.AGREEMENT),
        ),
        (
            viewer(),
            handling_class(handling(audiences=frozenset({empty_audience()}))),
            Told(Verdict.HIDDEN, Voice.PUBLISHER, Clause.AUDIENCE_DOES_NOT_ADMIT, 3),
            Told(Verdict.HIDDEN, Voice.PUBLISHER, Clause.AUDIENCE_DOES_NOT_ADMIT),
        ),
        (
            viewer(),
            handling_class(handling(tlp=Tlp.RED)),
            Told(Verdict.HIDDEN, Voice.EXCHANGE_BASELINE, Clause.TLP_RED_OUTSIDE_PORTAL, 3),
            Told(Verdict.HIDDEN, Voice.EXCHANGE_BASELINE, Clause.TLP_RED_OUTSIDE_PORTAL),
        ),
        (
            viewer(),
            handling_class(handling(), OTHERS),
            Told(Verdict.HIDDEN, Voice.PUBLISHER, Clause.AUDIENCE_MISSING, 3),
            Told(Verdict.DEPENDS, ground=Ground.KIND),
        ),
        (
            viewer(),
            handling_class(handling(), replace(OTHERS, audiences=frozenset({audience()}))),
            Told(Verdict.SEEN, ground=Ground.KIND),
            Told(Verdict.DEPENDS, ground=Ground.KIND),
        ),
        (
            viewer(partner_id=PUBLISHER_ID, agreement=None),
            handling_class(handling(), OTHERS),
            Told(Verdict.SEEN, ground=Ground.OWN),
            Told(Verdict.SEEN, ground=Ground.OWN),
        ),
    ],
)
def test_staff_are_told_all_and_owners_what_they_may_know(who: Viewer, asked: HandlingClass, all_: Told, owners: Told) -> None:
    assert tell_all(who, asked, WAY) == all_
    assert tell_owner(who, asked, WAY) == owners


def crowd(number: int, **differences: object) -> list[Viewer]:
    return [viewer(partner_id=f"{differences}-{one}", **differences) for one in range(number)]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (crowd(9), 0),
        (crowd(10), 10),
        (crowd(9) + crowd(9, jurisdiction="IE") + crowd(9, role=Role.HOTLINE), 0),  # no kind has ten
        (crowd(10) + crowd(9, jurisdiction="IE"), 10),
        (crowd(49), 10),
        (crowd(50), 50),
        (crowd(30) + crowd(20, role=Role.HOTLINE), 50),
        (crowd(12, agreement=None), 0),
        (crowd(12, state=PartnerState.SUSPENDED), 0),
    ],
)
def test_unlisted_members_are_counted_by_kinds_of_ten_or_more(who: list[Viewer], expected: int) -> None:
    asked = handling_class(handling(publisher=publisher(jurisdiction="GB")))
    who = [replace(one, agreement=one.agreement and replace(one.agreement, partner_id=one.partner_id)) for one in who]
    assert at_least(who, asked, WAY) == expected


def test_an_id_in_an_audience_changes_no_count() -> None:
    who = crowd(10)
    who = [replace(one, agreement=agreement(partner_id=one.partner_id)) for one in who]
    for ids in (frozenset({who[0].partner_id}), frozenset({"nobody"}), frozenset()):
        out = handling_class(handling(audiences=frozenset({audience(partners_out=ids)})))
        alone = handling_class(handling(audiences=frozenset({empty_audience(partners_in=ids)})))
        assert (at_least(who, out, WAY), at_least(who, alone, WAY)) == (10, 0)


def test_whom_ids_and_groups_alone_would_show_it_is_not_counted() -> None:
    who = [replace(one, agreement=agreement(partner_id=one.partner_id), groups={"group-a": 0}) for one in crowd(20)]
    share = frozenset({GroupShare("group-a", 0)})
    near = handling(sensitivity=Sensitivity.IDENTIFYING)
    named = audience(partners_in=frozenset(one.partner_id for one in who))
    bound = audience(groups=share)
    for asked in (
        handling_class(replace(near, audiences=frozenset({named}))),
        handling_class(replace(near, audiences=frozenset({bound}))),
        replace(handling_class(near), shared_with=share),
    ):
        assert all(why_hidden(one, asked, WAY.purpose, WAY.channel, NOW) is None for one in who)
        assert at_least(who, asked, WAY) == 0


def test_nothing_is_counted_where_others_handlings_are() -> None:
    who = [replace(one, agreement=agreement(partner_id=one.partner_id)) for one in crowd(20)]
    assert at_least(who, handling_class(handling()), WAY) == 10
    assert at_least(who, handling_class(handling(), replace(OTHERS, audiences=frozenset({audience()}))), WAY) == 0


ROLES, JURISDICTIONS = (Role.PLATFORM, Role.HOTLINE, Role.NGO, Role.LAW_ENFORCEMENT), ("GB", "IE", "DE")


def test_no_audience_singles_out_a_member_whose_kind_is_small() -> None:
    """An attacker with 3,000 crafted audiences: whether one member of a small kind exists changes none of the answers."""
    rng = random.Random(6)
    populated: list[Viewer] = []
    for number in range(120):
        kind = {"role": rng.choice(ROLES), "jurisdiction": rng.choice(JURISDICTIONS)}
        one = viewer(partner_id=f"member-{number}", agreement=agreement(partner_id=f"member-{number}"), **kind)
        if sum((each.role, each.jurisdiction) == (one.role, one.jurisdiction) for each in populated) < rng.choice((3, 9, 40)):
            populated.append(one)
    sizes = [sum((each.role, each.jurisdiction) == kind for each in populated) for kind in _kinds(populated)]
    assert min(sizes) < 10 < max(sizes)
    small = [one for one in populated if sum(_kind(each) == _kind(one) for each in populated) < 10]
    for _ in range(3_000):
        asked = handling_class(_crafted(rng, populated))
        without = [one for one in populated if one is not rng.choice(small)]
        told = at_least(populated, asked, WAY)
        assert told == at_least(without, asked, WAY)


def _kind(one: Viewer) -> tuple[Role, str]:
    return one.role, one.jurisdiction


def _kinds(populated: Iterable[Viewer]) -> set[tuple[Role, str]]:
    return set(map(_kind, populated))


def _crafted(rng: random.Random, populated: list[Viewer]) -> Handling:
    def some(words: Iterable[str], most: int) -> frozenset[str]:
        listed_ = list(words)
        return frozenset(rng.sample(listed_, rng.randint(0, min(most, len(listed_)))))

    ids = [one.partner_id for one in populated]
    made = audience(
        roles=some((*ROLES, ANY), 4),
        jurisdictions=some((*JURISDICTIONS, ANY), 3),
        partners_in=some(ids, 12),
        partners_out=some(ids, 12),
    )
    return handling(
        audiences=frozenset({made}),
        sensitivity=rng.choice(tuple(Sensitivity)),
        tlp=rng.choice((Tlp.CLEAR, Tlp.AMBER, Tlp.RED)),
        subject_status=rng.choice(tuple(SubjectStatus)),
    )


def test_the_day_counts() -> None:
    late = viewer(agreement=agreement(starts_at=NOW + DAY, is_listed=True))
    assert tell_all(late, handling_class(), WAY).clause is Clause.AGREEMENT_NOT_IN_FORCE
    assert not is_listed_member(late, NOW)
    assert is_listed_member(late, NOW + DAY)
    assert late.partner_id == VIEWER_ID
