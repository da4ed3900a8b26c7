"""Bytes that an Ed25519 library takes for public keys and that must never be registered, in hexadecimal.

Owns the lists only. Kept by ``tests/client/trust/test_edwards25519.py``.
"""

from __future__ import annotations

_PRIME = 2**255 - 19

# The eight points of small order in their canonical encodings (orders 1, 2, 4, 4, 8, 8, 8, 8).
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
# The same points spelled otherwise: x = 0 with the sign bit, and y given as y + p.
SMALL_ORDER_NON_CANONICAL = [
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
# Every y from p to 2^255 - 1, with both signs.
NON_CANONICAL = [(y | sign << 255).to_bytes(32, "little").hex() for y in range(_PRIME, 2**255) for sign in (0, 1)]
# Points of mixed order from "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020), table 5.
MIXED_ORDER = [
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
]
FORGED = bytes([1]) + bytes(63)  # the neutral point and zero: no key was needed to write it
