from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.catalogue_changes import house, proposal_document, retirement
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered


def test_releases_are_listed_and_each_says_what_it_changed(running: RunningExchange, platform: FakePartner) -> None:
    changing = house(running)
    changing.release(proposal_document("OP-001"))
    changing.release(retirement("OP-003", "OP-001", based_on=2))
    visitor = entered(running, platform, MemberRole.READ_ONLY)
    words = visitor.get("/patterns/releases").words
    assert words.index("Release 3") < words.index("Release 2") < words.index("Release 1")
    assert "Changed OP-001" in visitor.get("/patterns/releases/2").words
    newest = visitor.get("/patterns/releases/3").words
    assert "Retired OP-003" in newest
    assert "; instead: OP-001" in newest
    assert "Retired OP-003" in visitor.get("/patterns/releases/3?since=1").words
    assert "Changed OP-001" in visitor.get("/patterns/releases/3?since=1").words
    assert "This is the first release" in visitor.get("/patterns/releases/1").words
    assert "Release 3 of the catalogue retired this. Instead: OP-001" in visitor.get("/patterns/behaviours/OP-003").words
    assert [visitor.get(f"/patterns/releases/{one}").status for one in ("4", "0", "x", "3?since=9", "3?since=x")] == [404] * 5


def test_operators_make_the_next_release_and_nobody_else(running: RunningExchange, platform: FakePartner) -> None:
    changing = house(running)
    operator = entered(running, None, StaffRole.OPERATOR)
    operator.get("/patterns/releases")
    nothing = operator.post("/patterns/releases")
    assert nothing.status == 422
    assert "No accepted proposal" in nothing.words
    changing.accept(changing.propose())
    operator.get("/patterns/releases")
    made = operator.post("/patterns/releases")
    assert (made.status, made.headers["Location"]) == (303, "/portal/patterns/releases/2")
    reviewer = entered(running, platform, MemberRole.REVIEWER)
    assert "Make the next release" not in reviewer.get("/patterns/releases").words
    assert reviewer.post("/patterns/releases").status == 403


def test_an_operator_shows_again_first_that_it_is_they(running: RunningExchange) -> None:
    operator: Visitor = entered(running, None, StaffRole.OPERATOR)
    running.clock.shift += timedelta(minutes=6)
    assert "Show that it is you, then release" in operator.get("/patterns/releases").words
    assert operator.post("/patterns/releases").asks_again
