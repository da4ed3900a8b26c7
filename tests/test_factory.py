from __future__ import annotations

import base64
import secrets
from pathlib import Path

import pytest

from app.config import Settings, SettingsError
from app.crypto.keys import PrivateKey
from app.factory import create_app, create_exchange
from app.services.start_exchange import identity, start_exchange
from tests.factories.exchanges import Caller, in_process


def settings_in(folder: Path, database_url: str, key: bytes, **values: str) -> Settings:
    files = {"signing.pem": key, "cursor.keys": base64.b64encode(secrets.token_bytes(64))}
    (folder / "keys").mkdir()
    for name, content in files.items():
        (folder / "keys" / name).write_bytes(content)
        (folder / "keys" / name).chmod(0o600)
    environment = {"HOME": str(folder), "DATABASE_URL": database_url, "LOG_LEVEL": "error"} | values
    return Settings.from_environment({f"BREAKWATER_{name}": value for name, value in environment.items()})


def test_settings_become_a_running_exchange(tmp_path: Path, database_url: str) -> None:
    key = PrivateKey.generate()
    settings = settings_in(tmp_path, database_url, key.to_pem())
    exchange = create_exchange(settings)
    token = start_exchange(exchange, "operator").token
    app = create_app(settings)
    caller = Caller(in_process(app), token)
    shown = caller.get("exchange").json
    assert shown == {"id": identity(exchange).exchange_id, "keyid": key.public.keyid, "public_key": key.public.to_pem().decode()}
    assert caller.get("partners").json == {"partners": []}
    exchange.database.dispose()
    app.extensions["breakwater"].database.dispose()


def test_a_given_exchange_is_the_one_that_answers(tmp_path: Path, sqlite_url: str) -> None:
    settings = settings_in(tmp_path, sqlite_url, PrivateKey.generate().to_pem())
    exchange = create_exchange(settings)
    token = start_exchange(exchange, "operator").token
    assert Caller(in_process(create_app(settings, exchange)), token).get("partners").status == 200
    exchange.database.dispose()


def test_a_file_that_is_no_key_is_refused_without_showing_it(tmp_path: Path, sqlite_url: str) -> None:
    settings = settings_in(tmp_path, sqlite_url, b"-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n")
    with pytest.raises(SettingsError, match="Ed25519") as refusal:
        create_exchange(settings)
    assert "secret" not in str(refusal.value)


def test_nothing_is_connected_to_before_the_first_request(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "postgresql://192.0.2.1/away", PrivateKey.generate().to_pem())
    create_app(settings)
