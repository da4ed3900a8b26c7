"""What comes in from others, and what is answered: recalls, requests, disputes, feedback; and taking back one's own."""

from app.portal.answering import asking, disputes, feedback, overview, own_recalls, recall_own, recalls, requests

BLUEPRINTS = (
    asking.blueprint,
    disputes.blueprint,
    feedback.blueprint,
    overview.blueprint,
    own_recalls.blueprint,
    recall_own.blueprint,
    recalls.blueprint,
    requests.blueprint,
)
