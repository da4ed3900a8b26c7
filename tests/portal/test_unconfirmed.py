from __future__ import annotations

import pytest

from app.portal.unconfirmed import Unconfirmed


@pytest.mark.parametrize("why", Unconfirmed)
def test_a_reason_is_one_whole_sentence(why: Unconfirmed) -> None:
    assert why[0].isupper()
    assert why.endswith(".")
    assert len(why.split()) > 8
    assert ". " not in why
