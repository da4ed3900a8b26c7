from __future__ import annotations

from app.domain.measure import Measure


def test_a_single_measure_has_one_value_and_no_labels() -> None:
    one = Measure.single("breakwater_ledger_rows", "Rows.", 5)
    assert (one.values, one.labels, one.only_grows) == ({(): 5}, (), False)
    assert Measure.single("breakwater_exports_begun", "Exports.", 5, only_grows=True).only_grows
