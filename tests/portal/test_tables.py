from __future__ import annotations

import pytest

from app.portal.tables import table_file
from app.services.ledger.disclosure_table import DisclosureTable


@pytest.mark.parametrize(("is_cut", "name"), [(False, "ledger.csv"), (True, "ledger-not-all.csv")])
def test_a_file_is_called_by_whether_it_is_all(*, is_cut: bool, name: str) -> None:
    answer = table_file(DisclosureTable("a,b\r\n", is_cut), "ledger")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.get_data() == b"a,b\r\n"
