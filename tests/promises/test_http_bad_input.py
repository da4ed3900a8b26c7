"""Bad input over HTTP: each gets its refusal with a stable code, nothing of it is stored, and nothing gives a 5xx."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.errors import Code
from app.storage.tables import metadata
from breakwater_client.extensions import OCSEA_CONTEXT
from tests.factories.exchanges import FakePartner, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator, newer

# What refused input carries, to look for it afterwards.
SECRET = "s3cr3t-that-must-not-stay"
MIB = 1024 * 1024
KEY = {"Idempotency-Key": "one"}
# What may change though a request was refused: the event that records it.
RECORDS = {"event"}


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningExchange, FakePartner]]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("exchange") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        partner = running.enrol("Platform A")
        partner.submit(indicator())
        yield running, partner


def rows(running: RunningExchange) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row of every table but those that record refusals."""
    with running.exchange.database.read() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
            if name not in RECORDS
        }


def holds(running: RunningExchange, secret: str) -> bool:
    """Whether any table, events included, holds the text."""
    with running.exchange.database.read() as connection:
        everything = [row for table in metadata.tables.values() for row in connection.execute(select(table))]
    return secret in repr(everything)


def test_the_search_sees_what_is_stored(world: tuple[RunningExchange, FakePartner]) -> None:
    running, partner = world
    assert holds(running, partner.name)
    assert {"object_version", "partner", "submission"} <= rows(running).keys()


# --- envelopes and documents ------------------------------------------------------------------------------------------------

NESTED = b'{"objects":' * 10_000 + b"1" + b"}" * 10_000

