from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.exporting import give_file
from tests.factories.exchanges import Answer, FakePartner, RunningExchange
from tests.factories.exports import bar
from tests.http.test_exports import define, lay

CONTENT = bytes(range(256)) * 10
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ETAG = f'"{SHA256}"'


@dataclass
class Served:
    running: RunningExchange
    partner: FakePartner
    path: str
    file_id: int

    def get(self, **headers: str) -> Answer:
        return self.partner.get(self.path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture
def served(running: RunningExchange, platform: FakePartner) -> Served:
    made = define(platform)
    [file] = lay(running, made["id"], 1, CONTENT)
    return Served(running, platform, f"exports/{made['id']}/files/{file.name}", file.file_id)


def test_a_file_is_given_whole_with_its_digest(served: Served) -> None:
    answer = served.get()
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers["ETag"] == ETAG
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Repr-Digest"] == f"sha-256=:{b64encode(hashlib.sha256(CONTENT).digest()).decode()}:"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("bytes=2500-", 2500, 2560),
        ("bytes=-10", 2550, 2560),
        ("bytes=0-99999", 0, 2560),
        ("bytes=-99999", 0, 2560),
    ],
)
def test_one_range_is_given_alone(served: Served, asked: str, start: int, stop: int) -> None:
    answer = served.get(Range=asked)
    assert (answer.status, answer.body) == (206, CONTENT[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(CONTENT)}"
    assert answer.headers["Content-Length"] == str(stop - start)
    assert answer.headers["ETag"] == ETAG


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=0-1", "bytes=x-y", "bytes=9-5", "nonsense", "bytes=-"])
def test_what_is_not_one_range_is_answered_with_the_whole(served: Served, asked: str) -> None:
    answer = served.get(Range=asked)
    assert (answer.status, answer.body) == (200, CONTENT)


@pytest.mark.parametrize("asked", ["bytes=2560-", "bytes=99999-100000", "bytes=-0"])
def test_a_range_outside_is_refused_with_the_size(served: Served, asked: str) -> None:
    answer = served.get(Range=asked)
    assert (answer.status, answer.code) == (416, "range-not-satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize("tag", ['"another"', f'W/"{SHA256}"', "Thu, 26 Nov 2026 20:00:00 GMT", SHA256])
def test_of_something_else_the_whole_is_given(served: Served, tag: str) -> None:
    assert served.get(Range="bytes=5-9", If_Range=tag).status == 200
    assert served.get(Range="bytes=5-9", If_Range=ETAG).status == 206


def test_who_has_it_is_given_nothing(served: Served) -> None:
    answer = served.get(If_None_Match=ETAG)
    assert (answer.status, answer.body) == (304, b"")
    assert served.get(If_None_Match='"another"').status == 200


def test_the_head_says_what_there_is(served: Served) -> None:
    answer = served.partner.send("HEAD", served.path)
    assert (answer.status, answer.body) == (200, b"")
    assert (answer.headers["Content-Length"], answer.headers["ETag"]) == (str(len(CONTENT)), ETAG)


def test_an_empty_file_is_given(served: Served) -> None:
    [file] = lay(served.running, served.path.split("/")[1], 2, b"")
    path = f"{served.path.rpartition('/')[0]}/{file.name}"
    answer = served.partner.get(path)
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "0")
    assert served.partner.get(path, headers={"Range": "bytes=0-"}).status == 416


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-1"}, {"If-None-Match": ETAG}])
def test_what_is_gone_is_gone_however_it_is_asked_for(served: Served, headers: dict[str, str]) -> None:
    bar(served.running.exchange, served.file_id)
    answer = served.partner.get(served.path, headers=headers)
    assert (answer.status, answer.code) == (410, "export-file-gone")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.from_regex(r"bytes=[0-9]{0,5}-[0-9]{0,5}", fullmatch=True) | st.from_regex(r"[ -~]{0,40}", fullmatch=True))
def test_whatever_is_asked_for_what_comes_is_a_part_of_the_file_or_a_refusal(served: Served, asked: str) -> None:
    answer = served.get(Range=asked)
    if answer.status == 206:
        bounds = re.fullmatch(rf"bytes ([0-9]+)-([0-9]+)/{len(CONTENT)}", answer.headers["Content-Range"])
        assert bounds
        assert answer.body == CONTENT[int(bounds[1]) : int(bounds[2]) + 1] != b""
    else:
        assert (answer.status, answer.body) == (200, CONTENT) or answer.status == 416


def test_what_is_forbidden_midway_breaks_the_answer_off(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(give_file, "BETWEEN_LOOKS", 100)
    headers = {"Authorization": f"Bearer {served.partner.token}"}
    response = served.running.app.test_client().get(f"/api/v1/{served.path}", headers=headers, buffered=False)
    pieces = response.iter_encoded()
    assert next(pieces) == CONTENT[:100]
    bar(served.running.exchange, served.file_id)
    with pytest.raises(ConnectionResetError):
        next(pieces)
    response.close()
