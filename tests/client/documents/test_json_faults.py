"""The slow reading finds the first fault in the order of reading, and says what to mend."""

from __future__ import annotations

import pytest

from app.domain.errors import Code
from breakwater_client.documents.json_faults import Fault, first_fault


@pytest.mark.parametrize("text", ["{}", "[]", "1", '"a"', "null", ' {"a" : [ {} , [ ] , -1.5e3 , "\\u00e4" ] } '])
def test_strict_json_has_no_fault(text: str) -> None:
    assert first_fault(text) is None


def test_the_first_of_two_faults_is_told() -> None:
    fault = first_fault('{"id":1,"id":NaN}')
    assert fault == Fault(Code.JSON_DUPLICATE_KEY, "A name stands twice in one object.", "/id", 1)
    later = first_fault('{"id": 1,\n\n "name": }')
    assert later is not None
    assert (later.pointer, later.line) == ("/name", 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a":1 "b":2}', '"," or "}"'),
        ("[1 2]", '"," or "]"'),
        ("{a:1}", "double quotes"),
        ('{"a"=1}', '":"'),
        ("[,]", "missing or misspelt"),
        ("[1]x", "Nothing may follow"),
        ('"a', "ends inside a text"),
        ('"\\q"', "escape"),
        ('"\t"', "Control characters"),
    ],
)
def test_a_sentence_says_what_to_mend(text: str, words: str) -> None:
    fault = first_fault(text)
    assert fault is not None
    assert words in fault.sentence


def test_a_fault_in_a_name_is_told_of_its_object() -> None:
    fault = first_fault('{"id":{"b":1,"c')
    assert fault is not None
    assert fault.pointer == "/id"
