from __future__ import annotations

import pytest

from app.domain.errors import MalformedInputError
from app.services.membership.plain_names import check_name


@pytest.mark.parametrize("name", ["Helpline X\u202e", "a\u200bb", "a\u2066b", "a\tb", "a\u00adb", "a\ufeff"])
def test_what_cannot_be_seen_is_in_no_name(name: str) -> None:
    with pytest.raises(MalformedInputError) as refused:
        check_name(name)
    assert refused.value.pointer == "/name"


@pytest.mark.parametrize("name", ["Synthetic Hotline", "Ünïted <b> & Söhne", "合成ホットライン", "خط مساعدة"])
def test_names_of_all_scripts_are_taken(name: str) -> None:
    check_name(name)
