from __future__ import annotations

import pytest

from app.domain.errors import Code, ForbiddenContentError, MalformedInputError
from app.domain.paging import AlarmCode
from app.services.screen_reason import check_legible, screen_reason
from app.storage import alarms
from tests.factories.members import Hub


@pytest.mark.parametrize("reason", ["Answers were late.", "See approval 12 of 2026.", "Two tokens were in a public repository."])
def test_what_people_write_passes(quick_hub: Hub, reason: str) -> None:
    screen_reason(quick_hub.exchange, quick_hub.enrol("A").principal, reason)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("Write to somebody@example.org", Code.PERSON_DATA_FORBIDDEN),
        ("The girl is called Synthetica", Code.PERSON_DATA_FORBIDDEN),
        ("data:image/png;base64,AAAA", Code.CONTENT_FORBIDDEN),
    ],
)
def test_what_must_not_be_here_is_refused_without_its_value_and_alarms(quick_hub: Hub, reason: str, code: Code) -> None:
    with pytest.raises(ForbiddenContentError) as refused:
        screen_reason(quick_hub.exchange, quick_hub.enrol("A").principal, reason)
    assert (refused.value.code, refused.value.pointer) == (code, "/reason")
    assert not {"example.org", "Synthetica", "AAAA"} & set(refused.value.sentence.split())
    with quick_hub.exchange.database.read() as connection:
        raised = {one for one, count in alarms.counts(connection).items() if count}
    assert raised == {AlarmCode(code)}


@pytest.mark.parametrize("text", ["It was late\u202e.oga gnol", "Late\x1b[2K.", "Late\u3164."])
def test_what_does_not_show_what_it_holds_is_refused(quick_hub: Hub, text: str) -> None:
    with pytest.raises(MalformedInputError) as refused:
        screen_reason(quick_hub.exchange, quick_hub.enrol("A").principal, text)
    assert refused.value.pointer == "/reason"
    check_legible("Two\r\nlines", "/reason")
