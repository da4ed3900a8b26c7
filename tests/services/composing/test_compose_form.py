"""A form composed: what comes of it is what the exchange takes, and of what must never be here nothing else is said."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Code
from app.domain.vocabulary import Profile
from app.services.composing.compose_form import compose_form, form_schema
from app.services.offline.rehearse import Rehearsal
from app.stix.compose import Writing
from breakwater_client.documents import published
from tests.factories.observation_forms import CATALOGUE, OF_EVERY_KIND, form, writing
from tests.factories.policy_values import NOW

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()
EXAMPLES = sorted((published.folder() / "examples/observations").glob("*.json"))
LATER = Writing(NOW.replace(year=2027), CATALOGUE)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: str(path.stem))
def test_every_published_example_is_composed(example: Path) -> None:
    composed = compose_form(json.loads(example.read_text()), LATER)
    assert composed.refusals == ()
    assert composed.made


@pytest.mark.parametrize("observable", OF_EVERY_KIND, ids=lambda one: str(one["kind"]))
@pytest.mark.parametrize("status", ["unknown", "may-be-child"])
def test_of_every_kind_the_exchange_takes_what_is_composed(observable: dict[str, Any], status: str) -> None:
    seen = {"first": "2026-02-20T00:00:00Z", "last": "2026-02-25T00:00:00Z"}
    composed = compose_form(form(observable, subject_status=status, seen=seen), writing())
    assert composed.refusals == ()
    rehearsal = Rehearsal.by([Profile.OCSEA], None, takes_unsigned=True)
    assert [rehearsal.why_refused(dict(one)) for one in composed.objects] == [None] * len(composed.objects)


def test_all_kinds_together_are_taken() -> None:
    composed = compose_form(form(*OF_EVERY_KIND), writing())
    assert composed.refusals == ()


@pytest.mark.parametrize(
    "document",
    [
        form({"kind": "handle", "value": PICTURE}, {"kind": "md5", "value": "ab"}, subject_status=None),
        form({"kind": "text-rule", "value": f"data:image/png;base64,{PICTURE}"}),
        {"type": "something else", "text": f"data:image/png;base64,{PICTURE}"},
    ],
)
def test_of_material_nothing_else_is_said(document: dict[str, Any]) -> None:
    composed = compose_form(document, writing())
    assert {one.code.value for one in composed.refusals} == {"content-forbidden"}
    assert PICTURE not in str(composed)


@pytest.mark.parametrize("document", [None, [], "a", 1, {}])
def test_what_is_no_form_is_refused_with_a_sentence(document: Any) -> None:
    refusals = compose_form(document, writing()).refusals
    assert {one.code.value for one in refusals} == {"schema-violation"}
    assert all(one.sentence for one in refusals)


@given(name=st.sampled_from([*form(), "observables", "how_sure", "seen"]), value=JSON_VALUES)
def test_whatever_stands_in_a_form_it_is_composed_or_refused(name: str, value: Any) -> None:
    composed = compose_form(form(**{name: value}), writing())
    assert bool(composed.refusals) is not bool(composed.made)


def test_the_schema_may_be_built_into_other_documents() -> None:
    assert not any(name.startswith("$") for name in form_schema())
    assert form_schema()["properties"].keys() >= {"subject_status", "who_may_know"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("keyword-term", "some.body@example.org"),
        ("keyword-term", "+44 20 7946 0958"),
        ("room-or-stream-id", "+442079460958"),
        ("url", "https://a.example.org/?m=some.body@example.org"),
    ],
)
def test_a_contact_under_another_kind_is_not_composed(kind: str, value: str) -> None:
    composed = compose_form(form({"kind": kind, "value": value}), writing())
    assert [(one.code, one.pointer) for one in composed.refusals] == [(Code.OBSERVABLE_INVALID, "/observables/0/value")]
    assert value not in composed.refusals[0].sentence
    assert composed.made == ()
