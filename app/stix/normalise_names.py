"""Names that people and services give: handles, ids of accounts and rooms, services, and addresses of wallets.

Owns their one spelling. Handles are compared without regard to case, as nearly all services do; what looks like another handle
because it mixes scripts or hides characters is refused, not guessed. Kept by ``tests/stix/test_normalise_names.py``.
"""

from __future__ import annotations

import re
import unicodedata

from app.domain.token_value import TokenKind
from app.stix.normalise_faults import Normal, refuse, token_normal, trimmed

_LONGEST_HANDLE = 64
_TOGETHER = (  # scripts that one language writes together
    frozenset({"CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"CJK", "HANGUL"}),
    frozenset({"CJK", "BOPOMOFO"}),
)
_TAG = re.compile(r"#[0-9]{3,6}\Z", re.ASCII)
_MARKS = frozenset("._-")
_ID = re.compile(r"[!-~]{1,256}", re.ASCII)
_ROOM = re.compile(r"[!-~]{1,200}", re.ASCII)
_NUMBER = re.compile(r"\+[0-9 ().-]{6,}", re.ASCII)
_ADDRESS = re.compile(r"[^@]+@[^@]+\.[^@]+")
_WALLET = re.compile(r"[A-Za-z0-9:._-]{10,200}", re.ASCII)
_WALLET_SCHEME = re.compile(r"(?:bitcoin|ethereum|litecoin|monero):", re.ASCII | re.IGNORECASE)
_HEX_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}", re.ASCII)
_BECH32 = re.compile(r"(?:BC1|LTC1)[A-Z0-9]+", re.ASCII)


def handle(value: str) -> Normal:
    """Give a handle (unverified) without its @, in small letters and one script; 64 characters at most.

    Raises:
        ProfileError: it has blanks, signs or pictures in it, letters of several scripts, or what cannot be seen.
    """
    text = _stable(trimmed(value, "A handle").removeprefix("@"))
    tag = _TAG.search(text)
    body = text[: tag.start()] if tag else text
    if not body or len(text) > _LONGEST_HANDLE:
        refuse(f"A handle has 1 to {_LONGEST_HANDLE} characters.")
    if " " in body or "\u3000" in body:
        refuse("A handle has no blanks; the name that is shown beside an account is not its handle.")
    if not all(one in _MARKS or unicodedata.category(one)[0] in "LN" or _is_own_mark(one) for one in body):
        refuse("A handle has letters, digits and the signs . _ - alone; an e-mail address leaves as a token.")
    if not any(unicodedata.category(one)[0] in "LN" for one in body):
        refuse("A handle has a letter or a digit.")
    _refuse_mixed(body)
    return Normal(text)


def _stable(text: str) -> str:
    """Give a text in NFKC and small letters, done until nothing changes any more."""
    for _ in range(4):
        again = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
        if again == text:
            break
        text = again
    return text


def _is_own_mark(one: str) -> bool:
    """Whether it is a vowel sign or the like of a script of its own: what is put over any letter makes no handle."""
    return unicodedata.category(one) in ("Mn", "Mc") and not unicodedata.name(one, "COMBINING").startswith("COMBINING")


def _refuse_mixed(text: str) -> None:
    scripts = {_script(one) for one in text if one not in _MARKS and not one.isascii()}
    if any(one.isascii() and one.isalpha() for one in text):
        scripts.add("LATIN")
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        refuse("A handle has letters of one script; mixed ones imitate another handle.")


def _script(one: str) -> str:
    return re.split("[ -]", unicodedata.name(one, "NONE"))[0]


def account_id(value: str) -> Normal:
    """Give the id by which a service knows an account (unverified): ASCII without blanks, case as it is.

    Raises:
        ProfileError: it has another form, or is an e-mail address or a telephone number, which leave as tokens.
    """
    text = trimmed(value, "An account's id")
    if _ADDRESS.fullmatch(text):
        refuse("This is an e-mail address: its kind is email, and it leaves as a token.")
    if _NUMBER.fullmatch(text):
        refuse("This is a telephone number: its kind is phone, and it leaves as a token.")
    if not _ID.fullmatch(text):
        refuse("An account's id has 1 to 256 ASCII characters without blanks.")
    return Normal(text)


def room(value: str) -> Normal:
    """Give the id by which a service knows a room or stream (unverified), case as it is.

    Raises:
        ProfileError: it has another form, or is an address.
    """
    text = trimmed(value, "A room's id")
    if "://" in text:
        refuse("This is an address: its kind is invite-link or url.")
    if not _ROOM.fullmatch(text):
        refuse("A room's id has 1 to 200 ASCII characters without blanks.")
    return Normal(text)


def device(value: str) -> Normal:
    """Give a device's id (unverified) in small letters, from which a token is made. Raises ``ProfileError`` for another form."""
    return token_normal(TokenKind.DEVICE, trimmed(value, "A device's id"))


def wallet(value: str) -> Normal:
    """Give a wallet's public address (unverified); where case says nothing it is small.

    Raises:
        ProfileError: it has another form.
    """
    text = _WALLET_SCHEME.sub("", trimmed(value, "A wallet's address"), count=1)
    if not _WALLET.fullmatch(text):
        refuse("A wallet's address has 10 to 200 letters, digits and : . _ -, without an amount.")
    if _HEX_ADDRESS.fullmatch(text) or _BECH32.fullmatch(text):
        text = text.lower()
    return Normal(text)


def service_name(value: str, place: str) -> str:
    """Give a service's public name (unverified) with single blanks; ``place`` is for the refusal."""
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    if not any(one.isalnum() for one in text) or not text.isprintable():
        refuse("A service's name has letters or digits, and nothing that cannot be seen.", place)
    return text


def service_word(name: str) -> str:
    """Give a service's name as one word, as accounts name their service: ``Example Chat`` is ``example-chat``."""
    return re.sub(r"\W+", "-", name.lower().replace("_", "-")).strip("-") or "service"
