from __future__ import annotations

import pytest

from app.domain.agreement import ReadVolume
from app.domain.errors import Code, ExhaustedError, TooLargeError
from app.domain.vocabulary import StaffRole
from app.services.intake import count_references
from app.services.limiting.look_up_questions import Asked, list_questions
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, report, stix_id, user_account


def _asked(hub: Hub, who: Member) -> int:
    auditor = hub.another_operator(StaffRole.AUDITOR)
    return len(list_questions(hub.exchange, auditor, Asked(partner_id=who.id), 100).questions)


def test_a_reference_to_an_observable_of_others_is_a_question_whether_or_not_it_is_there(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    there, absent = user_account("there")["id"], user_account("absent")["id"]
    publisher.submit(user_account("there"))
    other.submit(report([there, absent]))
    assert _asked(quick_hub, other) == 2


def test_a_request_of_very_many_references_is_refused_whole(other: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_references, "MOST_OF_A_REQUEST", 3)
    with pytest.raises(TooLargeError) as refused:
        other.submit(report([stix_id("indicator"), stix_id("indicator")]), report([stix_id("indicator"), stix_id("indicator")]))
    assert refused.value.code is Code.TOO_MANY_REFERENCES
    other.submit(report([stix_id("indicator"), stix_id("indicator"), stix_id("indicator")]))


def test_what_is_its_own_or_comes_along_is_none_and_neither_are_ids_that_nobody_can_compute(
    quick_hub: Hub, other: Member
) -> None:
    own, along = user_account("own"), user_account("along")
    other.submit(own)
    other.submit(along, report([own["id"], along["id"], stix_id("indicator")]))
    assert _asked(quick_hub, other) == 0


def test_who_asked_enough_submits_no_references_to_others_observables(quick_hub: Hub, other: Member) -> None:
    other.agree(volume=ReadVolume(lookups_per_day=3))
    guesses = [user_account(f"guess-{number}")["id"] for number in range(4)]
    with pytest.raises(ExhaustedError):
        other.submit(report(guesses))
    assert _asked(quick_hub, other) == 0
    other.submit(report(guesses[:3]), indicator())
    with pytest.raises(ExhaustedError):
        other.submit(report(guesses[3:]))
