"""How an identifier is written before a token is made of it, so that everybody's token of it is the same.

Owns the rules of scheme 1, kind by kind; they never change under that name. What is not plain is refused rather than guessed at:
a token of a wrong spelling matches nothing, and nobody would notice. Kept by ``tests/domain/test_token_value.py`` and the vectors
of ``schemas/group-tokens/1.json``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum, unique

from app.domain.errors import MalformedInputError
from app.domain.plain_text import is_plain

MOST_CHARACTERS = 320
"""Longer than any address or handle there is."""


@unique
class TokenKind(StrEnum):
    """What kind of identifier a token stands for; the words of ``blinded-identifier``."""

    ACCOUNT_ID = "account-id"
    DEVICE = "device"
    EMAIL = "email"
    HANDLE = "handle"
    PHONE = "phone"


OF_A_SERVICE = frozenset({TokenKind.ACCOUNT_ID, TokenKind.HANDLE})
"""Kinds that mean something within one service alone, whose domain is a part of what the token is made of."""

_BLANKS = " \t\r\n"
_PHONE_SIGNS = str.maketrans("", "", " -.()/\t\u00a0\u2010\u2011\u2012\u2013")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{4,253}}\Z){_LABEL}(?:\.{_LABEL})+", re.ASCII)
_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_MOST_LOCAL_CHARACTERS = 64
_DEVICE = re.compile(r"[0-9a-z._:-]{6,128}", re.ASCII)


def written_for_token(kind: TokenKind, value: str, service: str | None = None) -> str:
    """Give an identifier (unverified) as tokens of scheme 1 are made of it.

    ``service`` is the domain of the service, for account ids and handles alone.

    Raises:
        MalformedInputError: it is not of its kind, or cannot be written in one way; one sentence for each kind. The error never
            has the value in it.
    """
    if len(value) > MOST_CHARACTERS:
        raise MalformedInputError(f"An identifier has {MOST_CHARACTERS} characters at most.")
    if (service is not None) != (kind in OF_A_SERVICE):
        raise MalformedInputError("Account ids and handles need the domain of their service, and other kinds have none.")
    written = _WRITTEN[kind](value.strip(_BLANKS))
    return written if service is None else f"{_domain(service.strip(_BLANKS), _NO_SERVICE)}/{written}"


_NO_SERVICE = "A service is named by its domain in ASCII, such as chat.example.org."
_NO_EMAIL = "This is no address that can be written in one way: local@domain, both in ASCII (a domain as xn--…), nothing quoted."


def _domain(text: str, sentence: str) -> str:
    domain = text.lower().removesuffix(".")
    if not text.isascii() or not _DOMAIN.fullmatch(domain):
        raise MalformedInputError(sentence)
    return domain


def _phone(text: str) -> str:
    number = text.translate(_PHONE_SIGNS)
    if "(0)" in text or not _PHONE.fullmatch(number):  # a zero that is dialled within the country alone is none of the number
        raise MalformedInputError("A phone number is written with + and the country's code, 7 to 15 digits, without (0) (E.164).")
    return number


def _email(text: str) -> str:
    local, at, domain = text.rpartition("@")
    local = local.lower() if local.isascii() else ""
    if not at or len(local) > _MOST_LOCAL_CHARACTERS or not _LOCAL_PART.fullmatch(local):
        raise MalformedInputError(_NO_EMAIL)
    return f"{local}@{_domain(domain, _NO_EMAIL)}"


def _device(text: str) -> str:
    device = text.lower() if text.isascii() else ""
    if not _DEVICE.fullmatch(device):
        raise MalformedInputError("A device's id has 6 to 128 letters, digits and . _ : - in ASCII.")
    return device


def _account_id(text: str) -> str:
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise MalformedInputError("An account's id has no blanks and is in ASCII; upper and lower case are kept.")
    return text


def _handle(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text).removeprefix("@")
    handle = unicodedata.normalize("NFC", composed.lower())
    if not handle or not is_plain(handle) or any(one.isspace() or one == "@" for one in handle):
        raise MalformedInputError("A handle has no blanks and no @ but before it, and every character of it can be seen.")
    return handle


_WRITTEN: Mapping[TokenKind, Callable[[str], str]] = {
    TokenKind.ACCOUNT_ID: _account_id,
    TokenKind.DEVICE: _device,
    TokenKind.EMAIL: _email,
    TokenKind.HANDLE: _handle,
    TokenKind.PHONE: _phone,
}
