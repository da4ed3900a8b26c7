"""Answers and parameters of the public routes of the catalogue. Kept by ``tests/http/test_catalogue_payloads.py``."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import Schema, fields, pre_dump

from app.domain.errors import NotFoundError
from app.http.fields import Count, Moment
from app.http.payloads import EnvelopePayload, Strict
from app.services.cataloguing.look_up import KeptRelease

HIGHEST_RELEASE = 1_000_000


class CataloguePayload(Schema):
    """A release in the exchange's own form; `schemas/catalogue/1.json` is the first one."""

    type = fields.String(required=True)
    release = fields.Integer(required=True)
    released_at = Moment(required=True)
    phases = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    surfaces = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    behaviours = fields.List(fields.Dict(keys=fields.String()), required=True)
    countermeasures = fields.List(fields.Dict(keys=fields.String()), required=True)


class ReleasePayload(Schema):
    """A release: `digest` is the SHA-256 of its document, `envelope` what the exchange signed, `log_index` its leaf's."""

    release = fields.Integer(required=True)
    released_at = Moment(required=True)
    digest = fields.String(required=True)
    log_index = fields.Integer(required=True)
    envelope = fields.Nested(EnvelopePayload, required=True)

    @pre_dump
    def _flatten(self, kept: KeptRelease, **_: Any) -> dict[str, Any]:
        plain = {name: getattr(kept, name) for name in ("release", "released_at", "digest", "log_index")}
        return plain | {"envelope": json.loads(kept.envelope)}


class ReleasesPayload(Schema):
    """All releases, oldest first."""

    releases = fields.List(fields.Nested(ReleasePayload), required=True)


class ReleaseQuery(Strict):
    """Which release; the newest without one."""

    release = Count(1, HIGHEST_RELEASE, load_default=None)


class ChangesQuery(ReleaseQuery):
    """Since which release."""

    since = Count(1, HIGHEST_RELEASE, required=True)


class ChangesPayload(Schema):
    """What one release has added, changed (in which parts) and retired since another; by words whose definition changed."""

    before = fields.Integer(required=True)
    after = fields.Integer(required=True)
    added = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)
    changed = fields.List(fields.Dict(keys=fields.String()), required=True)
    retired = fields.List(fields.Dict(keys=fields.String()), required=True)
    redefined = fields.List(fields.String(), required=True)
    missing = fields.List(fields.String(), required=True)


def number_of(text: str) -> int:
    """Give the release that a path names; raises ``NotFoundError`` for what is no number of one."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(HIGHEST_RELEASE)):
        raise NotFoundError
    return int(text)
