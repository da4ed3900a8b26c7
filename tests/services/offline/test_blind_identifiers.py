"""Identifiers become tokens without leaving, whatever the exchange answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.crypto.oprf import EvaluationKey, epoch_of, evaluate
from app.domain.errors import MalformedInputError, UntrustedSignatureError
from app.domain.overlap import DECONFLICTION
from app.services.offline.blind_identifiers import KINDS, blind_all, finish_all, take_answer, to_ask, token_batches
from breakwater_client.trust.strict_base64 import decode_base64url, encode_base64url

KEY = EvaluationKey.generate()


def answer(elements: list[str], key: EvaluationKey = KEY) -> dict[str, Any]:
    evaluation = evaluate(key, [decode_base64url(one) or b"" for one in elements])
    return {
        "epoch": epoch_of(key.public),
        "public_key": encode_base64url(key.public),
        "elements": [encode_base64url(one) for one in evaluation.elements],
        "proof": encode_base64url(evaluation.proof),
    }


def tokens(kind: str, *values: str, platform: str | None = None, scope: str = DECONFLICTION) -> list[str]:
    document = blind_all(scope, kind, values, platform)
    for elements in list(to_ask(document)):
        take_answer(document, answer(elements), KEY.public)
    made: list[str] = finish_all(document)["tokens"]
    return made


@pytest.mark.parametrize(
    ("kind", "platform", "spellings"),
    [
        ("phone", None, ["+1 (555) 0100-123", "+15550100123"]),
        ("email", None, ["Somebody@Example.ORG", " somebody@example.org "]),
        ("handle", "Platform A", ["@Somebody", "somebody"]),
        ("ip", None, ["2001:DB8::1", "2001:db8:0:0::1"]),
        ("hash", None, ["AB" * 16, "ab" * 16]),
        ("url", None, ["https://Example.org/a/", "https://example.org/a"]),
    ],
)
def test_usual_spellings_have_one_token(kind: str, platform: str | None, spellings: list[str]) -> None:
    assert len(set(tokens(kind, *spellings, platform=platform))) == 1


def test_a_label_stands_behind_a_tab_stays_in_ones_own_files_and_changes_no_token() -> None:
    document = blind_all(DECONFLICTION, "phone", ["+15550100\t case 7 ", "+15550101"])
    sent = list(to_ask(document))
    for elements in sent:
        take_answer(document, answer(elements), KEY.public)
    made = finish_all(document)
    assert made["labels"] == ["case 7", None]
    assert made["tokens"][0] == tokens("phone", "+15550100")[0]
    with pytest.raises(MalformedInputError):
        blind_all(DECONFLICTION, "phone", ["+15550100\t" + "a" * 201])


def test_kinds_scopes_and_platforms_are_kept_apart() -> None:
    here = tokens("handle", "somebody", platform="a") + tokens("handle", "somebody", platform="b")
    there = (
        tokens("handle", "somebody", platform="a", scope="a-group") + tokens("hash", "ab" * 16) + tokens("phone", "+" + "1" * 10)
    )
    assert len(set(here + there)) == 5
    assert set(KINDS) == {"email", "handle", "hash", "ip", "phone", "url"}


def test_many_are_asked_in_parts_and_only_elements_leave() -> None:
    document = blind_all(DECONFLICTION, "phone", [f"+1555010{number:04}" for number in range(201)])
    sent = list(to_ask(document))
    assert [len(one) for one in sent] == [100, 100, 1]
    assert "555010" not in json.dumps(sent)
    take_answer(document, answer(sent[0]), KEY.public)
    assert list(to_ask(document)) == sent[1:], "it goes on where it stopped"
    with pytest.raises(MalformedInputError, match="ask first"):
        finish_all(document)
    for one in sent[1:]:
        take_answer(document, answer(one), KEY.public)
    made = finish_all(document)
    assert "555010" not in json.dumps(made)
    assert [len(one) for one in token_batches(made)] == [100, 100, 1]


def test_what_is_not_proved_is_not_taken() -> None:
    document = blind_all(DECONFLICTION, "phone", ["+15550100"])
    [sent] = to_ask(document)
    other, good = EvaluationKey.generate(), answer(sent)
    for dishonest in (
        answer(sent, other),
        good | {"public_key": encode_base64url(other.public), "epoch": epoch_of(other.public)},
        good | {"epoch": epoch_of(other.public)},
        good | {"elements": answer(sent, other)["elements"]},
        good | {"proof": encode_base64url(b"\1" + bytes(31) + b"\1" + bytes(31))},
    ):
        with pytest.raises(UntrustedSignatureError):
            take_answer(document, dishonest, KEY.public)
    for broken in ({}, good | {"elements": None}, good | {"public_key": "!"}):
        with pytest.raises(MalformedInputError):
            take_answer(document, broken, KEY.public)
    assert document["answers"] == []


def test_a_new_key_between_two_answers_is_noticed() -> None:
    document = blind_all(DECONFLICTION, "phone", [f"+1555010{number:04}" for number in range(101)])
    first, second = to_ask(document)
    new = EvaluationKey.generate()
    take_answer(document, answer(first), KEY.public)
    with pytest.raises(MalformedInputError, match="blind again"):
        take_answer(document, answer(second, new), new.public)


@pytest.mark.parametrize(
    ("kind", "values", "platform"),
    [
        ("phone", ["+15550100", "0555 0100"], None),
        ("phone", ["+15550100", "+call me"], None),
        ("handle", ["somebody", "somebody"], None),
        ("email", ["a@example.org", "nobody"], None),
        ("stix-id", ["x", "x"], None),
        ("email", [], None),
    ],
)
def test_what_cannot_be_spelled_is_refused_by_its_number_alone(kind: str, values: list[str], platform: str | None) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        blind_all(DECONFLICTION, kind, values, platform)
    assert not any(one in refusal.value.sentence for one in values)


@pytest.mark.parametrize(
    "document", [{}, {"identifiers": []}, {"identifiers": [1], "answers": []}, {"identifiers": [{}], "answers": None}]
)
def test_what_is_no_document_is_refused(document: dict[str, Any]) -> None:
    for use in (lambda: list(to_ask(document)), lambda: finish_all(document), lambda: list(token_batches(document))):
        with pytest.raises(MalformedInputError):
            use()
