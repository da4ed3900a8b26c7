"""The catalogue over TAXII: for every partner, whatever it agreed to, as the specification has collections."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.permissions import Permission
from app.services.cataloguing.founding import founding
from app.stix.catalogue_objects import behaviour_id, catalogue_objects
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.factories.catalogue_changes import House, house, proposal_document, reworded
from tests.factories.exchanges import Answer, FakePartner, RunningExchange, issue
from tests.factories.stix_objects import indicator
from tests.factories.taxii import ask, of, post_signed

COUNT = len(catalogue_objects(founding(), "identity--x"))
OBJECTS, MANIFEST = of("catalogue", "objects/"), of("catalogue", "manifest/")
FIRST = behaviour_id("OP-001")


@pytest.fixture
def unagreed(running: RunningExchange) -> FakePartner:
    """A partner that agreed to nothing, and says no purpose."""
    partner = running.enrol("Unagreed", agreement=None)
    partner.purpose = None
    return partner


def ids(answer: Answer) -> list[str]:
    return [one["id"] for one in answer.json.get("objects", [])]


def pages(partner: FakePartner, path: str, **query: Any) -> list[Answer]:
    """Follow pages to the end."""
    found = [ask(partner, path, query=query)]
    while found[-1].json.get("more"):
        found.append(ask(partner, path, query={"next": found[-1].json["next"]}))
    return found


def test_every_partner_reads_the_catalogue_whatever_it_agreed_to(running: RunningExchange, unagreed: FakePartner) -> None:
    collection = ask(unagreed, of("catalogue", "")).json
    assert (collection["alias"], collection["can_read"], collection["can_write"]) == ("catalogue", True, False)
    answer = ask(unagreed, OBJECTS)
    assert (answer.status, len(answer.json["objects"]), answer.json["more"]) == (200, COUNT, False)
    for value in answer.json["objects"]:
        verify_object(value, read_signature(value), running.exchange.keys.statements.public)
    assert ask(unagreed, of(collection["id"], "objects/")).body == answer.body


def test_it_is_the_same_for_everybody_cursors_too(unagreed: FakePartner, platform: FakePartner, hotline: FakePartner) -> None:
    answers = [ask(one, OBJECTS, query={"limit": "5"}) for one in (unagreed, platform, hotline)]
    assert len({json.dumps(one.json["objects"]) for one in answers}) == 1
    onward = ask(platform, OBJECTS, query={"next": answers[0].json["next"]})
    assert onward.status == 200
    assert not set(ids(onward)) & set(ids(answers[0]))


@pytest.mark.parametrize("path", [OBJECTS, MANIFEST])
def test_pages_give_each_object_once(unagreed: FakePartner, path: str) -> None:
    found = pages(unagreed, path, limit="17")
    seen = [one for page in found for one in ids(page)]
    assert len(seen) == len(set(seen)) == COUNT
    firsts = [page.headers["X-TAXII-Date-Added-First"] for page in found]
    lasts = [page.headers["X-TAXII-Date-Added-Last"] for page in found]
    assert firsts == sorted(set(firsts))
    assert all(first <= last for first, last in zip(firsts, lasts, strict=True))


def test_who_polls_is_given_what_a_release_changed(running: RunningExchange, unagreed: FakePartner) -> None:
    home: House = house(running)
    last = ask(unagreed, OBJECTS).headers["X-TAXII-Date-Added-Last"]
    assert ask(unagreed, OBJECTS, query={"added_after": last}).json == {}
    home.release(proposal_document())
    [changed] = ask(unagreed, OBJECTS, query={"added_after": last}).json["objects"]
    assert (changed["id"], changed["name"]) == (FIRST, reworded("OP-001")["name"])
    versions = ask(unagreed, of("catalogue", f"objects/{FIRST}/versions/")).json["versions"]
    assert versions == sorted({versions[0], changed["modified"]})
    assert len(versions) == 2
    newest = ask(unagreed, of("catalogue", f"objects/{FIRST}/")).json["objects"]
    assert [one["modified"] for one in newest] == [versions[1]]
    for asked, expected in {"first": versions[:1], "last": versions[1:], "all": versions, versions[0]: versions[:1]}.items():
        answer = ask(unagreed, OBJECTS, query={"match[id]": FIRST, "match[version]": asked})
        assert [one["modified"] for one in answer.json["objects"]] == expected, asked
    assert len(ids(ask(unagreed, MANIFEST))) == COUNT
    assert len(ids(ask(unagreed, MANIFEST, query={"match[version]": "all"}))) == COUNT + 1


def test_filters_narrow_it(unagreed: FakePartner) -> None:
    patterns = ask(unagreed, OBJECTS, query={"match[type]": "attack-pattern"})
    assert len(ids(patterns)) == len(founding().behaviours)
    assert ids(ask(unagreed, OBJECTS, query={"match[id]": FIRST, "match[type]": "attack-pattern"})) == [FIRST]
    assert ask(unagreed, OBJECTS, query={"match[type]": "indicator"}).json == {}
    assert ask(unagreed, OBJECTS, query={"match[spec_version]": "2.0"}).json == {}


def test_what_it_does_not_have_is_not_found(platform: FakePartner) -> None:
    value = indicator()
    platform.submit(value)
    for path in (f"objects/{value['id']}/", f"objects/{value['id']}/versions/", "objects/nothing/"):
        answer = ask(platform, of("catalogue", path))
        assert (answer.status, answer.json["error_code"]) == (404, "not-found")
    late = ask(platform, of("catalogue", f"objects/{FIRST}/"), query={"added_after": "2099-01-01T00:00:00Z"})
    assert (late.status, late.json) == (200, {})


@pytest.mark.parametrize(
    ("query", "code"),
    [({"next": "AAAA"}, "cursor-invalid"), ({"limit": "0"}, "request-invalid"), ({"match[owner]": "x"}, "request-invalid")],
)
def test_what_is_asked_wrongly_is_refused(unagreed: FakePartner, query: dict[str, str], code: str) -> None:
    answer = ask(unagreed, OBJECTS, query=query)
    assert (answer.status, answer.json["error_code"]) == (400, code)


def test_a_cursor_of_objects_is_none_of_the_manifests(unagreed: FakePartner) -> None:
    cursor = ask(unagreed, OBJECTS, query={"limit": 1}).json["next"]
    answer = ask(unagreed, MANIFEST, query={"next": cursor})
    assert (answer.status, answer.json["error_code"]) == (400, "cursor-invalid")


def test_nobody_posts_to_it_or_takes_anything_back(platform: FakePartner) -> None:
    taken = ask(platform, of("catalogue", f"objects/{FIRST}/"), method="DELETE")
    for answer in (post_signed(platform, "catalogue", indicator()), taken):
        assert (answer.status, answer.json["error_code"]) == (403, "permission-missing")


def test_who_may_not_read_at_all_has_no_catalogue(running: RunningExchange, platform: FakePartner) -> None:
    platform.token = issue(running.operator, platform, {Permission.OBJECTS_SUBMIT})
    assert ask(platform, OBJECTS).status == 404
