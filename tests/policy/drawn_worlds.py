"""Draws questions of the policy: a reader, a class, a purpose, a channel.

The worlds are small and mostly permissive, so that both verdicts come up. What must hold of them is in
``test_visibility_properties.py``, and that a second opinion agrees in ``test_rule_in_words.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import strategies as st

from app.domain.agreement import CrossBorderTerms, ReadTerms, RecallTerms
from app.domain.handling import Audience, GroupShare, Handling, HandlingClass, Publisher
from app.domain.vocabulary import (
    ANY,
    Channel,
    Harm,
    OverdueRecall,
    PartnerState,
    Purpose,
    Role,
    Sensitivity,
    SubjectStatus,
    Tlp,
    TransferBasis,
)
from app.policy.visibility import Viewer, why_hidden
from tests.factories.policy_values import DAY, NOW, SECOND, agreement, audience, handling

Word = TypeVar("Word")

PARTNERS = ("partner-a", "partner-b", "partner-c")
VIEWER, OWNER, THIRD = PARTNERS
JURISDICTIONS = ("GB", "IE")
PURPOSES = (Purpose.DETECTION, Purpose.INVESTIGATION)
HARMS = (Harm.CSAM, Harm.LIVE_STREAMED_CSA)
SHARES = tuple(GroupShare(group, generation) for group in ("group-a", "group-b") for generation in (0, 1))

# The agreement's list of sensitivities is taken word by word, so raising an object's sensitivity can only be called narrowing
# where the list has with each word the lesser ones too.
SENSITIVITIES = [frozenset(tuple(Sensitivity)[:length]) for length in (3, 2, 1, 0)]


def mostly(usual: Word, otherwise: st.SearchStrategy[Word]) -> st.SearchStrategy[Word]:
    """Draw the usual value nine times in ten, so that one in three whole worlds of such draws is seen."""
    return st.integers(0, 9).flatmap(lambda face: st.just(usual) if face else otherwise)


def mostly_all(words: tuple[Word, ...]) -> st.SearchStrategy[frozenset[Word]]:
    return mostly(frozenset(words), st.frozensets(st.sampled_from(words)))


def mostly_none(words: tuple[Word, ...]) -> st.SearchStrategy[frozenset[Word]]:
    return mostly(frozenset(), st.frozensets(st.sampled_from(words)))


audiences = st.builds(
    Audience,
    audience_id=st.sampled_from(("audience-1", "audience-2")),
    owner_id=st.just(OWNER),
    roles=mostly_all((*Role, ANY)),
    jurisdictions=mostly_all((*JURISDICTIONS, ANY)),
    partners_in=mostly_all(PARTNERS),
    partners_out=mostly_none(PARTNERS),
    groups=mostly_none(SHARES),
)


def handlings(publisher_ids: st.SearchStrategy[str]) -> st.SearchStrategy[Handling]:
    return st.builds(
        replace,
        st.just(handling()),
        publisher=st.builds(Publisher, publisher_ids, st.sampled_from(Role), st.sampled_from(JURISDICTIONS)),
        tlp=mostly(Tlp.AMBER, st.sampled_from(Tlp)),
        sensitivity=mostly(Sensitivity.BEHAVIOURAL, st.sampled_from(Sensitivity)),
        harm_types=mostly_all(HARMS),
        audiences=mostly(frozenset({audience()}), st.frozensets(audiences, max_size=2)),
        purposes=mostly_all(PURPOSES),
        subject_status=mostly(SubjectStatus.UNKNOWN, st.sampled_from(SubjectStatus)),
    )


read_terms = st.builds(
    ReadTerms,
    publisher_roles=mostly_all((*Role, ANY)),
    publisher_jurisdictions=mostly_all((*JURISDICTIONS, ANY)),
    purposes=mostly_all(PURPOSES),
    tlp_ceiling=mostly(Tlp.RED, st.sampled_from(Tlp)),
    sensitivities=mostly(SENSITIVITIES[0], st.sampled_from(SENSITIVITIES)),
    harm_types=mostly_all(HARMS),
    channels=mostly_all(tuple(Channel)),
    cross_border=st.builds(
        CrossBorderTerms,
        jurisdictions=mostly_all((*JURISDICTIONS, ANY)),
        sensitivities=mostly(SENSITIVITIES[0], st.sampled_from(SENSITIVITIES)),
        basis=st.just(TransferBasis.ADEQUACY),
    ),
)
STRICT = RecallTerms(overdue=OverdueRecall.LOSE_ACCESS)
recall_terms = mostly(RecallTerms(), st.just(STRICT))
agreements = st.builds(replace, st.just(agreement(partner_id=VIEWER)), read=read_terms, recall=recall_terms)
viewers = st.builds(
    Viewer,
    partner_id=st.just(VIEWER),
    role=mostly(Role.PLATFORM, st.sampled_from(Role)),
    jurisdiction=st.sampled_from(JURISDICTIONS),
    state=mostly(PartnerState.ACTIVE, st.sampled_from(PartnerState)),
    agreement=agreements.flatmap(lambda made: mostly(made, st.none())),
    tlp_ceiling=mostly(Tlp.RED, st.sampled_from(Tlp)),
    recall_overdue=st.sampled_from((False, False, False, True)),
)
any_handling = handlings(st.sampled_from(PARTNERS))
memberships = st.dictionaries(st.sampled_from(("group-a", "group-b")), st.integers(0, 1))


@st.composite
def classes(draw: st.DrawFn, owner_ids: st.SearchStrategy[str]) -> HandlingClass:
    """Draw a class in which its owner's own handling stands, as it does in every class that the exchange makes."""
    owner_id = draw(owner_ids)
    others = draw(st.frozensets(any_handling, max_size=2))
    return HandlingClass(owner_id, others | {draw(handlings(st.just(owner_id)))})


