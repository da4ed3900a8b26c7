"""Whoever opens a request, is shut out, and sends the rest of it afterwards, does nothing: over real gunicorn."""

from __future__ import annotations

import json
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.crypto.tokens import new_token, token_digest
from app.domain.partner import Credential, Person
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole, Tlp
from app.storage import credentials, members
from app.storage.session import Database
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exchanges import PARTNER_SCOPES, Caller, FakePartner, Message
from tests.factories.mortal_servers import MortalServer, mortal_server
from tests.factories.signed_requests import Signing, write_request_key

MOMENT_SECONDS = 0.7
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The database of ``server``."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('slow') / 'breakwater.db')}"


@pytest.fixture(scope="module")
def server(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MortalServer]:
    """One server for all of these: each test has partners of its own."""
    with mortal_server(tmp_path_factory.mktemp("server") / "exchange", url, workers=2) as server:
        yield server


@pytest.fixture
def partner(server: MortalServer) -> FakePartner:
    return server.enrol(f"Platform {uuid.uuid4()}")


def sent_slowly(message: Message, url: str, meanwhile: Callable[[], Any], *, chunked: bool = False) -> int:
    """Send a message but for the most of its body, let something happen, and send the rest; gives the status."""
    head = {"Host": urlsplit(url).netloc, **message.headers}
    head |= {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(len(message.body))}
    lines = [f"{message.method} {message.target} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    pieces = [message.body[:1], message.body[1:]]
    if chunked:
        pieces = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
        pieces[1] += b"0\r\n\r\n"
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as line:
        line.sendall("\r\n".join(lines).encode() + pieces[0])
        time.sleep(MOMENT_SECONDS)
        meanwhile()
        line.sendall(pieces[1])
        return int(line.makefile("rb").readline().split()[1])


def bearing(caller: Caller, path: str, document: Any) -> Message:
    return Message("POST", f"/api/v1/{path}", JSON | {"Authorization": f"Bearer {caller.token}"}, json.dumps(document).encode())


def days_on(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_token_that_is_revoked_meanwhile_issues_no_other(server: MortalServer, partner: FakePartner, *, chunked: bool) -> None:
    terms = {"account": "thief", "scopes": ["objects:read"], "tlp_ceiling": "clear", "expires_at": days_on(5)}
    message = bearing(partner, "credentials", terms)
    listed = server.operator.get("credentials").json["credentials"]
    [own] = [one["id"] for one in listed if one["partner_id"] == partner.partner_id]

    def revoke() -> None:
        assert server.operator.post(f"credentials/{own}/revocation", query={"issued_too": "true"}).status == 200

    assert sent_slowly(message, server.url, lambda: None, chunked=chunked) == 201
    before = len(server.operator.get("credentials").json["credentials"])
    assert sent_slowly(message, server.url, revoke, chunked=chunked) == 401
    assert len(server.operator.get("credentials").json["credentials"]) == before


def operator_of(database: Database) -> tuple[Caller, str]:
    """Give a second operator without a way to send, and the person's id."""
    now, token = datetime.now(UTC), new_token()
    person = Person(str(uuid.uuid4()), "Operator", None, frozenset({StaffRole.OPERATOR}))
    credential = Credential(
        str(uuid.uuid4()), "person", None, person.person_id, None, frozenset(Permission), None, Tlp.CLEAR, now, now + timedelta(1)
    )
    with database.write() as connection:
        members.add_person(connection, person)
        credentials.add_credential(connection, credential, token_digest(token))
    return Caller(lambda _: pytest.fail("unused"), token), person.person_id


def test_an_operator_who_leaves_meanwhile_approves_nothing(server: MortalServer, url: str, partner: FakePartner) -> None:
    database = Database(url)
    second, person_id = operator_of(database)
    database.dispose()
    assert server.operator.patch(f"partners/{partner.partner_id}", {"state": "suspended"}).status == 200
    proposed = server.operator.post(f"partners/{partner.partner_id}/reactivation", {"reason": "Looked into."}).json
    decision = bearing(second, f"approvals/{proposed['id']}/approval", {"digest": proposed["digest"], "reason": "Agreed."})

    def depart() -> None:
        assert server.operator.post(f"persons/{person_id}/departure").status == 200

    assert sent_slowly(decision, server.url, depart) == 401
    assert server.operator.get(f"approvals/{proposed['id']}").json["state"] == "proposed"
    assert server.operator.get(f"partners/{partner.partner_id}").json["state"] == "suspended"


def test_a_key_that_is_reported_meanwhile_signs_for_nothing(server: MortalServer, url: str, partner: FakePartner) -> None:
    key = PrivateKey.generate()
    database = Database(url)
    write_request_key(database, partner.partner_id, key, datetime.now(UTC) - timedelta(seconds=5), scopes=PARTNER_SCOPES)
    database.dispose()
    signing = Signing(lambda _: pytest.fail("unused"), key, origin=server.url)
    plain = Message("POST", "/api/v1/keys/challenges", JSON, b"{} ")

    def report() -> None:
        assert server.operator.post(f"keys/{key.public.keyid}/revocation").status == 200

    assert sent_slowly(signing.signed(plain), server.url, lambda: None) == 201
    assert sent_slowly(signing.signed(plain), server.url, report) == 401
