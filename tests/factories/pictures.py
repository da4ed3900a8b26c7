"""Pictures that the portal draws, taken apart; and texts that would do harm if they became markup, or are no text of XML."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><svg onload=alert(1)>",
    "]]><!--",
    "&quot;&#x27;'\"",
    "\0\x08\x1b\ufffe\ud800",
    "{{ 7 * 7 }} {0} %(x)s",
)


def parsed(picture: str) -> Element:
    """Give the elements of a picture; fails where it is not well-formed."""
    return fromstring(picture)  # noqa: S314  # drawn by the code under test
