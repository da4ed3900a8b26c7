from __future__ import annotations

import pytest

from app.domain.sharing import is_reserved
from app.domain.vocabulary import Harm


@pytest.mark.parametrize("title", ["exchange", "Exchange", " EXCHANGE ", *Harm, "Live streamed CSA", "live-streamed  csa"])
def test_the_titles_of_the_exchanges_own_collections_are_reserved(title: str) -> None:
    assert is_reserved(title)


@pytest.mark.parametrize("title", ["Exchange of hotlines", "csam desk", "", "Hashes of 2026"])
def test_other_titles_are_free(title: str) -> None:
    assert not is_reserved(title)
