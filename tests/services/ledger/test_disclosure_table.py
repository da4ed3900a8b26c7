"""Disclosures as a table."""

from __future__ import annotations

import csv
import io

import pytest

from app.domain.errors import Code, ForbiddenError, MalformedInputError
from app.services.ledger import disclosure_table
from app.services.ledger.disclosure_table import COLUMNS, GOES_ON, NOT_ALL, OF_STAFF, own_table, staff_table
from app.services.ledger.look_up_disclosures import LedgerQuestion
from tests.factories.members import Hub

ALL = LedgerQuestion()


def test_a_table_has_its_columns_and_staff_see_the_credential(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform A")
    own = own_table(quick_hub.exchange, member.principal, ALL, "")
    assert next(csv.reader(io.StringIO(own.text))) == [*COLUMNS, GOES_ON]
    assert not own.is_cut
    staff = staff_table(quick_hub.exchange, quick_hub.operator, ALL, "")
    assert next(csv.reader(io.StringIO(staff.text))) == [*COLUMNS, OF_STAFF, GOES_ON]


def test_only_who_may_ask_is_given_a_table(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform A")
    with pytest.raises(ForbiddenError):
        staff_table(quick_hub.exchange, member.principal, ALL, "")
    with pytest.raises(ForbiddenError):
        own_table(quick_hub.exchange, quick_hub.operator, ALL, "")


def test_where_a_table_goes_on_is_good_for_its_own_question(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform A")
    for given in ("nothing-sealed", "'-", "=1+1"):
        with pytest.raises(MalformedInputError) as refused:
            own_table(quick_hub.exchange, member.principal, ALL, given)
        assert (refused.value.code, refused.value.pointer) == (Code.CURSOR_INVALID, f"/{GOES_ON}")


def test_the_last_line_tells_a_person_where_to_type_it() -> None:
    assert "Go on from" in NOT_ALL
    assert disclosure_table.safe_text(NOT_ALL) == NOT_ALL
