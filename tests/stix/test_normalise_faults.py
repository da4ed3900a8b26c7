"""What every reading of an observable begins with."""

from __future__ import annotations

import pytest

from app.domain.errors import Code, ProfileError
from app.stix.normalise_faults import refuse, trimmed


def test_a_refusal_has_its_code_and_its_place() -> None:
    with pytest.raises(ProfileError) as caught:
        refuse("No.", "/token")
    assert (caught.value.code, caught.value.pointer) == (Code.OBSERVABLE_INVALID, "/token")


def test_blanks_around_a_value_are_left_out() -> None:
    assert trimmed("\t example \n", "It") == "example"


@pytest.mark.parametrize("value", ["", " \n", "ab\x00", "ab\u202ecd", "ab\u200bcd", "ab\ud800", "a\u2028b", "ab\ue000"])
def test_nothing_and_what_cannot_be_seen_are_refused(value: str) -> None:
    with pytest.raises(ProfileError):
        trimmed(value, "It")
