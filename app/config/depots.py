"""Settings of depots: where exports are laid, and how a server of buckets is reached.

Owns the forms of the places and of the server's address. Kept by ``tests/config/test_depots.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.config.network import is_loopback_host
from app.config.reading import PREFIX, SettingsError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_PART = r"[a-z0-9][a-z0-9._-]{0,127}"
_BUCKET = re.compile(rf"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9])(?P<prefix>(/{_PART}){{0,4}})/?", re.ASCII)
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_MOST_TARGETS = 16
_ENDPOINT = f"{PREFIX}S3_ENDPOINT must be https://host:port or, on this machine, http://host:port."


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """A folder. ``is_own``: it is the exchange's own, which is made when it is needed; another has to be there."""

    path: Path
    is_own: bool = False

    def __str__(self) -> str:
        """Give the path."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """What lies in a bucket below ``prefix``, ``""`` for all of it."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        """Give ``s3://bucket/prefix``."""
        return f"s3://{self.bucket}/{self.prefix}".removesuffix("/")


class ExportTargets(dict[str, FolderPlace | BucketPlace]):
    """Places by name; as text, in the form of the setting."""

    def __str__(self) -> str:
        """Give ``name=place,name=place``."""
        return ",".join(f"{name}={place}" for name, place in self.items())


def read_export_targets(value: str | None, home: Path) -> ExportTargets:
    """Give the places of ``name=place,name=place`` by name; the folder ``exports`` of the home as ``local`` where none are given.

    Raises:
        SettingsError: it is not of this form, or names one place twice.
    """
    if value is None:
        return ExportTargets(local=FolderPlace(home / "exports", is_own=True))
    given = [part.strip().partition("=") for part in value.split(",")]
    found = ExportTargets((name, _place(place)) for name, _, place in given if _NAME.fullmatch(name))
    if len(found) != len(given) or len(given) > _MOST_TARGETS or len(set(found.values())) != len(found):
        raise SettingsError(f"{PREFIX}EXPORT_TARGETS takes up to {_MOST_TARGETS} of name=place, each name and place once.")
    return found


def _place(text: str) -> FolderPlace | BucketPlace:
    if found := _BUCKET.fullmatch(text):
        return BucketPlace(found["bucket"], found["prefix"].removeprefix("/"))
    path = Path(text)
    if not path.is_absolute() or ".." in path.parts or path == Path("/") or not text.isprintable():
        raise SettingsError(f"{PREFIX}EXPORT_TARGETS takes absolute folders and s3://bucket/prefix as places.")
    return FolderPlace(path)


def read_s3_endpoint(value: str | None) -> str | None:
    """Give the origin of a server that speaks S3, None where none is given, or refuse it.

    Plain HTTP is for a server on this machine.
    """
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        is_port = parts.port != 0
    except ValueError:
        raise SettingsError(_ENDPOINT) from None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback_host(parts.hostname or ""))
    extra = parts.username is not None or parts.path not in {"", "/"} or parts.query or parts.fragment
    if not parts.hostname or not is_port or extra or not is_safe or not value.isprintable():
        raise SettingsError(_ENDPOINT)
    return value.removesuffix("/")


def read_s3_region(value: str | None) -> str:
    """Give the region that requests are signed for, ``us-east-1`` where none is given, or refuse it."""
    if value is not None and not _REGION.fullmatch(value):
        raise SettingsError(f"{PREFIX}S3_REGION takes the name of a region, such as eu-central-1.")
    return value or "us-east-1"
