from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event, text

from app.domain.errors import NotFoundError
from app.domain.events import Event
from app.domain.vocabulary import Channel, Harm, Purpose, Review, Role, Tlp
from app.policy.visibility import Clause
from app.services import do_work
from app.services.do_work import do_next, ensure_periodic_work
from app.services.explaining.explain import PolicyQuestion, explain
from app.services.intake import narrow, narrow_later
from app.services.intake.narrow_later import NARROW
from app.services.reading.pull import list_versions
from app.storage import events, narrowings, work
from tests.factories.members import Hub, Member, as_seen_by_another_worker, at_once
from tests.factories.stix_objects import context, indicator, newer, report, stix_id, user_account

on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
"""For what the services alone decide."""
BUT_CSAM = frozenset(Harm) - {Harm.CSAM}
DAY_AFTER = "2026-01-07T10:00:00.000Z"


@pytest.fixture
def publisher(hub: Hub) -> Member:
    """Who publishes what others refer to, and narrows it."""
    return hub.enrol("Publisher")


@pytest.fixture
def author(hub: Hub) -> Member:
    """Who refers to it."""
    return hub.enrol("Author")


@pytest.fixture
def keeper(hub: Hub) -> Member:
    """Who may see it all the time."""
    return hub.enrol("Keeper")


@pytest.fixture
def loser(hub: Hub) -> Member:
    """Who may not see it any more."""
    return hub.enrol("Loser")


def ids(member: Member) -> list[str]:
    return [one for one, _ in member.sees() if not one.startswith("marking-definition")]


def ids_of(objects: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in objects if one["type"] != "marking-definition"]


def narrowed(owner: Member, one: dict[str, Any], *members: Member, **terms: Any) -> dict[str, Any]:
    """Store a newer version of an object that only these see."""
    changed = newer(one, object_marking_refs=[owner.mark_for(*members, **terms)])
    owner.store(changed)
    return changed


def under_way(hub: Hub) -> list[narrowings.Narrowing]:
    with hub.exchange.database.read() as connection:
        return narrowings.under_way(connection)


# --- what follows -------------------------------------------------------------------------------------------------------------


