from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from app.domain.errors import Code, NotFoundError
from app.domain.handling import HandlingClass
from app.domain.vocabulary import Harm, Review, Tlp
from app.policy.visibility import Viewer
from app.services.intake import narrow
from app.services.intake.narrow import Accepted, narrow_by_newest, narrow_by_references
from app.services.reading.visible_set import viewer_of
from app.storage.columns import FOREVER
from app.storage.prepared import Prepared
from tests.factories import policy_values
from tests.factories.arrivals import OWNER, accepted, checked, stored
from tests.factories.groups import make_group
from tests.factories.members import Hub, Member, outcomes, started_hub
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import context, indicator, newer, report, stix_id

A, B, C, ABSENT = (f"report--00000000-0000-4000-8000-00000000000{digit}" for digit in "1234")
FIRST, SECOND, THIRD = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"
SUBMITTER = policy_values.viewer(partner_id=OWNER)
NEXT_DAY = "2026-01-06T10:00:00.000Z"
DAY_AFTER = "2026-01-07T10:00:00.000Z"


def class_of(*harms: Harm) -> HandlingClass:
    return policy_values.handling_class(*(policy_values.handling(harm_types=frozenset({harm})) for harm in harms))


ONE, TWO, THREE = (class_of(harm) for harm in tuple(Harm)[:3])


def harms_of(one: HandlingClass) -> set[Harm]:
    return {harm for each in one.handlings for harm in each.harm_types}


# --- references within one envelope ---------------------------------------------------------------------------------------------


def _narrowed(hub: Hub, *envelope: Accepted) -> list[set[Harm]]:
    with hub.exchange.database.read() as connection:
        assert narrow_by_references(connection, {OWNER: [SUBMITTER]}, envelope, NOW) == []
    return [harms_of(one.handling_class) for one in envelope]


def _referring(stix_id_: str, own: HandlingClass, *references: str, version: str = FIRST) -> Accepted:
    return accepted(checked(stix_id_, version, references=references), own)


EVERY = harms_of(ONE) | harms_of(TWO) | harms_of(THREE)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_a_chain_is_followed_to_its_end_whatever_its_order(quick_hub: Hub, order: tuple[int, ...]) -> None:
    chain = [_referring(A, ONE, B), _referring(B, TWO, C), _referring(C, THREE)]
    found = _narrowed(quick_hub, *(chain[place] for place in order))
    assert [found[order.index(place)] for place in range(3)] == [EVERY, harms_of(TWO) | harms_of(THREE), harms_of(THREE)]


def test_in_a_circle_each_is_as_narrow_as_all(quick_hub: Hub) -> None:
    assert _narrowed(quick_hub, _referring(A, ONE, B), _referring(B, TWO, C), _referring(C, THREE, A)) == [EVERY] * 3


def test_an_object_that_refers_to_itself_or_to_nothing_stays_as_it_is(quick_hub: Hub) -> None:
    found = _narrowed(quick_hub, _referring(A, ONE, A), _referring(B, TWO, ABSENT), _referring(C, THREE))
    assert found == [harms_of(ONE), harms_of(TWO), harms_of(THREE)]


def test_each_version_is_narrowed_by_its_own_references(quick_hub: Hub) -> None:
    older, later = _referring(A, ONE, B), _referring(A, ONE, version=SECOND)
    for envelope in ((older, later), (later, older)):
        found = _narrowed(quick_hub, *envelope, _referring(B, TWO))
        assert found[envelope.index(older)] == harms_of(ONE) | harms_of(TWO)
        assert found[envelope.index(later)] == harms_of(ONE)
        older.handling_class = ONE


def test_the_newest_version_of_the_envelope_stands_for_the_object_referred_to(quick_hub: Hub) -> None:
    versions = [_referring(B, TWO), _referring(B, THREE, version=SECOND)]
    for envelope in (versions, versions[::-1]):
        assert _narrowed(quick_hub, _referring(A, ONE, B), *envelope)[0] == harms_of(ONE) | harms_of(THREE)


