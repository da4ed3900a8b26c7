from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest

from app.config.depots import ExportTargets, FolderPlace
from app.config.mail import MailServer
from app.config.reading import Mode, SettingsError
from app.config.settings import SETTINGS, Settings
from tests.factories.environments import MAIL, SECRET, settings


def test_an_empty_environment_is_a_loopback_server_in_production() -> None:
    given = Settings.from_environment({})
    assert given == Settings(
        home=Path("var/breakwater"),
        database_url="sqlite:///var/breakwater/breakwater.db",
        database_password_file=None,
        signing_key=Path("var/breakwater/keys/signing.pem"),
        directory_key=Path("var/breakwater/keys/directory.pem"),
        checkpoint_key=Path("var/breakwater/keys/checkpoint.pem"),
        cursor_keys=Path("var/breakwater/keys/cursor.keys"),
        overlap_key=Path("var/breakwater/keys/overlap.key"),
        signer_socket=None,
        mode=Mode.PRODUCTION,
        public_origin=None,
        bind="127.0.0.1:8000",
        proxies=0,
        workers=2,
        threads=4,
        log_level="info",
        log_format="json",
        telemetry="off",
        smtp_url=None,
        smtp_password_file=None,
        mail_from=None,
        alarm_to=None,
        acknowledge_minutes=15,
        emergency_contacts=None,
        checkpoint_file=Path("var/breakwater/checkpoint"),
        checkpoint_seconds=60,
        prevention_release_days=91,
        webhook_ports=None,
        webhook_addresses=None,
        webhook_ca_file=None,
        oidc_providers=None,
        oidc_addresses=None,
        oidc_ca_file=None,
        erasure_journal=Path("var/breakwater/erasures"),
        export_targets=ExportTargets(local=FolderPlace(Path("var/breakwater/exports"), is_own=True)),
        s3_endpoint=None,
        s3_region="us-east-1",
        s3_credentials_file=None,
        s3_authorities=None,
        retention_days=None,
        versions_per_day=5_000_000,
        lookups_per_day=2_000,
        evaluations_per_day=1_000,
        objects_per_day=1_000_000,
        simulations_per_day=500,
        staff_lookups_per_day=50,
        access_requests_per_day=50,
        work="here",
        work_threads=None,
        broker_url=None,
        broker_password_file=None,
    )
    assert given.origin == "http://127.0.0.1:8000"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert settings(**dict.fromkeys(SETTINGS, "")) == Settings.from_environment({})


def test_the_home_moves_database_and_keys() -> None:
    given = settings(HOME="/srv/exchange")
    assert given.database_url == "sqlite:////srv/exchange/breakwater.db"
    assert given.signing_key == Path("/srv/exchange/keys/signing.pem")
    assert given.cursor_keys == Path("/srv/exchange/keys/cursor.keys")


def test_development_logs_text_unless_json_is_asked_for() -> None:
    assert settings(MODE="development").log_format == "text"
    assert settings(MODE="development", LOG_FORMAT="json").log_format == "json"


