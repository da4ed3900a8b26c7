"""The ATT&CK Navigator's layer format 4.5 as a JSON Schema, written from its published specification (``layers/spec/v4.5``).

Closed, so that a member we misspell is found. ``domain`` is any text: the specification lists ATT&CK's three, and the Navigator
itself takes each that it was configured with or that comes with ``customDataURL``.
"""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_NUMBER = {"type": "number"}
_COLOUR = {"type": "string", "pattern": "^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8}))?$"}


def _closed(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split(), "additionalProperties": False}


_DIVIDER = _closed("divider", divider=_FLAG)
_METADATA = {"type": "array", "items": {"oneOf": [_closed("name value", name=_TEXT, value=_TEXT), _DIVIDER]}}
_LINK = _closed("label url", label=_TEXT, url={"type": "string", "pattern": "^[a-z][a-z0-9+.-]*://"})
_LINKS = {"type": "array", "items": {"oneOf": [_LINK, _DIVIDER]}}
_VERSIONS = _closed(
    "navigator layer",
    attack={"type": "string", "pattern": "[0-9]"},  # the Navigator takes the first number in it
    navigator={"type": "string", "pattern": r"^(4\.9|[5-9])\.[0-9.]+$"},
    layer={"const": "4.5"},
)
_TECHNIQUE = _closed(
    "techniqueID",
    techniqueID=_TEXT,
    tactic=_TEXT,
    comment=_TEXT,
    enabled=_FLAG,
    score=_NUMBER,
    color=_COLOUR,
    metadata=_METADATA,
    links=_LINKS,
    showSubtechniques=_FLAG,
)
_LAYOUT = _closed(
    "",
    layout={"enum": ["side", "flat", "mini"]},
    showID=_FLAG,
    showName=_FLAG,
    showAggregateScores=_FLAG,
    countUnscored=_FLAG,
    aggregateFunction={"enum": ["average", "min", "max", "sum"]},
    expandedSubtechniques={"enum": ["none", "all", "annotated"]},
)
_GRADIENT = _closed(
    "colors minValue maxValue",
    colors={"type": "array", "minItems": 2, "items": _COLOUR},
    minValue=_NUMBER,
    maxValue=_NUMBER,
)

LAYER_FORMAT = _closed(
    "name domain",
    versions=_VERSIONS,
    name=_TEXT,
    description=_TEXT,
    domain={"type": "string", "minLength": 1},
    customDataURL=_TEXT,
    filters=_closed("", platforms={"type": "array", "items": _TEXT}),
    sorting={"enum": [0, 1, 2, 3]},
    layout=_LAYOUT,
    hideDisabled=_FLAG,
    techniques={"type": "array", "items": _TECHNIQUE},
    gradient=_GRADIENT,
    legendItems={"type": "array", "items": _closed("label color", label=_TEXT, color=_COLOUR)},
    showTacticRowBackground=_FLAG,
    tacticRowBackground=_COLOUR,
    selectTechniquesAcrossTactics=_FLAG,
    selectSubtechniquesWithParent=_FLAG,
    selectVisibleTechniques=_FLAG,
    metadata=_METADATA,
    links=_LINKS,
)
"""A single layer; a file may also hold a list of them."""
