"""What comes in from others, and what is answered: recalls, requests, disputes, feedback; and taking back one's own."""

from app.portal.answering import asking, overview, recalls, requests

BLUEPRINTS = (asking.blueprint, overview.blueprint, recalls.blueprint, requests.blueprint)
