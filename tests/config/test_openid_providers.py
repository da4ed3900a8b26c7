from __future__ import annotations

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from app.config.openid_providers import ProviderEntry
from app.config.reading import Mode, SettingsError
from tests.factories.environments import SECRET, settings

ENTRY = {
    "name": "example",
    "title": "Example sign-in",
    "issuer": "https://login.example.org/realms/one",
    "client_id": "breakwater",
    "client_secret_file": "/run/secrets/example",
    "people": "everybody",
}


def read(folder: Path, document: Any) -> tuple[ProviderEntry, ...]:
    file = folder / "providers.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return settings(OIDC_PROVIDERS=str(file)).read_openid_providers()


def test_without_settings_there_are_none() -> None:
    made = settings()
    assert made.read_openid_providers() == ()
    assert (made.oidc_addresses, made.oidc_ca_file) == (None, None)


def test_providers_are_read_in_their_order(tmp_path: Path) -> None:
    second = {"name": "second", "issuer": "https://login.example.org:8443", "people": "0" * 8 + "-0000-0000-0000-" + "0" * 12}
    found = read(tmp_path, [ENTRY, ENTRY | second])
    assert [(one.name, one.port, one.people) for one in found] == [
        ("example", 443, "everybody"),
        ("second", 8443, second["people"]),
    ]
    assert read(tmp_path, []) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "Example"},
        {"name": "a/b"},
        {"name": "x" * 41},
        {"title": ""},
        {"title": " "},
        {"title": "x" * 61},
        {"title": "two\nlines"},
        {"issuer": "http://login.example.org"},
        {"issuer": "https://login.example.org?x=1"},
        {"issuer": "https://login.example.org#x"},
        {"issuer": "https://127.0.0.1"},
        {"issuer": "https://loginxexample"},
        {"issuer": "https://user@login.example.org"},
        {"issuer": "https://login.example.org/" + "x" * 300},
        {"client_id": ""},
        {"client_id": "two words"},
        {"people": "all"},
        {"people": ""},
        {"client_secret_file": 5},
        {"more": "than that"},
    ],
)
def test_what_says_something_else_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="BREAKWATER_OIDC_PROVIDERS"):
        read(tmp_path, [ENTRY | change])


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{",
        ENTRY,
        [[]],
        [{name: value for name, value in ENTRY.items() if name != "people"}],
        [ENTRY, ENTRY],
        [ENTRY, ENTRY | {"name": "other"}],
        [ENTRY | {"name": f"n{number}", "issuer": f"https://n{number}.example.org"} for number in range(21)],
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, document: Any) -> None:
    with pytest.raises(SettingsError, match="BREAKWATER_OIDC_PROVIDERS"):
        read(tmp_path, document)


def test_a_file_that_is_not_there_is_refused_without_its_name() -> None:
    with pytest.raises(SettingsError) as refusal:
        settings(OIDC_PROVIDERS=f"/nowhere/{SECRET}.json").read_openid_providers()
    assert SECRET not in str(refusal.value)


def test_the_secret_is_read_from_its_own_file_which_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    [entry] = read(tmp_path, [ENTRY | {"client_secret_file": str(file)}])
    with pytest.raises(SettingsError, match="OIDC_PROVIDERS"):
        entry.read_secret(Mode.PRODUCTION)
    file.write_text(f"{SECRET}\n")
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="open to others"):
        entry.read_secret(Mode.PRODUCTION)
    file.chmod(0o600)
    assert entry.read_secret(Mode.PRODUCTION) == SECRET
    assert str(file) not in repr(entry)


def test_addresses_are_read_in_production_too() -> None:
    assert settings(OIDC_ADDRESSES="10.0.0.5, fd00::5", MODE="production").oidc_addresses == {
        ip_address("10.0.0.5"),
        ip_address("fd00::5"),
    }
    for wrong in ("login.example.org", "10.0.0.0/8", "10.0.0.5,"):
        with pytest.raises(SettingsError, match="OIDC_ADDRESSES"):
            settings(OIDC_ADDRESSES=wrong)
    with pytest.raises(SettingsError, match="OIDC_CA_FILE"):
        settings(OIDC_CA_FILE="/nowhere/ca.pem")
