from __future__ import annotations

import pytest

from app.domain.sharing import folded, is_reserved
from app.domain.vocabulary import Harm


@pytest.mark.parametrize("title", ["exchange", "Exchange", " EXCHANGE ", *Harm, "Live streamed CSA", "live-streamed  csa"])
def test_the_titles_of_the_exchanges_own_collections_are_reserved(title: str) -> None:
    assert is_reserved(title)


@pytest.mark.parametrize("title", ["Exchange of hotlines", "csam desk", "", "Hashes of 2026"])
def test_other_titles_are_free(title: str) -> None:
    assert not is_reserved(title)


@pytest.mark.parametrize(
    "title",
    [
        "\u0415xchange",  # Cyrillic
        "Ex\u0441hange",
        "\u03b5\u03c7change",  # Greek
        "\uff25\uff58\uff43\uff48\uff41\uff4e\uff47\uff45",  # full width
        "E x c h a n g e",
        "Exch\u00e4nge",
        "Exch\u0430ng3",
        "_Exchange_",
        "(exchange)",
        "L1ve streamed CSA",
    ],
)
def test_what_looks_like_one_of_them_is_reserved_too(title: str) -> None:
    assert is_reserved(title)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u00c4rzte", "\u00e4rzte"),
        ("A\u0308rzte", "\u00c4rzte"),
        ("Stra\u00dfe", "STRASSE"),
        ("Night  desk", "night desk"),
        ("\uff2eight", "Night"),
    ],
)
def test_titles_that_differ_in_their_writing_alone_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    assert folded(one) != folded(f"{other} B")
