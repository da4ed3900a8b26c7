from __future__ import annotations

from datetime import timedelta

from breakwater_client.trust.possession import prove_possession
from tests.factories.canaries import watched_key
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import enrolled, with_key
from tests.factories.portal_visitors import Visitor


def _state(running: RunningExchange, keyid: str) -> str:
    state: str = running.operator.get(f"keys/{keyid}").json["key"]["state"]
    return state


def _another(partner: FakePartner) -> str:
    challenge, key = partner.post("keys/challenges").json["challenge"], watched_key()
    proof = prove_possession(key, challenge, partner.partner_id)
    registration = {"public_key": key.public.to_pem().decode(), "challenge": challenge, "proof": proof}
    keyid: str = partner.post("keys", registration).json["keyid"]
    return keyid


def test_a_key_counts_once_the_id_that_the_partner_told_is_its_own(running: RunningExchange, operator: Visitor) -> None:
    _, keyid = with_key(running, enrolled(operator))
    shown = operator.get(f"/exchange/keys/{keyid}")
    assert keyid not in shown.words, "the operator types what the partner tells, and copies nothing"
    for told in ("", keyid[:32], "0" * 64):
        answer = operator.post(f"/exchange/keys/{keyid}/activation", {"told": told})
        assert (answer.status, "not the id of the key" in answer.words) == (422, True)
    assert _state(running, keyid) == "pending"
    assert operator.post(f"/exchange/keys/{keyid}/activation", {"told": f" {keyid.upper()}\n"}).status == 303
    assert _state(running, keyid) == "active"
    operator.get(f"/exchange/keys/{keyid}")
    assert keyid in operator.page.words
    answer = operator.post(f"/exchange/keys/{keyid}/activation", {"told": keyid})
    assert (answer.status, "Only a pending key" in answer.words) == (422, True)


def test_a_further_key_takes_two_operators(platform: FakePartner, operator: Visitor, second: Visitor) -> None:
    keyid = _another(platform)
    operator.get(f"/exchange/keys/{keyid}")
    answer = operator.post(f"/exchange/keys/{keyid}/activation", {"told": keyid})
    assert (answer.status, "Propose that it counts" in answer.words) == (422, True)
    answer = operator.post(f"/exchange/keys/{keyid}/recovery", {"told": "0" * 64, "reason": "Lost."})
    assert (answer.status, "Propose that it counts" in answer.words) == (422, True)
    answer = operator.post(f"/exchange/keys/{keyid}/recovery", {"told": keyid, "reason": ""})
    assert (answer.status, "A reason has" in answer.words) == (422, True)
    operator.get(f"/exchange/keys/{keyid}")
    answer = operator.post(f"/exchange/keys/{keyid}/recovery", {"told": keyid, "reason": "The old one was lost."})
    assert answer.headers["Location"].startswith("/portal/exchange/approvals/")
    assert "New key in the place of a lost one: Platform" in second.get(answer.headers["Location"].removeprefix("/portal")).words


def test_it_is_asked_first_who_sits_there(running: RunningExchange, operator: Visitor, auditor: Visitor) -> None:
    _, keyid = with_key(running, enrolled(operator))
    assert auditor.get(f"/exchange/keys/{keyid}").status == 403
    running.clock.shift += timedelta(minutes=6)
    assert operator.get(f"/exchange/keys/{keyid}").headers["Location"] == f"/portal/show-again?back=/exchange/keys/{keyid}"


def test_a_key_that_is_not_there_is_not_found(operator: Visitor) -> None:
    assert operator.get(f"/exchange/keys/{'0' * 64}").status == 404
