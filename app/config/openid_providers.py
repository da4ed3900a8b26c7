"""The file of OpenID providers with whose accounts people may sign in, and the addresses that providers may have.

Owns the file's shape. Secrets are read from files of their own. Whether a provider answers is NOT known here. Kept by
``tests/config/test_openid_providers.py``.
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from app.config.key_files import read_password
from app.config.reading import PREFIX, Mode, SettingsError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_FILE_BYTES = 256 * 1024
_MOST = 20
_MEMBERS = {"name", "title", "issuer", "client_id", "client_secret_file", "people"}
_NAME = re.compile("[a-z0-9][a-z0-9-]{0,39}")
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_ISSUER = re.compile(
    rf"https://({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?(:(?P<port>[1-9][0-9]{{0,4}}))?(/[A-Za-z0-9._~/-]*)?"
)
_LONGEST_ISSUER = 300
_PEOPLE = re.compile("everybody|exchange|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CLIENT_ID = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """What the file says of a provider. ``people``: ``everybody``, ``exchange``, or a partner's id."""

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret_file: Path = field(repr=False)
    people: str

    @property
    def port(self) -> int:
        """The port of its issuer."""
        parts = _ISSUER.fullmatch(self.issuer)
        return int((parts and parts["port"]) or 443)

    def read_secret(self, mode: Mode) -> str:
        """Give the client's secret; raises ``SettingsError`` for a file that is not fit."""
        return read_password("OIDC_PROVIDERS", self.client_secret_file, mode)


def read_openid_providers(path: Path) -> tuple[ProviderEntry, ...]:
    """Give the providers of a file, in its order.

    Raises:
        SettingsError: no such file, or one that does not say this.
    """
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_FILE_BYTES))
    except OSError as exc:
        raise SettingsError(f"{PREFIX}OIDC_PROVIDERS: the file cannot be read.") from exc
    except ValueError as exc:
        raise SettingsError(f"{PREFIX}OIDC_PROVIDERS: the file is no JSON, or too long.") from exc
    if not isinstance(document, list) or len(document) > _MOST or not all(map(_is_entry, document)):
        raise SettingsError(
            f"{PREFIX}OIDC_PROVIDERS: the file is a list of at most {_MOST} providers, each with {', '.join(sorted(_MEMBERS))} "
            "and no more, as docs/settings.md says."
        )
    found = tuple(ProviderEntry(**{**one, "client_secret_file": Path(one["client_secret_file"])}) for one in document)
    if len({one.name for one in found}) != len(found) or len({one.issuer for one in found}) != len(found):
        raise SettingsError(f"{PREFIX}OIDC_PROVIDERS: each provider has a name and an issuer of its own.")
    return found


def read_provider_addresses(value: str | None) -> frozenset[IpAddress] | None:
    """Give the addresses of providers that are called although they are not public, None where nothing is set, or refuse them."""
    if value is None:
        return None
    try:
        return frozenset(ipaddress.ip_address(one.strip()) for one in value.split(","))
    except ValueError:
        raise SettingsError(f"{PREFIX}OIDC_ADDRESSES takes addresses, no names and no networks: 10.0.0.5,fd00::5.") from None


def _is_entry(value: object) -> bool:
    if not isinstance(value, dict) or value.keys() != _MEMBERS or not all(isinstance(one, str) for one in value.values()):
        return False
    title, issuer = value["title"], value["issuer"]
    forms = (_NAME, value["name"]), (_CLIENT_ID, value["client_id"]), (_PEOPLE, value["people"]), (_ISSUER, issuer)
    is_titled = title.isprintable() and 0 < len(title.strip()) <= 60  # noqa: PLR2004  # what a button holds
    return is_titled and len(issuer) <= _LONGEST_ISSUER and all(form.fullmatch(text) for form, text in forms)
