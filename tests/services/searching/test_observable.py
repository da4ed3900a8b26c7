from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.agreement import ReadVolume
from app.domain.errors import Code, ExhaustedError, MalformedInputError
from app.domain.observation import ObservableKind
from app.domain.vocabulary import Role
from app.services.searching.observable import ObservableRequest, search_observable
from app.storage import questions
from app.storage.questions import Asked
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, report, user_account

LOGIN = "reported-account-7"


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


@pytest.fixture
def agency(hub: Hub) -> Member:
    return hub.enrol("Agency A", Role.LAW_ENFORCEMENT)


def _asked(hub: Hub, member: Member, value: str = LOGIN, **request: Any) -> list[str]:
    asked = ObservableRequest(ObservableKind.HANDLE, value, "forum", **request)
    return [json.loads(body)["id"] for body in search_observable(hub.exchange, member.reader(), asked).objects]


def _account(**changes: Any) -> dict[str, Any]:
    return user_account(LOGIN, account_type="forum", id="user-account--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", **changes)


def test_what_states_an_account_is_found_in_every_form_by_whoever_may_see_it(hub: Hub, publisher: Member, agency: Member) -> None:
    named = {"object_marking_refs": [publisher.mark_for(agency)]}
    pattern = indicator(pattern=f"[user-account:account_login = '{LOGIN}']", **named)
    about = report([user_account(LOGIN)["id"]], **named)
    publisher.store(_account(**named), pattern, about, user_account("another", **named))
    assert _asked(hub, agency, f"@{LOGIN.upper()}") == [about["id"], pattern["id"], _account()["id"]]
    assert _asked(hub, agency, "nobody") == []


def test_hidden_and_absent_are_answered_by_the_same_statements_and_counted_alike(hub: Hub, publisher: Member) -> None:
    other = hub.enrol("Platform B")
    hidden = {"object_marking_refs": [publisher.mark_for(hub.enrol("Agency A", Role.LAW_ENFORCEMENT))]}
    assert _asked(hub, other, "warm-up") == []
    publisher.store(_account(**hidden))
    _asked(hub, other, "warm-up")
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    said = []
    event.listen(hub.exchange.database.engine, "before_cursor_execute", hear)
    for value in (LOGIN, "nobody"):
        heard.clear()
        assert _asked(hub, other, value) == []
        said.append(list(heard))
    event.remove(hub.exchange.database.engine, "before_cursor_execute", hear)
    assert said[0] == said[1]
    with hub.exchange.database.read() as connection:
        kept = questions.list_questions(connection, Asked(other.id), 100)
        assert len(kept) == 4 * 4  # a handle has four ids
        assert len(questions.questions_about(connection, user_account(LOGIN)["id"], Asked(other.id), 10)) == 1


def test_whoever_asked_enough_today_is_told_nothing(hub: Hub) -> None:
    member = hub.enrol("Platform A", volume=ReadVolume(lookups_per_day=4))
    assert _asked(hub, member) == []
    with pytest.raises(ExhaustedError):
        _asked(hub, member)


def test_pages_go_on_for_the_same_observable_alone(hub: Hub, publisher: Member, agency: Member) -> None:
    named = {"object_marking_refs": [publisher.mark_for(agency)]}
    publisher.store(*(indicator(pattern=f"[user-account:account_login = '{LOGIN}']", **named) for _ in range(3)))
    asked = ObservableRequest(ObservableKind.HANDLE, LOGIN, "forum", limit=2)
    first = search_observable(hub.exchange, agency.reader(), asked)
    assert len(first.objects) == 2
    assert len(_asked(hub, agency, LOGIN.upper(), cursor=first.next)) == 1
    with pytest.raises(MalformedInputError) as caught:
        _asked(hub, agency, "another", cursor=first.next)
    assert caught.value.code is Code.CURSOR_INVALID
