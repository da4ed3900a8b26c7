"""How releases are named in paths."""

from __future__ import annotations

import pytest

from app.domain.errors import NotFoundError
from app.http.catalogue_payloads import number_of


def test_a_release_is_named_by_ascii_digits() -> None:
    assert number_of("12") == 12
    for other in ("", "-1", "1.0", "٢", "one", "12345678"):
        with pytest.raises(NotFoundError):
            number_of(other)
