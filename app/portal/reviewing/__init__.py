"""Reviewing: what waits for a second pair of eyes."""

from __future__ import annotations

from app.portal.reviewing import one_draft, queue

BLUEPRINTS = (queue.blueprint, one_draft.blueprint)
