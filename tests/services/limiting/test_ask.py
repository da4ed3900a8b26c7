from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from app.domain.agreement import ReadVolume
from app.domain.errors import ExhaustedError, NotFoundError
from app.domain.events import Event
from app.domain.object_vocabulary import ContestReason
from app.domain.paging import AlarmCode
from app.domain.partner import Principal
from app.domain.usage import QuestionKind
from app.domain.vocabulary import Channel, Purpose, StaffRole
from app.services.authenticate import authenticate
from app.services.explaining.explain import PolicyQuestion, explain
from app.services.explaining.who_sees import who_sees
from app.services.ledger.look_up_disclosures import LedgerQuestion, PageAsked, search_disclosures
from app.services.limiting.ask import ask_about, ask_as_staff, ask_simulation
from app.services.limiting.look_up_questions import Asked, list_questions
from app.services.membership.add_staff import new_staff_token
from app.services.raise_alarm import alarm_counts
from app.services.reading import pull
from app.services.reading.pull import Filters, PageRequest, Reader
from app.services.recalling.contest import enter_contest
from app.storage.events import events
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import indicator, user_account

ABSENT = "user-account--0b8f7f8e-5a35-5b1c-9d68-0a7e8a2f4b11"
MOMENT = "2026-01-05T10:00:00Z"


def _asked(hub: Hub) -> list[tuple[str, str | None, str]]:
    found = list_questions(hub.exchange, hub.another_operator(StaffRole.AUDITOR), Asked(), 100).questions
    return [(one.kind.value, one.purpose, one.channel) for one in found]


Look = Callable[[Hub, Reader, str], object]
LOOKS: dict[str, Look] = {
    "the object": lambda hub, reader, one: pull.pull_object(hub.exchange, reader, one),
    "a version": lambda hub, reader, one: pull.pull_version(hub.exchange, reader, one, MOMENT),
    "its versions": lambda hub, reader, one: pull.list_versions(hub.exchange, reader, one),
    "its proof": lambda hub, reader, one: pull.pull_leaves(hub.exchange, reader, one, MOMENT),
    "a filter": lambda hub, reader, one: pull.pull_page(hub.exchange, reader, _by_id(one)),
    "a filtered manifest": lambda hub, reader, one: pull.pull_manifest(hub.exchange, reader, _by_id(one)),
}


def _by_id(stix_id: str) -> PageRequest:
    return PageRequest(Filters(stix_ids=frozenset({stix_id})), None, 10)


@pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
def test_every_look_up_of_an_observable_is_kept_whatever_becomes_of_it(
    quick_hub: Hub, publisher: Member, other: Member, look: Look
) -> None:
    account = user_account()
    publisher.submit(account)
    for stix_id in (account["id"], ABSENT):
        with suppress(NotFoundError):
            look(quick_hub, other.reader(Purpose.DETECTION, Channel.REST), stix_id)
    assert _asked(quick_hub) == [("observable", "detection", "rest")] * 2


@pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
def test_who_asked_enough_learns_nothing_more_of_what_is_hidden_and_of_what_is_not_there(
    quick_hub: Hub, publisher: Member, other: Member, look: Look
) -> None:
    account = user_account()
    publisher.submit(account)
    other.agree(volume=ReadVolume(lookups_per_day=1))
    reader = other.reader(Purpose.DETECTION, Channel.REST)
    ask_about(quick_hub.exchange, reader.principal, [ABSENT], reader.purpose, reader.channel)
    for stix_id in (account["id"], ABSENT):
        with pytest.raises(ExhaustedError) as refused:
            look(quick_hub, reader, stix_id)
        assert refused.value.retry_after_seconds > 0
    quick_hub.clock.pass_time(DAY)
    with suppress(NotFoundError):  # another day, it is hidden as ever
        look(quick_hub, reader, account["id"])


