"""Media types of TAXII (TAXII 2.1 §1.6.8), compared as RFC 9110 says: by structure, never as text.

Owns reading ``Accept`` and ``Content-Type``. Names and the values of parameters that are tokens are compared without regard to
case, quotes and blanks do not count, ``charset=utf-8`` says nothing new. Kept by ``tests/taxii/test_media_types.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TAXII = "application/taxii+json;version=2.1"
STIX = "application/stix+json;version=2.1"
_VERSION = "2.1"
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PARAMETER = re.compile(rf"[ \t]*;[ \t]*(?:({_WORD})=({_WORD}|{_QUOTED}))?")
_NAME = re.compile(rf"[ \t]*({_WORD})/({_WORD})")
_ELEMENT = re.compile(rf"(?:{_QUOTED}|[^,\"])+")
_LONGEST_ACCEPT = 2_000  # what is longer is no preference of anybody, and reading it would take long
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class _Range:
    """One media type or range: its name, its parameters but weight and ``charset=utf-8``, and whether its weight is above 0."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...]
    is_wanted: bool

    @property
    def precision(self) -> int:
        """How narrow it is (RFC 9110 §12.5.1), or -1 if it is not about TAXII 2.1 at all."""
        if (self.type, self.subtype) == ("application", "taxii+json"):
            return {(): 2, (("version", _VERSION),): 3}.get(self.parameters, -1)
        if self.parameters or self.subtype != "*":
            return -1
        return {"*": 0, "application": 1}.get(self.type, -1)


def is_acceptable(accept: str | None) -> bool:
    """Whether a caller that sends this ``Accept`` header (None: none) takes TAXII 2.1; the narrowest range about it decides.

    What cannot be read as a range says nothing.
    """
    if accept is None or not accept.strip():
        return True
    narrowest = max(_ranges(accept[:_LONGEST_ACCEPT]), key=lambda one: (one.precision, one.is_wanted), default=None)
    return narrowest is not None and narrowest.precision >= 0 and narrowest.is_wanted


def is_taxii(content_type: str | None) -> bool:
    """Whether a body of this ``Content-Type`` (None: none) is TAXII 2.1; without a version it is believed to be."""
    read = None if content_type is None else _range(content_type)
    return read is not None and read.precision >= 2  # noqa: PLR2004  # narrower than any wildcard


def _ranges(accept: str) -> Iterator[_Range]:
    for element in _ELEMENT.findall(accept):
        read = _range(element)
        if read is not None:
            yield read


def _range(text: str) -> _Range | None:
    name = _NAME.match(text)
    if name is None:
        return None
    parameters: list[tuple[str, str]] = []
    weight = "1"
    place = name.end()
    while parameter := _PARAMETER.match(text, place):
        place = parameter.end()
        if parameter[1] is None:
            continue  # RFC 9110 §5.6.6 lets a parameter be empty
        key, value = parameter[1].lower(), _unquoted(parameter[2])
        if key == "q":
            weight = value
        elif (key, value.lower()) != ("charset", "utf-8"):
            parameters.append((key, value.lower()))
    if text[place:].strip(" \t") or not _WEIGHT.fullmatch(weight):
        return None
    return _Range(name[1].lower(), name[2].lower(), tuple(parameters), is_wanted=float(weight) > 0)


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
