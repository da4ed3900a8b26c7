from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

import pytest

from app.config import DEVELOPMENT_MARKER, SETTINGS, MailServer, Mode, Settings, SettingsError

SECRET = "hunter2-is-not-to-be-shown"
MAIL = {"MAIL_FROM": "exchange@example.org", "ALARM_TO": "alarm@example.org"}


def settings(**values: str) -> Settings:
    return Settings.from_environment({f"BREAKWATER_{name}": value for name, value in values.items()})


def cursor_key() -> str:
    return base64.b64encode(secrets.token_bytes(64)).decode()


def private(path: Path, content: str | bytes, mode: int = 0o600) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return str(path)


def test_an_empty_environment_is_a_loopback_server_in_production() -> None:
    given = Settings.from_environment({})
    assert given == Settings(
        home=Path("var/breakwater"),
        database_url="sqlite:///var/breakwater/breakwater.db",
        signing_key=Path("var/breakwater/keys/signing.pem"),
        directory_key=Path("var/breakwater/keys/directory.pem"),
        checkpoint_key=Path("var/breakwater/keys/checkpoint.pem"),
        cursor_keys=Path("var/breakwater/keys/cursor.keys"),
        mode=Mode.PRODUCTION,
        public_origin=None,
        bind="127.0.0.1:8000",
        workers=2,
        threads=4,
        log_level="info",
        smtp_url=None,
        smtp_password_file=None,
        mail_from=None,
        alarm_to=None,
        acknowledge_minutes=15,
        emergency_contacts=None,
    )
    assert given.origin == "http://127.0.0.1:8000"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert settings(**dict.fromkeys(SETTINGS, "")) == Settings.from_environment({})


def test_the_home_moves_database_and_keys() -> None:
    given = settings(HOME="/srv/exchange")
    assert given.database_url == "sqlite:////srv/exchange/breakwater.db"
    assert given.signing_key == Path("/srv/exchange/keys/signing.pem")
    assert given.cursor_keys == Path("/srv/exchange/keys/cursor.keys")


def test_every_variable_reaches_its_field() -> None:
    given = settings(
        HOME="h",
        DATABASE_URL="postgresql://db.example.org/x",
        SIGNING_KEY="s",
        DIRECTORY_KEY="d",
        CHECKPOINT_KEY="k",
        CURSOR_KEYS="c",
        MODE="development",
        PUBLIC_ORIGIN="https://exchange.example.org",
        BIND="0.0.0.0:80",
        WORKERS="7",
        THREADS="9",
        LOG_LEVEL="error",
        SMTP_URL="starttls://mail%40user@mail.example.org",
        SMTP_PASSWORD_FILE="p",
        MAIL_FROM="exchange@example.org",
        ALARM_TO="first@example.org, second@example.org",
        ACKNOWLEDGE_MINUTES="5",
        EMERGENCY_CONTACTS="e",
    )
    expected = Settings(
        Path("h"),
        "postgresql://db.example.org/x",
        Path("s"),
        Path("d"),
        Path("k"),
        Path("c"),
        Mode.DEVELOPMENT,
        "https://exchange.example.org",
        "0.0.0.0:80",
        7,
        9,
        "error",
        MailServer("mail.example.org", 587, "starttls", "mail@user"),
        Path("p"),
        "exchange@example.org",
        ("first@example.org", "second@example.org"),
        5,
        Path("e"),
    )
    assert given == expected
    assert given.origin == "https://exchange.example.org"


