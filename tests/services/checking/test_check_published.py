"""A changed, deleted or inserted row of what the exchange publishes is found, and what it published itself passes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.partner_request import RequestOutcome
from app.domain.vocabulary import Role
from app.services.checking.check_log import Checked, check_log
from app.services.preventing.release import make_release
from app.services.requesting.answer import NewAnswer, answer_request
from app.services.requesting.start_clock import start_clock
from app.storage.session import Database
from tests.factories.exporting import define
from tests.factories.members import Hub, started_hub
from tests.factories.partner_requests import request_of
from tests.factories.policy_values import DAY
from tests.factories.tampering import lift_guards


@pytest.fixture(scope="module")
def published(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """An exchange with two releases of counts, two exports and an answered request; it began with a catalogue."""
    copy = shutil.copy(sqlite_template, tmp_path_factory.mktemp("published") / "breakwater.db")
    with started_hub(f"sqlite:///{copy}") as hub:
        publish(hub)
    return hub


def publish(hub: Hub) -> None:
    agency, platform = hub.enrol("Agency", Role.LAW_ENFORCEMENT), hub.enrol("Platform")
    export = define(platform)
    export.run()
    hub.clock.pass_time(timedelta(minutes=5))
    export.run()
    value = request_of("information-request", [platform.partner.identity_id], hub.clock.now)
    agency.store(value)
    made = start_clock(hub.exchange, agency.principal, value["id"], None)
    for outcome in (RequestOutcome.DECLINED, RequestOutcome.NOT_HELD):
        answer_request(hub.exchange, platform.reader(), made.request_id, NewAnswer(outcome))
    for _ in range(2):
        make_release(hub.exchange, hub.operator)
        hub.clock.pass_time(30 * DAY)


@pytest.fixture
def copied(published: Hub, tmp_path: Path) -> Iterator[Hub]:
    source = str(published.exchange.database.engine.url.database)
    database = Database(f"sqlite:///{shutil.copy(source, tmp_path / 'copy.db')}")
    yield replace(published, exchange=replace(published.exchange, database=database))
    database.dispose()


def check(hub: Hub) -> Checked:
    return check_log(hub.exchange)


def test_what_was_published_passes(hub: Hub) -> None:
    publish(hub)
    checked = check(hub)
    assert checked.findings == ()
    assert checked.counts["published"] > 5


TAMPERED = [
    ("catalogue_release 1", "is not what its digest says", "UPDATE catalogue_release SET document = replace(document, 'a', 'b')"),
    ("catalogue_release 1", "logged: created_at", "UPDATE catalogue_release SET released_at = '2020-01-01 00:00:00'"),
    ("catalogue_release 1", "is not what the exchange signed", "UPDATE catalogue_release SET envelope = '{}'"),
    ("catalogue_release 1", "another leaf than its own", "UPDATE catalogue_release SET log_index = 0"),
    ("catalogue_release 1", "brought an object that is gone", "DELETE FROM catalogue_object WHERE position = 3"),
    (
        "catalogue_object 3",
        "is not what its release says",
        "UPDATE catalogue_object SET content = (SELECT content FROM catalogue_object WHERE position = 4) WHERE position = 3",
    ),
    ("catalogue_object 3", "none that its release", "UPDATE catalogue_object SET stix_id = 'x' WHERE position = 3"),
    ("prevention_release 2", "was logged and is gone", "DELETE FROM prevention_release WHERE number = 2"),
    ("prevention_release 2", "logged: previous", "DELETE FROM prevention_release WHERE number = 1"),
    (
        "prevention_release 1",
        "is not what the exchange signed",
        "UPDATE prevention_release SET envelope = (SELECT envelope FROM catalogue_release)",
    ),
    ("prevention_release 3", "was never logged", "UPDATE prevention_release SET number = 3 WHERE number = 2"),
    ("prevention_release 1", "another leaf than its own", "UPDATE prevention_release SET log_index = 0"),
    ("bulk_export", "logged: manifest_sha256", "UPDATE bulk_export SET manifest_sha256 = '00'"),
    ("bulk_export", "a manifest that the exchange did not sign", "UPDATE bulk_export SET manifest = '{}'"),
    ("bulk_export", "was logged and is gone", "UPDATE bulk_export SET published_at = NULL WHERE number = 2"),
    ("partner_request_party", "logged: outcome", "UPDATE partner_request_party SET outcome = 'declined'"),
    ("partner_request_party", "another leaf than its own", "UPDATE partner_request_party SET log_index = log_index - 1"),
    ("partner_request_party", "was logged and is gone", "DELETE FROM partner_request_party"),
    ("partner_request_party", "was never logged", "UPDATE partner_request_party SET partner_id = NULL"),
]


@pytest.mark.parametrize(("where", "what", "statement"), TAMPERED, ids=[f"{one[0]} {one[1]}" for one in TAMPERED])
def test_a_tampered_row_is_found(copied: Hub, where: str, what: str, statement: str) -> None:
    with copied.exchange.database.write() as connection:
        lift_guards(connection)
        assert connection.execute(text(statement)).rowcount, "nothing was tampered with"
    found = [(one.where, one.what) for one in check(copied).findings]
    assert any(place.startswith(where) and what in said for place, said in found), found


def test_a_request_that_was_erased_with_its_object_is_not_missed(copied: Hub) -> None:
    with copied.exchange.database.write() as connection:
        lift_guards(connection)
        connection.execute(text("DELETE FROM partner_request_party"))
        connection.execute(text("DELETE FROM partner_request"))
    assert check(copied).findings == ()
