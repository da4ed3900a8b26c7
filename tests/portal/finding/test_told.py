from __future__ import annotations

from app.domain.vocabulary import Assurance, OnwardShare, PermittedUse, Review, Sensitivity, SubjectStatus, Tlp
from app.portal.finding.told import rules_of
from app.services.showing.terms_of_use import TermsOfUse
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_finders import named_for, publish
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import context, indicator, marking, user_account

TERMS = TermsOfUse(
    Tlp.GREEN,
    Sensitivity.AGGREGATE,
    (),
    OnwardShare.NONE,
    Assurance.PUBLISHER_SIGNED,
    SubjectStatus.UNKNOWN,
    Review.UNREVIEWED,
    None,
    None,
)


def test_where_nothing_is_allowed_it_is_said() -> None:
    assert rules_of(TERMS)[0] == "Know it and do nothing with it."
    assert PermittedUse.NONE not in TERMS.permitted_uses


def test_behaviours_have_their_names_and_definitions(publisher: FakePartner, analyst: Visitor) -> None:
    stix_id = publish(publisher, indicator(stated=context(behaviours=["OP-017"])))
    page = analyst.get(f"/objects/{stix_id}")
    assert "OP-017 Repeated short-lived rooms" in page.words
    assert "behaviour=OP-017" in page.text


def test_an_account_that_may_be_a_childs_is_said_before_all_else(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    stated = context(sensitivity="identifying", subject_status="may-be-child")
    account = user_account(object_marking_refs=[named_for(publisher, hotline)], extensions=stated)
    publish(publisher, account)
    page = analyst.get(f"/objects/{account['id']}")
    assert "protect, and never enforce" in page.words
    assert "Let people alone decide on it" in page.words
    assert running.exchange is not None


def test_an_end_and_an_embargo_are_said(publisher: FakePartner, analyst: Visitor) -> None:
    ends = marking(publisher.audience_id, expires_at="2027-01-02T03:04:05Z")
    publish(publisher, ends)
    stix_id = publish(publisher, indicator(object_marking_refs=[ends["id"]]))
    assert "It ends for everybody on 2 Jan 2027, 03:04 UTC" in analyst.get(f"/objects/{stix_id}").words