def test_ids_that_nobody_can_compute_are_no_questions(quick_hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.submit(value)
    pull.pull_object(quick_hub.exchange, other.reader(), value["id"])
    for nonsense in ("", "user-account", "user-account--1", "\x00", "identity--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"):
        ask_about(quick_hub.exchange, other.principal, [nonsense], Purpose.DETECTION, Channel.REST)
    assert _asked(quick_hub) == []


def test_several_ids_are_several_questions(quick_hub: Hub, other: Member) -> None:
    ids = [ABSENT, ABSENT.replace("0b", "1b"), ABSENT]
    ask_about(quick_hub.exchange, other.principal, ids, Purpose.INVESTIGATION, Channel.TAXII)
    assert _asked(quick_hub) == [("observable", "investigation", "taxii")] * 2


def test_the_operators_are_alarmed_once_at_each_edge(quick_hub: Hub, other: Member) -> None:
    other.agree(volume=ReadVolume(lookups_per_day=10))
    heard = []
    for _ in range(10):
        ask_about(quick_hub.exchange, other.principal, [ABSENT], Purpose.DETECTION, Channel.REST)
        heard.append(alarm_counts(quick_hub.exchange, quick_hub.operator).get(AlarmCode.MANY_QUESTIONS, 0))
    assert heard == [0] * 7 + [1, 1, 2]
    with pytest.raises(ExhaustedError):
        ask_about(quick_hub.exchange, other.principal, [ABSENT], Purpose.DETECTION, Channel.REST)
    assert alarm_counts(quick_hub.exchange, quick_hub.operator)[AlarmCode.MANY_QUESTIONS] == 2


def test_simulations_are_counted_by_themselves(quick_hub: Hub, other: Member) -> None:
    few = replace(quick_hub.exchange, budgets=replace(quick_hub.exchange.budgets, simulations_per_day=1))
    ask_about(few, other.principal, [ABSENT], Purpose.DETECTION, Channel.REST)
    ask_simulation(few, other.principal, "what would be sent")
    with pytest.raises(ExhaustedError):
        ask_simulation(few, other.principal, "what would be sent")
    kinds = [kind for kind, _, _ in _asked(quick_hub)]
    assert kinds == [QuestionKind.OBSERVABLE, QuestionKind.SIMULATION]


StaffLook = Callable[[Hub, Principal, Member, str], object]
STAFF_LOOKS: dict[str, StaffLook] = {
    "who sees it": lambda hub, by, _, one: who_sees(hub.exchange, by, one),
    "why": lambda hub, by, to, one: explain(hub.exchange, by, PolicyQuestion(one, to.id, Purpose.DETECTION)),
    "who was given it": lambda hub, by, _, one: search_disclosures(hub.exchange, by, LedgerQuestion(one), PageAsked(None, 10)),
    "a contest": lambda hub, by, _, one: enter_contest(hub.exchange, by, one, ContestReason.MISTAKEN_IDENTITY),
    "the object": lambda hub, by, _, one: ask_about(hub.exchange, by, [one], None, Channel.REST),
}


@pytest.mark.parametrize("look", STAFF_LOOKS.values(), ids=list(STAFF_LOOKS))
def test_what_staff_look_up_is_kept_and_an_event_whatever_becomes_of_it_and_is_refused_beyond_the_bound(
    quick_hub: Hub, publisher: Member, look: StaffLook
) -> None:
    account = user_account()
    publisher.submit(account)
    hub, by = few_for_staff(quick_hub, 2), quick_hub.operator
    for stix_id in (account["id"], ABSENT):
        with suppress(NotFoundError):
            look(hub, by, publisher, stix_id)
    found = list_questions(hub.exchange, hub.another_operator(StaffRole.AUDITOR), Asked(kind=QuestionKind.STAFF), 100)
    assert [(one.partner_id, one.credential_id) for one in found.questions] == [(None, by.credential.credential_id)] * 2
    with hub.exchange.database.read() as connection:
        told = [one for _, one in events(connection, 0, 10_000) if one.event is Event.QUESTION_ASK]
    assert {one.credential_id for one in told} == {by.credential.credential_id}
    assert len(told) == 2
    assert alarm_counts(hub.exchange, by)[AlarmCode.MANY_QUESTIONS] == 1
    for stix_id in (account["id"], ABSENT):
        with pytest.raises(ExhaustedError):
            look(hub, by, publisher, stix_id)
    hub.clock.pass_time(DAY)
    with suppress(NotFoundError):
        look(hub, by, publisher, ABSENT)


def few_for_staff(hub: Hub, number: int) -> Hub:
    """Let each person of the hub's staff look up so many observables in a day."""
    hub.exchange = replace(hub.exchange, budgets=replace(hub.exchange.budgets, staff_lookups_per_day=number))
    return hub


def test_the_bound_is_a_persons_with_all_its_tokens_and_nobody_elses(quick_hub: Hub) -> None:
    hub = few_for_staff(quick_hub, 1)
    first, second = hub.another_operator(StaffRole.AUDITOR), hub.another_operator(StaffRole.DATA_PROTECTION)
    with hub.exchange.database.write() as connection:
        token = new_staff_token(connection, str(first.credential.person_id), hub.clock.now).token
    for principal in (first, second):
        ask_as_staff(hub.exchange, principal, [ABSENT])
    for principal in (first, authenticate(hub.exchange, token), second):
        with pytest.raises(ExhaustedError):
            ask_as_staff(hub.exchange, principal, [ABSENT])


def test_other_ids_and_partners_own_statements_are_no_questions_of_staff(quick_hub: Hub, publisher: Member) -> None:
    hub, account = few_for_staff(quick_hub, 0), user_account()
    publisher.submit(account)
    ask_as_staff(hub.exchange, hub.operator, [indicator()["id"], "nonsense"])
    who_sees(hub.exchange, publisher.principal, account["id"])
    assert _asked(hub) == []
