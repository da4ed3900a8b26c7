"""Answers are the asked partner's, take the place of earlier ones, and are committed to by the log."""

from __future__ import annotations

import json

import pytest

from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.partner_request import RequestOutcome
from app.services.requesting.answer import NewAnswer, answer_request
from app.services.requesting.start_clock import close_request, start_clock
from app.storage import log, partner_requests
from breakwater_client.trust.log_leaf import LeafKind
from tests.factories.members import Hub, Member
from tests.factories.partner_requests import request_of
from tests.factories.stix_objects import indicator


def test_the_last_answer_counts_and_each_has_a_leaf(quick_hub: Hub, agency: Member, platform: Member) -> None:
    value, more = request_of("information-request", [platform.partner.identity_id], quick_hub.clock.now), indicator()
    agency.store(value)
    platform.store(more)
    made = start_clock(quick_hub.exchange, agency.principal, value["id"], None)
    declined = answer_request(quick_hub.exchange, platform.reader(), made.request_id, NewAnswer(RequestOutcome.DECLINED)).answer
    provided = NewAnswer(RequestOutcome.PROVIDED, "7", [more["id"]])
    told = answer_request(quick_hub.exchange, platform.reader(), made.request_id, provided).answer
    assert told is not None
    assert declined is not None
    assert declined.log_index is not None
    assert told.log_index == declined.log_index + 1
    with quick_hub.exchange.database.read() as connection:
        [party] = partner_requests.parties_to(connection, [made.request_id])[made.request_id]
        statement = log.statement_at(connection, told.log_index)
    assert party.answer == told
    assert statement is not None
    assert statement.kind == LeafKind.REQUEST_ANSWER
    assert json.loads(statement.document)["asker"] == agency.id


def test_what_is_no_answer(quick_hub: Hub, agency: Member, platform: Member) -> None:
    value = request_of("information-request", [platform.partner.identity_id], quick_hub.clock.now)
    agency.store(value)
    made = start_clock(quick_hub.exchange, agency.principal, value["id"], None)
    for wrong in (NewAnswer(RequestOutcome.PRESERVED), NewAnswer(RequestOutcome.PROVIDED, object_ids=[value["id"]])):
        with pytest.raises(MalformedInputError):
            answer_request(quick_hub.exchange, platform.reader(), made.request_id, wrong)
    close_request(quick_hub.exchange, agency.principal, made.request_id)
    with pytest.raises(NotFoundError):
        answer_request(quick_hub.exchange, platform.reader(), made.request_id, NewAnswer(RequestOutcome.DECLINED))
