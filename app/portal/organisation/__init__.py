"""What an organisation sees and keeps of itself: members, keys, credentials, exports, webhooks, its agreement, its ledger.

Owns the list of its parts.
"""

from app.portal.organisation import (
    agreement,
    audiences,
    contacts,
    credentials,
    disclosures,
    export_changes,
    exports,
    keys,
    members,
    overview,
    webhooks,
    why_seen,
)

BLUEPRINTS = (
    agreement.blueprint,
    audiences.blueprint,
    contacts.blueprint,
    credentials.blueprint,
    disclosures.blueprint,
    export_changes.blueprint,
    exports.blueprint,
    keys.blueprint,
    members.blueprint,
    overview.blueprint,
    webhooks.blueprint,
    why_seen.blueprint,
)
