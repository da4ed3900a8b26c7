from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from app.domain.partner import Person
from app.domain.vocabulary import MemberRole, StaffRole
from app.http.person_payloads import (
    NewPersonPayload,
    NewStaffPayload,
    PersonPayload,
    PersonQuery,
    RolesPayload,
    WiderRolesPayload,
)
from app.services.membership.add_staff import NewStaff
from app.services.membership.keep_persons import NewPerson, Roles, SeenPerson
from tests.factories.policy_values import NOW

STAFF = {"name": "A", "staff_roles": ["auditor"], "token_digest": "0" * 64, "reason": "We need one."}


def test_a_person_is_shown_with_sorted_roles_and_the_name_only_if_it_is_told() -> None:
    person = Person("person-1", "Analyst A", "partner-1", member_roles=frozenset(MemberRole), added_at=NOW)
    assert PersonPayload().dump(SeenPerson(person, None)) == {
        "id": "person-1",
        "name": None,
        "partner_id": "partner-1",
        "member_roles": ["administrator", "analyst", "data-protection", "read-only", "reviewer"],
        "staff_roles": [],
        "added_at": "2026-03-01T12:00:00.000000Z",
        "left_at": None,
    }


def test_requests_become_the_services_values() -> None:
    new = NewPersonPayload().load({"name": "A", "member_roles": ["analyst"]})
    assert new == NewPerson(None, "A", frozenset({MemberRole.ANALYST}))
    assert RolesPayload().load({"staff_roles": []}) == Roles(None, frozenset())
    assert NewStaffPayload().load(STAFF) == (NewStaff("A", frozenset({StaffRole.AUDITOR}), "0" * 64), "We need one.")
    assert PersonQuery().load({}) == {"partner_id": None, "limit": 100, "next": None}


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        (NewPersonPayload, {"name": "A"}),
        (NewPersonPayload, {"name": "", "member_roles": []}),
        (NewPersonPayload, {"name": "A", "member_roles": ["operator"]}),
        (NewPersonPayload, {"name": "A", "member_roles": [], "staff_roles": []}),
        (RolesPayload, {"member_roles": ["owner"]}),
        (WiderRolesPayload, {"staff_roles": ["auditor"]}),
        (NewStaffPayload, STAFF | {"token_digest": "bw_x"}),
        (NewStaffPayload, STAFF | {"reason": ""}),
    ],
)
def test_what_has_not_its_form_is_refused(payload: type[Schema], body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        payload().load(body)