ENVELOPES: dict[str, tuple[bytes, int, Code]] = {
    "17 MiB": (b'{"objects":[{"name":"' + SECRET.encode() * (17 * MIB // len(SECRET) + 1) + b'"}]}', 413, Code.BODY_TOO_LARGE),
    "16 MiB and a byte": (b"{}".ljust(16 * MIB + 1), 413, Code.BODY_TOO_LARGE),
    "five million values": (b'{"objects":[' + b"0," * 5_000_000 + b"0]}", 413, Code.BODY_TOO_LARGE),
    "5,001 objects": (json.dumps({"objects": [{"name": SECRET}] * 5_001}).encode(), 413, Code.TOO_MANY_OBJECTS),
    "depth 10,000": (NESTED, 400, Code.JSON_TOO_DEEP),
    "lists of depth 10,000": (b"[" * 10_000 + b"]" * 10_000, 400, Code.JSON_TOO_DEEP),
    "depth 10,000, never closed": (b"[" * 10_000, 400, Code.JSON_TOO_DEEP),
    "a 5,000-digit number": (b'{"objects":[{"x":' + b"9" * 5_000 + b"}]}", 400, Code.JSON_NUMBER_OUT_OF_RANGE),
    "a number beyond floats": (b'{"objects":[{"x":1e400}]}', 400, Code.JSON_NUMBER_OUT_OF_RANGE),
    "a number that is none": (b'{"objects":[{"x":NaN}]}', 400, Code.JSON_NUMBER_OUT_OF_RANGE),
    "a duplicate key": (b'{"objects":[{"name":"a","name":"' + SECRET.encode() + b'"}]}', 400, Code.JSON_DUPLICATE_KEY),
    "the envelope twice": (b'{"objects":[{}],"objects":[{}]}', 400, Code.JSON_DUPLICATE_KEY),
    "a lone surrogate": (b'{"objects":[{"name":"' + SECRET.encode() + b'\\ud800"}]}', 400, Code.JSON_STRING_FORBIDDEN),
    "a lone surrogate as name": (b'{"objects":[{"\\udfff":1}]}', 400, Code.JSON_STRING_FORBIDDEN),
    "half a surrogate in UTF-8": (b'{"objects":[{"name":"\xed\xa0\x80"}]}', 400, Code.JSON_ENCODING),
    "NUL": (b'{"objects":[{"name":"\\u0000"}]}', 400, Code.JSON_STRING_FORBIDDEN),
    "a raw NUL": (b'{"objects":[{"name":"\x00"}]}', 400, Code.JSON_STRING_FORBIDDEN),
    "a byte order mark": (b'\xef\xbb\xbf{"objects":[]}', 400, Code.JSON_ENCODING),
    "UTF-16": ('{"objects":[]}'.encode("utf-16"), 400, Code.JSON_ENCODING),
    "Latin-1": ('{"objects":[{"name":"é"}]}'.encode("latin-1"), 400, Code.JSON_ENCODING),
    "overlong UTF-8": (b'{"objects":[{"name":"\xc0\xae"}]}', 400, Code.JSON_ENCODING),
    "a long text": (b'{"objects":[{"name":"' + b"x" * (64 * 1024 + 1) + b'"}]}', 400, Code.JSON_STRING_TOO_LONG),
    "nothing": (b"", 400, Code.JSON_SYNTAX),
    "half of it": (b'{"objects":[{"name":"' + SECRET.encode(), 400, Code.JSON_SYNTAX),
    "two documents": (b'{"objects":[]}{}', 400, Code.JSON_SYNTAX),
    "single quotes": (b"{'objects':[]}", 400, Code.JSON_SYNTAX),
    "a comment": (b'{"objects":[]} // ' + SECRET.encode(), 400, Code.JSON_SYNTAX),
    "compressed": (b"\x1f\x8b\x08\x00", 400, Code.JSON_ENCODING),
    "no envelope": (b'{"bundle":{"name":"' + SECRET.encode() + b'"}}', 400, Code.REQUEST_INVALID),
    "no objects": (b'{"objects":[]}', 400, Code.REQUEST_INVALID),
    "a list": (b"[]", 400, Code.REQUEST_INVALID),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_a_bad_envelope_is_refused_and_changes_nothing(world: tuple[RunningExchange, FakePartner], name: str) -> None:
    running, partner = world
    body, status, code = ENVELOPES[name]
    before = rows(running)
    answer = partner.send("POST", "submissions", body=body, headers=KEY)
    assert (answer.status, answer.code) == (status, code)
    assert SECRET.encode() not in answer.body
    assert rows(running) == before
    assert not holds(running, SECRET)


DOCUMENTS = {name: row for name, row in ENVELOPES.items() if row[2].startswith("json-") and len(row[0]) < 100_000}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_bad_document_of_administration_is_refused_alike(world: tuple[RunningExchange, FakePartner], name: str) -> None:
    running, partner = world
    body, status, code = DOCUMENTS[name]
    before = rows(running)
    for caller, path in (
        (running.operator, "partners"),
        (running.operator, "agreements"),
        (running.operator, "credentials"),
        (partner, "keys"),
        (partner, "audiences"),
        (partner, "sharing-groups"),
    ):
        answer = caller.send("POST", path, body=body, headers=KEY)
        assert (answer.status, answer.code) == (status, code), path
    answer = running.operator.send("PATCH", f"partners/{partner.partner_id}", body=body)
    assert (answer.status, answer.code) == (status, code)
    assert rows(running) == before
    assert not holds(running, SECRET)


# --- objects ----------------------------------------------------------------------------------------------------------------


def tampered(partner: FakePartner) -> dict[str, Any]:
    return partner.sign(indicator()) | {"name": SECRET}


def forged(partner: FakePartner) -> dict[str, Any]:
    return FakePartner(partner.transport, identity_id=partner.identity_id).sign(indicator(name=SECRET))


OBJECTS: dict[str, tuple[Any, Code]] = {
    "tampered with": (tampered, Code.SIGNATURE_INVALID),
    "forged": (forged, Code.KEY_NOT_ACTIVE),
    "unsigned": (lambda _: indicator(name=SECRET), Code.SIGNATURE_MISSING),
    "empty": (lambda _: {}, Code.SIGNATURE_MISSING),
    "no object": (lambda _: SECRET, Code.REQUEST_INVALID),
    "a list of objects": (lambda one: [one.sign(indicator(name=SECRET))], Code.REQUEST_INVALID),
    "of an unknown type": (
        lambda one: one.sign(indicator(type=f"own-{SECRET}", id="own-thing--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11")),
        Code.OBJECT_TYPE_UNSUPPORTED,
    ),
    "without a pattern": (
        lambda one: one.sign({k: v for k, v in indicator(name=SECRET).items() if k != "pattern"}),
        Code.SCHEMA_VIOLATION,
    ),
    "with a broken pattern": (lambda one: one.sign(indicator(pattern=f"[url:value = '{SECRET}'")), Code.PATTERN_INVALID),
    "with a data URI": (
        lambda one: one.sign(indicator(description=f"{SECRET} data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==")),
        Code.CONTENT_FORBIDDEN,
    ),
    "of more than 1 MiB": (
        lambda one: one.sign(indicator(labels=[SECRET, *("x" * 60_000 for _ in range(20))])),
        Code.OBJECT_TOO_LARGE,
    ),
    "with an unknown marking": (
        lambda one: one.sign(
            indicator(name=SECRET, object_marking_refs=["marking-definition--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"])
        ),
        Code.HANDLING_UNRESOLVED,
    ),
    "with a word that no list has": (
        lambda one: one.sign(indicator(extensions={OCSEA_CONTEXT: {"extension_type": "property-extension", "review": SECRET}})),
        Code.SCHEMA_VIOLATION,
    ),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_a_bad_object_is_refused_by_itself_and_nothing_of_it_stays(world: tuple[RunningExchange, FakePartner], name: str) -> None:
    running, partner = world
    make, code = OBJECTS[name]
    before = rows(running)
    answer = partner.submit_signed([make(partner)])
    assert answer.status == 201, answer.body
    [result] = answer.json["results"]
    assert (result["status"], result["code"]) == ("refused", code)
    assert SECRET.encode() not in answer.body
    changed = {table for table, content in rows(running).items() if content != before[table]}
    assert changed == {"submission"} | ({"alarm", "mail"} if code is Code.CONTENT_FORBIDDEN else set())
    assert not holds(running, SECRET)


def test_an_old_id_with_other_content_is_refused_and_the_first_stays(world: tuple[RunningExchange, FakePartner]) -> None:
    running, partner = world
    value = indicator()
    assert partner.submit(value).json["results"][0]["status"] == "stored"
    first = partner.object(value["id"]).body
    [result] = partner.submit(value | {"name": SECRET}).json["results"]
    assert result["code"] == Code.VERSION_CONFLICT
    assert partner.object(value["id"]).body == first
    assert not holds(running, SECRET)
    assert partner.submit(newer(value)).json["results"][0]["status"] == "stored"


def test_the_same_idempotency_key_with_another_body_is_a_conflict(world: tuple[RunningExchange, FakePartner]) -> None:
    running, partner = world
    headers = {"Idempotency-Key": "another"}
    first = partner.submit(indicator(), headers=headers)
    before = rows(running)
    answer = partner.submit(indicator(name=SECRET), headers=headers)
    assert (answer.status, answer.code) == (409, Code.IDEMPOTENCY_KEY_REUSED)
    assert rows(running) == before
    assert first.status == 201


# --- requests ---------------------------------------------------------------------------------------------------------------

HEADERS = [
    "Accept",
    "Accept-Encoding",
    "Authorization",
    "Breakwater-Purpose",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Cookie",
    "Forwarded",
    "Host",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "Range",
    "Transfer-Encoding",
    "X-Forwarded-Host",
    "X-HTTP-Method-Override",
    "X-Request-Id",
]
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=40)
TRICKY = st.sampled_from(
    ['"', "*", "W/", ",", "=", ";", "bytes=0-", "bytes=-1", "-1", "9" * 400, "chunked", "[::1", "a:b:c", "%", "é"]
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, derandomize=True)
@given(
    name=st.sampled_from(HEADERS),
    value=st.one_of(LATIN, TRICKY),
    route=st.sampled_from(["GET objects", "GET keys", "POST submissions", "POST keys/challenges", "GET /livez", "GET exchange"]),
)
def test_no_header_gives_a_5xx(world: tuple[RunningExchange, FakePartner], name: str, value: str, route: str) -> None:
    _, partner = world
    method, path = route.split()
    body = b"{}" if method == "POST" else None
    headers = {"Breakwater-Purpose": "detection"} | {name: value}
    assert partner.send(method, path, body=body, headers=headers).status < 500


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, derandomize=True)
@given(raw=st.binary(max_size=30), place=st.sampled_from(["path", "name", "value"]))
def test_no_bytes_in_path_or_query_give_a_5xx(world: tuple[RunningExchange, FakePartner], raw: bytes, place: str) -> None:
    _, partner = world
    quoted = "".join(f"%{byte:02x}" for byte in raw)
    target = {"path": f"objects/{quoted}", "name": f"objects?{quoted}=1", "value": f"objects?type={quoted}&next={quoted}"}[place]
    assert partner.get(target, headers={"Breakwater-Purpose": "detection"}).status < 500


@pytest.mark.parametrize(
    "target", ["objects?%ff=1", "objects?type=%ff", "objects?type=%", "objects?&&==&", "objects?" + "a=1&" * 5_000]
)
def test_a_broken_query_is_an_error_of_the_caller(world: tuple[RunningExchange, FakePartner], target: str) -> None:
    _, partner = world
    assert partner.get(target, headers={"Breakwater-Purpose": "detection"}).status == 400 or target.endswith("==&")
