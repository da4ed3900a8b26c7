"""taxii2-client and the stix2 library's TAXII store, unmodified, against the exchange over real gunicorn on PostgreSQL."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
import requests
import stix2
import taxii2client.v21 as taxii
from requests.auth import AuthBase, HTTPBasicAuth
from taxii2client.common import TokenAuth

from tests.factories.load_objects import plain_indicators
from tests.factories.sandboxes import Sandbox
from tests.factories.stix_objects import CREATED, user_account
from tests.factories.taxii_accounts import Account

Accounts = Callable[[str], Account]
NewCollection = Callable[..., str]
LATER = "2026-01-06T10:00:00.000Z"


class BearerAuth(AuthBase):
    """A header of one's own: taxii2-client has no class for Bearer, and takes any of requests'."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@pytest.fixture
def writer(accounts: Accounts) -> Account:
    return accounts("legacy-a")


@pytest.fixture
def reader(accounts: Accounts) -> Account:
    return accounts("platform-b")


@pytest.fixture
def shared(new_collection: NewCollection) -> str:
    """A new collection that legacy-a writes and reads, and platform-b reads."""
    return new_collection(legacy_a="rw", platform_b="r")


def some(count: int, seed: int = 1) -> list[dict[str, Any]]:
    return list(islice(plain_indicators(seed), count))


def add(collection: taxii.Collection, *objects: dict[str, Any]) -> None:
    """Add objects that are all taken."""
    assert collection.add_objects({"objects": objects}).failures == []


def ids(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page.get("objects", [])]


def test_a_server_is_discovered_by_each_way_to_authenticate(reader: Account, shared: str) -> None:
    ways = {
        "basic": {"user": reader.username, "password": reader.token},
        "basic by class": {"auth": HTTPBasicAuth(reader.username, reader.token)},
        "token": {"auth": TokenAuth(reader.token)},
        "bearer": {"auth": BearerAuth(reader.token)},
    }
    for way, login in ways.items():
        with taxii.Server(reader.discovery, **login) as server:
            assert server.title, way
            assert server.default is not None
            with server.default as root:
                assert root.url == reader.api_root
                assert "application/taxii+json;version=2.1" in root.versions
                assert root.max_content_length >= 10**6
                found = {one.id: one for one in root.collections}
                assert (found[shared].can_read, found[shared].can_write) == (True, False)
                titles = [one.title for one in root.collections]
                assert len(set(titles)) == len(titles)
                assert not [title for title in titles if "." in title]


def test_what_was_added_is_drained_in_pages_of_any_size(writer: Account, reader: Account, shared: str) -> None:
    objects = some(103)
    with writer.collection(shared) as collection:
        status = collection.add_objects({"objects": objects}, wait_for_completion=True, poll_interval=0.1)
    assert (status.status, status.success_count, status.failure_count) == ("complete", 103, 0)
    for size in (1, 10, 100, 5000):
        with reader.collection(shared) as collection:
            if size == 1:
                pages = list(islice(taxii.as_pages(collection.get_objects, per_request=size), 3))
                assert [ids(page) for page in pages] == [[one["id"]] for one in objects[:3]]
                continue
            pages = list(taxii.as_pages(collection.get_objects, per_request=size))
        assert [len(page["objects"]) for page in pages[:-1]] == [size] * (len(pages) - 1), "never short while there is more"
        assert [one for page in pages for one in page["objects"]] == objects


def test_the_manifest_is_drained_in_pages(writer: Account, reader: Account, shared: str) -> None:
    objects = some(25)
    with writer.collection(shared) as collection:
        add(collection, *objects)
    with reader.collection(shared) as collection:
        entries = [one for page in taxii.as_pages(collection.get_manifest, per_request=10) for one in page["objects"]]
    assert [one["id"] for one in entries] == [one["id"] for one in objects]
    assert {one["version"] for one in entries} == {CREATED}
    assert sorted(one["date_added"] for one in entries) == [one["date_added"] for one in entries]


