from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.taxii.media_types import TAXII, is_acceptable, is_taxii

ACCEPTED = [
    None,
    "",
    "  ",
    "*/*",
    "application/*",
    TAXII,
    "application/taxii+json",
    "application/taxii+json; version=2.1",
    "application/taxii+json \t;\tversion=2.1",
    'application/taxii+json;version="2.1"',
    'application/taxii+json;version="2\\.1"',
    "APPLICATION/TAXII+JSON;VERSION=2.1",
    "application/taxii+json;version=2.1;charset=utf-8",
    'application/taxii+json;charset="UTF-8"',
    "application/taxii+json;version=2.1;q=0.001",
    "application/taxii+json;version=2.1;Q=1.000",
    "application/taxii+json;",
    "text/html, application/taxii+json;q=0.2",
    "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
    "application/taxii+json;version=2.0, */*;q=0.1",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "*/*;q=0, application/taxii+json",
    "application/*;q=0, application/taxii+json;version=2.1;q=0.5",
    'text/plain;note="a, b", application/taxii+json',
    ",,application/taxii+json,,",
    "nonsense, application/taxii+json",
]
LEFT_OUT = [
    "application/json",
    "application/taxii+json;version=2.0",
    "application/taxii+json;version=2.10",
    "application/taxii+json;version=2",
    "application/taxii+json;version=3.0",
    "application/vnd.oasis.taxii+json;version=2.1",
    "application/stix+json;version=2.1",
    "text/*",
    "*/*;q=0",
    "application/taxii+json;q=0",
    "application/taxii+json;version=2.1;q=0.000, */*",
    "application/taxii+json;q=0, application/*",
    "*/taxii+json",
    "*",
    "nonsense",
    "application/taxii+json;version",
    "application/taxii+json;q=2",
    "application/taxii+json;q=much",
    "application/taxii+json;q=0.1234",
    "application/taxii+json;version=2.1 trailing",
    "application/taxii+json;profile=other",
    "*/*;version=2.1",
    'text/plain;note=", application/taxii+json"',
    "application/taxii +json",
    "é",
]


@pytest.mark.parametrize("accept", ACCEPTED)
def test_taxii_is_taken(accept: str | None) -> None:
    assert is_acceptable(accept)


@pytest.mark.parametrize("accept", LEFT_OUT)
def test_taxii_is_left_out(accept: str) -> None:
    assert not is_acceptable(accept)


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (TAXII, True),
        ("application/taxii+json", True),
        ('Application/Taxii+JSON ; Version="2.1"', True),
        ("application/taxii+json;version=2.1;charset=utf-8", True),
        ("application/taxii+json;version=2.0", False),
        ("application/taxii+json;charset=latin-1", False),
        ("application/vnd.oasis.stix+json;version=2.0", False),
        ("application/stix+json;version=2.1", False),
        ("application/json", False),
        ("*/*", False),
        ("application/*", False),
        ("application/taxii+json, text/html", False),
        ("", False),
        (None, False),
    ],
)
def test_a_body_is_taxii_if_its_type_says_so(content_type: str | None, expected: bool) -> None:  # noqa: FBT001  # a table's column
    assert is_taxii(content_type) is expected


WORDS = st.sampled_from(
    [
        "application",
        "taxii+json",
        "*",
        "/",
        ";",
        ",",
        "version",
        "=",
        "2.1",
        '"',
        "\\",
        " ",
        "q",
        "0",
        "0.5",
        "charset",
        "utf-8",
        "é",
    ]
)


@given(st.lists(WORDS, max_size=30).map("".join))
def test_any_text_has_an_answer(text: str) -> None:
    assert is_acceptable(text) in {True, False}
    if is_taxii(text):
        assert is_acceptable(text) or "q" in text or "Q" in text


@given(st.permutations(["text/html", "application/taxii+json;version=2.1;q=0", "*/*", "application/*;q=0.5"]))
def test_the_order_of_ranges_does_not_matter(ranges: list[str]) -> None:
    assert not is_acceptable(", ".join(ranges))


@pytest.mark.parametrize("text", ['"' * 100_001, '"\\' * 50_000 + "x", ";" * 100_000, "a/b;" + "c=d;" * 30_000, "," * 100_000])
def test_no_text_takes_long(text: str) -> None:
    started = time.thread_time()
    assert not is_acceptable(text)
    assert time.thread_time() - started < 1
