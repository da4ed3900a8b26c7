"""What is taken out of a text before it is logged: what looks like a secret, whoever wrote it there.

Owns the patterns. It is the second fence: the first is that values are not handed to a log at all, and no pattern knows a child's
name. Kept by ``tests/redaction/test_text.py``.
"""

from __future__ import annotations

import re

HIDDEN = "[hidden]"
_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?(-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL)
_TOKEN = re.compile(r"\bbw[a-z]*_[A-Za-z0-9_-]{16,}")
_HEADER = re.compile(
    r"\b((?:proxy-)?authorization|cookie|set-cookie|signature|signature-input|x-api-key)(['\"]?\s*[:=]\s*)[^\r\n]+", re.IGNORECASE
)
_SCHEME = re.compile(r"\b(bearer|basic|token|digest)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_USERINFO = re.compile(r"(://)[^/\s@'\"]+@")
_LONG = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_HEX = re.compile(r"\b[0-9A-Fa-f]{64,}\b")
_UPPER_SHARE = 0.15
"""Of random base64 two in five letters are upper case, of paths and pointers hardly any."""
_FEW_UPPER, _FEW_DIGITS = 4, 2


def redacted(text: str) -> str:
    """Give the text without keys (PEM, base64, hexadecimal), tokens, and the values of headers that prove who somebody is."""
    text = _PEM.sub(HIDDEN, text)
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _TOKEN.sub(HIDDEN, text)
    text = _USERINFO.sub(rf"\1{HIDDEN}@", text)
    text = _HEX.sub(HIDDEN, text)
    return _LONG.sub(lambda found: HIDDEN if _looks_random(found[0]) else found[0], text)


def _looks_random(run: str) -> bool:
    upper, digits = sum(map(str.isupper, run)), sum(map(str.isdigit, run))
    return upper >= _UPPER_SHARE * len(run) or (upper >= _FEW_UPPER and digits >= _FEW_DIGITS)
