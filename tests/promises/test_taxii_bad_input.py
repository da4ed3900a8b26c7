"""Bad input over TAXII: each gets the specification's error message with its status, nothing of it is stored, and never a 5xx."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import Code
from tests.factories.exchanges import Answer, FakePartner, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator, newer
from tests.factories.taxii import COLLECTIONS, ROOT, TAXII, ask, make_group, of, post
from tests.promises.test_http_bad_input import ENVELOPES, HEADERS, LATIN, OBJECTS, SECRET, TRICKY, holds, rows

MEMBERS = {"title", "description", "error_id", "error_code", "http_status"}


@dataclass(frozen=True)
class World:
    """An exchange with two partners in one group each, and one visible object."""

    running: RunningExchange
    partner: FakePartner
    other: FakePartner
    group: str
    hidden_group: str
    value: dict[str, Any]

    def cursor(self, path: str, partner: FakePartner | None = None, **query: str) -> str:
        """Give a cursor that is good at its place."""
        answer = ask(partner or self.partner, path, {"limit": "1"} | query)
        found: str = answer.json["next"]
        return found


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("exchange") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        partner, other = running.enrol("Platform A"), running.enrol("Platform B")
        group = make_group(running, (partner, "rw"), title="Circle A")
        hidden = make_group(running, (other, "rw"), title="Circle B")
        value = indicator()
        signed = [partner.sign(one) for one in (value, newer(value), indicator())]
        for collection in ("exchange", group):
            assert post(partner, collection, signed).json["success_count"] == 3
        post(other, hidden, [other.sign(indicator()), other.sign(indicator())])
        ask(partner, of("exchange")), ask(other, of("exchange"))  # whoever looks first is kept as a viewpoint
        yield World(running, partner, other, group, hidden, value)


def refused(answer: Answer, status: int, code: Code) -> None:
    assert answer.headers["Content-Type"] == TAXII
    error = answer.json
    assert (answer.status, error["http_status"], error["error_code"]) == (status, str(status), code), answer.body
    assert MEMBERS <= error.keys() <= MEMBERS | {"details"}
    assert SECRET.encode() not in answer.body


# --- bodies -----------------------------------------------------------------------------------------------------------------

BODIES = {name: row for name, row in ENVELOPES.items() if name != "no objects"}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused_and_changes_nothing(world: World, name: str) -> None:
    body, status, code = BODIES[name]
    before = rows(world.running)
    for collection in ("exchange", world.group) if len(body) < 100_000 else ("exchange",):
        refused(world.partner.send("POST", of(collection), body=body, media_type=TAXII), status, code)
    assert rows(world.running) == before
    assert not holds(world.running, SECRET)


@pytest.mark.parametrize("name", OBJECTS)
def test_a_bad_object_is_a_failure_by_itself_and_nothing_of_it_stays(world: World, name: str) -> None:
    make, code = OBJECTS[name]
    before = rows(world.running)
    told = post(world.partner, "exchange", [make(world.partner)]).json
    assert (told["success_count"], told["failure_count"]) == (0, 1)
    assert told["failures"][0]["message"].partition(":")[0] == code
    changed = {table for table, content in rows(world.running).items() if content != before[table]}
    assert changed == {"submission"} | ({"alarm", "mail"} if code is Code.CONTENT_FORBIDDEN else set())
    assert not holds(world.running, SECRET)


MEDIA_TYPES = [
    None,
    "",
    "text/plain",
    "application/json",
    "application/stix+json;version=2.1",
    "application/vnd.oasis.stix+json;version=2.0",
    "application/taxii+json;version=2.0",
    "application/taxii+json;version=2.1;charset=utf-16",
    "multipart/form-data; boundary=x",
    "*/*",
    "application/taxii+json;;;=",
]


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_other_media_types_are_refused_unread(world: World, media_type: str | None) -> None:
    before = rows(world.running)
    answer = world.partner.send("POST", of("exchange"), body=b'{"objects":[]}', media_type=media_type)
    refused(answer, 415, Code.MEDIA_TYPE_UNSUPPORTED)
    assert rows(world.running) == before


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip", "nonsense"])
def test_encoded_bodies_are_refused_unread(world: World, encoding: str) -> None:
    answer = world.partner.send(
        "POST", of("exchange"), body=b'{"objects":[]}', media_type=TAXII, headers={"Content-Encoding": encoding}
    )
    refused(answer, 415, Code.MEDIA_TYPE_UNSUPPORTED)


# --- cursors ----------------------------------------------------------------------------------------------------------------

Foreign = Callable[[World], tuple[str, str]]


def _by_id(world: World, rest: str = "") -> str:
    return of("exchange", f"objects/{world.value['id']}/{rest}")


def _flipped(text: str, place: int) -> str:
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


CURSORS: dict[str, Foreign] = {
    "of another partner": lambda one: (of("exchange"), one.cursor(of("exchange"), one.other)),
    "of another collection": lambda one: (of("exchange"), one.cursor(of("harm-live-streamed-csa"))),
    "of a group": lambda one: (of("exchange"), one.cursor(of(one.group))),
    "of a group that is hidden": lambda one: (of(one.group), one.cursor(of(one.hidden_group), one.other)),
    "of the manifest": lambda one: (of("exchange"), one.cursor(of("exchange", "manifest/"))),
    "of the objects": lambda one: (of("exchange", "manifest/"), one.cursor(of("exchange"))),
    "of one object": lambda one: (of("exchange"), one.cursor(_by_id(one), **{"match[version]": "all"})),
    "of its versions": lambda one: (_by_id(one), one.cursor(_by_id(one, "versions/"))),
    "of REST": lambda one: (of("exchange"), one.partner.pull(limit=1).json["next"]),
    "of other filters": lambda one: (of("exchange") + "?match[type]=indicator", one.cursor(of("exchange"))),
    "of another version": lambda one: (of("exchange") + "?match[version]=all", one.cursor(of("exchange"))),
    "of an object, for another": lambda one: (
        of("exchange", "objects/indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11/"),
        one.cursor(_by_id(one), **{"match[version]": "all"}),
    ),
    "cut off": lambda one: (of("exchange"), one.cursor(of("exchange"))[:-1]),
    "cut to a half": lambda one: (of("exchange"), one.cursor(of("exchange"))[:20]),
    "lengthened": lambda one: (of("exchange"), one.cursor(of("exchange")) + "A"),
    "twice": lambda one: (of("exchange"), one.cursor(of("exchange")) * 2),
    "changed at its beginning": lambda one: (of("exchange"), _flipped(one.cursor(of("exchange")), 0)),
    "changed in its middle": lambda one: (of("exchange"), _flipped(one.cursor(of("exchange")), 30)),
    "in other letters": lambda one: (of("exchange"), one.cursor(of("exchange")).swapcase()),
    "of nobody": lambda _: (of("exchange"), "AAAA"),
    "long": lambda _: (of("exchange"), "A" * 9_000),
    "empty": lambda _: (of("exchange"), ""),
    "a number": lambda _: (of("exchange"), "1"),
    "no cursor": lambda _: (of("exchange"), "../../next"),
}


@pytest.mark.parametrize("name", CURSORS)
def test_a_cursor_that_is_not_good_here_is_refused(world: World, name: str) -> None:
    path, cursor = CURSORS[name](world)
    path, _, filters = path.partition("?")
    query = dict([filters.split("=", 1)]) if filters else {}
    before = rows(world.running)
    refused(ask(world.partner, path, query | {"next": cursor}), 400, Code.CURSOR_INVALID)
    assert rows(world.running) == before


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, derandomize=True)
@given(text=st.text(st.characters(exclude_characters="\0"), max_size=80), place=st.integers(0, 200))
def test_no_text_is_a_cursor(world: World, text: str, place: int) -> None:
    good = world.cursor(of("exchange"))
    for cursor in (text.encode("utf-8", "replace").decode(), good[:place] + text.encode("utf-8", "replace").decode()):
        if cursor != good:
            refused(ask(world.partner, of("exchange"), {"next": cursor}), 400, Code.CURSOR_INVALID)


def test_a_cursor_with_a_nul_is_no_text_at_all(world: World) -> None:
    cursor = world.cursor(of("exchange"))
    before = rows(world.running)
    refused(ask(world.partner, of("exchange"), {"next": cursor + "\0"}), 400, Code.REQUEST_INVALID)
    assert rows(world.running) == before


# --- parameters and paths ---------------------------------------------------------------------------------------------------

PLACES = ["objects/", "manifest/", "objects/ID/", "objects/ID/versions/"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "query",
    [
        [("limit", "1"), ("limit", "2")],
        [("next", "A"), ("next", "A")],
        [("added_after", "2026-01-01T00:00:00Z")] * 2,
        [("match[spec_version]", "2.1")] * 2,
        [("match[name]", "x")],
        [("match", "x")],
        [("match[type", "x")],
        [("Limit", "1")],
        [("type", "indicator")],
        [("", "x")],
        [("limit", "0")],
        [("limit", "-1")],
        [("limit", "ten")],
        [("limit", "1e2")],
        [("added_after", "2026-01-01")],
        [("added_after", "2026-02-30T00:00:00Z")],
        [("added_after", "now")],
        [("added_after", "2026-01-01T00:00:00Z,2026-01-02T00:00:00Z")],
        [("match[spec_version]", "two")],
        [("match[spec_version]", "")],
        [("match[spec_version]", "2.1,")],
    ],
)
def test_a_malformed_parameter_is_refused(world: World, place: str, query: list[tuple[str, str]]) -> None:
    path = of("exchange", place.replace("ID", world.value["id"]))
    refused(ask(world.partner, path, query), 400, Code.REQUEST_INVALID)


@pytest.mark.parametrize("raw", ["%ff=1", "limit=%ff", "match[type]=%00", "&&==&", "limit=1&%00", "a=1&" * 2_000])
def test_a_broken_query_is_an_error_of_the_caller(world: World, raw: str) -> None:
    answer = world.partner.get(f"{of('exchange')}?{raw}", headers={"Breakwater-Purpose": "detection"})
    refused(answer, 400, Code.REQUEST_INVALID)


def test_hidden_and_absent_collections_and_objects_are_alike_whatever_is_asked_wrongly(world: World) -> None:
    absent = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
    same = {"X-Request-Id": "same"}
    for rest in ("", *PLACES):
        for query in ({}, {"limit": "0"}, {"next": "AAAA"}, {"nonsense": "1"}):
            for method in ("GET", "POST", "DELETE", "PUT"):
                path = rest.replace("ID", world.value["id"])
                hidden, missing = (ask(world.partner, of(one, path), query, same, method) for one in (world.hidden_group, absent))
                assert (hidden.status, hidden.body) == (missing.status, missing.body)
                assert dict(hidden.headers.items()) == dict(missing.headers.items())
                assert hidden.status in {404, 405}


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, derandomize=True)
@given(
    name=st.sampled_from(HEADERS),
    value=st.one_of(LATIN, TRICKY),
    route=st.sampled_from(["GET /taxii2/", f"GET {COLLECTIONS}", f"GET {of('exchange')}", f"POST {of('exchange')}"]),
)
def test_no_header_gives_a_5xx(world: World, name: str, value: str, route: str) -> None:
    method, path = route.split()
    body = b"{}" if method == "POST" else None
    headers = {"Breakwater-Purpose": "detection", name: value}
    answer = world.partner.send(method, path, body=body, media_type=TAXII, headers=headers)
    assert answer.status < 500
    assert answer.headers["Content-Type"] == TAXII


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, derandomize=True)
@given(raw=st.binary(max_size=30), place=st.sampled_from(["collection", "object", "status", "name", "value"]))
def test_no_bytes_in_path_or_query_give_a_5xx(world: World, raw: bytes, place: str) -> None:
    quoted = "".join(f"%{byte:02x}" for byte in raw)
    target = {
        "collection": of(quoted),
        "object": of("exchange", f"objects/{quoted}/"),
        "status": f"{ROOT}/status/{quoted}/",
        "name": f"{of('exchange')}?{quoted}=1",
        "value": f"{of('exchange')}?match[id]={quoted}&added_after={quoted}",
    }[place]
    assert world.partner.get(target, headers={"Breakwater-Purpose": "detection"}).status < 500
