"""``/prevention`` over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.vocabulary import Role, Surface
from app.services.preventing.declare import NewAdoption, declare_adoption
from tests.factories.contributors import LIMITS, LIVE, REPEATED_ROOMS, SINCE, adopt, contributors
from tests.factories.exchanges import FakePartner, RunningExchange

ADOPTION = {"surface": "live-stream", "countermeasure": LIMITS, "state": "adopted", "since": "2025-06-01"}
EFFECT = {
    "surface": "live-stream",
    "countermeasure": LIMITS,
    "behaviour": REPEATED_ROOMS,
    "band": "strong",
    "evidence": "observational",
    "observed_from": "2025-06-01",
    "observed_until": "2025-09-01",
}


def staff_of(running: RunningExchange) -> Any:
    from app.services.authenticate import authenticate  # noqa: PLC0415  # what only this needs

    return authenticate(running.exchange, str(running.operator.token))


def test_declarations_are_made_listed_and_taken_back_by_their_partner_alone(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    made = platform.post("prevention/adoptions", ADOPTION)
    assert made.status == 201
    assert made.json == ADOPTION | {"id": made.json["id"], "until": None, "declared_at": made.json["declared_at"]}
    seen = platform.post("prevention/effects", EFFECT)
    assert seen.status == 201
    assert seen.json["mitigates"] is True
    assert platform.get("prevention/adoptions").json == {"adoptions": [made.json]}
    assert platform.get("prevention/effects").json == {"effects": [seen.json]}
    assert hotline.get("prevention/adoptions").json == {"adoptions": []}
    assert running.operator.get("prevention/adoptions").status == 403
    headers = {"X-Request-Id": "same"}
    for path in (f"adoptions/{made.json['id']}", f"effects/{seen.json['id']}"):
        absent = f"{path.partition('/')[0]}/00000000-0000-4000-8000-000000000000"
        hidden, nothing = (hotline.post(f"prevention/{one}/removal", {}, headers=headers) for one in (path, absent))
        assert (hidden.status, hidden.body) == (404, nothing.body)
    assert platform.post(f"prevention/effects/{seen.json['id']}/removal", {}).json == {"id": seen.json["id"]}
    assert platform.post(f"prevention/adoptions/{made.json['id']}/removal", {}).json == {"id": made.json["id"]}
    assert platform.get("prevention/adoptions").json == {"adoptions": []}


@pytest.mark.parametrize(
    ("path", "changes", "pointer"),
    [
        ("adoptions", {"countermeasure": "CM-1"}, "/countermeasure"),
        ("adoptions", {"countermeasure": "CM-999"}, "/countermeasure"),
        ("adoptions", {"since": "2025-6-1"}, "/since"),
        ("adoptions", {"since": "2025-02-30"}, "/since"),
        ("adoptions", {"since": 5}, "/since"),
        ("adoptions", {"state": "partly"}, "/state"),
        ("adoptions", {"surface": "elsewhere"}, "/surface"),
        ("adoptions", {"comment": "x"}, "/comment"),
        ("effects", {"behaviour": "OP-999"}, "/behaviour"),
        ("effects", {"band": 0.4}, "/band"),
        ("effects", {"evidence": "hearsay"}, "/evidence"),
    ],
)
def test_what_cannot_be_declared_is_refused_by_place(
    platform: FakePartner, path: str, changes: dict[str, Any], pointer: str
) -> None:
    answer = platform.post(f"prevention/{path}", (ADOPTION if path == "adoptions" else EFFECT) | changes)
    assert (answer.status, answer.code, answer.json["pointer"]) == (400, "request-invalid", pointer)


@pytest.mark.parametrize("path", ["adoptions", "effects"])
def test_a_surface_that_is_missing_has_its_place_as_well(platform: FakePartner, path: str) -> None:
    said = ADOPTION if path == "adoptions" else EFFECT
    answer = platform.post(f"prevention/{path}", {name: value for name, value in said.items() if name != "surface"})
    assert (answer.status, answer.code, answer.json["pointer"]) == (400, "request-invalid", "/surface")


def test_an_effect_of_what_was_not_adopted_is_a_conflict(platform: FakePartner) -> None:
    assert platform.post("prevention/effects", EFFECT).status == 409


def test_an_effect_that_the_catalogue_does_not_expect_is_taken_and_said_to_be_one(platform: FakePartner) -> None:
    assert platform.post("prevention/adoptions", ADOPTION).status == 201
    made = platform.post("prevention/effects", EFFECT | {"behaviour": "OP-012"})
    assert (made.status, made.json["mitigates"]) == (201, False)


def test_a_release_is_made_by_operators_and_read_by_every_role(running: RunningExchange, platform: FakePartner) -> None:
    everybody = contributors(running.exchange, staff_of(running), 20)
    adopt(running.exchange, everybody[:10])
    for one in everybody[10:]:
        declare_adoption(running.exchange, one, NewAdoption(LIVE, "CM-014", "planned", SINCE))  # type: ignore[arg-type]  # its word
    assert platform.post("prevention/releases", {}).status == 403
    made = running.operator.post("prevention/releases", {})
    assert (made.status, made.headers["Location"].endswith("/prevention/releases/1")) == (201, True)
    assert running.operator.post("prevention/releases", {}).code == "state-conflict"
    from tests.factories.exchanges import Wanted  # noqa: PLC0415  # what only this test needs

    regulator = running.enrol("Regulator A", Wanted(role=Role.REGULATOR))
    assert regulator.get("prevention/releases/1").json == made.json
    assert regulator.get("prevention/adoptions").status == 403
    [head] = regulator.get("prevention/releases").json["releases"]
    assert head.items() <= made.json.items()
    [cell] = made.json["cells"]
    assert (cell["countermeasure"], cell["organisations"]) == (LIMITS, 10)
    table = regulator.get("prevention/releases/1/table.csv")
    assert table.headers["Content-Type"].startswith("text/csv")
    assert len(table.body.splitlines()) == 2
    helped = regulator.get("prevention/helped", query={"behaviour": REPEATED_ROOMS, "surface": "live-stream"}).json
    assert helped["countermeasures"][0]["adopted"] == {"organisations": 10, "trend": "unknown"}
    assert helped["countermeasures"][0]["helped"] == {"organisations": None, "trend": "unknown"}
    assert helped["ranked_by"] == ["helped", "helped_much", "evidence", "adopted", "code"]
    assert helped["released_at"] == made.json["released_at"]
    assert helped["elsewhere"] == []
    picture = regulator.get("prevention/picture", query={"surface": Surface.LIVE_STREAM.value}).json
    assert (picture["release"], picture["surface"]) == (1, "live-stream")
    assert (picture["ranked_by"], picture["reports_since"]) == (["reported", "helped", "code"], made.json["reports_since"])
    assert {one["phase"] for one in picture["behaviours"]} >= {"live-abuse-facilitation"}


@pytest.mark.parametrize("path", ["releases/2", "releases/x", "releases/01", "releases/2/table.csv"])
def test_a_release_that_was_not_made_is_absent(platform: FakePartner, path: str) -> None:
    assert platform.get(f"prevention/{path}").status == 404
