from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.partner_request import Answer, DeclineReason, GrantWay, PartnerRequest, RequestKind, RequestOutcome
from app.portal.answering.names import Names
from app.portal.answering.shown_requests import shown_answer, shown_request
from app.services.requesting.look_up import PartyRecord, RequestRecord

NOW = datetime(2026, 11, 7, 9, tzinfo=UTC)
REQUEST = PartnerRequest(
    request_id="1",
    owner_id="asker",
    stix_id="preservation-request--1",
    version_id=1,
    kind=RequestKind.PRESERVATION,
    clock_id="us-2703-f",
    is_to_all=False,
    asked_at=NOW,
    due_at=None,
    lapses_at=NOW + timedelta(days=9),
)


def test_a_request_is_shown_in_words_with_its_clock() -> None:
    record = RequestRecord(REQUEST, "identity--1", [PartyRecord("identity--2", NOW, Answer(RequestOutcome.PRESERVED, NOW))])
    shown = shown_request(record, Names({"identity--1": "Synthetic agency"}), NOW)
    assert (shown.title, shown.asker, shown.clock) == (
        "Request to preserve",
        "Synthetic agency",
        "Preservation of evidence pending process",
    )
    assert shown.left is None
    assert shown.kept is not None
    assert shown.kept.words == "9 days left"
    [party] = shown.parties
    assert party.answer is not None
    assert (party.name, party.answer.words) == ("An organisation that is not listed", "Preserved")


def test_an_answer_says_how_or_why() -> None:
    granted = shown_answer(Answer(RequestOutcome.GRANTED, NOW, way=GrantWay.HANDLING))
    declined = shown_answer(Answer(RequestOutcome.DECLINED, NOW, reason=DeclineReason.NOT_NOW))
    assert granted is not None
    assert declined is not None
    assert (granted.more, declined.more) == ("by a new version that they may see", "not now; ask again later")
    assert shown_answer(None) is None
