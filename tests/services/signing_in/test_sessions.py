from __future__ import annotations

import pytest

from app.domain.errors import Code, ForbiddenError, UnauthenticatedError
from app.domain.permissions import Permission
from app.domain.sign_in import SESSION_IDLES, SESSION_LASTS, STEP_UP_HOLDS
from app.domain.vocabulary import MemberRole, Purpose
from app.services.authenticate import authenticate, require
from app.services.membership.issue_credentials import revoke_credential
from app.services.membership.keep_persons import Roles, change_roles, record_departure
from app.services.signing_in.sessions import end_session, find_session, read_for, require_fresh
from tests.factories.members import Hub
from tests.factories.sign_ins import no_secret, set_up


def test_a_session_is_a_credential_of_its_person_that_no_token_is(hub: Hub) -> None:
    administrator = hub.enrol("Platform A").administrator()
    analyst = set_up(hub, administrator)
    found = analyst.signed_in()
    assert found.principal.credential.person_id == analyst.person_id
    require(found.principal, Permission.OBJECTS_SUBMIT)
    with pytest.raises(UnauthenticatedError):
        authenticate(hub.exchange, analyst.session)
    for secret in (None, "", no_secret(), analyst.session.replace("bws_", "bw_"), f"{analyst.session}\n"):
        with pytest.raises(UnauthenticatedError):
            find_session(hub.exchange, secret)


def test_it_ends_by_idling_by_age_by_signing_out_and_by_revocation(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    analyst = set_up(quick_hub, administrator)
    quick_hub.clock.now += SESSION_IDLES
    with pytest.raises(UnauthenticatedError):
        analyst.signed_in()
    analyst.session = analyst.sign_in()
    begun = quick_hub.clock.now
    while quick_hub.clock.now + SESSION_IDLES / 2 < begun + SESSION_LASTS:
        quick_hub.clock.now += SESSION_IDLES / 2
        analyst.signed_in()
    quick_hub.clock.now = begun + SESSION_LASTS
    with pytest.raises(UnauthenticatedError):
        analyst.signed_in()
    analyst.session = analyst.sign_in()
    end_session(quick_hub.exchange, analyst.signed_in())
    with pytest.raises(UnauthenticatedError):
        analyst.signed_in()
    analyst.session = analyst.sign_in()
    revoke_credential(quick_hub.exchange, quick_hub.operator, analyst.signed_in().principal.credential.credential_id)
    with pytest.raises(UnauthenticatedError):
        analyst.signed_in()


def test_roles_count_as_they_are_at_each_request_and_who_left_is_out(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    analyst = set_up(quick_hub, administrator)
    change_roles(quick_hub.exchange, administrator, analyst.person_id, Roles(member_roles=frozenset({MemberRole.READ_ONLY})))
    with pytest.raises(ForbiddenError) as caught:
        require(analyst.signed_in().principal, Permission.OBJECTS_SUBMIT)
    assert caught.value.code is Code.PERMISSION_MISSING
    record_departure(quick_hub.exchange, administrator, analyst.person_id)
    for ask in (analyst.signed_in, analyst.sign_in):
        with pytest.raises(UnauthenticatedError):
            ask()


def test_who_has_no_role_gets_no_session(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    analyst = set_up(quick_hub, administrator)
    change_roles(quick_hub.exchange, administrator, analyst.person_id, Roles(member_roles=frozenset()))
    with pytest.raises(UnauthenticatedError):
        analyst.sign_in()


def test_a_purpose_is_kept_and_freshness_passes(quick_hub: Hub) -> None:
    analyst = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    read_for(quick_hub.exchange, analyst.signed_in(), Purpose.SAFETY_DESIGN)
    assert analyst.signed_in().session.purpose is Purpose.SAFETY_DESIGN
    require_fresh(quick_hub.exchange, analyst.signed_in())
    quick_hub.clock.now += STEP_UP_HOLDS
    with pytest.raises(ForbiddenError):
        require_fresh(quick_hub.exchange, analyst.signed_in())
    assert analyst.signed_in().session.purpose is Purpose.SAFETY_DESIGN, "that it was seen changes nothing else"
