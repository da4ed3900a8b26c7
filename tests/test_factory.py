from __future__ import annotations

import base64
import secrets
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app.config.reading import SettingsError
from app.config.settings import Settings
from app.depot.bucket import BucketDepot
from app.depot.folder import FolderDepot
from app.domain.paging import CALL_EVERYWHERE, Duty, EmergencyContact
from app.domain.retention import RetentionRule
from app.domain.usage import Budgets
from app.domain.vocabulary import KeyAlgorithm
from app.egress.addresses import Egress
from app.factory import create_app, create_exchange
from app.mail.relay import Relay
from app.services.start_exchange import identity, start_exchange
from breakwater_client.trust.keys import PrivateKey, load_public_key
from tests.factories.exchanges import Caller, in_process


def settings_in(folder: Path, database_url: str, key: bytes, **values: str) -> Settings:
    other = {name: PrivateKey.generate().to_pem() for name in ("directory.pem", "checkpoint.pem")}
    files = other | {"signing.pem": key, "cursor.keys": base64.b64encode(secrets.token_bytes(64))}
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


def test_settings_say_who_is_called_and_how(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "calls.json").write_text('{"GB": [{"name": "Police", "call": "999"}]}')
    (tmp_path / "password").write_text("swordfish")
    (tmp_path / "password").chmod(0o600)
    mail = {
        "SMTP_URL": "smtps://exchange@mail.example.org",
        "SMTP_PASSWORD_FILE": str(tmp_path / "password"),
        "MAIL_FROM": "exchange@example.org",
        "ALARM_TO": "alarm@example.org",
        "ACKNOWLEDGE_MINUTES": "7",
        "CHECKPOINT_SECONDS": "9",
        "PREVENTION_RELEASE_DAYS": "28",
        "LOOKUPS_PER_DAY": "7",
        "RETENTION_DAYS": "url=30",
        "ERASURE_JOURNAL": str(tmp_path / "journal"),
        "EMERGENCY_CONTACTS": str(tmp_path / "calls.json"),
        "WEBHOOK_PORTS": "443,8443",
    }
    exchange = create_exchange(settings_in(tmp_path, sqlite_url, PrivateKey.generate().to_pem(), **mail))
    assert exchange.relay == Relay("mail.example.org", 465, "smtps", "exchange@example.org", "exchange", "swordfish")
    assert exchange.checkpoint_every == timedelta(seconds=9)
    assert exchange.release_every == timedelta(days=28)
    assert exchange.budgets == Budgets(lookups_per_day=7)
    assert exchange.egress == Egress(frozenset({443, 8443}))
    assert (exchange.retention, exchange.erasure_journal) == (RetentionRule({"url": 30}), tmp_path / "journal")
    assert exchange.duty == Duty(
        origin="http://127.0.0.1:8000",
        acknowledge_within=timedelta(minutes=7),
        alarm_to=("alarm@example.org",),
        emergency_contacts=(*CALL_EVERYWHERE, EmergencyContact("GB", "Police", "999")),
    )


def test_releases_of_counts_come_no_closer_than_four_weeks(tmp_path: Path, sqlite_url: str) -> None:
    with pytest.raises(SettingsError, match="BREAKWATER_PREVENTION_RELEASE_DAYS"):
        create_exchange(settings_in(tmp_path, sqlite_url, PrivateKey.generate().to_pem(), PREVENTION_RELEASE_DAYS="27"))


@pytest.mark.parametrize("days", ["url=366", "indicator=3"])
def test_retention_is_only_made_shorter(tmp_path: Path, sqlite_url: str, days: str) -> None:
    with pytest.raises(SettingsError, match="BREAKWATER_RETENTION_DAYS"):
        create_exchange(settings_in(tmp_path, sqlite_url, PrivateKey.generate().to_pem(), RETENTION_DAYS=days))


def test_whom_the_operator_names_for_everywhere_stands_for_the_usual_ones(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "calls.json").write_text('{"default": [{"name": "Police", "call": "112"}]}')
    calls = {"EMERGENCY_CONTACTS": str(tmp_path / "calls.json")}
    exchange = create_exchange(settings_in(tmp_path, sqlite_url, PrivateKey.generate().to_pem(), **calls))
    assert exchange.relay is None
    assert exchange.duty.emergency_contacts == (EmergencyContact(None, "Police", "112"),)


def test_an_exchange_signs_with_a_p256_key_as_well(tmp_path: Path, sqlite_url: str) -> None:
    key = PrivateKey.generate(KeyAlgorithm.P256)
    settings = settings_in(tmp_path, sqlite_url, key.to_pem())
    exchange = create_exchange(settings)
    start_exchange(exchange, "operator")
    told = Caller(in_process(create_app(settings, exchange))).get("exchange").json
    assert load_public_key(told["public_key"].encode()) == key.public
    assert told["keyid"] == key.public.keyid
    exchange.database.dispose()


def test_a_file_that_is_no_key_is_refused_without_showing_it(tmp_path: Path, sqlite_url: str) -> None:
    settings = settings_in(tmp_path, sqlite_url, b"-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n")
    with pytest.raises(SettingsError, match="Ed25519") as refusal:
        create_exchange(settings)
    assert "secret" not in str(refusal.value)


def test_nothing_is_connected_to_before_the_first_request(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "postgresql://192.0.2.1/away", PrivateKey.generate().to_pem())
    create_app(settings)


def test_settings_say_where_exports_are_laid(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "credentials").write_text("key-id\nsecret-that-is-none\n")
    (tmp_path / "credentials").chmod(0o600)
    places = {
        "EXPORT_TARGETS": f"disk={tmp_path},far=s3://exports/breakwater",
        "S3_ENDPOINT": "https://buckets.example.org",
        "S3_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }
    exchange = create_exchange(settings_in(tmp_path, sqlite_url, PrivateKey.generate().to_pem(), **places))
    assert exchange.depots["disk"] == FolderDepot(tmp_path)
    far = exchange.depots["far"]
    assert isinstance(far, BucketDepot)
    assert far.prefix == "breakwater"
    assert "secret-that-is-none" not in repr(exchange)


def test_a_bucket_needs_its_library(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    settings = settings_in(tmp_path, sqlite_url, PrivateKey.generate().to_pem(), EXPORT_TARGETS="far=s3://exports")
    with pytest.raises(SettingsError, match=r"breakwater\[s3\]"):
        create_exchange(settings)