BAD = [
    ("MODE", "staging"),
    ("MODE", "Production"),
    ("DATABASE_URL", f"mysql://user:{SECRET}@db.example.org/x"),
    ("DATABASE_URL", "breakwater.db"),
    ("DATABASE_URL", "sqlite://"),
    ("BIND", "127.0.0.1"),
    ("BIND", "127.0.0.1:"),
    ("BIND", "127.0.0.1:65536"),
    ("BIND", "::1:8000"),
    ("BIND", "unix:/run/breakwater.sock"),
    ("BIND", "127.0.0.1:8000\n"),
    ("PUBLIC_ORIGIN", "exchange.example.org"),
    ("PUBLIC_ORIGIN", "https://exchange.example.org/"),
    ("PUBLIC_ORIGIN", "https://exchange.example.org/path"),
    ("PUBLIC_ORIGIN", "https://user@exchange.example.org"),
    ("PUBLIC_ORIGIN", "https://Exchange.example.org"),
    ("PUBLIC_ORIGIN", "http://exchange.example.org"),
    ("PUBLIC_ORIGIN", "ftp://127.0.0.1"),
    ("WORKERS", "0"),
    ("WORKERS", "257"),
    ("WORKERS", "two"),
    ("WORKERS", "-1"),
    ("THREADS", "1.5"),
    ("THREADS", "٣"),
    ("LOG_LEVEL", "INFO"),
    ("LOG_LEVEL", "verbose"),
    ("ACKNOWLEDGE_MINUTES", "0"),
    ("ACKNOWLEDGE_MINUTES", "241"),
    ("ALARM_TO", "nobody"),
    ("ALARM_TO", "first@example.org,duty..officer@example.org"),
    ("ALARM_TO", ".duty@example.org"),
    ("ALARM_TO", "=?utf-8?q?duty?=@example.org"),
    ("ALARM_TO", "first@example.org,"),
    ("ALARM_TO", ",".join(["first@example.org"] * 21)),
    ("MAIL_FROM", "Exchange <exchange@example.org>"),
    ("MAIL_FROM", "exchange@example.org\r\nBcc: spy@example.org"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_in_one_line_that_names_the_variable_alone(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        settings(**{name: value})
    text = str(refusal.value)
    assert text.startswith(f"BREAKWATER_{name} ")
    assert "\n" not in text
    assert SECRET not in text


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "smtp://mail.example.org",
        "smtp://192.0.2.1:25",
        f"smtps://user:{SECRET}@mail.example.org",
        "smtps://mail.example.org/path",
        "smtps://mail.example.org?query",
        "smtps://mail.example.org:0",
        "smtps://mail.example.org:99999",
        "smtps://",
        "smtps://[::1",
        "https://mail.example.org",
    ],
)
def test_a_mail_server_beyond_this_machine_is_spoken_to_encrypted_and_its_password_is_elsewhere(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_SMTP_URL ") as refusal:
        settings(SMTP_URL=url, **MAIL)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1", MailServer("127.0.0.1", 25, "smtp", None)),
        ("smtp://localhost:2525", MailServer("localhost", 2525, "smtp", None)),
        ("smtp://[::1]:25", MailServer("::1", 25, "smtp", None)),
        ("smtps://exchange@mail.example.org/", MailServer("mail.example.org", 465, "smtps", "exchange")),
        ("starttls://mail.example.org:25", MailServer("mail.example.org", 25, "starttls", None)),
    ],
)
def test_a_mail_server_is_named_by_a_url(url: str, expected: MailServer) -> None:
    assert settings(SMTP_URL=url, **MAIL).smtp_url == expected


@pytest.mark.parametrize("left_out", ["MAIL_FROM", "ALARM_TO"])
def test_who_names_a_mail_server_says_who_writes_and_who_is_alarmed(left_out: str) -> None:
    with pytest.raises(SettingsError, match=rf"^BREAKWATER_{left_out} "):
        settings(SMTP_URL="smtp://127.0.0.1", **{name: value for name, value in MAIL.items() if name != left_out})


def test_the_mail_password_is_read_from_its_file_alone(tmp_path: Path) -> None:
    assert settings().read_smtp_password() is None
    path = private(tmp_path / "password", f"{SECRET}\n")
    given = settings(SMTP_PASSWORD_FILE=path)
    assert given.read_smtp_password() == SECRET
    assert SECRET not in repr(given)
    (tmp_path / "password").chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        given.read_smtp_password()


@pytest.mark.parametrize("content", ["", "\n", "two\nlines"])
def test_a_file_without_one_password_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingsError, match="SMTP_PASSWORD_FILE"):
        settings(SMTP_PASSWORD_FILE=private(tmp_path / "password", content)).read_smtp_password()


def test_whom_to_call_is_read_by_jurisdiction(tmp_path: Path) -> None:
    named = {"default": [{"name": "Police", "call": "112"}], "GB": [{"name": "Police", "call": "999"}]}
    assert settings(EMERGENCY_CONTACTS=private(tmp_path / "file", json.dumps(named))).read_emergency_contacts() == named
    assert settings().read_emergency_contacts() == {}


@pytest.mark.parametrize(
    "document",
    [
        "no JSON",
        "[]",
        '{"gb": []}',
        '{"GB": {}}',
        '{"GB": [{"name": "Police"}]}',
        '{"GB": [{"name": "Police", "call": "999", "more": "x"}]}',
        '{"GB": [{"name": "Police", "call": 999}]}',
        '{"GB": [{"name": "", "call": "999"}]}',
        '{"GB": [{"name": "a\\nb", "call": "999"}]}',
        json.dumps({"GB": [{"name": "Police", "call": "9" * 201}]}),
        json.dumps({"GB": [{"name": "Police", "call": "999"}] * 501}),
        json.dumps({"GB": [{"name": "Police", "call": "9" * 200}] * 2_000}),
    ],
)
def test_a_file_that_does_not_say_whom_to_call_is_refused(tmp_path: Path, document: str) -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_EMERGENCY_CONTACTS: "):
        settings(EMERGENCY_CONTACTS=private(tmp_path / "file", document)).read_emergency_contacts()