def test_every_filter_of_the_client(writer: Account, reader: Account, shared: str) -> None:
    first, second = some(2)
    changed = first | {"modified": LATER, "name": "Changed"}
    identity = {
        "type": "identity",
        "spec_version": "2.1",
        "id": "identity--6e2f6c1a-9c3f-4d0e-8f1a-0b2c3d4e5f60",
        "name": "Example",
    }
    identity |= {"created": CREATED, "modified": CREATED, "identity_class": "organization"}
    with writer.collection(shared) as collection:
        add(collection, first, second)
        add(collection, changed, identity)
    with reader.collection(shared) as collection:
        assert ids(collection.get_objects()) == [second["id"], first["id"], identity["id"]], "the newest version of each"
        assert ids(collection.get_objects(type="identity")) == [identity["id"]]
        assert len(ids(collection.get_objects(type=["identity", "indicator"]))) == 3
        assert ids(collection.get_objects(id=[second["id"], identity["id"]])) == [second["id"], identity["id"]]
        assert ids(collection.get_objects(spec_version="2.0")) == []
        assert len(ids(collection.get_objects(spec_version="2.1", version="all"))) == 4
        assert collection.get_objects(version="first", id=first["id"])["objects"] == [first]
        assert collection.get_objects(version=[CREATED], id=first["id"])["objects"] == [first]
        assert collection.get_objects(version=["first", LATER], id=first["id"])["objects"] == [first, changed]
        entries = {(one["id"], one["version"]): one for one in collection.get_manifest(version="all")["objects"]}
        added = entries[second["id"], CREATED]["date_added"]
        assert ids(collection.get_objects(added_after=added)) == [first["id"], identity["id"]]
        page = collection.get_objects(limit=1, version="all")
        assert (ids(page), page["more"]) == ([first["id"]], True)
        assert ids(collection.get_objects(limit=1, next=page["next"], version="all")) == [second["id"]]


def test_one_object_its_versions_and_its_end(writer: Account, reader: Account, shared: str) -> None:
    (first,) = some(1)
    changed = first | {"modified": LATER, "name": "Changed"}
    with writer.collection(shared) as hand, reader.collection(shared) as collection:
        add(hand, first)
        add(hand, changed)
        assert collection.get_object(first["id"])["objects"] == [changed]
        assert collection.get_object(first["id"], version="all")["objects"] == [first, changed]
        assert collection.object_versions(first["id"])["versions"] == [CREATED, LATER]
        assert hand.get_object(first["id"], version=CREATED)["objects"] == [first]
        hand.delete_object(first["id"])
        with pytest.raises(requests.HTTPError, match="404"):
            collection.get_object(first["id"])
        with pytest.raises(requests.HTTPError, match="404"):
            hand.delete_object(first["id"])


def test_a_status_is_found_again_by_whom_it_belongs_to(writer: Account, reader: Account, shared: str) -> None:
    good, bad = some(2, seed=165)
    bad = {name: value for name, value in bad.items() if name != "pattern"}
    with writer.collection(shared) as collection:
        status = collection.add_objects({"objects": [good, bad]}, wait_for_completion=False)
    assert (status.success_count, status.failure_count) == (1, 1)
    assert status.failures[0]["id"] == bad["id"]
    assert status.failures[0]["message"]
    with taxii.ApiRoot(writer.api_root, user=writer.username, password=writer.token) as root:
        assert root.get_status(status.id).failures == status.failures
    with taxii.ApiRoot(reader.api_root, user=reader.username, password=reader.token) as root, pytest.raises(requests.HTTPError):
        root.get_status(status.id)


def test_the_same_again_is_no_failure_and_other_content_is(writer: Account, shared: str) -> None:
    (value,) = some(1)
    with writer.collection(shared) as collection:
        collection.add_objects({"objects": [value]})
        assert collection.add_objects({"objects": [value]}).success_count == 1
        assert collection.add_objects({"objects": [value | {"name": "Other"}]}).failure_count == 1
        assert collection.get_objects()["objects"] == [value]


def test_what_the_client_may_not_do_it_learns_from_the_rights(sandbox: Sandbox, writer: Account, accounts: Accounts) -> None:
    practice = sandbox.facts["taxii"]["practice"]
    with taxii.ApiRoot(writer.api_root, user=writer.username, password=writer.token) as root:
        rights = {one.id: (one.can_read, one.can_write) for one in root.collections}
    assert rights[practice["ro"]] == (True, False)
    assert rights[practice["wo"]] == (False, True)
    assert {rights[one] for one in practice["rw"]} == {(True, True)}
    assert practice["hidden"] not in rights
    nobody = accounts(practice["noaccess"])
    with taxii.ApiRoot(nobody.api_root, user=nobody.username, password=nobody.token) as root:
        of_nobody = {one.id for one in root.collections}
    assert not of_nobody & {*practice["rw"], practice["ro"], practice["wo"], practice["hidden"]}


