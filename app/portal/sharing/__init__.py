"""Submitting: from what somebody saw to what a second person reads and the organisation signs."""

from __future__ import annotations

from app.portal.sharing import danger, drafting, overview, start

BLUEPRINTS = (start.blueprint, danger.blueprint, drafting.blueprint, overview.blueprint)
