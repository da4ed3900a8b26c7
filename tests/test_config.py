from __future__ import annotations

import base64
import secrets
from pathlib import Path

import pytest

from app.config import DEVELOPMENT_MARKER, SETTINGS, Mode, Settings, SettingsError

SECRET = "hunter2-is-not-to-be-shown"


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
        cursor_keys=Path("var/breakwater/keys/cursor.keys"),
        mode=Mode.PRODUCTION,
        public_origin=None,
        bind="127.0.0.1:8000",
        workers=2,
        threads=4,
        log_level="info",
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
        CURSOR_KEYS="c",
        MODE="development",
        PUBLIC_ORIGIN="https://exchange.example.org",
        BIND="0.0.0.0:80",
        WORKERS="7",
        THREADS="9",
        LOG_LEVEL="error",
    )
    expected = Settings(
        Path("h"),
        "postgresql://db.example.org/x",
        Path("s"),
        Path("c"),
        Mode.DEVELOPMENT,
        "https://exchange.example.org",
        "0.0.0.0:80",
        7,
        9,
        "error",
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
