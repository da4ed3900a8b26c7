"""Pages of what waits for a signature, from outside."""

from __future__ import annotations

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered
from tests.factories.signing_tasks import waiting_task
from tests.factories.stix_objects import indicator


def sign(partner: FakePartner, task_id: str) -> None:
    document = partner.get(f"signing-tasks/{task_id}").json["document"]
    signed = document | {"objects": [partner.sign(value) for value in document["objects"]]}
    assert partner.post(f"signing-tasks/{task_id}/signed", {"signed": signed}).status == 200


def test_what_waits_is_listed_and_told_in_words(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.REVIEWER)
    assert "Nothing waits" in visitor.get("/signing").words
    task = waiting_task(running, platform.partner_id, indicator(name="Rooms that <close>"))
    assert "1 \N{MULTIPLICATION SIGN} Indicator" in visitor.get("/signing").words
    shown = visitor.get(f"/signing/tasks/{task.task_id}")
    assert "Rooms that <close>" in shown.words
    assert task.digest in shown.text
    assert "Take it back" not in shown.words
    assert "Sign it with this browser" not in shown.words


def test_what_is_done_leads_to_its_objects(running: RunningExchange, platform: FakePartner) -> None:
    value = indicator()
    task = waiting_task(running, platform.partner_id, value)
    sign(platform, task.task_id)
    visitor = entered(running, platform, MemberRole.ANALYST)
    assert f"/objects/{value['id']}" in visitor.get(f"/signing/tasks/{task.task_id}").text
    assert "Nothing waits" in visitor.get("/signing").words
    assert "Signed and sent" in visitor.get("/signing?all=1").words


def test_what_was_refused_says_why(running: RunningExchange, platform: FakePartner) -> None:
    task = waiting_task(running, platform.partner_id, indicator(confidence=300))
    sign(platform, task.task_id)
    visitor = entered(running, platform, MemberRole.REVIEWER)
    shown = visitor.get(f"/signing/tasks/{task.task_id}").words
    assert "Why it was not taken" in shown
    assert "/objects/0/confidence" in shown


def test_its_maker_takes_it_back_and_then_nobody_signs_it(running: RunningExchange, platform: FakePartner) -> None:
    maker = entered(running, platform, MemberRole.ANALYST)
    task = waiting_task(running, platform.partner_id, made_by=maker.person_id)
    assert "If you take it back" in maker.get(f"/signing/tasks/{task.task_id}").words
    assert maker.post(f"/signing/tasks/{task.task_id}/taking-back").status == 303
    assert "Taken back" in maker.get(f"/signing/tasks/{task.task_id}").words
    document = {"group_id": None, "objects": [platform.sign(indicator())]}
    assert platform.post(f"signing-tasks/{task.task_id}/signed", {"signed": document}).status in (400, 409)


def test_a_colleague_does_not_take_it_back_and_an_administrator_does(running: RunningExchange, platform: FakePartner) -> None:
    task = waiting_task(running, platform.partner_id)
    colleague = entered(running, platform, MemberRole.ANALYST)
    colleague.get(f"/signing/tasks/{task.task_id}")
    assert colleague.post(f"/signing/tasks/{task.task_id}/taking-back").status == 403
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    administrator.get(f"/signing/tasks/{task.task_id}")
    assert administrator.post(f"/signing/tasks/{task.task_id}/taking-back").status == 303


def test_what_was_done_meanwhile_is_not_taken_back(running: RunningExchange, platform: FakePartner) -> None:
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    task = waiting_task(running, platform.partner_id)
    administrator.get(f"/signing/tasks/{task.task_id}")
    sign(platform, task.task_id)
    answer = administrator.post(f"/signing/tasks/{task.task_id}/taking-back")
    assert (answer.status, "This task waits no more" in answer.words) == (422, True)


def test_anothers_task_is_absent_and_a_reader_has_no_such_pages(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    task = waiting_task(running, platform.partner_id)
    other = entered(running, hotline, MemberRole.ADMINISTRATOR)
    absent = other.get("/signing/tasks/00000000-0000-4000-8000-000000000000")
    assert other.get(f"/signing/tasks/{task.task_id}").status == absent.status == 404
    reader = entered(running, platform, MemberRole.READ_ONLY)
    assert reader.get("/signing").status == reader.get(f"/signing/tasks/{task.task_id}").status == 403
