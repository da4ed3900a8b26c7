from __future__ import annotations

from datetime import timedelta

from app.portal.operating.agreement_fields import given_of
from app.services.membership.change_policy import list_agreements
from app.services.signing_in.sessions import find_session
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import approve, enrolled, once, proposed, terms
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator


def _path(partner_id: str) -> str:
    return f"/exchange/partners/{partner_id}/agreement/next"


def _current(running: RunningExchange, operator: Visitor, partner: FakePartner, **changes: object) -> dict[str, object]:
    """Give the fields of the form for a partner's newest version."""
    caller = find_session(running.exchange, operator.secret).principal
    given = given_of(list_agreements(running.exchange, caller, partner.partner_id)[-1])
    return terms(
        **{**{name: value if isinstance(value, str) else list(map(str, value)) for name, value in given.items()}, **changes}
    )


def test_the_form_begins_with_what_is_in_force(platform: FakePartner, operator: Visitor) -> None:
    shown = operator.get(_path(platform.partner_id))
    assert '<option value="amber+strict" selected>' in shown.text
    assert platform.audience_id is not None
    assert f'<option value="{platform.audience_id}" selected>' in shown.text
    assert "any of them" not in operator.get(_path(enrolled(operator))).words


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(operator: Visitor) -> None:
    path = _path(enrolled(operator))
    operator.get(path)
    answer = operator.post(f"{path}/preview", terms(read_countries="Nowhere", recall_hours="24"))
    assert answer.status == 422
    assert 'value="Nowhere"' in answer.text
    assert 'value="24"' in answer.text
    assert 'id="read_countries-fault"' in answer.text
    operator.get(path)
    foreign = f"audience--{'0' * 8}-0000-4000-8000-{'0' * 12}"
    answer = operator.post(f"{path}/preview", terms(default_audience_id=foreign))
    assert (answer.status, 'id="default_audience_id-fault"' in answer.text) == (422, True)
    operator.get(path)
    assert "Nowhere" in operator.post(path, terms(read_countries="Nowhere")).text


def test_a_preview_says_what_would_be_seen_and_names_no_object(
    running: RunningExchange, platform: FakePartner, operator: Visitor
) -> None:
    value = indicator()
    assert platform.submit(value).status == 201
    path = _path(enrolled(operator))
    operator.get(path)
    shown = operator.post(
        f"{path}/preview", terms(read_sensitivities=["behavioural"], abroad_countries="any", abroad_sensitivities=["behavioural"])
    )
    assert "seen from then on Platform about behaviour" in shown.words
    assert value["id"] not in shown.text
    assert "This takes two operators" in shown.words
    assert "Begins when a second person approves it" in shown.words
    assert "Make it at once" not in shown.words
    assert running.operator.get("approvals").json["approvals"] == []


def test_what_narrows_is_made_at_once_by_one_who_showed_who_they_are(
    running: RunningExchange, platform: FakePartner, operator: Visitor
) -> None:
    path = _path(platform.partner_id)
    given = _current(running, operator, platform, read_tlp="green")
    operator.get(path)
    shown = operator.post(f"{path}/preview", given)
    assert "This widens nothing" in shown.words
    assert "Up to the label TLP:AMBER+STRICT TLP:GREEN Allows less" in shown.words
    running.clock.shift += timedelta(minutes=6)
    assert operator.post(f"{path}/making", {**given, "once": once(shown)}).asks_again
    assert platform.get("policy/mine").json["agreement"]["version"] == 1
    running.clock.shift -= timedelta(minutes=6)
    assert operator.post(f"{path}/making", {**given, "once": once(shown)}).status == 303
    assert platform.get("policy/mine").json["agreement"]["read"]["tlp_ceiling"] == "green"


def test_what_widens_is_not_made_by_one(operator: Visitor) -> None:
    path = _path(enrolled(operator))
    operator.get(path)
    answer = operator.post(f"{path}/making", terms())
    assert (answer.status, "takes two persons" in answer.words) == (422, True)


def test_a_proposal_without_a_reason_or_beside_an_open_one_is_shown_again(operator: Visitor) -> None:
    partner_id = enrolled(operator)
    path = _path(partner_id)
    operator.get(path)
    answer = operator.post(f"{path}/proposal", terms(reason=""))
    assert (answer.status, 'id="reason-fault"' in answer.text) == (422, True)
    proposed(operator, partner_id)
    operator.get(path)
    answer = operator.post(f"{path}/proposal", terms(reason="Once more."))
    assert (answer.status, "is open at a time" in answer.words, "Once more." in answer.words) == (422, True, True)


def test_a_proposal_that_is_sent_twice_is_one(operator: Visitor) -> None:
    path = _path(enrolled(operator))
    operator.get(path)
    given = {**terms(), "reason": "Once.", "once": once(operator.post(f"{path}/preview", terms()))}
    found = [operator.post(f"{path}/proposal", given).headers["Location"]]
    operator.get(path)
    found.append(operator.post(f"{path}/proposal", given).headers["Location"])
    assert found[0] == found[1]


def test_what_was_compared_with_an_older_version_is_not_approved(
    running: RunningExchange, platform: FakePartner, operator: Visitor, second: Visitor
) -> None:
    approval_id = proposed(operator, platform.partner_id)
    assert running.operator.post(f"agreements/{platform.partner_id}/suspension").status == 201
    answer = approve(second, approval_id)
    assert (answer.status, "Another version of this agreement was made meanwhile" in answer.words) == (422, True)


def test_who_only_looks_writes_none(platform: FakePartner, auditor: Visitor, protection: Visitor) -> None:
    for visitor in (auditor, protection):
        assert visitor.get(_path(platform.partner_id)).status == 403


def test_a_first_agreement_as_it_begins_warns_that_nothing_is_seen_from_abroad(operator: Visitor, second: Visitor) -> None:
    warning = "It sees nothing from other countries"
    partner_id = enrolled(operator)
    path = _path(partner_id)
    assert warning in operator.get(path).words
    assert warning in operator.post(f"{path}/preview", terms(abroad_countries="", abroad_sensitivities=[])).words
    operator.get(path)
    opened = {"abroad_countries": "any", "abroad_sensitivities": ["behavioural"]}
    assert warning not in operator.post(f"{path}/preview", terms(**opened)).words
    approval_id = proposed(operator, partner_id, abroad_countries="", abroad_sensitivities=[])
    assert warning in second.get(f"/exchange/approvals/{approval_id}").words


def test_a_version_that_would_show_nothing_says_so(operator: Visitor) -> None:
    path = _path(enrolled(operator))
    operator.get(path)
    assert "It sees NOTHING of other organisations" in operator.post(f"{path}/preview", terms(read_purposes=[])).words
    assert "It sees NOTHING" not in operator.post(f"{path}/preview", terms()).words
