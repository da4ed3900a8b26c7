"""Addresses: of pages, hosts, machines, letter boxes and telephones, in the one spelling in which they are compared.

Owns undoing what analysts write so that nobody clicks it (``hxxp``, ``[.]``), and leaving out what names a reader and not the
thing (credentials, marks of campaigns). Nothing here makes an address mean more than it did: a path stays, a host never loses a
label, and where what is left out would have told the thing, it is refused. Kept by ``tests/stix/test_normalise_addresses.py``.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote

import idna

from app.domain.token_value import TokenKind
from app.stix.normalise_faults import Normal, refuse, token_normal, trimmed

_LONGEST_URL = 2_048
_LONGEST_EMAIL = 254
_GREATEST_PORT = 65_535
_DEFANGED_SCHEME = re.compile(r"\A(h(?:xx|\*\*|tt)ps?)(?:\[:\]//|\[://\]|:\[//\]|://)", re.IGNORECASE)
_DOT_IN_BRACKETS = re.compile(r"\[\.\]|\[dot\]|\\\.", re.IGNORECASE)
_DOT_IN_OTHERS = re.compile(r"\(\.\)|\{\.\}|\(dot\)|\{dot\}", re.IGNORECASE)
_URL = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_PORT = re.compile(r"(.*?)(?::([0-9]{0,5}))?", re.ASCII | re.DOTALL)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_TRACKING = re.compile(r"(?:utm_[a-z]+|fbclid|gclid|igshid|mc_eid)(?:=|\Z)", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]", re.ASCII)
_INNER_NETS = tuple(
    map(
        ipaddress.ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
            *("224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8"),
        ),
    )
)


def url(value: str) -> Normal:
    """Give a web address (unverified) with a scheme and host in small letters, without credentials, fragment and tracking.

    Raises:
        ProfileError: it is no http or https address, or what tells the place stands behind a #.
    """
    text = _DOT_IN_BRACKETS.sub(".", trimmed(value, "An address"))
    text = _DEFANGED_SCHEME.sub(lambda found: ("https" if found[1][-1] in "sS" else "http") + "://", text, count=1)
    parts = _URL.fullmatch(text)
    if parts is None:
        refuse("An address begins with http:// or https:// (hxxp:// is understood).")
    if len(text) > _LONGEST_URL or any(one in text for one in ' \\<>"'):
        refuse(f"An address has {_LONGEST_URL} characters at most, and no blanks, quotes or backslashes.")
    scheme, notes = parts[1].lower(), []
    credentials, at, authority = parts[2].rpartition("@")
    if at:
        notes.append(
            "The name and password in the address were left out." if credentials else "An @ in the address was left out."
        )
    path = _path(parts[3])
    query, is_tracked = _query(parts[4] or "")
    if is_tracked:
        notes.append("Marks of campaigns in the address were left out.")
    if parts[5]:
        _refuse_telling(parts[5], is_bare=path == "/" and not query)
        notes.append("What stood behind the # was left out.")
    return Normal(f"{scheme}://{_authority(scheme, authority)}{path}{query}", tuple(notes))


def _refuse_telling(fragment: str, *, is_bare: bool) -> None:
    if is_bare or fragment[0] in "/!":
        refuse("What tells the place stands behind the #, which is not compared: without it, this would be every page there.")


def _authority(scheme: str, authority: str) -> str:
    found = _PORT.fullmatch(_DOT_IN_OTHERS.sub(".", authority))
    if found is None or (found[2] and not 0 < int(found[2]) <= _GREATEST_PORT):
        refuse("Behind a host stands a port of 1 to 65535, or nothing.")
    port = "" if not found[2] or found[2] == _DEFAULT_PORTS[scheme] else f":{int(found[2])}"
    return f"{_host(found[1])}{'' if port == f':{_DEFAULT_PORTS[scheme]}' else port}"


def _host(text: str) -> str:
    if text.startswith("[") and text.endswith("]"):
        return f"[{_ip(text[1:-1])}]"
    if re.fullmatch(r"[0-9.]+", text, re.ASCII):
        return _ip(text)
    return _domain(text)


def _escaped(text: str, safe: str) -> str:
    """Give a text with one spelling of its escapes (RFC 3986 §6.2.2): what need not be escaped is not, all else is."""

    def plain(found: re.Match[str]) -> str:
        one = chr(int(found[1], 16))
        return one if _UNRESERVED.fullmatch(one) else f"%{found[1].upper()}"

    lone = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    return quote(_ESCAPE.sub(plain, lone), safe=f"{safe}%")


def _path(text: str) -> str:
    """Give a path without dot segments (RFC 3986 §5.2.4)."""
    kept: list[str] = []
    segments = _escaped(text, "/!$&'()*+,;=:@~").split("/")[1:]
    for place, segment in enumerate(segments):
        if segment == "..":
            kept = kept[:-1]
        if segment in (".", ".."):
            kept += [""] if place == len(segments) - 1 else []
        else:
            kept.append(segment)
    return "/" + "/".join(kept)


def _query(text: str) -> tuple[str, bool]:
    pieces = [one for one in text.split("&") if one]
    kept = [one for one in pieces if not _TRACKING.match(one)]
    query = _escaped("&".join(kept), "/?!$&'()*+,;=:@~")
    return (f"?{query}" if query else ""), len(kept) < len(pieces)


def domain(value: str) -> Normal:
    """Give a domain name (unverified) in small ASCII letters (IDNA 2008); at least two labels, no wildcard.

    Raises:
        ProfileError: it is none.
    """
    text = _DOT_IN_OTHERS.sub(".", _DOT_IN_BRACKETS.sub(".", trimmed(value, "A domain name")))
    if "/" in text or ":" in text:
        refuse("This is an address: its kind is url.")
    if re.fullmatch(r"[0-9.]+", text, re.ASCII):
        refuse("This is an address of a machine: its kind is ip.")
    return Normal(_domain(text))


def _domain(text: str) -> str:
    if "*" in text:
        refuse("A domain name has no wildcard: name the host that was seen.")
    try:
        name = idna.encode(text.removesuffix("."), uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        refuse("This is no domain name: labels of letters, digits and hyphens, 63 characters each, 253 together.")
    labels = name.split(".")
    if len(labels) < 2 or re.fullmatch("[0-9]+|0x[0-9a-f]*", labels[-1], re.ASCII):  # noqa: PLR2004  # a name within a domain
        refuse("A domain name has at least two labels, the last of which is no number.")
    return name


def ip(value: str) -> Normal:
    """Give the address of one machine (IPv4 or IPv6, unverified).

    Raises:
        ProfileError: it is none, a range, or one that means another machine in each network.
    """
    return Normal(_ip(_DOT_IN_OTHERS.sub(".", _DOT_IN_BRACKETS.sub(".", trimmed(value, "An address"))).strip("[]")))


def _ip(text: str) -> str:
    if "/" in text:
        refuse("One address belongs here, not a range.")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        refuse("This is no IPv4 or IPv6 address.")
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    if any(address in net for net in _INNER_NETS) or "%" in text:
        refuse("This address means another machine in each network; it tells nobody else anything.")
    return str(address)


def email(value: str) -> Normal:
    """Give an e-mail address (unverified) in small letters, from which a token is made. Raises ``ProfileError`` if it is none."""
    text = _DOT_IN_BRACKETS.sub(".", trimmed(value, "An e-mail address"))
    local, at, host = text.rpartition("@")
    if not at or not local or len(text) > _LONGEST_EMAIL:
        refuse("This is no e-mail address: one name in ASCII letters, an @, and a domain.")
    return token_normal(TokenKind.EMAIL, f"{local}@{_domain(host)}")


def phone(value: str) -> Normal:
    """Give a telephone number (unverified) as E.164 has it, from which a token is made.

    Raises:
        ProfileError: it does not begin with + and a country's code, or has other than 7 to 15 digits.
    """
    return token_normal(TokenKind.PHONE, trimmed(value, "A telephone number"))