def test_more_references_than_one_statement_takes_are_followed(postgres_url: str) -> None:
    with started_hub(postgres_url) as hub:  # PostgreSQL takes 65,535 values
        member = hub.enrol("Platform A")
        secret = indicator(stated=context(harm_types=["csam"]))
        member.store(secret)
        many = _referring(A, ONE, secret["id"], *(f"note--{number}" for number in range(70_000)))
        submitter = policy_values.viewer(partner_id=member.id)
        with hub.exchange.database.read() as connection:
            assert narrow_by_references(connection, {OWNER: [submitter]}, [many], NOW) == []
    assert harms_of(many.handling_class) == harms_of(ONE) | {Harm.CSAM}


def test_what_would_need_too_many_handlings_is_given_back(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrow, "MAX_HANDLINGS", 2)
    envelope = [_referring(A, ONE, B), _referring(B, TWO, C), _referring(C, THREE), _referring(ABSENT, ONE, A)]
    with quick_hub.exchange.database.read() as connection:
        assert narrow_by_references(connection, {OWNER: [SUBMITTER]}, envelope, NOW) == [envelope[0], envelope[3]]


# --- the newest version governs -------------------------------------------------------------------------------------------------


def test_a_newer_version_moves_the_older_ones_into_its_class() -> None:
    one = accepted(checked(A, SECOND), TWO)
    (move,) = narrow_by_newest([one], [stored(A, FIRST, 1)], {1: ONE})
    assert (move.stored.version, harms_of(move.to_class), move.visible_until) == (FIRST, harms_of(ONE) | harms_of(TWO), FOREVER)
    assert one.handling_class == TWO


def test_a_newer_version_of_the_same_class_moves_nothing() -> None:
    assert narrow_by_newest([accepted(checked(A, SECOND), ONE)], [stored(A, FIRST, 1)], {1: ONE}) == []


def test_an_older_version_that_comes_late_is_governed_by_what_is_stored() -> None:
    late = accepted(checked(A, FIRST), ONE)
    assert narrow_by_newest([late], [stored(A, SECOND, 1, visible_until=NOW)], {1: TWO}) == []
    assert (harms_of(late.handling_class), late.visible_until) == (harms_of(ONE) | harms_of(TWO), NOW)


@pytest.mark.parametrize("turned", [False, True])
def test_the_newest_of_one_envelope_governs_the_others(turned: bool) -> None:  # noqa: FBT001  # a parameter of the table
    older, newest = accepted(checked(A, FIRST), ONE), accepted(checked(A, THIRD), THREE, visible_until=NOW + DAY)
    moves = narrow_by_newest([newest, older] if turned else [older, newest], [stored(A, SECOND, 2)], {1: TWO})
    assert harms_of(older.handling_class) == harms_of(ONE) | harms_of(THREE)
    assert harms_of(newest.handling_class) == harms_of(THREE)
    assert [(harms_of(move.to_class), move.visible_until) for move in moves] == [(harms_of(TWO) | harms_of(THREE), NOW + DAY)]
    assert older.visible_until == NOW + DAY


def test_the_end_of_visibility_is_never_put_off() -> None:
    moves = narrow_by_newest([accepted(checked(A, SECOND), ONE)], [stored(A, FIRST, 1, visible_until=NOW)], {1: TWO})
    assert [move.visible_until for move in moves] == [NOW]


def test_other_ids_are_left_alone() -> None:
    assert narrow_by_newest([accepted(checked(A, SECOND), TWO)], [stored(B, FIRST, 1)], {1: ONE}) == []


def test_a_history_of_too_many_handlings_is_its_owners_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrow, "MAX_HANDLINGS", 2)
    wide = ONE.narrowed_by([TWO])
    (move,) = narrow_by_newest([accepted(checked(A, SECOND), THREE)], [stored(A, FIRST, 1)], {1: wide})
    (own,) = move.to_class.handlings
    assert (move.to_class.owner_id, own.publisher.partner_id, own.audiences, own.tlp) == (OWNER, OWNER, frozenset(), Tlp.RED)


# --- what readers see -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def friend(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Friend")


