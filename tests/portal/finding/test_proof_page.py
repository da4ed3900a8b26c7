"""What the page gives the browser to check: exactly the stored bytes, the log's proof of them, and the keys that they name."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from tests.factories.exchanges import PLAIN_TOOLS, FakePartner, RunningExchange, agreement_document
from tests.factories.ledger_rows import newest_row, version_ids_of
from tests.factories.portal_finders import publish
from tests.factories.portal_visitors import Page, Visitor
from tests.factories.second_opinion import canonical
from tests.factories.stix_objects import indicator


def checkpoint(running: RunningExchange) -> None:
    """Let the log have a checkpoint of all that is in it."""
    assert running.operator.post("log/checkpoints", {}).status == 201


def given(page: Page) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Give the object's text, its proof and the keys, as the page has them."""
    [text] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    [proof] = re.findall(r'data-given="([^"]*)"', page.text)
    [keys] = re.findall(r'data-keys="([^"]*)"', page.text)
    return html.unescape(text), json.loads(html.unescape(proof)), json.loads(html.unescape(keys))


def test_the_browser_is_given_the_stored_bytes_the_proof_and_the_keys(
    running: RunningExchange, publisher: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(publisher, indicator(description="Räume & <Zimmer>\n"))
    checkpoint(running)
    page = analyst.get(f"/objects/{stix_id}/proofs")
    text, proof, keys = given(page)
    assert canonical(json.loads(text)) == text.encode()
    assert proof["proof"]["kind"] == "object-version"
    assert keys["keys"][publisher.key.public.keyid]["owner"] == publisher.identity_id
    assert {one["usage"] for one in keys["keys"].values()} >= {"checkpoint-signing", "object-signing"}
    assert keys["origin"] == proof["proof"]["checkpoint"].partition("\n")[0]
    assert "It does not show" in page.words


def test_it_is_one_row_of_the_ledger_and_no_further_key_goes_along(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(publisher, indicator())
    before = newest_row(running).number
    keys = given(analyst.get(f"/objects/{stix_id}/proofs"))[2]
    row = newest_row(running)
    assert (row.number, row.version_ids) == (before + 1, version_ids_of(running, stix_id))
    assert hotline.key.public.keyid not in keys["keys"]


def test_before_a_checkpoint_covers_it_that_is_said(running: RunningExchange, publisher: FakePartner, analyst: Visitor) -> None:
    stix_id = publish(publisher, indicator())
    page = analyst.get(f"/objects/{stix_id}/proofs")
    assert given(page)[1]["proof"] is None
    assert "None covers it yet" in page.words
    assert running.exchange is not None


def test_what_nobody_signed_comes_with_the_exchanges_attestation(
    running: RunningExchange, publisher: FakePartner, analyst: Visitor
) -> None:
    running.agree(agreement_document(publisher.partner_id, publisher.audience_id, **PLAIN_TOOLS))
    value = indicator()
    assert publisher.submit_signed([value]).json["results"][0]["status"] == "stored"
    page = analyst.get(f"/objects/{value['id']}/proofs")
    assert given(page)[1]["attestation"]["payloadType"].endswith("attestation+json")
    assert "attested by the exchange" in page.text


def test_hidden_is_absent(analyst: Visitor) -> None:
    for page in ("proofs", "versions", "readers", "print"):
        assert analyst.get(f"/objects/indicator--6b9e4c8a-1111-4a4a-8a4a-000000000001/{page}").status == 404
