"""What reasons may not carry, and that it alarms; the refusals over HTTP are in ``tests/http/test_catalogue_reasons.py``."""

from __future__ import annotations

import base64

import pytest

from app.domain.errors import BreakwaterError, Code
from app.domain.paging import AlarmCode
from app.services.cataloguing.check_reason import check_reason
from app.storage import alarms
from tests.factories.members import Hub

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()


@pytest.mark.parametrize("reason", ["Sharper words.", "Two reports of 2026 name it; OP-012 says less.", "It adds a source"])
def test_what_people_write_passes(quick_hub: Hub, reason: str) -> None:
    check_reason(quick_hub.exchange, quick_hub.enrol("A").principal, reason)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("See https://example.org/a", Code.CATALOGUE_TEXT_REFUSED),
        ("Write to somebody@example.org", Code.PERSON_DATA_FORBIDDEN),
        (f"Like this: {PICTURE}", Code.CONTENT_FORBIDDEN),
        ("data:image/png;base64,AAAA", Code.CONTENT_FORBIDDEN),
    ],
)
def test_what_must_not_be_here_is_refused_without_its_value(quick_hub: Hub, reason: str, code: Code) -> None:
    member = quick_hub.enrol("A")
    with pytest.raises(BreakwaterError) as refused:
        check_reason(quick_hub.exchange, member.principal, reason)
    assert (refused.value.code, refused.value.pointer) == (code, "/reason")
    assert "example.org" not in refused.value.sentence
    with quick_hub.exchange.database.read() as connection:
        counts = alarms.counts(connection)
    raised = {one for one, count in counts.items() if count}
    assert raised == (set() if code is Code.CATALOGUE_TEXT_REFUSED else {AlarmCode(code)})
