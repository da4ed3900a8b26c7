from __future__ import annotations

from app.domain.errors import ConflictError, MalformedInputError
from app.domain.vocabulary import MemberRole
from app.portal.organisation.once import faults_of
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered


def test_a_refusal_stands_at_its_field_or_above_the_form() -> None:
    at = {"name": "the-name"}
    told = faults_of(MalformedInputError("No.", pointer="/name"), at)
    assert told == {"faults": [("the-name", "No.")], "fault": {"the-name": "No."}}
    assert faults_of(MalformedInputError("No.", pointer="/other/0"), at) == {"faults": [("", "No.")], "fault": {}}
    assert faults_of(ConflictError("No."), at) == {"faults": [("", "No.")], "fault": {}}


def test_a_form_without_its_word_is_refused(running: RunningExchange, platform: FakePartner) -> None:
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    administrator.get("/organisation/members/new")
    assert administrator.post("/organisation/members/new", {"name": "Synthetic", "roles": []}).status == 422
    assert "Synthetic" not in administrator.get("/organisation/members").text.partition("<main")[2].partition("keeper")[2]