@pytest.fixture
def stranger(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Stranger")


def _ids(member: Member) -> set[str]:
    return {one for one, _ in member.sees() if not one.startswith("marking-definition")}


def test_a_reference_to_a_restricted_object_that_its_submitter_sees_narrows(
    publisher: Member, friend: Member, stranger: Member
) -> None:
    secret = indicator(object_marking_refs=[publisher.mark_for(friend)])
    publisher.store(secret)
    about = report([secret["id"]])
    friend.store(about)
    assert about["id"] in _ids(friend)
    assert about["id"] in _ids(publisher)
    assert _ids(stranger) == set()


def test_what_its_submitter_cannot_see_counts_as_absent(
    quick_hub: Hub, publisher: Member, friend: Member, stranger: Member
) -> None:
    fourth = quick_hub.enrol("Fourth")
    secret = indicator(object_marking_refs=[publisher.mark_for(friend)])
    publisher.store(secret)
    about_secret, about_nothing = report([secret["id"]]), report([stix_id("indicator")])
    assert outcomes(stranger.submit(about_secret, about_nothing).results) == ["stored", "stored"]
    assert {about_secret["id"], about_nothing["id"]} <= _ids(publisher) & _ids(friend) & _ids(stranger) & _ids(fourth)


def test_nobody_blanks_a_report_by_posting_a_restricted_object_under_an_id_it_refers_to(
    publisher: Member, friend: Member, stranger: Member
) -> None:
    target = stix_id("indicator")
    about = report([target])
    friend.store(about)
    nobody = publisher.mark(publisher.add_audience())
    for member in (publisher, friend):
        marking = nobody if member is publisher else friend.mark_for()
        member.store(indicator(id=target, object_marking_refs=[marking]))
        assert about["id"] in _ids(stranger)


def test_a_reference_by_others_restricts_nothing_that_is_referred_to(publisher: Member, friend: Member, stranger: Member) -> None:
    target = indicator()
    publisher.store(target)
    friend.store(report([target["id"]], object_marking_refs=[friend.mark_for()]))
    assert _ids(stranger) == {target["id"]}


def test_statements_of_several_owners_under_one_id_all_narrow(quick_hub: Hub, publisher: Member, friend: Member) -> None:
    fourth, stranger = quick_hub.enrol("Fourth"), quick_hub.enrol("Fifth")
    target = stix_id("indicator")
    publisher.store(indicator(id=target, object_marking_refs=[publisher.mark_for(friend, fourth)]))
    fourth.store(indicator(id=target))
    about = report([target])
    friend.store(about)
    assert about["id"] in _ids(fourth)
    assert about["id"] not in _ids(stranger)


def test_who_states_an_id_itself_refers_to_its_own_statement(publisher: Member, friend: Member, stranger: Member) -> None:
    target = stix_id("indicator")
    friend.store(indicator(id=target))
    publisher.store(indicator(id=target, object_marking_refs=[publisher.mark_for(friend)]))
    alone, together = report([target]), report([target])
    friend.store(alone)
    friend.store(together, indicator(id=target, modified=NEXT_DAY))
    assert {alone["id"], together["id"]} <= _ids(stranger)


def test_the_owner_of_what_is_referred_to_needs_no_leave_of_its_own(publisher: Member, friend: Member) -> None:
    secret = indicator(object_marking_refs=[publisher.mark_for(friend)])  # the publisher itself is not named
    publisher.store(secret)
    about = report([secret["id"]])
    friend.store(about)
    assert about["id"] in _ids(publisher)


def test_ones_own_object_stays_visible_when_what_it_refers_to_is_lost(publisher: Member, friend: Member) -> None:
    secret = indicator(object_marking_refs=[publisher.mark_for(friend)])
    publisher.store(secret)
    about = report([secret["id"]])
    friend.store(about)
    friend.agree(harm_types=frozenset({Harm.CSAM}))
    assert _ids(friend) == {about["id"]}


def test_a_credential_with_a_low_ceiling_does_not_shake_off_the_narrowing(
    publisher: Member, friend: Member, stranger: Member
) -> None:
    secret = indicator(object_marking_refs=[publisher.mark_for(friend, tlp="amber")])
    publisher.store(secret)
    friend.token = friend.issue(tlp_ceiling=Tlp.CLEAR)
    about = report([secret["id"]])
    friend.store(about)
    assert about["id"] not in _ids(stranger)


def test_an_object_under_embargo_is_absent_to_all_but_its_owner(publisher: Member, friend: Member, stranger: Member) -> None:
    marking = publisher.mark_for(friend, release_at="2026-03-05T00:00:00Z")
    secret = indicator(object_marking_refs=[marking])
    publisher.store(secret)
    theirs, own = report([secret["id"]]), report([secret["id"]])
    friend.store(theirs)
    publisher.store(own)
    assert _ids(stranger) == {theirs["id"]}


def test_under_an_embargoed_version_the_released_one_still_narrows(publisher: Member, friend: Member, stranger: Member) -> None:
    secret = indicator(object_marking_refs=[publisher.mark_for(friend)])
    publisher.store(secret)
    publisher.store(newer(secret, object_marking_refs=[publisher.mark_for(friend, release_at="2026-03-05T00:00:00Z")]))
    about = report([secret["id"]])
    friend.store(about)
    assert about["id"] in _ids(publisher)
    assert _ids(stranger) == set()


def _asked(
    hub: Hub, member: Member, references: Iterable[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[set[Harm], list[str], int]:
    """Let a member refer to these. Gives what its object came to need, the statements, and how often policy was asked."""
    statements: list[str] = []
    asked: list[HandlingClass] = []
    execute, sees_somehow = Prepared._execute, narrow.sees_somehow

    def executed(self: Prepared, connection: Connection, form: Any, values: dict[str, Any]) -> Any:
        statements.append(form.text)
        return execute(self, connection, form, values)

    def seen(viewer: Viewer, one: HandlingClass, now: datetime) -> bool:
        asked.append(one)
        return sees_somehow(viewer, one, now)

    about = _referring(A, ONE, *references)
    with monkeypatch.context() as watching, hub.exchange.database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        watching.setattr(Prepared, "_execute", executed)
        watching.setattr(narrow, "sees_somehow", seen)
        eyes = viewer_of(connection, member.partner, Tlp.RED, hub.clock.now)
        statements.clear()
        assert narrow_by_references(connection, {OWNER: [eyes]}, [about], hub.clock.now) == []
    # However many values a list has.
    return harms_of(about.handling_class), [one.partition(" IN (")[0] for one in statements], len(asked)


def test_whatever_is_hidden_under_an_id_the_statements_are_the_same_and_policy_is_asked_about_each_class_once(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher, stranger = hub.enrol("Publisher"), hub.enrol("Outsider")
    group_id = make_group(hub, publisher)
    absent, elsewhere, posted = ([indicator() for _ in range(20)] for _ in range(3))
    first = indicator()
    many = [newer(first, f"2026-01-06T10:00:00.{number:03}Z") for number in range(100)]
    marked = publisher.mark_for()
    publisher.store(*(one | {"object_marking_refs": [marked]} for one in elsewhere))
    publisher.submit(*posted, *many, group_id=group_id)
    found = []
    for values in (absent, elsewhere, posted, many, [*elsewhere, *posted, *many]):
        references = {one["id"] for one in values}
        _asked(hub, stranger, references, monkeypatch)  # from now on the process remembers the classes
        found.append(_asked(hub, stranger, references, monkeypatch))
    assert [needed for needed, _, _ in found] == [harms_of(ONE)] * 5
    assert [asked for _, _, asked in found] == [0, 1, 1, 1, 2]
    assert [statements for _, statements, _ in found] == [found[0][1]] * 5


def test_under_many_hidden_versions_the_older_one_that_is_seen_narrows(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher, stranger = hub.enrol("Publisher"), hub.enrol("Outsider")
    group_id = make_group(hub, publisher)
    first = indicator(stated=context(harm_types=["csam"]))
    publisher.store(first)
    publisher.submit(*(newer(first, f"2026-01-06T10:00:00.{number:03}Z") for number in range(100)), group_id=group_id)
    needed, _, asked = _asked(hub, stranger, [first["id"]], monkeypatch)
    assert needed == harms_of(ONE) | {Harm.CSAM}
    assert asked == 2


def test_an_expired_object_is_absent(quick_hub: Hub, publisher: Member, stranger: Member) -> None:
    secret = indicator(object_marking_refs=[publisher.mark(publisher.add_audience(), expires_at="2026-03-02T00:00:00Z")])
    publisher.store(secret)
    quick_hub.clock.pass_time(DAY)
    about = report([secret["id"]])
    publisher.store(about)
    assert _ids(stranger) == {about["id"]}


def test_a_widened_object_narrows_no_more_even_in_its_own_envelope(publisher: Member, stranger: Member) -> None:
    secret = indicator(object_marking_refs=[publisher.mark(publisher.add_audience())])
    publisher.store(secret)
    opened = newer(secret)
    del opened["object_marking_refs"]
    about, itself = report([secret["id"]]), report([])
    publisher.store(about, opened)
    publisher.store(itself | {"object_refs": [itself["id"]], "object_marking_refs": secret["object_marking_refs"]})
    publisher.store(newer(itself, object_refs=[itself["id"]]))
    assert stranger.sees() == [
        (about["id"], about["modified"]),
        (opened["id"], NEXT_DAY),
        (itself["id"], NEXT_DAY),
    ]


def test_an_older_version_in_the_envelope_does_not_stand_for_the_stored_one(publisher: Member, stranger: Member) -> None:
    target = indicator()
    publisher.store(newer(target))
    restricted = target | {"object_marking_refs": [publisher.mark(publisher.add_audience())]}
    about = report([target["id"]])
    publisher.store(restricted, about)
    assert _ids(stranger) == {target["id"], about["id"]}
    assert stranger.look_up(target["id"])[0]["modified"] == NEXT_DAY


def test_narrowing_narrows_history(publisher: Member, friend: Member, stranger: Member) -> None:
    first = indicator()
    publisher.store(first)
    assert len(stranger.sees()) == 1
    publisher.store(newer(first, object_marking_refs=[publisher.mark_for(friend)]))
    assert stranger.sees() == []
    with pytest.raises(NotFoundError):
        stranger.look_up(first["id"])
    assert [modified for one, modified in friend.sees() if one == first["id"]] == [first["modified"], NEXT_DAY]


def test_widening_never_opens_old_versions(publisher: Member, friend: Member, stranger: Member) -> None:
    first = indicator(object_marking_refs=[publisher.mark_for(friend)])
    publisher.store(first)
    second = newer(first)
    del second["object_marking_refs"]
    publisher.store(second)
    assert stranger.sees() == [(first["id"], NEXT_DAY)]
    assert [one["modified"] for one in stranger.look_up(first["id"])] == [NEXT_DAY]


def test_a_hidden_newest_version_hides_what_was_visible_between(publisher: Member, stranger: Member) -> None:
    first = indicator(stated=context(review="unreviewed"))
    publisher.store(first)
    publisher.store(newer(first, extensions=context(harm_types=["csam"])))
    stranger.agree(harm_types=frozenset(Harm) - {Harm.CSAM})
    assert stranger.sees() == []
    publisher.store(newer(first, modified=DAY_AFTER))
    assert stranger.sees() == [(first["id"], DAY_AFTER)]


def test_the_expiry_of_the_newest_version_ends_the_older_ones(quick_hub: Hub, publisher: Member, stranger: Member) -> None:
    first = indicator()
    publisher.store(first)
    publisher.store(newer(first, object_marking_refs=[publisher.mark(expires_at="2026-03-02T12:00:00Z")]))
    assert len([one for one, _ in stranger.sees() if one == first["id"]]) == 2
    quick_hub.clock.pass_time(DAY - timedelta(microseconds=1))
    assert len([one for one, _ in stranger.sees() if one == first["id"]]) == 2
    quick_hub.clock.pass_time(timedelta(microseconds=1))
    assert _ids(stranger) == set()
    assert _ids(publisher) == set()


def test_too_many_handlings_are_refused_and_the_rest_of_the_envelope_is_not(
    publisher: Member, stranger: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrow, "MAX_HANDLINGS", 2)
    targets = [indicator(stated=context(review=review)) for review in list(Review)[:2]]
    about, fine = report([one["id"] for one in targets], extensions=context(review="le-confirmed")), indicator()
    about_that = report([about["id"]])
    submitted = publisher.submit(*targets, about, about_that, fine)
    refused: list[Any] = [Code.TOO_MANY_REFERENCES] * 2
    assert outcomes(submitted.results) == ["stored", "stored", *refused, "stored"]
    first, last = submitted.results[0].log_index, submitted.results[-1].log_index
    assert (first or 0) + 2 == last
    assert _ids(stranger) == {targets[0]["id"], targets[1]["id"], fine["id"]}
    twice = publisher.submit(about, about)
    assert outcomes(twice.results) == refused
    assert [one.refusal.pointer for one in twice.results if one.refusal] == ["/objects/0", "/objects/1"]
