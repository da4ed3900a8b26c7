"""Finding: the search, searches that are kept, and the page of an object."""

from app.portal.finding import object_page, saved, search

BLUEPRINTS = (object_page.blueprint, saved.blueprint, search.blueprint)
