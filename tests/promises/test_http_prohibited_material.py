"""Prohibited material over HTTP, on a real server: refused, and found again nowhere; legitimate objects come out as they went in.

Marks stand in every submitted value. Afterwards they are looked for in every file of the exchange's home (the database among
them), in all that the server wrote, in answers, receipts, repeated answers, events and metrics.
"""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Code
from tests.factories.exchanges import Caller, FakePartner, Wanted, enrol, over_http, second_operator
from tests.factories.stix_objects import TLP_AMBER, context, indicator, user_account
from tests.stix.disguised_payloads import JPEG, b64
from tests.stix.legitimate_objects import legitimate

ROOT = Path(__file__).parents[2]
MARK = "m4rkQ7xZ"
PICTURE = b64(JPEG)
BOTH_PROFILES = {"write": {"profiles": ["ocsea", "stix"]}}

MATERIAL: dict[str, dict[str, Any]] = {
    "a payload": {"x_note": MARK, "payload_bin": b64(MARK.encode())},
    "a picture in base64": {"description": f"{MARK} {PICTURE}"},
    "a picture in hexadecimal": {"description": f"{MARK} {JPEG.hex()}"},
    "a data: URI": {"description": f"{MARK} data:image/png;base64,{b64(MARK.encode())}"},
    "a picture in pieces": {"labels": [PICTURE[at : at + 9] for at in range(0, 120, 9)], "name": MARK},
    "a picture as a list": {"x_values": list(JPEG), "name": MARK},
    "a picture in a name": {f"x_{MARK.lower()}": {PICTURE[:60]: MARK}},
    "noise": {"description": f"{MARK} {base64.b85encode(JPEG[20:]).decode()}"},
}
PERSONS: dict[str, dict[str, Any]] = {
    "an address": {"description": f"write to {MARK}@example.org"},
    "a telephone number": {"description": f"{MARK}: call +1 555 010 0199"},
    "a child's name": {f"x_victim_name_{MARK.lower()}": MARK},
    "a child's age inside": {"external_references": [{"source_name": MARK, "external_id": "1", "childs_age": 9}]},
}
SIGNS = [MARK, MARK.lower(), b64(MARK.encode()), PICTURE[:40], PICTURE[20:60], JPEG.hex()[:60], "555 010 0199", "victim_name"]
BODIES: dict[str, bytes] = {
    "no JSON": f'{{"objects":[{{"name":"{MARK}"'.encode(),
    "a name twice": f'{{"objects":[{{"{MARK}":1,"{MARK}":2}}]}}'.encode(),
    "no envelope": json.dumps({MARK: PICTURE}).encode(),
    "another member": json.dumps({"objects": [{}], MARK: PICTURE}).encode(),
    "too deep": json.dumps({"objects": [{MARK: 1}]}).encode().replace(b"1", b"[" * 40 + b"]" * 40),
}


@dataclass
class Served:
    """A running exchange with what it wrote, and a partner that may submit under both profiles."""

    home: Path
    written: Path
    operator: Caller
    partner: FakePartner

    def holding(self, sign: str) -> list[str]:
        """Give the names of the files that hold a text: the exchange's own, and what its processes wrote."""
        files = [self.written, *(path for path in self.home.rglob("*") if path.is_file())]
        return [path.name for path in files if sign.encode() in path.read_bytes()]

    def events(self) -> list[tuple[Any, ...]]:
        """Give the recorded refusals: code and pointer, oldest first."""
        [database] = self.home.rglob("*.db")
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute(
                "SELECT code, pointer FROM event WHERE event = 'object:refuse' ORDER BY event_id"
            ).fetchall()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("exchange") / "home"
    environment = os.environ | {"BREAKWATER_HOME": str(home), "BREAKWATER_LOG_LEVEL": "debug", "BREAKWATER_BIND": "127.0.0.1:0"}
    begin = [sys.executable, "-m", "app", "init", "--json"]
    done = subprocess.run(begin, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    [token] = re.findall(r'"token": "([^"]+)"', done.stdout)
    written = home.with_name("written.txt")
    with written.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve"],
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            cwd=ROOT,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            url = process.stdout.readline().decode().removeprefix("ready: ").strip()
            operator = Caller(over_http(url), token)
            second = second_operator(operator, f"sqlite:///{home / 'breakwater.db'}")
            yield Served(home, written, operator, enrol(operator, "Platform A", Wanted(agreement=BOTH_PROFILES), second))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def test_the_search_sees_what_is_stored_and_what_is_written(served: Served) -> None:
    assert served.partner.submit(indicator(name="a name to be found")).json["results"][0]["status"] == "stored"
    assert served.holding("a name to be found")
    assert served.written.name in served.holding("/submissions")


@pytest.mark.parametrize("name", [*MATERIAL, *PERSONS])
@pytest.mark.parametrize("profile", ["ocsea", "stix"])
def test_it_is_refused_and_found_nowhere(served: Served, name: str, profile: str) -> None:
    code = Code.CONTENT_FORBIDDEN if name in MATERIAL else Code.PERSON_DATA_FORBIDDEN
    value = indicator(stated=context() if profile == "ocsea" else {}) | (MATERIAL | PERSONS)[name]
    if profile == "stix":
        del value["extensions"]
    before = len(served.events())
    headers = {"Idempotency-Key": f"{profile}-{name.replace(' ', '-')}"}
    signed = [served.partner.sign(value), served.partner.sign(user_account("a"))]
    answers = [served.partner.submit_signed(signed, headers=headers) for _ in range(2)]
    [refused, other] = answers[0].json["results"]
    assert (refused["status"], refused["code"]) == ("refused", code)
    assert other["status"] in {"stored", "already-stored"}
    assert answers[0].json["results"] == answers[1].json["results"]
    [(told, pointer)] = served.events()[before:]
    assert told == code
    receipt = served.partner.get(f"submissions/{answers[0].json['id']}")
    metrics = served.operator.get("/metrics")
    for sign in SIGNS:
        assert sign.encode() not in answers[0].body + receipt.body + metrics.body, sign
        assert sign not in pointer, sign
        assert served.holding(sign) == [], sign
    assert value["id"] not in str(answers[0].json["results"])
    assert served.holding(value["id"]) == []


@pytest.mark.parametrize("name", BODIES)
def test_nothing_of_a_refused_body_is_found(served: Served, name: str) -> None:
    answer = served.partner.send("POST", "submissions", body=BODIES[name], headers={"Idempotency-Key": name.replace(" ", "-")})
    assert answer.status == 400
    for sign in SIGNS:
        assert sign.encode() not in answer.body
        assert served.holding(sign) == []


def test_a_published_object_with_another_content_is_refused_and_found_nowhere(served: Served) -> None:
    published = json.loads((ROOT / "schemas" / "markings" / "tlp-2.0-amber.json").read_text())
    assert published["id"] == TLP_AMBER
    answer = served.partner.submit_signed([published | {"created": MARK, "x_note": PICTURE}])
    assert answer.json["results"][0]["status"] == "refused"
    for sign in SIGNS:
        assert sign.encode() not in answer.body
        assert served.holding(sign) == []


def test_legitimate_objects_go_in_and_come_out_as_they_were(served: Served) -> None:
    values = [served.partner.sign(value) for value in legitimate().values()]
    assert len(values) >= 200
    answer = served.partner.submit_signed(values)
    refused = [(name, one) for name, one in zip(legitimate(), answer.json["results"], strict=True) if one["status"] != "stored"]
    assert refused == []
    pulled = {one["id"]: one for one in served.partner.pull_all(limit=100)}
    assert [value["id"] for value in values if pulled.get(value["id"]) != value] == []
