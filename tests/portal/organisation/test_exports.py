from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import Channel, MemberRole, Tlp
from app.storage import exports
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.exports import lay_export
from tests.factories.page_passages import leads
from tests.factories.portal_visitors import Page, Visitor, entered
from tests.factories.stix_objects import indicator

EXPORTS = "/organisation/exports"


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Visitor:
    read = {"channels": [Channel.REST, Channel.EXPORT]}
    running.agree(agreement_document(platform.partner_id, platform.audience_id, read=read))
    return entered(running, platform, MemberRole.ADMINISTRATOR)


def define(administrator: Visitor, reader: str, **changes: Any) -> Page:
    administrator.get(f"{EXPORTS}/new")
    given = {"name": "nightly", "purpose": "detection", "tlp_ceiling": Tlp.AMBER, "form": "stix-ndjson", "snapshots": "0 3 * * *"}
    given |= {"deltas": "", "time_zone": "", "encryption_key": "", "reads_as": reader, "once": None}
    return administrator.post(f"{EXPORTS}/new", given | changes)


def token_id(partner: FakePartner) -> str:
    found: str = partner.get("credentials").json["credentials"][0]["id"]
    return found


def test_an_export_is_defined_that_goes_on_when_its_definers_session_is_over(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, administrator: Visitor
) -> None:
    assert hotline.submit(indicator()).status == 201
    made = define(administrator, token_id(platform))
    assert made.status == 303, made.words
    path = made.headers["Location"].removeprefix("/portal")
    assert "breakwater export pull" in administrator.get(path).words
    assert administrator.post(f"{path}/run").status == 303
    running.clock.shift += timedelta(hours=11)
    running.do_all_work()
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    assert "Published" in administrator.get(path).words
    assert administrator.post(f"{path}/pause").status == 303
    assert "Paused" in administrator.get(EXPORTS).words
    administrator.get(path)
    assert administrator.post(f"{path}/run").status == 422
    administrator.get(path)
    assert administrator.post(f"{path}/reader", {"reads_as": token_id(platform)}).status == 303
    assert "Paused" not in administrator.get(EXPORTS).words
    administrator.get(path)
    assert administrator.post(f"{path}/end").status == 303
    assert "1 export has ended" in administrator.get(EXPORTS).words
    assert "Ended" in administrator.get(path).words
    assert administrator.post(f"{path}/run").status == 422


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, "1 to 100 characters"),
        ({"purpose": ""}, "for what it is read"),
        ({"tlp_ceiling": "purple"}, "of the list"),
        ({"tlp_ceiling": "red"}, "its ceiling is lower"),
        ({"reads_as": ""}, "Choose as which credential"),
        ({"reads_as": "nobody"}, "nothing can be read for this purpose"),
        ({"snapshots": ""}, "is due by a schedule"),
        ({"snapshots": "often"}, "snapshots"),
        ({"encryption_key": "AAAA"}, "no Base64 of 32 bytes"),
    ],
)
def test_what_is_no_export_is_shown_again(
    platform: FakePartner, administrator: Visitor, changes: dict[str, str], fault: str
) -> None:
    refused = define(administrator, token_id(platform), **changes)
    assert refused.status == 422
    assert fault in refused.text
    assert "No export is defined" in administrator.get(EXPORTS).words


def test_anothers_credential_is_none(hotline: FakePartner, administrator: Visitor) -> None:
    assert define(administrator, token_id(hotline)).status == 422


def test_anothers_export_is_not_there(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, administrator: Visitor
) -> None:
    path = define(administrator, token_id(platform)).headers["Location"].removeprefix("/portal")
    stranger = entered(running, hotline, MemberRole.ADMINISTRATOR)
    assert stranger.get(path).status == 404
    for form, given in (("run", {}), ("pause", {}), ("reader", {"reads_as": token_id(hotline)}), ("end", {})):
        stranger.get(EXPORTS)
        assert stranger.post(f"{path}/{form}", given).status == 404


@pytest.mark.parametrize("role", [MemberRole.ANALYST, MemberRole.REVIEWER, MemberRole.READ_ONLY])
def test_who_reads_looks_and_changes_nothing(
    running: RunningExchange, platform: FakePartner, administrator: Visitor, role: MemberRole
) -> None:
    path = define(administrator, token_id(platform)).headers["Location"].removeprefix("/portal")
    visitor = entered(running, platform, role)
    assert "nightly" in visitor.get(EXPORTS).words
    assert "End this export" not in visitor.get(path).words
    for form in ("run", "pause", "reader", "end"):
        assert visitor.post(f"{path}/{form}").status == 403
    assert visitor.get(f"{EXPORTS}/new").status == 403


def test_data_protection_reads_no_exports(running: RunningExchange, platform: FakePartner) -> None:
    assert entered(running, platform, MemberRole.DATA_PROTECTION).get(EXPORTS).status == 403


def test_what_was_written_and_what_ended_stand_on_pages(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    path = define(administrator, token_id(platform)).headers["Location"].removeprefix("/portal")
    with running.exchange.database.write() as connection:
        known = exports.definition_by_id(connection, path.rpartition("/")[2])
        assert known is not None
        for number in range(60):
            name, ended_at = f"former {number:02}", known.created_at
            created_at = known.created_at + timedelta(seconds=number)
            one = replace(known, definition_id=str(uuid.uuid4()), name=name, created_at=created_at, ended_at=ended_at)
            exports.add_definition(connection, one)
    for number in range(1, 26):
        lay_export(running.exchange, known, number)
    first = administrator.get(path)
    assert ("1 to 20 of 25" in first.words, runs(first)) == (True, list(range(25, 5, -1)))
    second = administrator.get(dict(leads(first, "More that was written"))["next"])
    assert runs(second) == [5, 4, 3, 2, 1]
    assert administrator.get(dict(leads(second, "More that was written"))["prev"]).words == first.words
    refused = administrator.post(f"{path}/reader", {"reads_as": ""})
    assert refused.status == 422
    assert administrator.get(dict(leads(refused, "More that was written"))["next"]).words == second.words
    assert administrator.get(f"{path}?next=x").status == 400
    listed = administrator.get(EXPORTS)
    assert "60 exports have ended" in listed.words
    further = administrator.get(dict(leads(listed, "More exports that ended"))["next"])
    names = [re.findall(r"former \d\d", one.words) for one in (listed, further)]
    assert (names[0] + names[1], len(names[0])) == ([f"former {number:02}" for number in range(60)], 50)
    assert administrator.get(f"{EXPORTS}?ended=x").status == 400


def runs(shown: Page) -> list[int]:
    return [int(number) for number in re.findall(r'<tr><th scope="row">(\d+)</th>', shown.text)]
