"""Addresses that partners wrote, so that nobody opens one by accident: ``hxxp``, ``[.]``, ``[@]``.

Owns the spelling both ways: what is copied from a page can be asked for. What is stored stays as it is. Kept by
``tests/portal/finding/test_defanged.py``.
"""

from __future__ import annotations

import re

_SCHEME = re.compile(r"\bhttp(s?)(?=://)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"""[^\s"'<>()]+@[^\s"'<>()]+\.\w+          # a mail address
      | \b[a-z][a-z0-9+.-]*://[^\s"'<>()]+      # an address of the web, or of an app
      | \b(?:[\w-]+\.)+[^\W\d_][\w-]+\b         # a domain
      | \b\d{1,3}(?:\.\d{1,3}){3}\b             # an address of the Internet
    """,
    re.VERBOSE | re.IGNORECASE,
)


def defanged(text: str) -> str:
    """Give a text in which no address can be opened; what is none stays as it is."""
    return _ADDRESS.sub(lambda found: _defang(found[0]), text)


def fanged(text: str) -> str:
    """Give what somebody typed or copied as it is stored: addresses that were written so that nothing opens them, undone."""
    whole = re.sub(r"\bhxxp(s?)(?=://)", r"http\1", text.strip(), flags=re.IGNORECASE)
    return whole.replace("[.]", ".").replace("[@]", "@").replace("[:]", ":")


def _defang(address: str) -> str:
    scheme, between, rest = _SCHEME.sub(lambda found: f"hxxp{found[1]}", address).rpartition("://")
    host, stroke, path = rest.partition("/")
    return f"{scheme}{between}{host.replace('@', '[@]').replace('.', '[.]')}{stroke}{path}"
