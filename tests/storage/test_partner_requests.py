"""Requests and answers as they are kept, and what an erasure leaves of them: nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.partner_request import Answer, DeclineReason, PartnerRequest, RequestKind, RequestOutcome
from app.domain.vocabulary import Purpose
from app.services.requesting.ask_access import NewAccessRequest, ask_access
from app.storage import partner_requests
from app.storage.partner_requests import Party
from tests.factories.members import started_hub
from tests.factories.partner_requests import offer_of
from tests.factories.policy_values import NOW


def test_what_is_kept_is_found_and_forgotten(database_url: str) -> None:
    with started_hub(database_url) as hub:
        asker, asked = hub.enrol("Asker"), hub.enrol("Asked")
        request = PartnerRequest(
            request_id="00000000-0000-4000-8000-000000000001",
            owner_id=asker.id,
            stix_id="information-request--00000000-0000-4000-8000-000000000001",
            version_id=1,
            kind=RequestKind.INFORMATION,
            clock_id=None,
            is_to_all=False,
            asked_at=NOW,
            due_at=NOW + timedelta(days=1),
            lapses_at=None,
        )
        party = Party(request.request_id, "identity--1", asked.id)
        answer = Answer(RequestOutcome.PROVIDED, NOW, "7", ("note--1", "note--2"), 3)
        with hub.exchange.database.write() as connection:
            partner_requests.add_request(connection, request, [party, Party(request.request_id, "identity--2", None)])
            partner_requests.keep_answer(connection, party, answer)
            partner_requests.keep_warned(connection, request.request_id, {"due": [14]})
            assert partner_requests.running(connection) == [(request, {"due": [14]})]
            partner_requests.save_request(connection, replace(request, closed_at=NOW))
        with hub.exchange.database.read() as connection:
            assert partner_requests.running(connection) == []
            assert partner_requests.requests_of(connection, asker.id, 10) == [replace(request, closed_at=NOW)]
            first, second = partner_requests.parties_to(connection, [request.request_id])[request.request_id]
        assert (first.answer, second.answer) == (answer, None)
        with hub.exchange.database.write() as connection:
            partner_requests.forget_requests(connection, asked.id, set())
            partner_requests.forget_requests(connection, asked.id, {"note--1"})
            first, _ = partner_requests.parties_to(connection, [request.request_id])[request.request_id]
            assert first.answer is not None
            assert first.answer.object_ids == ("note--2",)
            partner_requests.forget_requests(connection, asker.id, {request.stix_id})
            assert partner_requests.request_by_id(connection, request.request_id) is None
            assert partner_requests.parties_to(connection, [request.request_id]) == {request.request_id: []}


def test_a_request_for_access_goes_with_the_offer_of_whoever_is_asked(database_url: str) -> None:
    with started_hub(database_url) as hub:
        asker, publisher = hub.enrol("Asker"), hub.enrol("Publisher")
        offer = offer_of(NOW)
        publisher.store(offer)
        new = NewAccessRequest(offer["id"], Purpose.DETECTION, "contract")
        made = ask_access(hub.exchange, asker.reader(), new)
        party = Party(made.request_id, publisher.partner.identity_id, publisher.id)
        answer = Answer(RequestOutcome.DECLINED, NOW, reason=DeclineReason.NOT_NOW)
        with hub.exchange.database.write() as connection:
            assert partner_requests.access_asked_of(connection, publisher.id, 10) == [made]
            assert partner_requests.access_asked_of(connection, asker.id, 10) == []
            partner_requests.keep_served(connection, publisher.id, [made.request_id], NOW)
            partner_requests.keep_served(connection, publisher.id, [made.request_id], NOW + timedelta(days=1))
            partner_requests.keep_answer(connection, party, answer)
            [kept] = partner_requests.parties_to(connection, [made.request_id])[made.request_id]
            assert (kept.served_at, kept.answer) == (NOW, answer)
            partner_requests.forget_requests(connection, asker.id, {offer["id"]})  # not the offer's publisher
            assert partner_requests.request_by_id(connection, made.request_id) == made
            partner_requests.forget_requests(connection, publisher.id, {offer["id"]})
            assert partner_requests.request_by_id(connection, made.request_id) is None
