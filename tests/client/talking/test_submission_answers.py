"""What is taken for an answer to a submission, and which receipts are kept: against an exchange that keeps nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.errors import ExchangeAwayError, UntrustedSignatureError
from breakwater_client.submission import ResultStatus
from breakwater_client.talking.connection import Connection, Target
from breakwater_client.talking.submission_answers import check_answer
from breakwater_client.talking.submitting import Sending, submit
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from tests.cli.desk import run
from tests.factories.scripted_exchange import JSON, Scripted
from tests.factories.stix_objects import indicator

_ID = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
_OTHER_ID = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b12"
_SIGNER = "identity--33333333-3333-4333-8333-333333333333"
_KEY = PrivateKey.generate()


def digest(value: dict[str, Any]) -> str:
    """Compute what the log has: SHA-256 of the sorted text without ``sig`` (the objects here are of ASCII and integers)."""
    copied = json.loads(json.dumps(value))
    for extension in copied.get("extensions", {}).values():
        for entry in extension.get("signatures", ()):
            del entry["sig"]
    return hashlib.sha256(json.dumps(copied, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def stored(value: dict[str, Any], number: int = 0) -> dict[str, Any]:
    named = {"id": value["id"], "version": value["modified"], "payload_digest": digest(value), "log_index": 7}
    return {"pointer": f"/objects/{number}", "decision": "stored", **named}


def receipt(*objects: Any, **members: Any) -> dict[str, Any]:
    document = {"type": "submission-receipt", "submission": _ID, "objects": list(objects), **members}
    return {"payload": base64.b64encode(json.dumps(document).encode()).decode()}


def answer(*objects: dict[str, Any], told: Any = None) -> dict[str, Any]:
    """Give an answer that stored these, and its receipt."""
    results = [{**one, "status": one["decision"]} for one in objects]
    return {"id": _ID, "results": results, "receipt": receipt(*objects) if told is None else told}


def answered(*documents: Any) -> Scripted:
    return Scripted([("201 Created", JSON, json.dumps(one).encode()) for one in documents])


def body(*values: dict[str, Any]) -> bytes:
    return json.dumps({"objects": values}).encode()


def signed() -> dict[str, Any]:
    return sign_object(indicator(), _KEY, signer=_SIGNER, signed_at=datetime.now(UTC))


def test_a_receipt_of_what_was_sent_is_kept(tmp_path: Path) -> None:
    mine, unsigned, refused = signed(), indicator(), indicator()
    marking = next(value for value in WELL_KNOWN.values() if value["type"] == "marking-definition")
    told = [
        stored(mine),
        {**stored(unsigned), "decision": "already-stored"},
        {"pointer": "/objects/2", "decision": "refused"},
        {"pointer": "/objects/3", "decision": "already-stored", "id": marking["id"], "version": marking["created"]},
    ]
    given = answer(*told)
    kept = check_answer(body(mine, unsigned, refused, marking), given, tmp_path)
    assert kept == tmp_path / f"{_ID}.json"
    assert json.loads(kept.read_bytes()) == given["receipt"]
    assert check_answer(body(mine, unsigned, refused, marking), given) is None


_Wrong = Callable[[dict[str, Any]], dict[str, Any]]

WRONG: dict[str, _Wrong] = {
    "no receipt": lambda value: answer(stored(value)) | {"receipt": None},
    "a receipt of nothing": lambda value: answer(stored(value), told=receipt()),
    "no text": lambda value: answer(stored(value), told={"payload": "!"}),
    "no JSON": lambda value: answer(stored(value), told={"payload": base64.b64encode(b"{").decode()}),
    "of another form": lambda value: answer(stored(value), told=receipt(stored(value), type="object-receipt")),
    "of another submission": lambda value: answer(stored(value), told=receipt(stored(value), submission=_OTHER_ID)),
    "of another object": lambda value: answer(stored(value), told=receipt(stored(signed()))),
    "of no object": lambda value: answer(stored(value), told=receipt("stored")),
    "of another decision": lambda value: answer(stored(value), told=receipt({**stored(value), "decision": "refused"})),
    "of another content": lambda value: answer({**stored(value), "payload_digest": "ab" * 32}),
    "of another id": lambda value: answer({**stored(value), "id": indicator()["id"]}),
    "of another place in the log than told": lambda value: answer(stored(value), told=receipt({**stored(value), "log_index": 8})),
    "without a digest": lambda value: answer({**stored(value), "payload_digest": None}),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_receipt_that_is_not_of_what_was_sent_is_refused_and_kept_as_evidence_alone(wrong: _Wrong, tmp_path: Path) -> None:
    value = signed()
    given = wrong(value)
    with loopback_server(answered(given)) as url, pytest.raises(UntrustedSignatureError):
        list(submit(Connection(Target(url, "bw_token")), [value], Sending(receipts=tmp_path)))
    [evidence] = tmp_path.iterdir()
    assert evidence.suffix == ".refused"
    assert json.loads(evidence.read_bytes()) == given["receipt"]
    with pytest.raises(UntrustedSignatureError):
        check_answer(body(value), given)


LONG: dict[str, _Wrong] = {
    "a member that no receipt has": lambda told: told | {"junk": "x" * 1_000_000},
    "a long signature": lambda told: told | {"signatures": [{"keyid": "", "sig": "x" * 1_000_000}]},
    "a long payload": lambda told: receipt(*json.loads(base64.b64decode(told["payload"]))["objects"], note="x" * 1_000_000),
    "a long list": lambda told: told | {"signatures": [0] * 100_000},
}


@pytest.mark.parametrize("padded", LONG.values(), ids=LONG)
@pytest.mark.parametrize("count", [1, 20])
def test_a_receipt_that_is_longer_than_one_of_what_was_sent_is_refused_and_its_beginning_kept(
    padded: _Wrong, count: int, tmp_path: Path
) -> None:
    values = [signed() for _ in range(count)]
    given = answer(*(stored(value, number) for number, value in enumerate(values)))
    with pytest.raises(UntrustedSignatureError, match=r"longer than|no receipt has"):
        check_answer(body(*values), given | {"receipt": padded(given["receipt"])}, tmp_path)
    [evidence] = tmp_path.iterdir()
    assert evidence.suffix == ".refused"
    assert evidence.stat().st_size < 150_000
    with pytest.raises(UntrustedSignatureError):
        check_answer(body(*values), given | {"receipt": given["receipt"] | {"junk": None}})
    assert check_answer(body(*values), given, tmp_path) == tmp_path / f"{_ID}.json"


def test_the_command_refuses_it_too(tmp_path: Path) -> None:
    value = signed()
    file = tmp_path / "object.json"
    file.write_text(json.dumps(value))
    folder = tmp_path / "receipts"
    with loopback_server(answered(answer(stored(value), told=receipt()), answer(stored(value)))) as url:
        command = ("submit", file, "--receipts", folder, "--url", url, "--token", "bw_token")
        told = run(*command)
        assert (told.exit_code, "receipt" in told.stderr) == (1, True)
        assert [one.suffix for one in folder.iterdir()] == [".refused"]
        assert run(*command).exit_code == 0
    assert (folder / f"{_ID}.json").exists()


def test_what_no_exchange_could_store_has_no_digest() -> None:
    value = indicator() | {"n": float("nan")}
    with pytest.raises(UntrustedSignatureError):
        check_answer(json.dumps({"objects": [value]}).encode(), answer({**stored(indicator()), "id": value["id"]}))


def test_an_observable_has_the_version_that_the_exchange_gives() -> None:
    value = {
        "type": "url",
        "spec_version": "2.1",
        "id": "url--33333333-3333-4333-8333-333333333333",
        "value": "https://a.example",
    }
    told = {**stored({**indicator(), "id": value["id"]}), "payload_digest": digest(value)}
    [outcome] = [ResultStatus(one["status"]) for one in answer(told)["results"]]
    assert (check_answer(body(value), answer(told)), outcome) == (None, ResultStatus.STORED)


def test_a_kept_receipt_is_never_replaced_by_another(tmp_path: Path) -> None:
    value = signed()
    first = answer(stored(value)) | {"receipt": receipt(stored(value)) | {"signatures": []}}
    again = first | {"receipt": {"signatures": [], **receipt(stored(value))}}  # in another order, which says nothing else
    other = answer(stored(value), told=receipt(stored(value), received_at="2099-01-01T00:00:00.000000Z"))
    with loopback_server(answered(first, again, other)) as url:
        connection = Connection(Target(url, "bw_token"))
        for _ in range(2):  # the same one again is the same file
            list(submit(connection, [value], Sending(receipts=tmp_path)))
        kept = (tmp_path / f"{_ID}.json").read_bytes()
        with pytest.raises(UntrustedSignatureError, match="another receipt"):
            list(submit(connection, [value], Sending(receipts=tmp_path)))
    assert (tmp_path / f"{_ID}.json").read_bytes() == kept
    assert len(list(tmp_path.iterdir())) == 2, "what contradicts it is kept beside it"


_RESULT = {"status": "stored", "pointer": "/objects/0"}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"id": _ID, "receipt": {}},
        {"id": _ID, "receipt": {}, "results": []},
        {"id": _ID, "receipt": {}, "results": ["stored"]},
        {"id": _ID, "receipt": {}, "results": [{"status": "of-tomorrow"}]},
        {"id": _ID, "receipt": {}, "results": [{"status": "stored", "narrowed_by": 5}]},
        {"id": _ID, "receipt": {}, "results": [{"status": "refused", "code": ["a"]}]},
        {"id": _ID, "receipt": {}, "results": [{"status": []}]},
        {"id": "../../x", "receipt": {}, "results": [_RESULT]},
        {"id": {"a": 1}, "receipt": {}, "results": [_RESULT]},
    ],
)
def test_what_is_no_answer_is_told_as_none_and_writes_nothing(document: Any, tmp_path: Path) -> None:
    with loopback_server(answered(document)) as url, pytest.raises(ExchangeAwayError):
        list(submit(Connection(Target(url, "bw_token")), [indicator()], Sending(receipts=tmp_path / "receipts")))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
