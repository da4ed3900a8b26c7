"""What a credential can be allowed to do.

Owns the words; who may hold which is in ``app/policy/administration.py``.
"""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Permission(StrEnum):
    """``resource:action``; alphabetical, never reused."""

    AGREEMENTS_READ = "agreements:read"
    AGREEMENTS_WRITE = "agreements:write"
    APPROVALS_DECIDE = "approvals:decide"
    APPROVALS_READ = "approvals:read"
    AUDIENCES_READ = "audiences:read"
    AUDIENCES_WRITE = "audiences:write"
    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    CONTESTS_ENTER = "contests:enter"
    CONTESTS_READ = "contests:read"
    CREDENTIALS_READ = "credentials:read"
    CREDENTIALS_WRITE = "credentials:write"
    DISCLOSURES_READ = "disclosures:read"
    DISCLOSURES_SEARCH = "disclosures:search"
    EXPORTS_READ = "exports:read"
    EXPORTS_WRITE = "exports:write"
    GROUPS_READ = "groups:read"
    GROUPS_WRITE = "groups:write"
    HOLDS_READ = "holds:read"
    HOLDS_WRITE = "holds:write"
    KEYS_ACTIVATE = "keys:activate"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    LOG_CHECKPOINT = "log:checkpoint"
    LOG_READ = "log:read"
    METRICS_READ = "metrics:read"
    OBJECTS_READ = "objects:read"
    OBJECTS_SUBMIT = "objects:submit"
    OWN_DATA_READ = "own-data:read"
    PAGES_ACKNOWLEDGE = "pages:acknowledge"
    PAGES_READ = "pages:read"
    PARTNERS_READ = "partners:read"
    PARTNERS_WRITE = "partners:write"
    PERSONS_READ = "persons:read"
    PERSONS_WRITE = "persons:write"
    POLICY_READ = "policy:read"
    QUESTIONS_READ = "questions:read"
    RECALLS_ANSWER = "recalls:answer"
    RECALLS_READ = "recalls:read"
    SUBJECTS_READ = "subjects:read"
    SUBJECTS_WRITE = "subjects:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    WORK_READ = "work:read"
    WORK_WRITE = "work:write"