def test_a_file_of_whom_to_call_that_is_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        settings(EMERGENCY_CONTACTS=str(tmp_path / "absent")).read_emergency_contacts()


def test_the_operators_addresses_are_not_shown() -> None:
    assert "alarm@" not in repr(settings(SMTP_URL="smtp://127.0.0.1", **MAIL))


@pytest.mark.parametrize(
    "bind", ["0.0.0.0:8000", "[::]:8000", "192.0.2.1:8000", "exchange.example.org:8000", "localhost.example:1"]
)
def test_production_beyond_loopback_needs_its_public_origin(bind: str) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_ORIGIN"):
        settings(BIND=bind)
    assert settings(BIND=bind, PUBLIC_ORIGIN="https://exchange.example.org").bind == bind
    assert settings(BIND=bind, MODE="development").public_origin is None


@pytest.mark.parametrize("bind", ["127.0.0.1:0", "127.8.9.10:8000", "[::1]:8000", "localhost:8000"])
def test_loopback_needs_no_public_origin(bind: str) -> None:
    assert settings(BIND=bind).origin == f"http://{bind}"


def test_plain_http_is_an_origin_for_loopback_and_development_only() -> None:
    assert settings(PUBLIC_ORIGIN="http://127.0.0.1:8000").origin == "http://127.0.0.1:8000"
    assert settings(PUBLIC_ORIGIN="http://exchange.example.org", MODE="development").public_origin


def test_the_database_password_is_not_shown() -> None:
    assert SECRET not in repr(settings(DATABASE_URL=f"postgresql://user:{SECRET}@db.example.org/x"))


def test_the_signing_key_is_what_follows_its_marker(tmp_path: Path) -> None:
    path = private(tmp_path / "key", DEVELOPMENT_MARKER + b"\n-----BEGIN PRIVATE KEY-----\nx\n")
    assert settings(SIGNING_KEY=path, MODE="development").read_signing_key() == b"-----BEGIN PRIVATE KEY-----\nx\n"


def test_cursor_keys_are_read_in_order_without_marker_and_empty_lines(tmp_path: Path) -> None:
    first, second = cursor_key(), cursor_key()
    path = private(tmp_path / "keys", f"{DEVELOPMENT_MARKER.decode()}\n{first}\n\n  {second}\n")
    read = settings(CURSOR_KEYS=path, MODE="development").read_cursor_keys()
    assert read == (base64.b64decode(first), base64.b64decode(second))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o601, 0o777])
def test_production_refuses_key_files_open_to_others(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path / "keys", cursor_key(), mode)
    for read in (settings(CURSOR_KEYS=path).read_cursor_keys, settings(SIGNING_KEY=path).read_signing_key):
        with pytest.raises(SettingsError, match="chmod 600"):
            read()
    assert settings(CURSOR_KEYS=path, MODE="development").read_cursor_keys()


def test_production_refuses_development_keys(tmp_path: Path) -> None:
    path = private(tmp_path / "keys", DEVELOPMENT_MARKER + b"\n" + cursor_key().encode())
    for read in (settings(CURSOR_KEYS=path).read_cursor_keys, settings(SIGNING_KEY=path).read_signing_key):
        with pytest.raises(SettingsError, match="development key"):
            read()


def test_production_takes_a_private_key_file(tmp_path: Path) -> None:
    path = private(tmp_path / "keys", cursor_key(), 0o400)
    assert len(settings(CURSOR_KEYS=path).read_cursor_keys()) == 1


@pytest.mark.parametrize("content", ["", "\n", "no base64 at all!", base64.b64encode(b"x" * 63).decode(), "AAAA"])
def test_a_file_without_fit_cursor_keys_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingsError, match="CURSOR_KEYS") as refusal:
        settings(CURSOR_KEYS=private(tmp_path / "keys", content)).read_cursor_keys()
    assert not content.strip() or content not in str(refusal.value)


def test_a_cursor_key_stands_once(tmp_path: Path) -> None:
    key = cursor_key()
    with pytest.raises(SettingsError, match="each once"):
        settings(CURSOR_KEYS=private(tmp_path / "keys", f"{key}\n{key}")).read_cursor_keys()


def test_an_absent_key_file_says_who_makes_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="breakwater init"):
        settings(SIGNING_KEY=str(tmp_path / "absent")).read_signing_key()
