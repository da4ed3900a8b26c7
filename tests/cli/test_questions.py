"""Who asked about persons, at the command line."""

from __future__ import annotations

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.cli.desk import Desk

ABSENT = "user-account--0b8f7f8e-5a35-5b1c-9d68-0a7e8a2f4b11"
OTHER = ABSENT.replace("0b", "1b")


def test_an_auditor_sees_who_asked_and_who_asked_about_one_id(desk: Desk) -> None:
    auditor = desk.running.staff(StaffRole.AUDITOR, Permission)
    asker = desk.running.enrol("Hotline that asks")
    assert "Nobody asked" in desk.run(auditor, "question", "list", "--partner", asker.partner_id).stdout
    for stix_id in (ABSENT, ABSENT, OTHER):
        asker.object(stix_id)
    listed = desk.json(auditor, "question", "list", "--partner", asker.partner_id, "--kind", "observable")["questions"]
    assert len(listed) == 3
    about = desk.json(auditor, "question", "about", OTHER, "--partner", asker.partner_id)["questions"]
    assert len(about) == 1
    told = desk.run(auditor, "question", "list", "--since", "2020-01-01T00:00:00Z").stdout
    assert "observable" in told
    assert ABSENT not in told
