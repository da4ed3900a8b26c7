"""The catalogue for everybody: the same bytes for whoever asks, with an account and without."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.object_signature import read_signature, verify_object
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.exchanges import Answer, RunningExchange, running_exchange

FORMS = {
    "catalogue": "application/json",
    "catalogue/releases/1": "application/json",
    "catalogue/stix": "application/stix+json;version=2.1",
    "catalogue/stix?release=1": "application/stix+json;version=2.1",
}


@pytest.fixture
def running(sqlite_url: str) -> Iterator[RunningExchange]:
    with running_exchange(sqlite_url) as running:
        yield running


def seen(answer: Answer) -> tuple[int, bytes, str, str]:
    return answer.status, answer.body, answer.headers["ETag"], answer.headers["Content-Type"]


def test_anybody_is_given_what_a_partner_is_given(running: RunningExchange) -> None:
    partner = running.enrol("Partner")
    for path, media_type in FORMS.items():
        given = running.anybody.get(path)
        assert (given.status, given.headers["Content-Type"]) == (200, media_type), path
        assert seen(given) == seen(partner.get(path)) == seen(running.operator.get(path))


def test_who_has_it_already_is_told_so_and_a_numbered_release_is_good_for_ever(running: RunningExchange) -> None:
    for path in FORMS:
        given = running.anybody.get(path)
        again = running.anybody.get(path, headers={"If-None-Match": given.headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
        assert running.anybody.get(path, headers={"If-None-Match": '"another"'}).status == 200
        assert ("immutable" in given.headers["Cache-Control"]) == path.endswith("1")
        assert given.headers["Cache-Control"].startswith("public, max-age=")


def test_the_digest_that_was_signed_is_that_of_what_is_given(running: RunningExchange) -> None:
    [release] = running.anybody.get("catalogue/releases").json["releases"]
    key = running.exchange.keys.statements.public
    payload = open_envelope(release["envelope"], PayloadType.CATALOGUE_RELEASE, {key.keyid: key}).payload
    given = running.anybody.get("catalogue").body
    assert json.loads(payload)["digest"] == release["digest"] == hashlib.sha256(given).hexdigest()
    assert running.anybody.get("catalogue/releases/1").body == given


def test_what_was_signed_is_the_leaf_that_whoever_reads_the_log_is_shown(running: RunningExchange) -> None:
    [release] = running.anybody.get("catalogue/releases").json["releases"]
    partner = running.enrol("Partner")
    running.operator.post("log/checkpoints", {})
    proved = partner.get(f"log/entries/{release['log_index']}/proof")
    assert proved.status == 200
    assert proved.json["document"]["digest"] == release["digest"]


def test_each_object_of_the_bundle_verifies_with_the_exchanges_key(running: RunningExchange) -> None:
    bundle = running.anybody.get("catalogue/stix").json
    assert {one["type"] for one in bundle["objects"]} == {"attack-pattern", "course-of-action", "relationship"}
    for value in bundle["objects"]:
        verify_object(value, read_signature(value), running.exchange.keys.statements.public)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("catalogue/releases/2", 404, "not-found"),
        ("catalogue/releases/0", 404, "not-found"),
        ("catalogue/releases/one", 404, "not-found"),
        ("catalogue/releases/99999999999999999999", 404, "not-found"),
        ("catalogue/stix?release=2", 404, "not-found"),
        ("catalogue/stix?release=0", 400, "request-invalid"),
        ("catalogue/stix?release=newest", 400, "request-invalid"),
        ("catalogue/stix?releases=1", 400, "request-invalid"),
        ("catalogue?release=1", 400, "request-invalid"),
    ],
)
def test_what_is_not_there_or_asked_wrongly_is_refused(running: RunningExchange, path: str, status: int, code: str) -> None:
    refused = running.anybody.get(path)
    assert (refused.status, refused.code) == (status, code)


def test_an_exchange_that_has_none_yet_says_when_to_ask_again(tmp_path: Path, sqlite_url: str) -> None:
    del tmp_path
    with running_exchange(sqlite_url) as running:
        with running.exchange.database.look() as connection:
            connection.exec_driver_sql("DROP TRIGGER no_delete_of_catalogue_release")
            connection.exec_driver_sql("DROP TRIGGER no_delete_of_catalogue_object")
            connection.exec_driver_sql("DELETE FROM catalogue_object")
            connection.exec_driver_sql("DELETE FROM catalogue_release")
            connection.commit()
        refused = running.anybody.get("catalogue")
        assert (refused.status, refused.code) == (503, "exchange-unavailable")