@dataclass(frozen=True)
class World:
    """One question in full."""

    viewer: Viewer
    read_class: HandlingClass
    purpose: Purpose
    channel: Channel

    def is_seen(self) -> bool:
        return why_hidden(self.viewer, self.read_class, self.purpose, self.channel, NOW) is None


worlds = st.builds(
    World, viewers, classes(st.sampled_from((OWNER, OWNER, VIEWER))), st.sampled_from(PURPOSES), st.sampled_from(Channel)
)
worlds_of_others = st.builds(World, viewers, classes(st.just(OWNER)), st.sampled_from(PURPOSES), st.sampled_from(Channel))


@st.composite
def worlds_of_groups(draw: st.DrawFn) -> World:
    """Draw a world in which classes are in groups as well, or in groups alone, and the viewer reads some."""
    world = draw(worlds)
    shares = draw(st.frozensets(st.sampled_from(SHARES), max_size=2))
    posted = replace(world.read_class, in_exchange=draw(st.booleans()), shared_with=shares)
    return replace(world, read_class=posted, viewer=replace(world.viewer, groups=draw(memberships)))


DATES = (NOW - DAY, NOW, NOW + SECOND)


@st.composite
def any_worlds(draw: st.DrawFn) -> World:
    """Draw a world of groups in which everything else may be so too: dates, suspension, addressees, whose agreement it is."""
    world = draw(worlds_of_groups())
    held, read_class = world.viewer.agreement, world.read_class
    if held is not None:
        held = replace(
            held,
            partner_id=draw(mostly(VIEWER, st.just(THIRD))),
            starts_at=draw(mostly(NOW - DAY, st.sampled_from(DATES))),
            ends_at=draw(mostly(None, st.sampled_from(DATES))),
            is_suspended=draw(mostly(False, st.just(True))),  # noqa: FBT003  # the usual value
        )
    addressed_to = draw(mostly(None, st.frozensets(st.sampled_from(PARTNERS))))
    handlings_ = draw(mostly(read_class.handlings, st.just(read_class.handlings - read_class.own)))
    asked = replace(read_class, addressed_to=addressed_to, handlings=handlings_)
    return replace(world, viewer=replace(world.viewer, agreement=held), read_class=asked)
