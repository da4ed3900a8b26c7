from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import make_url, text

from app.config.settings import Settings
from app.crypto.seal import CursorSealer
from app.factory import create_app
from app.mail.relay import Relay
from app.services.exchange import Exchange
from app.storage.session import Database
from tests.factories.exchange_keys import new_exchange_keys
from tests.factories.exchanges import Answer, Caller, RunningExchange, in_process


def asked(url: str, path: str) -> Answer:
    exchange = Exchange(Database(url), new_exchange_keys(), CursorSealer([bytes(64)]))
    try:
        app = create_app(Settings.from_environment({"BREAKWATER_LOG_LEVEL": "error"}), exchange)
        return Caller(in_process(app)).get(path)
    finally:
        exchange.database.dispose()


def test_a_started_exchange_is_live_and_ready(running_on_both: RunningExchange) -> None:
    for path, told in (("/livez", {"status": "ok"}), ("/readyz", {"status": "ok", "paging": "nobody", "log": "agrees"})):
        answer = running_on_both.anybody.get(path)
        assert (answer.status, answer.json) == (200, told)


def test_readiness_says_whether_anybody_can_be_paged(empty: RunningExchange) -> None:
    relayed = replace(empty.exchange, relay=Relay("127.0.0.1", 25, "smtp", "exchange@breakwater.example.org"))
    app = create_app(Settings.from_environment({"BREAKWATER_LOG_LEVEL": "error"}), relayed)
    assert Caller(in_process(app)).get("/readyz").json["paging"] == "mail"


def test_an_empty_database_is_live_but_not_ready(empty_database_url: str) -> None:
    assert asked(empty_database_url, "/livez").status == 200
    answer = asked(empty_database_url, "/readyz")
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "exchange-unavailable", "5")
    assert "breakwater db migrate" in answer.json["detail"]


def test_a_database_of_another_release_is_not_ready(running: RunningExchange) -> None:
    with running.exchange.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    assert "schema" in running.anybody.get("/readyz").json["detail"]


def test_an_exchange_that_was_not_started_is_not_ready(database_url: str) -> None:
    answer = asked(database_url, "/readyz")
    assert answer.status == 503
    assert "breakwater init" in answer.json["detail"]


def test_a_database_that_is_away_is_not_ready_and_its_address_is_not_told(sqlite_url: str, tmp_path: Path) -> None:
    away = make_url(sqlite_url).set(database=str(tmp_path / "s3cr3t" / "away.db")).render_as_string()
    answer = asked(away, "/readyz")
    assert (answer.status, answer.json["detail"]) == (503, "The database cannot be reached.")
    assert asked(away, "/livez").status == 200
    assert asked(away, "/api/v1/exchange").code == "exchange-unavailable"


def test_a_server_with_another_key_than_the_one_in_force_is_not_ready(running: RunningExchange) -> None:
    other = replace(running.exchange, keys=new_exchange_keys())
    app = create_app(Settings.from_environment({"BREAKWATER_LOG_LEVEL": "error"}), other)
    answer = Caller(in_process(app)).get("/readyz")
    assert (answer.status, "breakwater exchange-key list" in answer.json["detail"]) == (503, True)
