"""Signing with a browser's key, from outside; the script itself is walked in ``tests/browser/test_signing.py``."""

from __future__ import annotations

import json

from app.domain.signing_task import SigningTask
from app.domain.vocabulary import MemberRole
from tests.factories.browser_signatures import asked, browser_key, hand_in
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered
from tests.factories.signing_tasks import waiting_task
from tests.factories.stix_objects import indicator


def state(partner: FakePartner, task: SigningTask) -> str:
    found: str = partner.get(f"signing-tasks/{task.task_id}").json["state"]
    return found


def test_signatures_of_a_key_that_counts_carry_the_task_out(running: RunningExchange, platform: FakePartner) -> None:
    visitor, value = entered(running, platform, MemberRole.ANALYST), indicator()
    task = waiting_task(running, platform.partner_id, value)
    assert hand_in(visitor, task.task_id, platform.key).status == 303
    assert state(platform, task) == "done"
    assert "waits no more" in visitor.get(f"/signing/tasks/{task.task_id}/in-this-browser").words
    assert platform.object(value["id"]).status == 200


def test_what_is_to_be_signed_is_the_document_that_is_shown(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    task = waiting_task(running, platform.partner_id)
    begun = asked(visitor, task.task_id, platform.key)
    assert (begun["document"], begun["digest"], len(begun["payloads"])) == (task.document, task.digest, 1)


def test_a_key_that_does_not_count_or_too_few_signatures_are_told(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    task = waiting_task(running, platform.partner_id)
    for answer in (
        hand_in(visitor, task.task_id, browser_key()),
        hand_in(visitor, task.task_id, platform.key, signatures="[]"),
        hand_in(visitor, task.task_id, platform.key, signatures="nonsense"),
        hand_in(visitor, task.task_id, platform.key, signatures=json.dumps(["AAAA"])),
        hand_in(visitor, task.task_id, platform.key, signatures="[1]"),
        hand_in(visitor, task.task_id, platform.key, signed_at="nonsense"),
        hand_in(visitor, task.task_id, platform.key, signed_at="0001-01-01T00:00:00+23:59"),
        hand_in(visitor, task.task_id, platform.key, signed_at="9999-12-31T23:59:59-23:59"),
        hand_in(visitor, task.task_id, platform.key, signatures="[" * 19_000),
    ):
        assert answer.status == 422
    assert state(platform, task) == "waiting"


def test_a_reviewer_and_another_partner_sign_nothing(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    task = waiting_task(running, platform.partner_id)
    path = f"/signing/tasks/{task.task_id}/in-this-browser"
    assert entered(running, platform, MemberRole.REVIEWER).get(path).status == 403
    assert entered(running, hotline, MemberRole.ANALYST).get(path).status == 404