def test_what_depends_on_a_narrowed_object_is_hidden_at_once_from_who_loses_it_and_from_nobody_else(
    hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    target, other = indicator(), indicator()
    publisher.store(target, other)
    about, unrelated = report([target["id"]]), report([other["id"]])
    author.store(about, unrelated)
    everything = [target["id"], other["id"], about["id"], unrelated["id"]]
    for member in (keeper, loser):
        assert ids(member) == everything
    _, cursor = keeper.pull()
    narrowed(publisher, target, author, keeper)
    for _ in range(2):  # before the work is done, and afterwards
        assert ids(loser) == [other["id"], unrelated["id"]]
        for ask in (loser.look_up, lambda one: list_versions(hub.exchange, loser.reader(), one)):
            with pytest.raises(NotFoundError):
                ask(about["id"])
        assert loser.page(stix_ids=frozenset({about["id"]})).objects == []
        for member in (author, publisher, keeper):
            assert ids(member) == [*everything, target["id"]]
        hub.work()
    assert under_way(hub) == []
    assert ids_of(keeper.pull(cursor)[0]) == [target["id"]]


def test_a_chain_is_followed_to_its_end_across_owners(
    hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    target = indicator()
    publisher.store(target)
    first = report([target["id"]])
    author.store(first)
    second = report([first["id"]])
    keeper.store(second)
    third = report([second["id"]])
    author.store(third)
    narrowed(publisher, target, author, keeper)
    assert ids(loser) == []
    hub.work()
    assert ids(loser) == []
    assert ids(keeper) == [target["id"], first["id"], second["id"], third["id"], target["id"]]


@on_sqlite
def test_objects_that_refer_to_each_other_follow_together_and_the_work_ends(
    hub: Hub, publisher: Member, author: Member, loser: Member
) -> None:
    target, one, other = indicator(), report([]), report([])
    publisher.store(target)
    author.store(one | {"object_refs": [other["id"], target["id"]]}, other | {"object_refs": [one["id"], other["id"]]})
    narrowed(publisher, target, author)
    assert ids(loser) == []
    hub.work()
    assert ids(loser) == []
    assert ids(author) == [target["id"], one["id"], other["id"], target["id"]]


@on_sqlite
def test_a_reference_within_one_envelope_follows(hub: Hub, publisher: Member, keeper: Member, loser: Member) -> None:
    target = indicator()
    about = report([target["id"]])
    publisher.store(about, target)
    narrowed(publisher, target, keeper)
    assert ids(loser) == []
    hub.work()
    assert (ids(loser), ids(keeper)) == ([], [about["id"], target["id"], target["id"]])


@on_sqlite
def test_older_versions_of_what_refers_follow_their_newest(hub: Hub, publisher: Member, author: Member, loser: Member) -> None:
    target = indicator()
    publisher.store(target)
    first = report([stix_id("note")])
    author.store(first)
    author.store(newer(first, object_refs=[target["id"]]))
    assert ids(loser) == [target["id"], first["id"], first["id"]]
    narrowed(publisher, target, author)
    assert ids(loser) == []
    hub.work()
    assert ids(loser) == []


@on_sqlite
def test_an_observable_that_is_stated_again_more_narrowly_narrows_what_depends_on_it(hub: Hub, publisher: Member) -> None:
    police, others = (hub.enrol(name, Role.LAW_ENFORCEMENT) for name in ("Police", "Other police"))
    account = user_account("account-1")
    publisher.store(account)
    about = report([account["id"]])
    police.store(about)
    assert ids(others) == [account["id"], about["id"]]
    publisher.store(account | {"display_name": "another", "object_marking_refs": [publisher.mark_for(police)]})
    for _ in range(2):
        assert (ids(others), len(ids(police))) == ([], 3)
        hub.work()


@on_sqlite
def test_an_embargoed_version_narrows_already_what_depends_on_the_object(
    hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    target = indicator()
    publisher.store(target)
    about = report([target["id"]])
    author.store(about)
    narrowed(publisher, target, author, keeper, release_at="2026-03-05T00:00:00Z")
    assert (ids(loser), ids(keeper)) == ([], [target["id"], about["id"]])
    hub.work()
    assert (ids(loser), ids(keeper)) == ([], [target["id"], about["id"]])


@on_sqlite
def test_what_refers_to_a_released_version_follows_it_under_an_embargoed_newer_one(
    hub: Hub, publisher: Member, author: Member, loser: Member
) -> None:
    """The released version stands for the object until the newer one is out: what narrows it narrows what was said about it."""
    source = indicator()
    keeper = hub.enrol("Owner of the source")
    keeper.store(source)
    released = report([source["id"]])
    publisher.store(released)
    embargo = publisher.mark(release_at="2026-03-05T00:00:00Z")
    publisher.store(newer(released, object_refs=[stix_id("note")], object_marking_refs=[embargo]))
    about = report([released["id"]])
    author.store(about)
    assert ids(loser) == [source["id"], released["id"], about["id"]]
    narrowed(keeper, source, publisher, author)
    assert ids(loser) == []
    hub.work()
    assert ids(loser) == []


@on_sqlite
def test_an_explanation_counts_what_is_still_to_be_narrowed(hub: Hub, publisher: Member, author: Member, loser: Member) -> None:
    target = indicator()
    publisher.store(target)
    about = report([target["id"]])
    author.store(about)
    narrowed(publisher, target, author)
    for _ in range(2):
        question = PolicyQuestion(about["id"], loser.id, Purpose.DETECTION, Channel.PORTAL)
        (answer,) = explain(hub.exchange, hub.operator, question)
        assert answer.told.clause is Clause.AUDIENCE_DOES_NOT_ADMIT
        hub.work()


# --- what never follows -------------------------------------------------------------------------------------------------------


def test_what_somebody_else_posts_or_narrows_under_the_id_changes_nothing(
    hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    known, unknown = indicator(), stix_id("indicator")
    publisher.store(known)
    about = report([known["id"], unknown])
    author.store(about)
    before = [(member.page().objects, member.look_up(about["id"])) for member in (keeper, loser, author)]
    attacker = hub.enrol("Attacker")
    nobody = attacker.mark(attacker.add_audience())
    for target in (known["id"], unknown):
        attacker.store(indicator(id=target))
        attacker.store(indicator(id=target, modified=DAY_AFTER, object_marking_refs=[nobody]))
    assert under_way(hub) == []
    hub.work()
    for member, (page, looked_up) in zip((keeper, loser, author), before, strict=True):
        assert member.page().objects[: len(page)] == page
        assert member.look_up(about["id"]) == looked_up


@on_sqlite
def test_a_statement_that_its_author_could_not_see_never_narrows_a_report(
    hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    target = indicator(object_marking_refs=[publisher.mark_for(keeper)])
    publisher.store(target)
    about = report([target["id"]])
    author.store(about)
    opened = newer(target)
    del opened["object_marking_refs"]
    publisher.store(opened)
    publisher.store(newer(target, modified=DAY_AFTER, object_marking_refs=[publisher.mark_for(keeper)]))
    assert under_way(hub) == []
    assert ids(loser) == [about["id"]]


@on_sqlite
def test_ones_own_later_statement_under_the_id_changes_nothing(
    publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    """Decision 10 is about admission: what an object was narrowed by is settled then, and only its owner's doing moves it."""
    target = indicator()
    publisher.store(target)
    about = report([target["id"]])
    author.store(about)
    own = indicator(id=target["id"], object_marking_refs=[author.mark_for(keeper)])
    author.store(own)
    assert about["id"] in ids(loser)
    narrowed(publisher, target, author, keeper)
    assert about["id"] not in ids(loser)


@on_sqlite
def test_what_refers_no_more_when_it_is_narrowed_is_left_alone(
    hub: Hub, publisher: Member, author: Member, loser: Member
) -> None:
    """The version that referred is history, and what was said about the id then does not depend on it."""
    target = indicator()
    publisher.store(target)
    first = report([target["id"]])
    author.store(first)
    second = newer(first, object_refs=[stix_id("note")])
    author.store(second)
    about = report([first["id"]])
    author.store(about)
    narrowed(publisher, target, author)
    assert loser.sees() == [(second["id"], second["modified"]), (about["id"], about["modified"])]
    hub.work()
    assert loser.sees() == [(second["id"], second["modified"]), (about["id"], about["modified"])]


@on_sqlite
def test_widening_again_opens_nothing(hub: Hub, publisher: Member, author: Member, loser: Member) -> None:
    target = indicator()
    publisher.store(target)
    about = report([target["id"]])
    author.store(about)
    narrowed(publisher, target, author)
    wide = newer(target, modified=DAY_AFTER)
    publisher.store(wide)
    assert loser.sees() == [(target["id"], DAY_AFTER)]
    hub.work()
    assert loser.sees() == [(target["id"], DAY_AFTER)]


@on_sqlite
def test_a_newer_version_that_needs_nothing_more_begins_nothing(hub: Hub, publisher: Member, author: Member) -> None:
    target = indicator()
    publisher.store(target)
    author.store(report([target["id"]]))
    publisher.store(newer(target))
    unreferred = indicator()
    publisher.store(unreferred)
    narrowed(publisher, unreferred)
    assert under_way(hub) == []


@on_sqlite
def test_an_older_version_that_comes_late_narrows_only_itself(hub: Hub, publisher: Member, author: Member, loser: Member) -> None:
    target = indicator()
    publisher.store(newer(target))
    about = report([target["id"]])
    author.store(about)
    publisher.store(target | {"object_marking_refs": [publisher.mark_for(author)]})
    assert under_way(hub) == []
    assert ids(loser) == [target["id"], about["id"]]


# --- what comes while a narrowing is under way --------------------------------------------------------------------------------


@on_sqlite
def test_what_refers_to_something_that_is_still_to_be_narrowed_is_as_narrow_from_its_start(
    hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    target = indicator()
    publisher.store(target)
    late = report([stix_id("note")])
    about = newer(late, object_refs=[target["id"]])
    author.store(about)
    narrowed(publisher, target, author, keeper)
    about_it = report([about["id"]])
    keeper.store(about_it)
    author.store(late)
    with pytest.raises(NotFoundError):
        loser.look_up(about_it["id"])
    assert ids(loser) == []
    hub.work()
    assert ids(loser) == []
    assert ids(keeper) == [target["id"], about["id"], target["id"], about_it["id"], about["id"]]


@on_sqlite
def test_to_who_loses_it_what_is_still_to_be_narrowed_is_absent_when_it_is_referred_to(
    hub: Hub, publisher: Member, author: Member, loser: Member
) -> None:
    target = indicator()
    publisher.store(target)
    about = report([target["id"]])
    author.store(about)
    narrowed(publisher, target, author)
    stranger = hub.enrol("Stranger")
    blind = report([about["id"]])
    loser.store(blind)
    hub.work()
    assert ids(stranger) == [blind["id"]]


def test_what_policy_gives_back_meanwhile_reaches_a_reader_that_had_passed_it_exactly_once(
    hub: Hub, publisher: Member, author: Member, loser: Member
) -> None:
    target = indicator()
    publisher.store(target)
    about, last = report([target["id"]]), indicator()
    author.store(about, last)
    publisher.store(newer(target, extensions=context(harm_types=["csam"])))
    loser.agree(harm_types=BUT_CSAM)
    found, cursor = loser.pull()  # past the report, which is hidden
    assert ids_of(found) == [last["id"]]
    loser.agree()
    found, cursor = loser.pull(cursor)
    assert ids_of(found) == []
    hub.work()
    found, cursor = loser.pull(cursor)
    assert sorted(ids_of(found)) == sorted([target["id"], target["id"], about["id"]])
    hub.work()
    assert loser.pull(cursor)[0] == []


@on_sqlite
def test_policy_that_narrows_meanwhile_hides_at_once(hub: Hub, publisher: Member, author: Member, loser: Member) -> None:
    target = indicator()
    publisher.store(target)
    about = report([target["id"]])
    author.store(about)
    publisher.store(newer(target, extensions=context(harm_types=["csam"])))
    assert about["id"] in ids(loser)
    loser.agree(harm_types=BUT_CSAM)
    assert ids(loser) == []
    hub.work()
    assert ids(loser) == []


@on_sqlite
def test_ones_own_object_is_hidden_only_by_the_ceiling_of_ones_credential(hub: Hub, publisher: Member, author: Member) -> None:
    """Its owner's own handling came back to it through what it refers to, and is above what this credential may read."""
    target = indicator()
    publisher.store(target)
    about, secret = report([target["id"]]), report([])
    author.store(about)
    author.store(secret | {"object_refs": [secret["id"]], "object_marking_refs": [author.mark_for(publisher, tlp="amber")]})
    publisher.store(newer(target, object_refs=[secret["id"]], x_example_ref=secret["id"]))
    low = author.with_ceiling(author.reader(), Tlp.GREEN)
    for _ in range(2):
        assert about["id"] in ids(author)
        assert about["id"] not in [one for one, _ in author.sees(of=low)]
        hub.work()


# --- too many handlings -------------------------------------------------------------------------------------------------------


@on_sqlite
def test_what_would_need_too_many_handlings_becomes_its_owners_alone_and_what_depends_on_it_follows(
    hub: Hub, publisher: Member, author: Member, loser: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrow, "MAX_HANDLINGS", 2)
    target = indicator(stated=context(review=Review.UNREVIEWED))
    publisher.store(target)
    about = report([target["id"]])
    author.store(about)
    about_it = report([about["id"]])
    author.store(about_it)
    assert {about["id"], about_it["id"]} <= set(ids(loser))
    publisher.store(newer(target, extensions=context(review=Review.LE_CONFIRMED)))
    hub.work()
    assert not {about["id"], about_it["id"]} & {*ids(loser), *ids(publisher)}
    assert {about["id"], about_it["id"]} <= set(ids(author))


# --- tracing takes several transactions ---------------------------------------------------------------------------------------


@pytest.fixture
def slow_tracing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one transaction follow one reference and no more."""
    monkeypatch.setattr(narrow_later, "_STEPS", 1)
    monkeypatch.setattr(narrowings, "_FOUND_AT_ONCE", 1)
    monkeypatch.setattr(narrowings, "_EXPANDED_AT_ONCE", 1)


@pytest.mark.usefixtures("slow_tracing")
def test_while_nobody_knows_what_is_lost_who_loses_something_reads_only_its_own_and_misses_nothing(
    hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    target, other, own = indicator(), indicator(), indicator()
    publisher.store(target)
    reports = [report([target["id"]]) for _ in range(4)]
    author.store(*reports)
    publisher.store(other)
    loser.store(own)
    found, cursor = loser.pull(limit=2)
    narrowed(publisher, target, author, keeper)
    found, cursor = loser.pull(None)
    assert found == []
    with pytest.raises(NotFoundError):
        loser.look_up(other["id"])
    assert loser.look_up(own["id"])[0]["id"] == own["id"]
    assert len(ids(keeper)) == 8
    while not all(one.traced for one in under_way(hub)):
        assert not set(ids(loser)) & {target["id"], *(one["id"] for one in reports)}
        do_next(hub.exchange)
    hub.work()
    assert ids_of(loser.pull(cursor)[0]) == [other["id"], own["id"]]
    assert ids(keeper)[:5] == [target["id"], *(one["id"] for one in reports)]


@on_sqlite
@pytest.mark.usefixtures("slow_tracing")
def test_what_comes_before_all_is_traced_is_narrowed_in_the_end(
    hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member
) -> None:
    target = indicator()
    publisher.store(target)
    about = report([target["id"]])
    author.store(about)
    about_it = report([about["id"]])
    keeper.store(about_it)
    narrowed(publisher, target, author, keeper)
    late = report([about_it["id"]])
    keeper.store(late)
    keeper.store(newer(about_it, object_refs=[stix_id("note")]))
    assert ids(loser) == []
    hub.work()
    assert loser.sees() == [(about_it["id"], "2026-01-06T10:00:00.000Z")]
    assert late["id"] in ids(keeper)


# --- the work -----------------------------------------------------------------------------------------------------------------


def _many(hub: Hub, publisher: Member, author: Member, count: int) -> dict[str, Any]:
    target = indicator()
    publisher.store(target)
    author.store(*(report([target["id"]]) for _ in range(count)))
    hub.work()
    return target


class KilledError(BaseException):
    """Stands for the end of the process: nothing catches it."""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a batch move two versions."""
    monkeypatch.setattr(narrow_later, "_BATCH", 2)


def _die(*, after_it: bool) -> Any:
    done = do_work.KINDS[NARROW]

    def die(*arguments: Any) -> None:
        if after_it:
            done(*arguments)
        raise KilledError

    return {**do_work.KINDS, NARROW: die}


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("killed", [_die(after_it=False), _die(after_it=True)], ids=["before it", "after it"])
def test_a_kill_between_two_batches_shows_and_loses_nothing(hub: Hub, killed: Any) -> None:
    publisher, author, keeper, loser = (hub.enrol(name) for name in ("Publisher", "Author", "Keeper", "Loser"))
    target = _many(hub, publisher, author, 5)
    before, cursor = keeper.pull()
    narrowed(publisher, target, author, keeper)
    assert do_next(hub.exchange) is True
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(do_work, "KINDS", killed)
        with pytest.raises(KilledError):
            do_next(hub.exchange)
    assert do_next(hub.exchange) is False  # leased to the one that died
    assert ids(loser) == []
    assert ids_of(keeper.pull()[0])[:6] == ids_of(before)
    with hub.exchange.database.write() as connection:
        connection.execute(text("UPDATE work SET leased_until = NULL"))
    hub.work()
    assert under_way(hub) == []
    assert ids(loser) == []
    assert ids_of(keeper.pull(cursor)[0]) == [target["id"]]


@pytest.mark.usefixtures("small_batches")
def test_two_workers_move_each_version_once(hub: Hub, publisher: Member, author: Member, keeper: Member, loser: Member) -> None:
    target = _many(hub, publisher, author, 12)
    _, cursor = keeper.pull()
    narrowed(publisher, target, author, keeper)
    elsewhere = Hub(as_seen_by_another_worker(hub.exchange), hub.clock, hub.first_operator)
    ends = at_once(hub.work, elsewhere.work, lambda: ids(loser))
    hub.work()
    elsewhere.exchange.database.dispose()
    assert ends[2] == []
    assert _records(hub)[-1] == ("moved-12", None)
    assert ids_of(keeper.pull(cursor)[0]) == [target["id"]]
    assert len(ids(keeper)) == 14


def _records(hub: Hub) -> list[tuple[str | None, str | None]]:
    with hub.exchange.database.read() as connection:
        found = [one for _, one in events.events(connection, 0, 1000) if one.event is Event.OBJECT_NARROW]
    assert len({one.subject for one in found}) <= 1
    return [(one.code, one.partner_id) for one in found]


def test_the_submission_that_narrows_takes_as_many_statements_however_much_depends_on_it(
    hub: Hub, publisher: Member, author: Member
) -> None:
    ran: list[str] = []
    event.listen(hub.exchange.database.engine, "before_cursor_execute", lambda *asked: ran.append(asked[2]))
    counts = []
    for dependents in (20, 400):
        target, mark = _many(hub, publisher, author, dependents), publisher.mark_for(author)
        changed = newer(target, object_marking_refs=[mark])
        ran.clear()
        publisher.store(changed)
        counts.append(len(ran))
        hub.work()
    assert counts[0] == counts[1]


@on_sqlite
def test_a_narrowing_is_recorded_when_it_begins_and_when_it_is_done(hub: Hub, publisher: Member, author: Member) -> None:
    narrowed(publisher, _many(hub, publisher, author, 3), author)
    assert _records(hub) == [(None, publisher.id)]
    hub.work()
    assert _records(hub) == [(None, publisher.id), ("moved-3", None)]


@on_sqlite
@pytest.mark.usefixtures("slow_tracing")
def test_of_many_narrowings_begun_together_what_is_not_traced_at_once_is_traced_by_the_work(
    hub: Hub, publisher: Member, author: Member, loser: Member
) -> None:
    targets = [indicator() for _ in range(3)]
    publisher.store(*targets)
    author.store(*(report([one["id"]]) for one in targets))
    publisher.store(*(newer(one, object_marking_refs=[publisher.mark_for(author)]) for one in targets))
    assert [one.traced for one in under_way(hub)] == [False] * 3
    assert ids(loser) == []
    hub.work()
    assert (under_way(hub), ids(loser), len(ids(author))) == ([], [], 9)


@on_sqlite
def test_narrowings_begun_together_in_one_class_are_one(hub: Hub, publisher: Member, author: Member) -> None:
    targets = [indicator() for _ in range(3)]
    publisher.store(*targets)
    author.store(*(report([one["id"]]) for one in targets))
    mark = publisher.mark_for(author)
    publisher.store(*(newer(one, object_marking_refs=[mark]) for one in targets))
    assert len(under_way(hub)) == 1


@on_sqlite
def test_a_server_that_starts_takes_up_what_nobody_works_on_any_more(hub: Hub, publisher: Member, author: Member) -> None:
    narrowed(publisher, _many(hub, publisher, author, 2), author)
    with hub.exchange.database.write() as connection:
        connection.execute(text("UPDATE work SET state = 'dead' WHERE state = 'waiting'"))
    hub.work()
    assert under_way(hub) != []
    ensure_periodic_work(hub.exchange)
    ensure_periodic_work(hub.exchange)
    hub.work()
    assert under_way(hub) == []
    with hub.exchange.database.read() as connection:
        assert not work.has_waiting(connection, NARROW)


@on_sqlite
def test_readers_without_a_veil_run_the_statements_they_always_run(hub: Hub, publisher: Member, keeper: Member) -> None:
    publisher.store(indicator())
    (body,) = keeper.page().objects
    assert json.loads(body)["type"] == "indicator"
    with hub.exchange.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM veil")).scalar_one() == 0
