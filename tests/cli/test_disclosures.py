"""Who was told, from the ledger."""

from __future__ import annotations

import pytest

from app.cli import disclosures as module
from app.cli.disclosures import own_disclosures
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator


def test_an_owner_sees_who_was_given_its_object(desk: Desk, hotline: FakePartner) -> None:
    partner = desk.running.enrol("Owner of one object")
    value = indicator()
    partner.submit(value)
    assert "Nobody else" in desk.run(partner, "disclosures").stdout
    assert hotline.object(value["id"]).status == 200
    [row] = desk.json(partner, "disclosures", "--object", value["id"])["disclosures"]
    assert (row["recipient_name"], row["purpose"], row["channel"]) == ("Hotline A", "detection", "rest")
    told = desk.run(partner, "disclosures").stdout
    assert value["id"] in told
    assert "Hotline A" in told


def test_all_pages_are_read(desk: Desk, hotline: FakePartner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAGE", 1)
    partner = desk.running.enrol("Owner of three objects")
    values = [indicator() for _ in range(3)]
    partner.submit(*values)
    for value in values:
        hotline.object(value["id"])
    rows = own_disclosures(desk.api(partner))
    assert [row["objects"][0]["id"] for row in rows] == [value["id"] for value in values]


def test_staff_search_and_add_up_a_breach(desk: Desk, hotline: FakePartner) -> None:
    partner, staff = desk.running.enrol("Owner of a leak"), desk.running.operator
    value = indicator()
    partner.submit(value)
    hotline.object(value["id"])
    [row] = desk.json(staff, "disclosures", "search", "--object", value["id"])["disclosures"]
    credential = ("--credential", row["credential_id"], "--since", "2020-01-01T00:00:00Z")
    whole = desk.run(staff, "disclosures", "breach-report", *credential, "--issued-too").stdout
    assert "Owner of a leak" in whole
    assert "altogether" in whole
    part = desk.run(staff, "disclosures", "breach-report", *credential, "--publisher", partner.partner_id).stdout
    assert value["id"] in part
    none = desk.run(staff, "disclosures", "breach-report", "--partner", partner.partner_id, "--until", "2020-01-01T00:00:00Z")
    assert "Nothing was given" in none.stdout
