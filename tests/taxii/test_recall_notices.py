"""A recall notice reaches whom it is addressed to over TAXII, whatever its agreement says by then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.vocabulary import Purpose
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.stix_objects import indicator
from tests.factories.taxii import COLLECTIONS, ask, ids, make_group, of, post_signed


def _in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _agree(running: RunningExchange, partner: FakePartner, dates: dict[str, str], **read: Any) -> None:
    document = agreement_document(partner.partner_id, partner.audience_id, read=read)
    running.agree(document | dates)


@pytest.mark.parametrize(
    ("dates", "read"),
    [
        ({}, {"purposes": [Purpose.AUDIT]}),
        ({}, {"channels": ["rest"]}),
        ({}, {"purposes": [], "channels": [], "harm_types": [], "sensitivities": [], "publisher_roles": []}),
        ({"ends_at": _in_days(9)}, {}),
    ],
    ids=["purposes", "channels", "everything", "end"],
)
def test_a_notice_is_read_whatever_the_agreement_says_by_then(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, dates: dict[str, str], read: dict[str, Any]
) -> None:
    group = make_group(running, (platform, "rw"), (hotline, "r"))
    in_group, in_exchange, kept = indicator(), indicator(), indicator()
    post_signed(platform, group, in_group)
    post_signed(platform, "exchange", in_exchange, kept)
    running.do_all_work()
    assert ids(ask(hotline, of("exchange"))) == [in_group["id"], in_exchange["id"], kept["id"]]
    assert ids(ask(hotline, of(group))) == [in_group["id"]]

    _agree(running, hotline, dates, **read)
    running.clock.shift = timedelta(days=10)
    assert ids(ask(hotline, of("exchange"))) == ids(ask(hotline, of(group))) == []
    for one in (in_group, in_exchange):
        assert ask(platform, of("exchange", f"objects/{one['id']}/"), method="DELETE").status == 200
    running.do_all_work()
    found = ask(hotline, of("exchange")).json["objects"]
    assert {recalled["stix_id"] for notice in found for recalled in notice["recalled"]} == {in_group["id"], in_exchange["id"]}
    assert [one["type"] for one in ask(hotline, of(group)).json["objects"]] == ["recall-notice"]
    assert ids(ask(hotline, of("exchange"), {"match[type]": "indicator"})) == []
    listed = {one["id"]: one for one in ask(hotline, COLLECTIONS).json["collections"]}
    [exchange] = [one for one in listed.values() if one.get("alias") == "exchange"]
    assert exchange["can_read"]
    assert listed[group]["can_read"]
