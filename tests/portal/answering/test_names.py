from __future__ import annotations

from app.portal.answering.names import Names


def test_who_is_not_told_of_has_no_name() -> None:
    known = Names({"a": "Synthetic platform"})
    assert [known.of(one) for one in ("a", "b", None)] == ["Synthetic platform", *["An organisation that is not listed"] * 2]
