"""Pages of the catalogue, on both databases: each version once, in one order, whoever asks."""

from __future__ import annotations

import json

from app.services.cataloguing.founding import founding
from app.services.cataloguing.read_collection import catalogue_manifest, catalogue_page, has_catalogue_object
from app.services.reading.pull import Filters, PageRequest, Place, Versions
from app.stix.catalogue_objects import behaviour_id, catalogue_objects
from tests.factories.members import started_hub

COUNT = len(catalogue_objects(founding(), "identity--x"))


def asked(cursor: str | None = None, limit: int = 40, **filters: object) -> PageRequest:
    return PageRequest(Filters(**filters), cursor, limit, Place(name="taxii-objects-catalogue"))  # type: ignore[arg-type]  # as told


def test_pages_go_on_to_the_end_and_from_there(database_url: str) -> None:
    with started_hub(database_url) as hub:
        found, cursor = [], None
        while True:
            page = catalogue_page(hub.exchange, asked(cursor))
            found += [json.loads(one)["id"] for one in page.objects]
            cursor = page.next
            if not page.more:
                break
        assert len(found) == len(set(found)) == COUNT
        end = catalogue_page(hub.exchange, asked(cursor))
        assert (list(end.objects), end.more, end.first_added, end.last_added) == ([], False, None, None)
        manifest = catalogue_manifest(hub.exchange, asked(limit=COUNT))
        assert [one.stix_id for one in manifest.entries] == found
        assert catalogue_manifest(hub.exchange, asked(cursor)).entries == []


def test_filters_are_alternatives_within_and_all_of_them_apply(database_url: str) -> None:
    first, second = behaviour_id("OP-001"), behaviour_id("OP-002")
    with started_hub(database_url) as hub:

        def given(**filters: object) -> int:
            return len(catalogue_page(hub.exchange, asked(limit=COUNT, **filters)).objects)

        assert given(stix_ids=frozenset({first, second})) == 2
        assert given(stix_ids=frozenset({first}), types=frozenset({"course-of-action"})) == 0
        assert given(versions=Versions()) == 0
        assert given(versions=Versions(first=True)) == given(versions=Versions(last=True)) == COUNT
        assert has_catalogue_object(hub.exchange, first)
        assert not has_catalogue_object(hub.exchange, "attack-pattern--nothing")
