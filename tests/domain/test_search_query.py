from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import MalformedInputError
from app.domain.search_query import LONGEST_QUERY, MOST_TERMS, SearchQuery, Term, any_of, read_query


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("Live room", "live room"),
        ('"Live  ROOM" -Short', '"live room" -short'),
        ("OP-012", '"op 012"'),
        ("stream*", "stream*"),
        ('"live stre"*', '"live stre"*'),
        ('"open phrase', '"open phrase"'),
        ("a AND b OR NOT c", "a and b or not c"),
        ("x x X", "x"),
        ("--x y", "-x y"),
        ("(a) b: ^c {d}", "a b c d"),
    ],
)
def test_what_is_typed_has_one_spelling_which_reads_as_itself(typed: str, spelled: str) -> None:
    query = read_query(typed)
    assert query.spelled == spelled
    assert read_query(spelled) == query


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "-x", '¶ * - ""', "x" * (LONGEST_QUERY + 1), " ".join(f"w{one}" for one in range(MOST_TERMS + 1)), "a*", "-b -c"],
)
def test_what_looks_for_nothing_or_too_much_is_refused(typed: str) -> None:
    with pytest.raises(MalformedInputError):
        read_query(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "someone@example.org",
        "see https://example.org/x",
        "192.0.2.7",
        "+1 (202) 555-0143",
        "2025550143",
        "user-account--0b8f7f8e-5a35-5b1c-9d68-0a7e8a2f4b11",
        "d41d8cd98f00b204e9800998ecf8427e",
    ],
)
def test_what_asks_for_a_person_is_sent_to_where_that_is_counted_and_not_repeated(typed: str) -> None:
    with pytest.raises(MalformedInputError) as caught:
        read_query(f"room {typed}")
    assert "/search/observable" in caught.value.sentence
    assert typed not in caught.value.sentence


@given(st.text())
def test_any_text_is_a_query_or_refused(text: str) -> None:
    try:
        query = read_query(text)
    except MalformedInputError:
        return
    assert any(not one.is_excluded for one in query.terms)


@pytest.mark.parametrize(
    ("term", "fits"),
    [
        (Term(("live",)), True),
        (Term(("liv",)), False),
        (Term(("liv",), is_beginning=True), True),
        (Term(("live", "room")), True),
        (Term(("room", "live")), False),
        (Term(("live", "ro"), is_beginning=True), True),
        (Term(("the", "live", "room", "x")), False),
    ],
)
def test_a_term_fits_words_one_after_another(term: Term, fits: bool) -> None:  # noqa: FBT001  # the table says
    assert term.fits(["the", "live", "room"]) is fits


def test_an_expression_has_what_else_a_term_stands_for() -> None:
    query = SearchQuery((Term(("live",)), Term(("x",), is_excluded=True)))
    said = json.loads(query.expression(lambda term: ["OP-012"] if term.words == ("live",) else []))
    assert said == [
        {"not": False, "any": [[["live"], False], [["op", "012"], False]]},
        {"not": True, "any": [[["x"], False]]},
    ]


def test_alternatives_are_one_term_of_kept_words() -> None:
    assert json.loads(any_of(["a", "b"])) == [{"not": False, "any": [[["a"], False], [["b"], False]]}]
