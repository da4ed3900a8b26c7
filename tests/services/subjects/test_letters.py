from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import ConflictError, ForbiddenError
from app.domain.subject_request import SubjectAct, SubjectGround
from app.services.subjects.letters import TEMPLATES, Letter, draft
from app.services.subjects.open_request import extend
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator
from tests.factories.subject_requests import ADDRESS, Office

PAGE = (Path(__file__).parents[3] / "docs" / "data-protection" / "letters.md").read_text()


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_page_shows_each_letter_with_the_same_words(name: str) -> None:
    assert f"## {name}\n" in PAGE
    assert TEMPLATES[name].strip() in PAGE


def test_an_answer_says_what_is_held_in_categories_and_names_nobody(quick_hub: Hub) -> None:
    office, owner, reader = Office(quick_hub), quick_hub.enrol("Platform A"), quick_hub.enrol("Hotline B")
    stated = indicator(pattern=f"[email-addr:value = '{ADDRESS}']", object_marking_refs=[owner.mark_for(reader)])
    owner.store(stated)
    assert reader.look_up(stated["id"])
    request = office.look_up()
    text = draft(quick_hub.exchange, office.first, request.request_id, Letter.ANSWER)
    assert "Statements: 1; kinds: indicator." in text
    assert f"passed on: 1; purposes for which these read them: {reader.reader().purpose}." in text
    assert f"until {quick_hub.clock.now + timedelta(days=730):%Y-%m-%d}" in text  # as long as addresses are stored
    assert text.startswith("Reference: DP-2026-7\n")
    for telling in (ADDRESS, stated["id"], "Platform A", "Hotline B"):
        assert telling not in text


def test_what_is_withheld_reads_alike_whether_anything_is_held_or_not(office: Office, publisher: Member) -> None:
    texts = set()
    for held in (False, True):
        if held:
            publisher.store(indicator(pattern=f"[email-addr:value = '{ADDRESS}']"))
        request = office.look_up()
        office.do(request, SubjectAct.ANSWER, ground=SubjectGround.LAW_ENFORCEMENT)
        texts.add(draft(office.hub.exchange, office.first, request.request_id, Letter.ANSWER))
    assert len(texts) == 1
    assert "neither confirm nor deny" in texts.pop()


def test_each_letter_says_what_was_done_and_nothing_before(office: Office, publisher: Member) -> None:
    publisher.store(indicator(pattern=f"[email-addr:value = '{ADDRESS}']"))
    exchange, request = office.hub.exchange, office.open()

    def drafted(letter: Letter) -> str:
        return draft(exchange, office.first, request.request_id, letter)

    for letter in Letter:
        with pytest.raises(ConflictError):
            drafted(letter)
    longer = extend(exchange, office.first, request.request_id, SubjectGround.MANY_REQUESTS)
    assert f"many requests. We will answer by {longer.deadline:%Y-%m-%d}." in drafted(Letter.EXTENSION)
    office.do(request, SubjectAct.LOOKUP)
    office.do(request, SubjectAct.ERASURE)
    assert "were erased (statements: 1)" in drafted(Letter.ERASURE)
    office.do(request, SubjectAct.REJECTION, ground=SubjectGround.LEGAL_CLAIMS)
    assert "legal claims" in drafted(Letter.REFUSAL)
    with pytest.raises(ForbiddenError):
        draft(exchange, office.hub.operator, request.request_id, Letter.ANSWER)


def test_nothing_held_is_said_in_so_many_words(office: Office) -> None:
    request = office.look_up()
    assert "hold nothing" in draft(office.hub.exchange, office.first, request.request_id, Letter.ANSWER)