def test_what_points_at_somebody_reaches_the_members_of_the_group(writer: Account, reader: Account, shared: str) -> None:
    (first,) = some(1, seed=9)
    selectors = ("ipv4-addr:value = '192.0.2.7'", "email-addr:value = 'someone@example.org'", "user-account:user_id = '555-0142'")
    indicators = [first | {"id": f"indicator--{uuid.uuid4()}", "pattern": f"[{one}]"} for one in selectors]
    account = {name: value for name, value in user_account("walk-9").items() if name != "extensions"}
    with writer.collection(shared) as hand, reader.collection(shared) as collection:
        add(hand, *indicators, account)
        assert collection.get_objects()["objects"] == [*indicators, account]


def test_the_store_of_stix2_writes_and_reads(writer: Account, reader: Account, shared: str) -> None:
    made = [stix2.parse(one) for one in some(3, seed=2)]
    bundle = stix2.Bundle(made[1], made[2])
    with writer.collection(shared) as collection:
        store = stix2.TAXIICollectionStore(collection)
        store.add(made[0])
        store.add(bundle)
        store.add(json.loads(made[0].new_version(name="Changed").serialize()))
        assert store.get(made[1].id) == made[1]
    with reader.collection(shared) as collection:
        source = stix2.TAXIICollectionSource(collection)
        assert {one.id for one in source.query([stix2.Filter("type", "=", "indicator")])} == {one.id for one in made}
        assert source.get(made[0].id).name == "Changed"
        assert [one.name for one in source.all_versions(made[0].id)] == [made[0].name, "Changed"]
        assert source.query([stix2.Filter("id", "=", made[2].id)]) == [made[2]]
        assert source.query([stix2.Filter("name", "=", made[1].name)]) == [made[1]]
        assert source.get("indicator--00000000-0000-4000-8000-000000000000") is None
        with pytest.raises(stix2.datastore.DataSourceError, match="write access"):
            stix2.TAXIICollectionSink(collection)


def test_the_source_of_stix2_reads_more_than_its_page_of_5000(writer: Account, reader: Account, shared: str) -> None:
    objects = some(5003, seed=3)
    with writer.collection(shared) as collection:
        for start in range(0, len(objects), 1000):
            assert collection.add_objects({"objects": objects[start : start + 1000]}).failure_count == 0
    with reader.collection(shared) as collection:
        pages = taxii.as_pages(collection.get_objects, per_request=5000, type="indicator")
        assert [len(page["objects"]) for page in pages] == [5000, 3]
        found = stix2.TAXIICollectionSource(collection).query([stix2.Filter("type", "=", "indicator")])
    assert {one.id for one in found} == {one["id"] for one in objects}


def test_the_catalogue_is_read_by_both_clients_as_it_is(reader: Account) -> None:
    with taxii.Server(reader.discovery, user=reader.username, password=reader.token) as server:
        [found] = [one for one in server.default.collections if one.title == "Catalogue"]
    collection = reader.collection(found.id)
    assert (collection.title, collection.can_read, collection.can_write) == ("Catalogue", True, False)
    pages = list(taxii.as_pages(collection.get_objects, per_request=40))
    whole = [one for page in pages for one in page.get("objects", [])]
    assert len({one["id"] for one in whole}) == len(whole) > 100
    assert collection.get_objects(added_after="2099-01-01T00:00:00Z") == {}
    source = stix2.TAXIICollectionSource(collection, allow_custom=True)
    patterns = source.query([stix2.Filter("type", "=", "attack-pattern")])
    assert len(patterns) == len([one for one in whole if one["type"] == "attack-pattern"]) > 0
    [mitigation, *_] = source.relationships(patterns[0].id, relationship_type="mitigates", target_only=True)
    assert source.get(mitigation.source_ref).type == "course-of-action"
    assert source.all_versions(patterns[0].id) == [source.get(patterns[0].id)]
