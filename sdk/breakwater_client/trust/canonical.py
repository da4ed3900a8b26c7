"""Canonical bytes of a JSON value: RFC 8785 (JCS), the form that is hashed, signed, stored and served.

Owns the choice between the fast serializer and the exact one. Does not parse and does not limit size or depth: that is strict
parsing, which comes first. Kept by ``tests/client/trust/test_canonical.py``, which proves both serializers equal on random
values.
"""

from __future__ import annotations

from typing import Any

import orjson
import rfc8785

from breakwater_client.errors import Code, MalformedInputError

_FAST = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_SCALARS_BOTH_SPELL_ALIKE = frozenset({str, int, bool, type(None)})


def canonical_bytes(value: Any) -> bytes:
    """Give the RFC 8785 bytes of ``value``: JSON's own types as strict parsing gives them; UTF-8 without a final newline.

    A float is spelled as ECMAScript does, so ``1.0`` and ``1`` are one value, ``-0.0`` is ``0``, and a whole float from 2^53 on
    comes out as an integer that strict parsing would refuse. Input is trusted to be bounded and to have no duplicate keys.

    Raises:
        MalformedInputError: code ``json-number-out-of-range`` for integers beyond ±(2^53-1), NaN and infinities,
            ``json-string-forbidden`` for lone surrogates, ``json-too-deep``, and ``request-invalid`` for what is not JSON.
    """
    try:
        fast = orjson.dumps(value, option=_FAST)
    except TypeError:  # big integers, surrogates, foreign types, depth above 254: the exact serializer gives the reason
        return _exact_bytes(value)
    return fast if _serializers_agree(value) else _exact_bytes(value)


def _serializers_agree(value: Any) -> bool:
    """Whether orjson's sorted output of a value that it accepts is RFC 8785 already.

    They differ in floats (``1e16``, ``-0.0``, NaN) and in the order of keys beyond the basic plane (UTF-8 against UTF-16), and
    orjson takes foreign types such as dates. So: exact types only, no floats, ASCII keys. Text values are spelled alike.
    orjson has refused cycles and depth before, so that this loop ends.
    """
    pending: list[Any] = [(value,)]
    while pending:
        container = pending.pop()
        if type(container) is dict:
            if not "".join(container).isascii():
                return False
            container = container.values()
        for member in container:
            kind = type(member)
            if kind is str:  # the usual case first: this line is why the check costs four microseconds
                continue
            if kind is dict or kind is list:
                pending.append(member)
            elif kind not in _SCALARS_BOTH_SPELL_ALIKE:
                return False
    return True


def _exact_bytes(value: Any) -> bytes:
    try:
        return rfc8785.dumps(value)
    except (ValueError, RecursionError) as failure:
        raise _refusal(failure) from None  # the library's texts carry the value


def _refusal(failure: ValueError | RecursionError) -> MalformedInputError:
    if isinstance(failure, RecursionError):
        return MalformedInputError("The value is nested too deeply.", code=Code.JSON_TOO_DEEP)
    # A surrogate in a text value is the cause of the library's error; one in a key escapes from its sorting as it is.
    if isinstance(failure, UnicodeError) or isinstance(failure.__cause__, UnicodeError):
        return MalformedInputError("A text holds a lone surrogate.", code=Code.JSON_STRING_FORBIDDEN)
    if type(failure) is rfc8785.CanonicalizationError:
        return MalformedInputError("The value holds something that is not JSON.")
    # Both of the library's number errors, and the plain ValueError of an integer with more digits than Python prints.
    return MalformedInputError("A number is outside the range of JSON numbers.", code=Code.JSON_NUMBER_OUT_OF_RANGE)
