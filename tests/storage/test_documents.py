"""Domain values and the documents that rows keep of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.agreement import Agreement, ReadTerms, WriteTerms
from app.domain.handling import Audience, DefaultHandling, Handling, HandlingClass, MarkingTerms, Publisher
from app.domain.vocabulary import (
    ANY,
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    PermittedUse,
    Profile,
    Purpose,
    Review,
    Role,
    Sensitivity,
    SubjectStatus,
    Tlp,
)
from app.storage import documents
from tests.factories import policy_values
from tests.factories.policy_values import NOW

words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
ids = st.sampled_from(("partner-a", "partner-b", "partner-é", "audience-1"))
countries = st.frozensets(st.sampled_from((ANY, "GB", "IE", "FR")))
roles = st.frozensets(st.sampled_from((ANY, *Role)))
instants = st.datetimes(timezones=st.just(UTC))


def _some(vocabulary: type) -> st.SearchStrategy[frozenset[object]]:
    return st.frozensets(st.sampled_from(list(vocabulary)))


def _one(vocabulary: type) -> st.SearchStrategy[object]:
    return st.sampled_from(list(vocabulary))


read_terms = st.builds(
    ReadTerms,
    publisher_roles=roles,
    publisher_jurisdictions=countries,
    purposes=_some(Purpose),
    tlp_ceiling=_one(Tlp),
    sensitivities=_some(Sensitivity),
    harm_types=_some(Harm),
    channels=_some(Channel),
)
write_terms = st.builds(
    WriteTerms, profiles=_some(Profile), assurances=_some(Assurance), sensitivities=_some(Sensitivity), harm_types=_some(Harm)
)
defaults = st.builds(
    DefaultHandling,
    tlp=_one(Tlp),
    sensitivity=_one(Sensitivity),
    harm_types=_some(Harm),
    audience_id=st.none() | ids,
    purposes=_some(Purpose),
    permitted_uses=_some(PermittedUse),
    onward_share=_one(OnwardShare),
)
audiences = st.builds(
    Audience,
    audience_id=words,
    owner_id=ids,
    roles=roles,
    jurisdictions=countries,
    partners_in=st.frozensets(ids),
    partners_out=st.frozensets(ids),
)
handlings = st.builds(
    Handling,
    publisher=st.builds(Publisher, partner_id=ids, role=_one(Role), jurisdiction=st.sampled_from(("GB", "IE"))),
    assurance=_one(Assurance),
    tlp=_one(Tlp),
    sensitivity=_one(Sensitivity),
    harm_types=_some(Harm),
    audiences=st.lists(audiences, max_size=2, unique_by=lambda one: one.audience_id).map(frozenset),
    purposes=_some(Purpose),
    permitted_uses=_some(PermittedUse),
    onward_share=_one(OnwardShare),
    subject_status=_one(SubjectStatus),
    review=_one(Review),
)
marking_terms = st.builds(
    MarkingTerms,
    tlp=st.none() | _one(Tlp),
    audience_id=st.none() | words,
    purposes=st.none() | _some(Purpose),
    permitted_uses=st.none() | _some(PermittedUse),
    onward_share=st.none() | _one(OnwardShare),
    release_at=st.none() | instants,
    expires_at=st.none() | instants,
)


# --- spelling -------------------------------------------------------------------------------------------------------------------


def test_sets_are_sorted_and_keys_as_well() -> None:
    text = documents.dump({"b": frozenset({Tlp.RED, Tlp.CLEAR, Tlp.AMBER}), "a": None})

    assert text == '{"a":null,"b":["amber","clear","red"]}'


def test_an_instant_is_spelled_with_its_zone() -> None:
    assert documents.dump({"at": NOW}) == '{"at":"2026-03-01T12:00:00+00:00"}'


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(orjson.JSONEncodeError):
        documents.dump({"a": object()})


# --- round trips ----------------------------------------------------------------------------------------------------------------


@given(read=read_terms, write=write_terms, default=defaults)
def test_an_agreement_comes_back_as_it_was(read: ReadTerms, write: WriteTerms, default: DefaultHandling) -> None:
    stated = {
        "partner_id": "partner-a",
        "version": 2,
        "starts_at": NOW,
        "ends_at": None,
        "created_at": NOW,
        "created_by": "person-1",
    }
    row = SimpleNamespace(**stated, document=documents.dump_terms(read, write, default))

    assert documents.load_agreement(row) == Agreement(**stated, read=read, write=write, default_handling=default)


@given(audience=audiences)
def test_an_audience_comes_back_as_it_was(audience: Audience) -> None:
    document = documents.load(documents.dump(asdict(audience)))

    assert documents.load_audience(audience.audience_id, audience.owner_id, document) == audience


@given(terms=marking_terms)
def test_marking_terms_come_back_as_they_were(terms: MarkingTerms) -> None:
    assert documents.load_marking_terms(documents.dump(asdict(terms))) == terms


def test_marking_terms_of_another_zone_mean_the_same_instant() -> None:
    terms = MarkingTerms(release_at=datetime(2026, 3, 1, 14, 0, tzinfo=timezone(timedelta(hours=2))))

    assert documents.load_marking_terms(documents.dump(asdict(terms))) == MarkingTerms(release_at=NOW)


@settings(max_examples=40)
@given(stated=st.lists(handlings, min_size=1, max_size=3), owner_id=ids)
def test_a_class_comes_back_as_it_was(stated: list[Handling], owner_id: str) -> None:
    known = {audience.audience_id: audience for one in stated for audience in one.audiences}
    agreed = [_with_known(one, known) for one in stated]
    handling_class = HandlingClass(owner_id, frozenset(agreed))
    document = documents.load(documents.dump_class(handling_class))

    assert documents.audience_ids_of(document) == known.keys()
    assert documents.load_class(document, known) == handling_class


def _with_known(handling: Handling, known: dict[str, Audience]) -> Handling:
    """One id is one audience everywhere."""
    stated = {name: getattr(handling, name) for name in Handling.__dataclass_fields__}
    return Handling(**stated | {"audiences": frozenset(known[one.audience_id] for one in handling.audiences)})


@settings(max_examples=40)
@given(stated=st.lists(handlings, min_size=2, max_size=3))
def test_equal_classes_have_equal_text_however_they_came_about(stated: list[Handling]) -> None:
    first, second = HandlingClass("partner-a", frozenset(stated)), HandlingClass("partner-a", frozenset(stated[:1]))
    grown = second.narrowed_by([HandlingClass("partner-b", frozenset({one})) for one in reversed(stated)])

    assert documents.dump_class(grown) == documents.dump_class(first)


@pytest.mark.parametrize(
    "difference",
    [
        {"publisher": policy_values.publisher(jurisdiction="FR")},
        {"assurance": Assurance.CHANNEL_ATTESTED},
        {"tlp": Tlp.GREEN},
        {"sensitivity": Sensitivity.AGGREGATE},
        {"harm_types": frozenset(Harm)},
        {"audiences": frozenset({policy_values.audience(audience_id="audience-2")})},
        {"purposes": frozenset({Purpose.DETECTION})},
        {"permitted_uses": frozenset({PermittedUse.DETECT})},
        {"onward_share": OnwardShare.NONE},
        {"subject_status": SubjectStatus.MAY_BE_CHILD},
        {"review": Review.LE_CONFIRMED},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_classes_that_differ_anywhere_differ_in_their_text(difference: dict[str, object]) -> None:
    usual, other = (policy_values.handling_class(policy_values.handling(**one)) for one in ({}, difference))

    assert documents.dump_class(usual) != documents.dump_class(other)


def test_every_field_of_a_handling_is_told_apart() -> None:
    cases = next(mark for mark in test_classes_that_differ_anywhere_differ_in_their_text.pytestmark if mark.name == "parametrize")

    assert {next(iter(difference)) for difference in cases.args[1]} == set(Handling.__dataclass_fields__)


def test_classes_of_two_owners_differ_in_their_text() -> None:
    mine, theirs = (policy_values.handling_class(owner_id=owner_id) for owner_id in ("partner-a", "partner-b"))

    assert documents.dump_class(mine) != documents.dump_class(theirs)
