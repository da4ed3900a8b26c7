from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.agreement import Agreement, CrossBorderTerms, ReadTerms, ReadVolume, RecallTerms, WriteTerms
from app.domain.handling import Audience, DefaultHandling, GroupShare, Handling, HandlingClass, MarkingTerms, Publisher
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
    Review,
    Role,
    Sensitivity,
    SubjectStatus,
    Tlp,
    TransferBasis,
)
from app.storage import documents
from tests.factories import policy_values
from tests.factories.policy_values import NOW

quick = settings(max_examples=60, deadline=None, database=None)

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
name_sets = st.frozensets(names, max_size=3)
instants = st.datetimes(timezones=st.just(UTC))


def some(words: Any) -> st.SearchStrategy[Any]:
    return st.frozensets(st.sampled_from(list(words)), max_size=4)


limits = st.none() | st.integers(1, 1_000_000)
read_terms = st.builds(
    ReadTerms,
    publisher_roles=some([*Role, ANY]).map(lambda words: frozenset(map(str, words))),
    publisher_jurisdictions=name_sets,
    purposes=some(Purpose),
    tlp_ceiling=st.sampled_from(Tlp),
    sensitivities=some(Sensitivity),
    harm_types=some(Harm),
    channels=some(Channel),
    cross_border=st.builds(CrossBorderTerms, name_sets, some(Sensitivity), st.sampled_from(TransferBasis)),
    volume=st.builds(ReadVolume, limits, limits),
)
write_terms = st.builds(
    WriteTerms,
    profiles=some(Profile),
    assurances=some(Assurance),
    sensitivities=some(Sensitivity),
    harm_types=some(Harm),
    objects_per_day=limits,
)
recall_terms = st.builds(RecallTerms, st.integers(1, 8784), st.sampled_from(OverdueRecall))
default_handlings = st.builds(
    DefaultHandling,
    tlp=st.sampled_from(Tlp),
    sensitivity=st.sampled_from(Sensitivity),
    harm_types=some(Harm),
    audience_id=st.none() | names,
    purposes=some(Purpose),
    permitted_uses=some(PermittedUse),
    onward_share=st.sampled_from(OnwardShare),
)
audiences = st.builds(
    Audience,
    audience_id=names,
    owner_id=names,
    roles=name_sets,
    jurisdictions=name_sets,
    partners_in=name_sets,
    partners_out=name_sets,
)
handlings = st.builds(
    Handling,
    publisher=st.builds(Publisher, partner_id=names, role=st.sampled_from(Role), jurisdiction=names),
    assurance=st.sampled_from(Assurance),
    tlp=st.sampled_from(Tlp),
    sensitivity=st.sampled_from(Sensitivity),
    harm_types=some(Harm),
    audiences=st.lists(audiences, max_size=3, unique_by=lambda one: one.audience_id).map(frozenset),
    purposes=some(Purpose),
    permitted_uses=some(PermittedUse),
    onward_share=st.sampled_from(OnwardShare),
    subject_status=st.sampled_from(SubjectStatus),
    review=st.sampled_from(Review),
)
marking_terms = st.builds(
    MarkingTerms,
    tlp=st.none() | st.sampled_from(Tlp),
    audience_id=st.none() | names,
    purposes=st.none() | some(Purpose),
    permitted_uses=st.none() | some(PermittedUse),
    onward_share=st.none() | st.sampled_from(OnwardShare),
    release_at=st.none() | instants,
    expires_at=st.none() | instants,
)


@dataclass
class Row:
    """An agreement's row."""

    partner_id: str
    version: int
    starts_at: datetime
    ends_at: datetime | None
    document: str
    created_at: datetime
    created_by: str


@quick
@given(
    st.builds(
        Agreement,
        partner_id=st.just("partner"),
        version=st.just(2),
        starts_at=st.just(NOW),
        ends_at=st.none(),
        read=read_terms,
        write=write_terms,
        default_handling=default_handlings,
        created_at=st.just(NOW),
        created_by=st.just("person"),
        recall=recall_terms,
        is_listed=st.booleans(),
        is_suspended=st.booleans(),
    )
)
def test_terms_come_back_as_they_were(agreement: Agreement) -> None:
    row = Row("partner", 2, NOW, None, documents.dump_terms(agreement), NOW, "person")
    assert documents.load_agreement(row) == agreement


def test_an_agreement_from_before_the_later_terms_says_nothing_of_borders_limits_and_recalls() -> None:
    plain = json.loads(documents.dump_terms(policy_values.agreement()))
    for later in ("recall", "is_listed", "is_suspended"):
        del plain[later]
    for later in ("cross_border", "volume"):
        del plain["read"][later]
    del plain["write"]["objects_per_day"]
    old = documents.load_agreement(Row("partner", 2, NOW, None, json.dumps(plain), NOW, "person"))
    anywhere = CrossBorderTerms(frozenset({ANY}), frozenset(Sensitivity), TransferBasis.NOT_STATED)
    assert (old.read.cross_border, old.read.volume, old.write.objects_per_day) == (anywhere, ReadVolume(), None)
    assert (old.recall, old.is_listed, old.is_suspended) == (RecallTerms(), False, False)


