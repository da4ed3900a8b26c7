from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered

KEY = "A" * 42 + "8="


@pytest.fixture
def made(platform: FakePartner) -> dict[str, Any]:
    """Give an export of the platform that is written each night."""
    document: dict[str, Any] = platform.post(
        "exports", {"name": "nightly", "snapshots": "0 3 * * *", "purpose": "detection"}
    ).json
    return document


def _given(made: dict[str, Any], platform: FakePartner, **changes: str) -> dict[str, str]:
    token = platform.get("credentials").json["credentials"][0]["id"]
    same = {"name": "nightly", "form": made["format"], "snapshots": "0 3 * * *", "deltas": "", "time_zone": "UTC"}
    return {**same, "keep_days": "7", "encryption_key": "", "reads_as": token, **changes}


def test_an_export_is_changed_after_the_page_said_what_changes(
    running: RunningExchange, platform: FakePartner, made: dict[str, Any]
) -> None:
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    path = f"/organisation/exports/{made['id']}"
    assert f'href="/portal{path}/change"' in administrator.get(path).text
    assert 'value="0 3 * * *"' in administrator.get(f"{path}/change").text
    given = _given(made, platform, name="hourly", deltas="0 * * * *", form="csv")
    shown = administrator.post(f"{path}/change/preview", given)
    assert "Name nightly hourly" in shown.words
    assert "What is new none 0 * * * *" in shown.words
    assert "Its files begin anew" in shown.words
    assert platform.get(f"exports/{made['id']}").json["name"] == "nightly", "nothing is done before it was shown"
    assert administrator.post(f"{path}/change", given).status == 303
    told = platform.get(f"exports/{made['id']}").json
    assert (told["name"], told["deltas"], told["format"], told["snapshots"]) == ("hourly", "0 * * * *", "csv", "0 3 * * *")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"form": "xml"}, "form"),
        ({"snapshots": "every night"}, "snapshots"),
        ({"deltas": "61 * * * *"}, "deltas"),
        ({"keep_days": "0"}, "keep_days"),
        ({"keep_days": "31"}, "keep_days"),
        ({"keep_days": "0001999"}, "keep_days"),
        ({"keep_days": "0030999999999999"}, "keep_days"),
        ({"keep_days": "\N{ARABIC-INDIC DIGIT SEVEN}"}, "keep_days"),
        ({"keep_days": "-"}, "keep_days"),
        ({"encryption_key": "no key"}, "encryption_key"),
        ({"reads_as": ""}, "reads_as"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    running: RunningExchange, platform: FakePartner, made: dict[str, Any], changes: dict[str, str], field: str
) -> None:
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    path = f"/organisation/exports/{made['id']}/change"
    for part in (f"{path}/preview", path):
        administrator.get(path)
        answer = administrator.post(part, _given(made, platform, **changes))
        assert (answer.status, f'id="{field}-fault"' in answer.text) == (422, True), answer.words
    assert platform.get(f"exports/{made['id']}").json == made


def test_what_changes_nothing_or_has_ended_or_is_anothers_is_refused(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, made: dict[str, Any]
) -> None:
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    path = f"/organisation/exports/{made['id']}/change"
    administrator.get(path)
    answer = administrator.post(f"{path}/preview", _given(made, platform))
    assert (answer.status, "nothing would change" in answer.words) == (422, True)
    assert entered(running, hotline, MemberRole.ADMINISTRATOR).get(path).status == 404
    analyst: Visitor = entered(running, platform, MemberRole.ANALYST)
    assert analyst.get(path).status == 403
    running.clock.shift += timedelta(minutes=6)
    administrator.get("/account")
    assert administrator.post(path, _given(made, platform, name="other")).asks_again
    assert platform.get(f"exports/{made['id']}").json["name"] == "nightly"
    assert platform.delete(f"exports/{made['id']}").status == 200
    assert entered(running, platform, MemberRole.ADMINISTRATOR).get(path).status == 409
