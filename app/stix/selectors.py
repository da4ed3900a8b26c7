"""What a person gives who asks whether data about them is held: its one spelling, the ids made of it, and where it is stated.

Owns the forms of each kind, and the comparison with stored objects: without regard to case, and never a part of a longer value.
NOT found: what is stated in an image, in another encoding, or a telephone number in a national spelling. Kept by
``tests/stix/test_selectors.py``.
"""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import MalformedInputError
from app.domain.subject_request import Selector, SelectorKind
from app.stix.observable_ids import name_based_ids

_STIX_ID = re.compile(r"[a-z][a-z0-9-]{2,249}--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_FORMS: Mapping[SelectorKind, re.Pattern[str]] = {
    SelectorKind.EMAIL: re.compile(r"[^\s@<>\"',;]{1,64}@[^\s@<>\"',;]{1,255}"),
    SelectorKind.HANDLE: re.compile(r"[^\x00-\x1f\x7f\"\\]{1,200}"),
    SelectorKind.HASH: re.compile(r"[0-9a-f]{16,128}", re.ASCII),
    SelectorKind.IP: re.compile(r"[0-9a-f:.]{2,45}", re.ASCII),
    SelectorKind.PHONE: re.compile(r"[0-9]{5,15}", re.ASCII),
    SelectorKind.STIX_ID: _STIX_ID,
    SelectorKind.URL: re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"\\<>]{1,2000}"),
}
_PLATFORM = re.compile(r"[a-z0-9][a-z0-9 ._-]{0,63}", re.ASCII)
_HASHES = {32: "MD5", 40: "SHA-1", 64: "SHA-256", 128: "SHA-512"}
_SEPARATORS = re.compile(r"[ ().\-/\u00a0]")
_TELEPHONES = re.compile(r"\+?\(?[0-9][0-9 ().\-/\u00a0]{3,30}[0-9]")
_ADDRESSES = re.compile(r"(?<![0-9a-z:.])[0-9a-f:.]{2,45}(?![0-9a-z:])", re.ASCII)
_BEFORE_AND_AFTER: Mapping[SelectorKind, tuple[str, str]] = {
    SelectorKind.EMAIL: (r"(?<![\w.+-])", r"(?![\w-]|\.\w)"),
    SelectorKind.HANDLE: (r"(?<![\w.-])", r"(?![\w-]|\.\w)"),
    SelectorKind.HASH: (r"(?<![0-9a-z])", r"(?![0-9a-z])"),
    SelectorKind.IP: (r"(?<![\d.])", r"(?!\d|\.\d)"),
    SelectorKind.STIX_ID: (r"(?<![0-9a-z-])", r"(?![0-9a-z-])"),
    SelectorKind.URL: (r"(?<!\w)", r"/?(?![^\s\"'<>)\],;])"),
}


def normal_selector(kind: SelectorKind, value: str, platform: str | None) -> Selector:
    """Give a selector (unverified text) in its one spelling.

    Raises ``MalformedInputError`` for what is none of its kind, and for a handle without a platform; the value is not repeated.
    """
    if (platform is not None) != (kind is SelectorKind.HANDLE):
        raise MalformedInputError("A handle names its platform, and nothing else does.")
    text = _plain(value.strip())
    if kind is SelectorKind.PHONE:
        text = _digits(text.removeprefix("+"))
    if kind is SelectorKind.HANDLE:
        text = text.removeprefix("@")
    if not _FORMS[kind].fullmatch(text):
        raise _malformed(kind)
    if kind is SelectorKind.IP:
        text = _address(text) or ""
    if not text:
        raise _malformed(kind)
    return Selector(kind, text.removesuffix("/") if kind is SelectorKind.URL else text, _platform(platform))


def ids_of(selector: Selector) -> frozenset[str]:
    """Give the ids that observables of this selector have by the name-based rule (STIX 2.1 §2.9), or the id that it is."""
    kind, value = selector.kind, selector.value
    if kind is SelectorKind.STIX_ID:
        return frozenset({value})
    return frozenset(one for made in _OBSERVABLES.get(kind, _no_observables)(value, selector.platform) for one in made)


