"""What an organisation sees and keeps of itself: members, keys, credentials, exports, webhooks, its agreement, its ledger.

Owns the list of its parts.
"""

from app.portal.organisation import members, overview

BLUEPRINTS = (overview.blueprint, members.blueprint)