@quick
@given(audiences)
def test_an_audience_comes_back_as_it_was(audience: Audience) -> None:
    names_of = ("roles", "jurisdictions", "partners_in", "partners_out")
    document = documents.load(documents.dump({name: getattr(audience, name) for name in names_of}))
    assert documents.load_audience(audience.audience_id, audience.owner_id, document) == audience


shares = st.frozensets(st.builds(GroupShare, names, st.integers(0, 9)), max_size=3)
places = st.fixed_dictionaries({"in_exchange": st.booleans(), "shared_with": shares})


@quick
@given(names, st.lists(handlings, max_size=3), st.none() | st.frozensets(names, max_size=2), places, shares)
def test_a_class_comes_back_as_it_was(
    owner_id: str,
    stated: list[Handling],
    addressed_to: frozenset[str] | None,
    posted: dict[str, Any],
    demanded: frozenset[GroupShare],
) -> None:
    known = {audience.audience_id: audience for handling in stated for audience in handling.audiences}
    settled = [
        replace(handling, audiences=frozenset(known[audience.audience_id] for audience in handling.audiences))
        for handling in stated
    ]
    if settled and demanded:  # what an object in groups alone demands of who refers to it
        referred_to = settled[0].publisher.partner_id
        inherited = HandlingClass(referred_to, frozenset(settled[:1]), in_exchange=False, shared_with=demanded)
        settled += inherited.demands
    one = HandlingClass(owner_id, frozenset(settled), addressed_to=addressed_to, **posted)
    document = documents.load(documents.dump_class(one))
    assert documents.audience_ids_of(document) == known.keys()
    assert documents.load_class(document, known) == one


@quick
@given(handlings, handlings, st.permutations(list(PermittedUse)))
def test_equal_classes_have_equal_text(first: Handling, second: Handling, uses: list[PermittedUse]) -> None:
    forwards = replace(first, permitted_uses=frozenset(uses))
    backwards = replace(first, permitted_uses=frozenset(reversed(uses)))
    one, same = HandlingClass("o", frozenset([forwards, second])), HandlingClass("o", frozenset([second, backwards]))
    assert documents.dump_class(one) == documents.dump_class(same)


@pytest.mark.parametrize(
    "other",
    [
        {"assurance": Assurance.CHANNEL_ATTESTED},
        {"tlp": Tlp.RED},
        {"sensitivity": Sensitivity.AGGREGATE},
        {"harm_types": frozenset()},
        {"audiences": frozenset()},
        {"purposes": frozenset()},
        {"permitted_uses": frozenset()},
        {"onward_share": OnwardShare.LISTED},
        {"subject_status": SubjectStatus.MAY_BE_CHILD},
        {"review": Review.LE_CONFIRMED},
        {"publisher": policy_values.publisher(jurisdiction="DE")},
        {"publisher": policy_values.publisher(role=Role.NGO)},
    ],
)
def test_classes_that_differ_have_different_text(other: dict[str, Any]) -> None:
    one, changed = policy_values.handling(), policy_values.handling(**other)
    texts = {documents.dump_class(HandlingClass("o", frozenset(stated))) for stated in ([one], [changed], [one, changed], [])}
    assert len(texts) == 4
    assert documents.dump_class(HandlingClass("p", frozenset([one]))) not in texts


def test_a_class_that_is_addressed_to_nobody_in_particular_keeps_the_text_it_always_had() -> None:
    plain, addressed = HandlingClass("o", frozenset()), HandlingClass("o", frozenset(), addressed_to=frozenset({"b", "a"}))
    assert documents.dump_class(plain) == '{"handlings":[],"owner":"o"}'
    assert documents.dump_class(addressed) == '{"addressed_to":["a","b"],"handlings":[],"owner":"o"}'


def test_a_class_says_where_it_is_only_if_that_is_not_the_exchange_alone() -> None:
    posted = HandlingClass("o", frozenset(), in_exchange=False, shared_with=frozenset({GroupShare("g", 1), GroupShare("a", 2)}))
    assert documents.dump_class(posted) == '{"handlings":[],"in_exchange":false,"owner":"o","shared_with":[["a",2],["g",1]]}'


def test_a_handling_without_groups_keeps_the_text_it_always_had() -> None:
    one = HandlingClass(policy_values.PUBLISHER_ID, frozenset({policy_values.handling()}))
    assert "posted_to" not in documents.dump_class(one)
    inherited = replace(one, in_exchange=False, shared_with=frozenset({GroupShare("g", 1)})).demands
    assert '"posted_to":[[["g",1]]]' in documents.dump_class(replace(one, handlings=inherited))


@quick
@given(marking_terms)
def test_marking_terms_come_back_with_their_silence(terms: MarkingTerms) -> None:
    text = documents.dump({name: getattr(terms, name) for name in MarkingTerms.__dataclass_fields__})
    assert documents.load_marking_terms(text) == terms


def test_documents_are_compact_json_with_sorted_keys_and_sets() -> None:
    assert documents.dump({"b": frozenset({"y", "x"}), "a": [Tlp.RED, None, 1]}) == '{"a":["red",null,1],"b":["x","y"]}'
    assert json.loads(documents.dump({"at": NOW})) == {"at": "2026-03-01T12:00:00+00:00"}


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes"])
def test_what_is_no_document_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        documents.dump({"value": value})


def test_a_number_that_json_does_not_have_is_kept_as_silence() -> None:
    assert documents.dump([math.nan]) == "[null]"
