"""Correcting what one's own organisation published: a new version that a second person reads before it is signed."""

from __future__ import annotations

from app.portal.correcting import begin, corrections

BLUEPRINTS = (begin.blueprint, corrections.blueprint)