def test_every_variable_reaches_its_field() -> None:
    given = settings(
        HOME="h",
        DATABASE_URL="postgresql://db.example.org/x",
        SIGNING_KEY="s",
        DIRECTORY_KEY="d",
        CHECKPOINT_KEY="k",
        CURSOR_KEYS="c",
        OVERLAP_KEY="o",
        SIGNER_SOCKET="u",
        MODE="development",
        PUBLIC_ORIGIN="https://exchange.example.org",
        BIND="0.0.0.0:80",
        PROXIES="1",
        WORKERS="7",
        THREADS="9",
        LOG_LEVEL="error",
        LOG_FORMAT="json",
        TELEMETRY="on",
        SMTP_URL="starttls://mail%40user@mail.example.org",
        SMTP_PASSWORD_FILE="p",
        MAIL_FROM="exchange@example.org",
        ALARM_TO="first@example.org, second@example.org",
        ACKNOWLEDGE_MINUTES="5",
        EMERGENCY_CONTACTS="e",
        WEBHOOK_PORTS="8443",
        WEBHOOK_ADDRESSES="127.0.0.1",
        OIDC_PROVIDERS="l",
        OIDC_ADDRESSES="10.0.0.5",
        CHECKPOINT_FILE="f",
        CHECKPOINT_SECONDS="8",
        PREVENTION_RELEASE_DAYS="28",
        ERASURE_JOURNAL="j",
        EXPORT_TARGETS="disk=/srv/exports",
        S3_ENDPOINT="https://buckets.example.org",
        S3_REGION="eu",
        S3_CREDENTIALS_FILE="x",
        S3_AUTHORITIES="a",
        RETENTION_DAYS="url=5",
        VERSIONS_PER_DAY="1",
        LOOKUPS_PER_DAY="2",
        EVALUATIONS_PER_DAY="6",
        OBJECTS_PER_DAY="3",
        SIMULATIONS_PER_DAY="1000000000",
        STAFF_LOOKUPS_PER_DAY="4",
        ACCESS_REQUESTS_PER_DAY="5",
        WORK="elsewhere",
        WORK_THREADS="calls=6",
        BROKER_URL="amqp://mq.example.org",
    )
    expected = Settings(
        Path("h"),
        "postgresql://db.example.org/x",
        None,  # tests/config/test_database.py
        Path("s"),
        Path("d"),
        Path("k"),
        Path("c"),
        Path("o"),
        Path("u"),
        Mode.DEVELOPMENT,
        "https://exchange.example.org",
        "0.0.0.0:80",
        1,
        7,
        9,
        "error",
        "json",
        "on",
        MailServer("mail.example.org", 587, "starttls", "mail@user"),
        Path("p"),
        "exchange@example.org",
        ("first@example.org", "second@example.org"),
        5,
        Path("e"),
        frozenset({8443}),
        frozenset({ip_address("127.0.0.1")}),
        None,  # tests/config/test_egress.py
        Path("l"),
        frozenset({ip_address("10.0.0.5")}),
        None,  # tests/config/test_openid_providers.py
        Path("f"),
        8,
        28,
        Path("j"),
        ExportTargets(disk=FolderPlace(Path("/srv/exports"))),
        "https://buckets.example.org",
        "eu",
        Path("x"),
        Path("a"),
        {"url": 5},
        1,
        2,
        6,
        3,
        1_000_000_000,
        4,
        5,
        work="elsewhere",
        work_threads={"calls": 6},
        broker_url="amqp://mq.example.org",
        broker_password_file=None,  # tests/config/test_broker.py
    )
    assert given == expected
    assert given.origin == "https://exchange.example.org"


BAD = [
    ("CHECKPOINT_SECONDS", "0"),
    ("RETENTION_DAYS", "url=0"),
    ("CHECKPOINT_SECONDS", "86401"),
    ("PREVENTION_RELEASE_DAYS", "3651"),
    ("LOOKUPS_PER_DAY", "0"),
    ("VERSIONS_PER_DAY", "1000000001"),
    ("VERSIONS_PER_DAY", "99999999999"),
    ("MODE", "staging"),
    ("MODE", "Production"),
    ("DATABASE_URL", f"mysql://user:{SECRET}@db.example.org/x"),
    ("DATABASE_URL", "breakwater.db"),
    ("DATABASE_URL", "sqlite://"),
    ("PROXIES", "4"),
    ("PROXIES", "-1"),
    ("WORKERS", "0"),
    ("WORKERS", "257"),
    ("WORKERS", "two"),
    ("WORKERS", "-1"),
    ("THREADS", "1.5"),
    ("THREADS", "٣"),
    ("LOG_LEVEL", "INFO"),
    ("LOG_LEVEL", "verbose"),
    ("LOG_FORMAT", "xml"),
    ("TELEMETRY", "1"),
    ("ACKNOWLEDGE_MINUTES", "0"),
    ("ACKNOWLEDGE_MINUTES", "241"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_in_one_line_that_names_the_variable_alone(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        settings(**{name: value})
    text = str(refusal.value)
    assert text.startswith(f"BREAKWATER_{name} ")
    assert "\n" not in text
    assert SECRET not in text


def test_the_operators_addresses_are_not_shown() -> None:
    assert "alarm@" not in repr(settings(SMTP_URL="smtp://127.0.0.1", **MAIL))


def test_the_database_password_is_not_shown() -> None:
    assert SECRET not in repr(settings(DATABASE_URL=f"postgresql://user:{SECRET}@db.example.org/x"))
