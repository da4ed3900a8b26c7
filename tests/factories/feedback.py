"""Partners that give feedback over HTTP as the documents tell them to: compose, sign, submit."""

from __future__ import annotations

from typing import Any

from tests.factories.exchanges import Answer, FakePartner

DETECTION = {"Breakwater-Purpose": "detection"}


def compose(partner: FakePartner, stix_id: str, kind: str, word: str | None = None, **more: Any) -> Answer:
    """Ask for feedback on an object as an unsigned object."""
    said = {"kind": kind} | ({} if word is None else {"word": word}) | more
    return partner.post(f"objects/{stix_id}/feedback", said, headers=DETECTION)


def give(partner: FakePartner, stix_id: str, kind: str, word: str | None = None, **more: Any) -> dict[str, Any]:
    """Give feedback on an object; it must be stored. Gives the unsigned object."""
    composed = compose(partner, stix_id, kind, word, **more)
    assert composed.status == 200, composed.body
    value: dict[str, Any] = composed.json["object"]
    submit(partner, value)
    return value


def dispute(partner: FakePartner, stix_id: str, reason: str = "not-violating") -> dict[str, Any]:
    """Dispute an object after people have looked at it."""
    return give(partner, stix_id, "dispute", reason, evidence="human-review")


def submit(partner: FakePartner, value: dict[str, Any]) -> None:
    """Sign and submit an object that must be stored."""
    [result] = partner.submit(value).json["results"]
    assert result["status"] == "stored", result


def feedback_on_mine(partner: FakePartner, **query: Any) -> list[dict[str, Any]]:
    """List what others say of a partner's objects."""
    answer = partner.get("feedback", query=query, headers=DETECTION)
    assert answer.status == 200, answer.body
    objects: list[dict[str, Any]] = answer.json["objects"]
    return objects


def marks(partner: FakePartner, stix_id: str) -> list[bool]:
    """Say of each version of a notice of dispute in a partner's feed, in order, whether it marks an object (or revokes that)."""
    notices = partner.pull_all(type="recall-notice")
    about = [one for one in notices if stix_id in [each["stix_id"] for each in one["recalled"]]]
    return [not one.get("revoked", False) for one in about]
