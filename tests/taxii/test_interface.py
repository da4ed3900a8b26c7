from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.domain.errors import Code
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.taxii import COLLECTIONS, ROOT, TAXII, ask, of

PLACES = ["/taxii2/", f"{ROOT}/", COLLECTIONS, of("exchange", ""), of("exchange"), of("exchange", "manifest/")]


def routes(running: RunningExchange) -> Iterator[tuple[str, set[str]]]:
    for rule in running.app.url_map.iter_rules():
        if rule.rule.startswith("/taxii2"):
            yield rule.rule, rule.methods or set()


def test_every_path_ends_with_a_slash_and_answers_without(running: RunningExchange, platform: FakePartner) -> None:
    assert all(rule.endswith("/") for rule, _ in routes(running))
    for place in PLACES:
        assert ask(platform, place).status == 200
        assert ask(platform, place.rstrip("/")).body == ask(platform, place).body


def test_head_is_answered_as_get_without_a_body(platform: FakePartner) -> None:
    for place in PLACES:
        head, got = ask(platform, place, method="HEAD"), ask(platform, place)
        assert (head.status, head.body, head.headers["Content-Type"]) == (200, b"", TAXII)
        assert head.headers["Content-Length"] == str(len(got.body))


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_refused_with_those_there_are(running: RunningExchange, platform: FakePartner, method: str) -> None:
    methods = dict[str, set[str]]()
    for rule, those in routes(running):
        methods.setdefault(rule, set()).update(those)
    for rule, those in methods.items():
        answer = ask(platform, re.sub("<[a-z_]+>", "x", rule), method=method)
        assert answer.status == 405
        assert set(re.split(", *", answer.headers["Allow"])) == those
        assert answer.json["error_code"] == Code.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("path", ["/taxii2/nowhere/", f"{ROOT}/nowhere", f"{COLLECTIONS}exchange//objects/", "/taxii"])
def test_other_paths_are_nowhere(platform: FakePartner, path: str) -> None:
    answer = ask(platform, path)
    assert answer.status == 404
    assert (answer.headers["Content-Type"] == TAXII) == path.startswith("/taxii2")


def test_no_answer_is_kept_by_anybody(running: RunningExchange, platform: FakePartner) -> None:
    for place in [*PLACES, "/taxii2/nowhere"]:
        assert ask(platform, place).headers["Cache-Control"] == "no-store"
        nobody = FakePartner(running.transport)
        refused = ask(nobody, place)
        assert (refused.status, refused.headers["Cache-Control"]) == (401, "no-store")
        assert {"Bearer", "Basic"} <= set(re.findall("[A-Z][a-z]+", refused.headers["WWW-Authenticate"]))
