from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole, Role, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered


def offered(visitor: Visitor) -> list[str]:
    """Give which numbers can be chosen, those that are shown first at first."""
    words = visitor.get("/patterns").text
    return [one for one in ("visible", "released") if f'<option value="{one}"' in words]


def test_who_reads_objects_is_offered_sightings_and_releases(running: RunningExchange, platform: FakePartner) -> None:
    assert offered(entered(running, platform, MemberRole.READ_ONLY)) == ["visible", "released"]


@pytest.mark.parametrize("role", [Role.REGULATOR, Role.RESEARCHER])
def test_who_reads_aggregates_is_shown_releases_alone(running: RunningExchange, role: Role) -> None:
    reader = entered(running, running.enrol("Synthetic Reader", role=role), MemberRole.ANALYST)
    assert offered(reader) == []
    assert reader.get("/patterns?numbers=visible").status == 403
    assert reader.get("/patterns?numbers=released").status == 200


def test_the_exchanges_people_and_who_protects_data_see_no_sightings(running: RunningExchange, platform: FakePartner) -> None:
    for visitor in (entered(running, None, StaffRole.OPERATOR), entered(running, platform, MemberRole.DATA_PROTECTION)):
        assert offered(visitor) == []
        assert visitor.get("/patterns?numbers=visible").status == 403
        assert visitor.get("/patterns/navigator-layer.json?numbers=visible").status == 403
        assert visitor.get("/patterns/matrix.svg?numbers=visible").status == 403


def test_words_of_no_vocabulary_are_refused(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    for query in ("surface=moon", "harm=all", "numbers=mine", "phase=solicitation"):
        assert visitor.get(f"/patterns?{query}").status == 400
