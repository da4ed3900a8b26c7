"""Live rooms that open and close within minutes are reported everywhere; some services limit who may go live, and it helps.

Two dozen services have live streams. In the first quarter most of them report such rooms. Four limit who may go live and to whom
(CM-007), and say that it helped; nobody else learns of it yet, for they are too few. Then ten more do the same, and most of those
who say anything say that it helped: now a design team of a service that did nothing yet finds it, ranked first, and so do a
researcher and a regulator, who may read nothing else. Next winter far fewer report such rooms. One service takes its word back,
and no number moves. Whatever an agency reports is in no number. Nobody reads anybody else's declarations at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import Role
from tests.factories.exchanges import Caller, FakePartner, RunningExchange, Wanted
from tests.factories.stix_objects import context, indicator

LIMITS, REPORTING, ROOMS, LIVE = "CM-007", "CM-014", "OP-017", "live-stream"
SERVICES, REPORTERS, PIONEERS, ADOPTERS, HELPED, STILL_REPORT = 24, 14, 4, 14, 7, 7
BETWEEN = timedelta(days=30)
Number = tuple[int | None, str]
NOT_ENOUGH: Number = (None, "unknown")

# By step: how many organisations reported such rooms, adopted the limits, and say that these helped; as everybody reads it.
GROUND_TRUTH: Mapping[str, tuple[Number, Number, Number]] = {
    "rooms are reported": ((REPORTERS, "unknown"), NOT_ENOUGH, NOT_ENOUGH),
    "four limit who may go live": ((REPORTERS, "flat"), NOT_ENOUGH, NOT_ENOUGH),
    "ten more do": ((REPORTERS, "flat"), (ADOPTERS, "unknown"), (HELPED, "unknown")),
    "fewer report such rooms": ((STILL_REPORT, "down"), (ADOPTERS, "flat"), (HELPED, "flat")),
    "one takes its word back": ((STILL_REPORT, "flat"), (ADOPTERS, "flat"), (HELPED, "flat")),
}


@dataclass
class Story:
    """The services with live streams, whoever else is in the exchange, and how it goes on."""

    running: RunningExchange
    services: list[FakePartner]
    agency: FakePartner
    readers: dict[str, Caller]

    def release(self) -> None:
        """Let some weeks pass, and have a release made."""
        self.running.clock.shift += BETWEEN
        assert self.running.operator.post("prevention/releases", {}).status == 201

    def read_by(self, name: str) -> tuple[Number, Number, Number]:
        """Ask what somebody reads, in each way there is; all must say the same."""
        reader = self.readers[name]
        picture = reader.get("prevention/picture", query={"surface": LIVE}).json
        helped = reader.get("prevention/helped", query={"surface": LIVE, "behaviour": ROOMS}).json
        [rooms] = [one for one in picture["behaviours"] if one["behaviour"] == ROOMS]
        assert rooms["countermeasures"] == helped["countermeasures"]
        [limits] = [one for one in helped["countermeasures"] if one["code"] == LIMITS]
        newest = reader.get("prevention/releases").json["releases"][0]["number"]
        told = [_number(one) for one in (rooms["reported"], limits["adopted"], limits["helped"])]
        cells = reader.get(f"prevention/releases/{newest}").json["cells"]
        places = (("reported", ROOMS, None), ("adopted", None, LIMITS), ("helped", ROOMS, LIMITS))
        in_release = {(one["measure"], one["behaviour"], one["countermeasure"]): _number(one) for one in cells}
        assert told == [in_release.get(place, NOT_ENOUGH) for place in places]
        return told[0], told[1], told[2]


def _number(told: Mapping[str, Any]) -> Number:
    return told["organisations"], told["trend"]


@pytest.fixture
def story(running_on_both: RunningExchange) -> Story:
    running = running_on_both
    services = [running.enrol(f"Service {number}") for number in range(SERVICES)]
    kinds = {"a researcher": Role.RESEARCHER, "a regulator": Role.REGULATOR, "a hotline": Role.HOTLINE}
    readers: dict[str, Caller] = {name: running.enrol(name, Wanted(role=role)) for name, role in kinds.items()}
    agency = running.enrol("An agency", Wanted(role=Role.LAW_ENFORCEMENT))
    others = {"a design team": services[-1], "a pioneer": services[0], "the agency": agency, "the operator": running.operator}
    return Story(running, services, agency, readers | others)


def _report(services: list[FakePartner]) -> None:
    for one in services:
        [result] = one.submit(indicator(stated=context(surfaces=[LIVE], behaviours=[ROOMS]))).json["results"]
        assert result["status"] == "stored", result


def _adopt(services: list[FakePartner], code: str = LIMITS, state: str = "adopted") -> None:
    for one in services:
        said = {"surface": LIVE, "countermeasure": code, "state": state, "since": "2025-06-01"}
        assert one.post("prevention/adoptions", said).status == 201


def _see(services: list[FakePartner], band: str) -> None:
    for one in services:
        said = {"surface": LIVE, "countermeasure": LIMITS, "behaviour": ROOMS, "band": band, "evidence": "observational"}
        days = {"observed_from": "2025-06-01", "observed_until": "2025-12-01"}
        assert one.post("prevention/effects", said | days).status == 201


def _rooms_are_reported(story: Story) -> None:
    _report(story.services[:REPORTERS])
    _report([story.agency])
    _adopt(story.services, REPORTING, "planned")


def _four_limit_who_may_go_live(story: Story) -> None:
    _adopt(story.services[:PIONEERS])
    _see(story.services[:PIONEERS], "strong")


def _ten_more_do(story: Story) -> None:
    _adopt(story.services[PIONEERS:ADOPTERS])
    _see(story.services[PIONEERS:HELPED], "moderate")
    _see(story.services[HELPED : HELPED + 2], "none")
    _see(story.services[HELPED + 2 : HELPED + 3], "unknown")


def _fewer_report_such_rooms(story: Story) -> None:
    story.running.clock.shift += timedelta(days=92)
    _report(story.services[REPORTERS - STILL_REPORT : REPORTERS])


def _one_takes_its_word_back(story: Story) -> None:
    [limits] = [one for one in _own(story.services[0]) if one["countermeasure"] == LIMITS]
    assert story.services[0].post(f"prevention/adoptions/{limits['id']}/removal", {}).status == 200


STEPS: Mapping[str, Callable[[Story], None]] = {
    "rooms are reported": _rooms_are_reported,
    "four limit who may go live": _four_limit_who_may_go_live,
    "ten more do": _ten_more_do,
    "fewer report such rooms": _fewer_report_such_rooms,
    "one takes its word back": _one_takes_its_word_back,
}


def _own(partner: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = partner.get("prevention/adoptions").json["adoptions"]
    return found


def test_at_each_step_everybody_reads_the_same_numbers_and_no_others(story: Story) -> None:
    kept: dict[int, Any] = {}
    for number, (step, act) in enumerate(STEPS.items(), start=1):
        act(story)
        assert _earlier(story) == kept, step  # what is declared moves nothing until there is a release
        story.release()
        assert {name: story.read_by(name) for name in story.readers} == dict.fromkeys(story.readers, GROUND_TRUTH[step]), step
        kept[number] = story.running.operator.get(f"prevention/releases/{number}").json
    assert GROUND_TRUTH.keys() == STEPS.keys()
    best = story.readers["a design team"].get("prevention/helped", query={"surface": LIVE, "behaviour": ROOMS}).json
    assert best["countermeasures"][0]["code"] == LIMITS


def _earlier(story: Story) -> dict[int, Any]:
    known = story.running.operator.get("prevention/releases").json["releases"]
    return {one["number"]: story.running.operator.get(f"prevention/releases/{one['number']}").json for one in known}


def test_nobody_reads_anybody_elses_declarations(story: Story) -> None:
    _adopt(story.services[:2])
    [limits] = _own(story.services[0])
    for name, reader in story.readers.items():
        answer = reader.get("prevention/adoptions")
        if name in {"a researcher", "a regulator", "the agency", "the operator"}:
            assert answer.status == 403
        else:
            assert [one["id"] for one in answer.json["adoptions"]] == ([limits["id"]] if name == "a pioneer" else [])
        if name != "a pioneer":
            assert reader.post(f"prevention/adoptions/{limits['id']}/removal", {}).status in {403, 404}
    assert _own(story.services[0]) == [limits]
