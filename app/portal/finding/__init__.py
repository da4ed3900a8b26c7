"""Finding: the search, searches that are kept, and the pages of an object."""

from app.portal.finding import history_page, object_page, print_page, proof_page, readers_page, saved, search

BLUEPRINTS = (
    history_page.blueprint,
    object_page.blueprint,
    print_page.blueprint,
    proof_page.blueprint,
    readers_page.blueprint,
    saved.blueprint,
    search.blueprint,
)
