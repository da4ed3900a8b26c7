from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.portal_visitors import entered

AGREEMENT = "/organisation/agreement"


@pytest.mark.parametrize("role", list(MemberRole))
def test_every_member_reads_the_agreement_in_words(running: RunningExchange, platform: FakePartner, role: MemberRole) -> None:
    shown = entered(running, platform, role).get(AGREEMENT).words
    assert "You may read what organisations of every kind publish, up to TLP:AMBER+STRICT" in shown
    assert "In force" in shown
    assert "Object versions given to you" in shown
    assert ("export-own" in shown) is (role is MemberRole.ADMINISTRATOR)


def test_what_was_used_today_is_counted(running: RunningExchange, platform: FakePartner) -> None:
    document = agreement_document(platform.partner_id, platform.audience_id)
    document["write"]["objects_per_day"] = 1234
    running.agree(document)
    shown = entered(running, platform, MemberRole.ANALYST).get(AGREEMENT).words
    assert "Objects submitted 0 1,234 1,234" in shown


def test_versions_are_compared_in_words(running: RunningExchange, platform: FakePartner) -> None:
    running.agree(agreement_document(platform.partner_id, platform.audience_id, read={"purposes": ["detection"]}))
    visitor = entered(running, platform, MemberRole.ANALYST)
    assert "Version 2" in visitor.get(AGREEMENT).words
    assert "Not in force" in visitor.get(f"{AGREEMENT}?version=1").words
    changed = visitor.get(f"{AGREEMENT}/changes?before=1&after=2").words
    assert "For the purposes" in changed
    assert "Allows less" in changed
    assert "No term differs" in visitor.get(f"{AGREEMENT}/changes?before=1&after=1").words


@pytest.mark.parametrize("path", ["?version=9", "?version=x", "/changes", "/changes?before=1&after=9"])
def test_a_version_that_is_not_there_is_not_there(running: RunningExchange, platform: FakePartner, path: str) -> None:
    assert entered(running, platform, MemberRole.ANALYST).get(f"{AGREEMENT}{path}").status == 404


def test_without_an_agreement_it_is_said_what_that_means(running: RunningExchange) -> None:
    newcomer = running.enrol("Synthetic newcomer", agreement=None)
    visitor = entered(running, newcomer, MemberRole.ADMINISTRATOR)
    assert "There is no agreement" in visitor.get(AGREEMENT).words
    assert "None in force" in visitor.get("/organisation").words
