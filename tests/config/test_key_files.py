from __future__ import annotations

import base64
import secrets
from pathlib import Path

import pytest

from app.config.key_files import DEVELOPMENT_MARKER
from app.config.reading import SettingsError
from tests.factories.environments import SECRET, cursor_key, private, settings


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


def test_the_credentials_of_a_server_of_buckets_are_two_lines(tmp_path: Path) -> None:
    assert settings().read_s3_credentials() is None
    given = settings(S3_CREDENTIALS_FILE=private(tmp_path / "credentials", f"key-id\n{SECRET}\n"))
    assert given.read_s3_credentials() == ("key-id", SECRET)
    (tmp_path / "credentials").chmod(0o604)
    with pytest.raises(SettingsError, match="chmod 600"):
        given.read_s3_credentials()


@pytest.mark.parametrize("content", ["", "key-id", f"key-id\n{SECRET}\nmore"])
def test_a_file_of_other_credentials_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingsError, match="S3_CREDENTIALS_FILE") as caught:
        settings(S3_CREDENTIALS_FILE=private(tmp_path / "credentials", content)).read_s3_credentials()
    assert SECRET not in str(caught.value)


def test_the_key_of_overlap_checks_is_read_and_may_be_absent(tmp_path: Path) -> None:
    key = secrets.token_bytes(32)
    path = private(tmp_path / "overlap.key", base64.b64encode(key) + b"\n")
    assert settings(OVERLAP_KEY=path).read_overlap_key() == key
    assert settings(OVERLAP_KEY=tmp_path / "none").read_overlap_key() is None
    Path(path).chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        settings(OVERLAP_KEY=path).read_overlap_key()


@pytest.mark.parametrize(
    "content", ["", "!", base64.b64encode(bytes(31)).decode(), "\n".join([base64.b64encode(bytes(32)).decode()] * 2)]
)
def test_a_file_without_one_key_of_overlap_checks_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingsError, match="OVERLAP_KEY"):
        settings(OVERLAP_KEY=private(tmp_path / "overlap.key", content)).read_overlap_key()