def _no_observables(_value: str, _platform: str | None) -> Iterator[Iterator[str]]:
    return iter(())


def _of_email(value: str, _platform: str | None) -> Iterator[Iterator[str]]:
    yield name_based_ids({"type": "email-addr", "value": value})


def _of_address(value: str, _platform: str | None) -> Iterator[Iterator[str]]:
    version = ipaddress.ip_address(value).version
    for spelling in (value, f"{value}/{32 if version == 4 else 128}"):  # noqa: PLR2004  # the version of IP
        yield name_based_ids({"type": f"ipv{version}-addr", "value": spelling})


def _of_url(value: str, _platform: str | None) -> Iterator[Iterator[str]]:
    for spelling in (value, f"{value}/"):
        yield name_based_ids({"type": "url", "value": spelling})


def _of_hash(value: str, _platform: str | None) -> Iterator[Iterator[str]]:
    name = _HASHES.get(len(value))
    for spelling in (value, value.upper()) if name else ():
        yield name_based_ids({"type": "file", "hashes": {name: spelling}})


def _of_handle(value: str, platform: str | None) -> Iterator[Iterator[str]]:
    for named in ({"account_type": platform}, {}):
        for member in ("account_login", "user_id"):
            yield name_based_ids({"type": "user-account", member: value} | named)


_OBSERVABLES: Mapping[SelectorKind, Callable[[str, str | None], Iterator[Iterator[str]]]] = {
    SelectorKind.EMAIL: _of_email,
    SelectorKind.HANDLE: _of_handle,
    SelectorKind.HASH: _of_hash,
    SelectorKind.IP: _of_address,
    SelectorKind.URL: _of_url,
}


# --- where it is stated -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Search:
    """A search for some selectors in stored contents."""

    tests: Sequence[Callable[[str], bool]]

    def finds(self, content: bytes) -> bool:
        """Whether the stored JSON text of an object states one of them, in whatever property, key or pattern."""
        text = _text(content)
        return any(test(text) for test in self.tests)


def search_for(selectors: Sequence[Selector]) -> Search:
    """Give the search for these selectors, and for the ids that are made of them."""
    own = [_test(one) for one in selectors]
    ids = [Selector(SelectorKind.STIX_ID, stix_id) for one in selectors for stix_id in ids_of(one)]
    return Search([*own, *(_test(one) for one in ids if one not in selectors)])


def _test(selector: Selector) -> Callable[[str], bool]:
    value = selector.value
    if selector.kind is SelectorKind.PHONE:
        return lambda text: any(_digits(one).removeprefix("00") == value for one in _telephones(text, value))
    if selector.kind is SelectorKind.IP and ":" in value:
        return lambda text: value in (_address(one) for one in _ADDRESSES.findall(text) if one.count(":") > 1)
    before, after = _BEFORE_AND_AFTER[selector.kind]
    stated = re.compile(f"{before}{re.escape(value)}{after}")
    if selector.platform is None:
        return lambda text: value in text and stated.search(text) is not None
    there = re.compile(rf"(?<![\w-]){re.escape(selector.platform)}(?![\w-])")
    return lambda text: value in text and stated.search(text) is not None and there.search(text) is not None


def _telephones(text: str, value: str) -> list[str]:
    """Give what may be telephone numbers in a text; none where the number's last two digits do not stand together."""
    return [one.removeprefix("+") for one in _TELEPHONES.findall(text)] if value[-1] in text else []


def _text(content: bytes) -> str:
    """Give all that a JSON text says, in one case and one normal form, values apart from each other."""
    text = content.decode()
    if "\\" in text:
        text = "\n".join(_leaves(json.loads(text)))
    return _plain(text)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member)
    else:
        yield str(value)


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", text)


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def _platform(platform: str | None) -> str | None:
    if platform is None:
        return None
    text = _plain(platform.strip())
    if not _PLATFORM.fullmatch(text):
        raise MalformedInputError("A platform is a short name of letters and digits.")
    return text


def _malformed(kind: SelectorKind) -> MalformedInputError:
    return MalformedInputError(f"This is no selector of the kind {kind}.")
