"""What was imported passes the composer's questions, and what is wrong with one row costs no other."""

from __future__ import annotations

from typing import Any

import pytest

from app.crypto.group_tokens import SCHEME, epoch_of_key, new_group_key
from app.domain.errors import MalformedInputError
from app.services.importing.fill_forms import Filling, Made, fill_forms
from app.services.importing.rows import Found, Left
from app.services.offline.make_tokens import HeldKey
from app.stix.compose import Writing
from tests.factories.observation_forms import CATALOGUE, form
from tests.factories.policy_values import NOW

WRITING = Writing(NOW, CATALOGUE, None)


def filled(*rows: Found | Left, keys: tuple[HeldKey, ...] = (), **changes: Any) -> list[Made | Left]:
    shared = {name: member for name, member in form(**changes).items() if name != "observables"}
    return list(fill_forms(rows, Filling(shared, WRITING, keys)))


def hashes(count: int, assertion: str | None = None) -> list[Found]:
    return [Found(f"line {one}", {"kind": "sha256", "value": f"{one:064x}"}, assertion) for one in range(count)]


def test_rows_go_into_forms_by_the_hundred() -> None:
    assert [one.rows for one in filled(*hashes(250)) if isinstance(one, Made)] == [100, 100, 50]


def test_what_sources_say_goes_into_forms_of_its_own() -> None:
    made = filled(*hashes(2, "positive"), *hashes(3, "negative"), *hashes(1))
    assert [one.rows for one in made if isinstance(one, Made)] == [2, 3, 1]


def test_what_is_wrong_in_one_row_costs_no_other_and_is_told_by_its_place() -> None:
    wrong = Found("line 7", {"kind": "md5", "value": "no hash"})
    strange = Found("line 8", {"kind": "url", "value": "https://a.example.org/", "role": "nonsense"})
    left = Left("line 9", "Why.")
    made = filled(*hashes(3), wrong, strange, left)
    assert {one.place for one in made if isinstance(one, Left)} == {"line 7", "line 8", "line 9"}
    assert [one.rows for one in made if isinstance(one, Made)] == [3]


def test_a_form_that_is_refused_whatever_is_in_it_is_refused() -> None:
    with pytest.raises(MalformedInputError):
        filled(*hashes(1), who_may_know={"tlp": "nonsense"})
    with pytest.raises(MalformedInputError):
        list(fill_forms(hashes(1), Filling(form({"kind": "url", "value": "https://a.example.org/"}), WRITING)))


def test_accounts_without_a_word_on_whose_they_may_be_are_refused() -> None:
    shared = {name: member for name, member in form().items() if name not in {"observables", "subject_status"}}
    rows = [Found("line 2", {"kind": "handle", "value": "example_one", "service": "Example Chat"})]
    with pytest.raises(MalformedInputError) as caught:
        list(fill_forms(rows, Filling(shared, WRITING)))
    assert caught.value.pointer == "/subject_status"


def test_numbers_become_tokens_where_a_key_is_at_hand_and_stay_out_without() -> None:
    key = new_group_key()
    held = HeldKey(epoch_of_key(key), key)
    phone = Found("line 2", {"kind": "phone", "value": "+1 555-0100"})
    [made] = filled(phone, keys=(held,))
    assert isinstance(made, Made)
    [token] = [one for one in made.objects if one["type"] == "blinded-identifier"]
    assert (token["scheme"], token["epoch"], token["identifier_kind"]) == (SCHEME, held.epoch, "phone")
    assert "5550100" not in str(made.objects)
    assert [type(one) for one in filled(phone)] == [Left]
    assert [type(one) for one in filled(Found("line 2", {"kind": "phone", "value": "0100"}), keys=(held,))] == [Left]
