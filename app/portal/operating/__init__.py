"""The pages of the exchange's own staff, below ``/exchange``. They show no object's content to anybody."""

from app.portal.operating import administrators, agreements, approvals, drafts, keys, overview, partner_states, partners

BLUEPRINTS = (
    administrators.blueprint,
    agreements.blueprint,
    approvals.blueprint,
    drafts.blueprint,
    keys.blueprint,
    overview.blueprint,
    partner_states.blueprint,
    partners.blueprint,
)
