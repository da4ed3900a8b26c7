"""Keeps that what a second reader sees is what was frozen, and that it says truly who looked at it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from app.domain.draft import DraftState
from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.services.drafting.freeze import digest_of, hand_over, is_as_frozen, look_over
from app.services.drafting.keep import begin_draft, own_draft
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.drafting import desks
from tests.factories.members import started_hub


def test_looking_over_keeps_nothing_and_says_what_is_missing(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        begun = begin_draft(hub.exchange, ours.author, {"what": {"title": "Rooms"}})
        seen = look_over(hub.exchange, ours.author, begun.draft_id)
        assert seen.draft == begun == own_draft(hub.exchange, ours.author, begun.draft_id)
        assert {one.pointer for one in seen.composed.refusals} >= {"/what/harm_types", "/where", "/who_may_know"}
        with pytest.raises(ConflictError):
            hand_over(hub.exchange, ours.author, begun.draft_id, begun.revision)


def test_what_is_handed_over_is_frozen_with_ids_and_times_and_its_digest(database_url: str) -> None:
    with started_hub(database_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        assert handed.state is DraftState.IN_REVIEW
        assert handed.frozen is not None
        assert handed.digest == hashlib.sha256(handed.frozen.encode()).hexdigest()
        assert canonical_bytes(handed.frozen_document) == handed.frozen.encode()
        objects = handed.frozen_document["objects"]
        assert all("id" in one and ("created" in one or one["type"] == "url") for one in objects)
        said = {one["extensions"][name].get("review") for one in objects for name in one.get("extensions", {})}
        assert "second-reviewed" in said
        assert ours.partner.submit(*objects).results, "they are taken as they are"
        assert own_draft(hub.exchange, ours.author, handed.draft_id) == handed


def test_only_the_revision_that_was_seen_is_handed_over_and_only_by_its_author(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        begun = ours.begun()
        with pytest.raises(ConflictError, match="changed meanwhile"):
            hand_over(hub.exchange, ours.author, begun.draft_id, begun.revision + 1)
        with pytest.raises(NotFoundError):
            hand_over(hub.exchange, ours.colleague, begun.draft_id, begun.revision)
        with pytest.raises(ForbiddenError):
            look_over(hub.exchange, ours.reviewer, begun.draft_id)


def test_another_digest_is_not_that_of_what_is_frozen(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        handed = desks(hub).handed_over()
        digest = str(handed.digest)
        assert is_as_frozen(handed, digest)
        assert not is_as_frozen(handed, digest_of(b""))
        assert not is_as_frozen(handed, "é")
        assert not is_as_frozen(replace(handed, frozen=None), digest)
        assert not is_as_frozen(replace(handed, frozen=f"{handed.frozen} "), digest), "what is stored is hashed anew"
