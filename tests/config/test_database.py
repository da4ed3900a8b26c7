from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.config.reading import SettingsError
from tests.factories.environments import SECRET, private, settings

URL = "postgresql+psycopg://exchange@db.example.org:5432/breakwater"


@pytest.mark.parametrize("password", [SECRET, "p@ss:w/rd?#%", "pässwörd", " spaces "])
def test_the_password_of_the_file_reaches_the_driver(tmp_path: Path, password: str) -> None:
    given = settings(DATABASE_URL=URL, DATABASE_PASSWORD_FILE=private(tmp_path / "password", f"{password}\n"))
    url = make_url(given.database_url)
    assert (url.username, url.password, url.host, url.port, url.database) == (
        "exchange",
        password,
        "db.example.org",
        5432,
        "breakwater",
    )
    assert SECRET not in repr(given)


def test_without_a_file_the_url_stays_as_it_is() -> None:
    for url in (URL, "postgresql:///breakwater?host=/run/postgresql", "sqlite:///some/file.db"):
        assert settings(DATABASE_URL=url).database_url == url


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///some/file.db",
        "postgresql://db.example.org/breakwater",
        "postgresql://exchange:other@db.example.org/breakwater",
        "postgresql://exchange:@db.example.org/breakwater",
        "postgresql://exchange@[::1/breakwater",
    ],
)
def test_a_password_needs_a_user_and_no_other_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_DATABASE_URL ") as refusal:
        settings(DATABASE_URL=url, DATABASE_PASSWORD_FILE=private(tmp_path / "password", SECRET))
    assert SECRET not in str(refusal.value)
    assert "other" not in str(refusal.value)


def test_in_production_the_file_is_open_to_its_owner_alone(tmp_path: Path) -> None:
    path = private(tmp_path / "password", SECRET, 0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        settings(DATABASE_URL=URL, DATABASE_PASSWORD_FILE=path)
    assert settings(DATABASE_URL=URL, DATABASE_PASSWORD_FILE=path, MODE="development")


def test_a_file_that_is_not_there_is_named_by_its_variable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATABASE_PASSWORD_FILE"):
        settings(DATABASE_URL=URL, DATABASE_PASSWORD_FILE=str(tmp_path / "absent"))
