from __future__ import annotations

from typing import Any

import pytest

from app.domain.observation import MOST_OBSERVABLES
from app.services.drafting.rows import NO_KIND, observable_of, read_pasted, shown_rows, without_place
from app.services.drafting.screen import BARE
from tests.factories.observation_forms import TOKEN


def test_each_row_is_shown_as_it_will_leave_or_with_what_is_wrong() -> None:
    rows = shown_rows(
        {
            "observables": [
                {"kind": "url", "value": "hxxps://files.example[.]org/a?utm_source=post"},
                {"kind": "handle", "value": "@Example.Account"},
                {"value": "40117"},
                {"kind": "phone", "token": TOKEN},
                {"token": TOKEN},
                {"kind": "ip", "value": "10.0.0.1"},
                {"kind": "phone", "value": ""},
            ]
        }
    )
    assert [one.leaves for one in rows] == [
        "https://files.example.org/a",
        "example.account",
        None,
        TOKEN["token"],
        TOKEN["token"],
        None,
        None,
    ]
    assert [bool(one.fault) for one in rows] == [False, False, True, False, True, True, True]
    assert rows[0].notes
    assert rows[2].fault == NO_KIND
    assert rows[6].fault == BARE
    assert [one.is_of_somebody for one in rows] == [False, True, False, True, False, True, True]


def test_pasted_lines_are_taken_once_and_what_is_never_kept_stays_with_who_pasted_it() -> None:
    text = "https://a.example.org/x\n\n  hxxps://a.example[.]org/x \n@Known\na.b@example.org\n+1 202 555 0142\n40117"
    pasted = read_pasted(text, [{"kind": "handle", "value": "known"}])
    assert pasted.observables == [{"kind": "url", "value": "https://a.example.org/x"}, {"value": "40117"}]
    assert pasted.left == [("a.b@example.org", BARE), ("+1 202 555 0142", BARE)]


def test_there_is_room_for_so_many_lines() -> None:
    text = "\n".join(f"account-id: {number}" for number in range(MOST_OBSERVABLES + 2))
    pasted = read_pasted(text, [])
    assert (len(pasted.observables), len(pasted.left)) == (MOST_OBSERVABLES, 2)


@pytest.mark.parametrize(
    ("kind", "entered", "observable"),
    [
        ("", " 40117 ", {"value": "40117"}),
        ("account-id", "40117", {"kind": "account-id", "value": "40117"}),
        (
            "phone",
            '{"scheme": "s1", "epoch": "e", "token": "t"}',
            {"kind": "phone", "token": {"scheme": "s1", "epoch": "e", "token": "t"}},
        ),
        ("", "{broken", {"value": "{broken"}),
    ],
)
def test_a_row_of_the_page_is_an_observable(kind: str, entered: str, observable: dict[str, Any]) -> None:
    assert observable_of(kind, entered) == observable


@pytest.mark.parametrize(
    ("pointer", "left"),
    [
        ("/what/title", {"what": {}, "observables": [{"value": "1"}, {"value": "2"}]}),
        ("/observables/0/value", {"what": {"title": "t"}, "observables": [{}, {"value": "2"}]}),
        ("/observables/1", {"what": {"title": "t"}, "observables": [{"value": "1"}]}),
        ("/nothing/there", {"what": {"title": "t"}, "observables": [{"value": "1"}, {"value": "2"}]}),
        ("", {"what": {"title": "t"}, "observables": [{"value": "1"}, {"value": "2"}]}),
    ],
)
def test_what_must_not_be_shown_again_is_taken_out(pointer: str, left: dict[str, Any]) -> None:
    form = {"what": {"title": "t"}, "observables": [{"value": "1"}, {"value": "2"}]}
    assert without_place(form, pointer) == left
    assert form["what"] == {"title": "t"}
