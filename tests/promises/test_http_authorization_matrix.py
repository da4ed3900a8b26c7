"""Who may do what over HTTP: a row for each method of each route, a column for each kind of caller.

Requests carry ``{}`` as body and ids of the partner's own things, so that whoever may pass is answered 2xx, or 400, 404 or 409
for asking nonsense; 403 and 401 are answered before that is looked at.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.web.auth import PUBLIC
from tests.factories.catalogue_changes import proposal_document
from tests.factories.exchanges import JSON, Answer, Caller, RunningExchange, Wanted, running_exchange
from tests.factories.partner_requests import request_of
from tests.factories.stix_objects import indicator
from tests.factories.taxii import TAXII
from tests.factories.urgent import urgent_indicator
from tests.http.test_exports import lay

# partner: with every scope a partner may hold, asking for its own things. stranger: another such partner, asking for the same.
# scopeless: a partner without scopes. suspended: with every scope. The others are persons of the exchange, with every permission
# there is on the credential: only those of their role count.
MATRIX = """
method route                                        anonymous partner stranger scopeless suspended operator auditor protection
GET    /livez                                       200       200     200      200       200       200      200     200
GET    /readyz                                      200       200     200      200       200       200      200     200
GET    /metrics                                     401       403     403      403       403       200      403     403
GET    /api/v1/openapi.json                         200       200     200      200       200       200      200     200
GET    /api/v1/docs                                 200       200     200      200       200       200      200     200
GET    /api/v1/docs/<name>                          200       200     200      200       200       200      200     200
GET    /api/v1/exchange                             200       200     200      200       200       200      200     200
GET    /api/v1/catalogue                            200       200       200       200       200       200       200       200
GET    /api/v1/catalogue/changes                    400       400       400       400       400       400       400       400
GET    /api/v1/catalogue/navigator-data             200       200       200       200       200       200       200       200
GET    /api/v1/catalogue/navigator-layer            200       200       200       200       200       200       200       200
GET    /api/v1/catalogue/releases                   200       200       200       200       200       200       200       200
GET    /api/v1/catalogue/releases/<number>          200       200       200       200       200       200       200       200
GET    /api/v1/catalogue/stix                       200       200       200       200       200       200       200       200
GET /api/v1/catalogue/proposals 401 200 200 403 403 200 403 403
POST /api/v1/catalogue/proposals 401 400 400 403 403 400 403 403
GET /api/v1/catalogue/proposals/<proposal_id> 401 200 200 403 403 200 403 403
POST /api/v1/catalogue/proposals/<proposal_id>/reviews 401 403 403 403 403 400 403 403
POST /api/v1/catalogue/proposals/<proposal_id>/withdrawal 401 200 403 403 403 403 403 403
POST   /api/v1/catalogue/release                    401       403       403       403       403       409       403       403
GET    /api/v1/objects                              401       200     200      403       403       403      403     403
GET    /api/v1/objects/<stix_id>                    401       200     200      403       403       403      403     403
GET    /api/v1/objects/<stix_id>/versions           401       200     200      403       403       403      403     403
GET    /api/v1/objects/<stix_id>/versions/<version> 401       200     200      403       403       403      403     403
GET    /api/v1/objects/<stix_id>/receipt            401       200     404      403       403       403      403     403
GET    /api/v1/search                              401       200     200      403       403       403      403     403
GET    /api/v1/search/counts                       401       200     200      403       403       403      403     403
POST   /api/v1/search/observable                   401       400     400      403       403       403      403     403
GET    /api/v1/searches                            401       200     200      403       403       403      403     403
POST   /api/v1/searches                            401       400     400      403       403       403      403     403
GET    /api/v1/searches/<search_id>/new            401       404     404      403       403       403      403     403
POST   /api/v1/searches/<search_id>/seen           401       400     400      403       403       403      403     403
POST   /api/v1/searches/<search_id>/removal        401       404     404      403       403       403      403     403
GET    /api/v1/signing-tasks                        401       200     200      403       403       403      403     403
GET    /api/v1/signing-tasks/<task_id>              401       404     404      403       403       403      403     403
POST   /api/v1/signing-tasks/<task_id>/signed       401       400     400      403       403       403      403     403
POST   /api/v1/submissions                          401       400     400      403       403       403      403     403
POST   /api/v1/compose                              401       200     200      403       403       403      403     403
GET    /api/v1/submissions/<submission_id>          401       200     404      403       403       403      403     403
POST   /api/v1/objects/<stix_id>/feedback          401       400     400      403       403       403      403     403
GET    /api/v1/feedback                             401       200     200      403       403       403      403     403
GET    /api/v1/feedback/statistics                  401       200     200      403       403       403      403     403
GET    /api/v1/disputes                             401       200     200      403       403       403      403     403
GET    /api/v1/objects/<stix_id>/assertions         401       200     200      403       403       403      403     403
GET    /api/v1/questions                            401       403     403      403       403       403      200     200
POST   /api/v1/questions/search                     401       403     403      403       403       403      400     400
GET    /api/v1/disclosures                          401       200     200      403       403       403      403     403
POST   /api/v1/disclosures/search                   401       403     403      403       403       200      200     200
POST   /api/v1/disclosures/breach-report            401       403     403      403       403       400      400     400
POST   /api/v1/objects/<stix_id>/withdrawal         401       201     404      403       403       403      403     403
GET    /api/v1/recalls                              401       200     200      403       403       200      200     200
GET    /api/v1/recalls/<recall_id>                  401       200     404      403       403       200      200     200
GET    /api/v1/notices                              401       200     200      403       403       200      200     200
POST   /api/v1/notices/<notice_id>/acknowledgements 401       400     400      403       403       400      403     403
POST   /api/v1/contests                             401       400     400      403       403       400      403     403
GET    /api/v1/contests                             401       200     200      403       403       200      200     200
GET    /api/v1/contests/<contest_id>                401       404     404      403       403       200      200     200
POST   /api/v1/notices/<notice_id>/partners/<partner_id>/answer 401 400 400    403       403       400      403     403
POST   /api/v1/holds                                401       403     403      403       403       400      403     400
GET    /api/v1/jobs                                 401       403     403      403       403       200      200     403
GET    /api/v1/jobs/<job_id>                        401       403     403      403       403       404      404     403
POST   /api/v1/jobs/<job_id>/retry                  401       403     403      403       403       404      403     403
POST   /api/v1/jobs/<job_id>/cancellation           401       403     403      403       403       404      403     403
GET    /api/v1/holds                                401       403     403      403       403       200      200     200
POST   /api/v1/holds/<hold_id>/lifting              401       403     403      403       403       400      403     400
GET    /api/v1/exports                              401       200     200      403       403       200      200     403
POST   /api/v1/exports                              401       400     400      403       403       403      403     403
GET    /api/v1/exports/<definition_id>              401       200     404      403       403       200      200     403
PATCH  /api/v1/exports/<definition_id>              401       200     404      403       403       403      403     403
DELETE /api/v1/exports/<definition_id>              401       200     404      403       403       403      403     403
GET    /api/v1/exports/<definition_id>/runs         401       200     404      403       403       200      200     403
POST   /api/v1/exports/<definition_id>/runs         401       202     404      403       403       403      403     403
GET    /api/v1/exports/<definition_id>/runs/<number> 401      200     404      403       403       200      200     403
GET    /api/v1/exports/<definition_id>/manifest     401       200     404      403       403       403      403     403
GET    /api/v1/exports/<definition_id>/manifests/<number> 401 200     404      403       403       403      403     403
GET    /api/v1/exports/<definition_id>/files/<name> 401       200     404      403       403       403      403     403
GET    /api/v1/log/checkpoint                       401       200     200      403       403       200      200     200
GET    /api/v1/log/checkpoints/<size>               401       200     200      403       403       200      200     200
POST   /api/v1/log/checkpoints                      401       403     403      403       403       201      403     403
POST   /api/v1/log/cosignatures                     401       400     400      403       403       403      403     403
GET    /api/v1/log/consistency                      401       400     400      403       403       400      400     400
GET    /api/v1/log/tile/<path:tile>                 401       200     200      403       403       200      200     200
GET    /api/v1/log/entries/<log_index>/proof        401       200     404      403       403       200      200     404
GET    /api/v1/objects/<stix_id>/versions/<version>/proof 401 200     200      403       403       403      403     403
GET    /api/v1/submissions/<submission_id>/proof    401       200     404      403       403       404      404     404
GET    /api/v1/contacts                             401       200     200      403       403       200      403     403
POST   /api/v1/contacts                             401       400     400      403       403       403      403     403
POST   /api/v1/contacts/<contact_id>/test           401       409     404      403       403       403      403     403
POST   /api/v1/contacts/<contact_id>/removal        401       200     404      403       403       403      403     403
GET    /api/v1/clocks                               401       200       200       403       403       403       403       403
GET    /api/v1/hotlines                             401       400       400       403       403       403       403       403
GET    /api/v1/requests                             401       200       200       403       403       403       403       403
POST   /api/v1/requests                             401       400       400       403       403       403       403       403
POST   /api/v1/access-requests                      401       400       400       403       403       403       403       403
GET    /api/v1/requests/<partner_request_id>        401       200       404       403       403       403       403       403
POST   /api/v1/requests/<partner_request_id>/answer 401       400       400       403       403       403       403       403
POST   /api/v1/requests/<partner_request_id>/closing 401       200       404       403       403       403       403       403
GET    /api/v1/webhooks                             401       200     200      403       403       200      403     403
POST   /api/v1/webhooks                             401       400     400      403       403       403      403     403
GET    /api/v1/webhooks/<webhook_id>                401       404     404      403       403       404      403     403
POST   /api/v1/webhooks/<webhook_id>/test           401       404     404      403       403       403      403     403
POST   /api/v1/webhooks/<webhook_id>/rotation       401       404     404      403       403       403      403     403
POST   /api/v1/webhooks/<webhook_id>/pause          401       404     404      403       403       403      403     403
POST   /api/v1/webhooks/<webhook_id>/resumption     401       404     404      403       403       403      403     403
POST   /api/v1/webhooks/<webhook_id>/replay         401       404     404      403       403       403      403     403
POST   /api/v1/webhooks/<webhook_id>/removal        401       404     404      403       403       403      403     403
GET    /api/v1/overlap/key                          401       200     200      403       403       403      403     403
POST   /api/v1/overlap/evaluations                  401       400     400      403       403       403      403     403
GET    /api/v1/overlap/tokens                       401       200     200      403       403       403      403     403
POST   /api/v1/overlap/tokens                       401       400     400      403       403       403      403     403
POST   /api/v1/overlap/tokens/removal               401       400     400      403       403       403      403     403
POST   /api/v1/overlap/matches                      401       400     400      403       403       403      403     403
GET    /api/v1/deconfliction/interests              401       403     403      403       403       403      403     403
POST   /api/v1/deconfliction/interests              401       400     400      403       403       403      403     403
POST   /api/v1/deconfliction/interests/<interest_id>/withdrawal 401 403 403    403       403       403      403     403
GET    /api/v1/deconfliction/matches                401       403     403      403       403       403      403     403
GET    /api/v1/pages                                401       200     200      403       403       200      403     403
POST   /api/v1/pages/<page_id>/acknowledgement      401       200     404      403       403       403      403     403
GET    /api/v1/policy/mine                          401       200     200      403       403       404      404     403
GET    /api/v1/policy/explanation                   401       400     400      403       403       400      400     403
GET    /api/v1/prevention/adoptions                 401       200     200      403       403       403      403     403
POST   /api/v1/prevention/adoptions                 401       400     400      403       403       403      403     403
POST   /api/v1/prevention/adoptions/<adoption_id>/removal 401 404     404      403       403       403      403     403
GET    /api/v1/prevention/effects                   401       200     200      403       403       403      403     403
POST   /api/v1/prevention/effects                   401       400     400      403       403       403      403     403
POST   /api/v1/prevention/effects/<effect_id>/removal 401     404     404      403       403       403      403     403
GET    /api/v1/prevention/releases                  401       200     200      403       403       200      200     200
POST   /api/v1/prevention/releases                  401       403     403      403       403       409      403     403
GET    /api/v1/prevention/releases/<release>        401       200     200      403       403       200      200     200
GET    /api/v1/prevention/releases/<release>/table.csv 401    200     200      403       403       200      200     200
GET    /api/v1/prevention/helped                    401       400     400      403       403       400      400     400
GET    /api/v1/prevention/picture                   401       400     400      403       403       400      400     400
POST   /api/v1/policy/diff                          401       403     403      403       403       400      403     403
POST   /api/v1/policy/simulation                    401       400     400      403       403       400      400     403
GET    /api/v1/policy/members                       401       200     200      403       403       200      200     403
GET    /api/v1/policy/who-sees                      401       400     400      403       403       400      400     403
GET    /api/v1/agreements                           401       200     200      403       403       200      200     200
POST   /api/v1/agreements                           401       403     403      403       403       400      403     403
POST   /api/v1/agreements/proposals                 401       403     403      403       403       400      403     403
POST   /api/v1/agreements/comparison                401       403     403      403       403       400      403     403
GET    /api/v1/agreements/<partner_id>/diff         401       400     400      403       403       400      400     400
GET    /api/v1/agreements/<partner_id>/<agreement>  401       200     404      403       403       200      200     200
POST   /api/v1/agreements/<partner_id>/suspension   401       403     403      403       403       404      403     403
POST   /api/v1/agreements/<partner_id>/resumption   401       403     403      403       403       400      403     403
POST   /api/v1/agreements/<partner_id>/end          401       403     403      403       403       404      403     403
GET    /api/v1/partners                             401       403     403      403       403       200      200     200
POST   /api/v1/partners                             401       403     403      403       403       400      403     403
GET    /api/v1/partners/<partner_id>                401       403     403      403       403       200      200     200
PATCH  /api/v1/partners/<partner_id>                401       403     403      403       403       400      403     403
GET    /api/v1/partners/<partner_id>/reasons        401       403     403      403       403       200      200     200
GET    /api/v1/partners/<partner_id>/relations      401       200     404      403       403       200      200     200
PUT    /api/v1/partners/<partner_id>/relations      401       403     403      403       403       400      403     403
POST   /api/v1/partners/<partner_id>/reactivation   401       403     403      403       403       400      403     403
GET    /api/v1/own-data                             401       403     403      403       403       404      403     403
GET    /api/v1/partners/<partner_id>/own-data       401       403     403      403       403       409      403     403
GET    /api/v1/persons                              401       403     403      403       403       200      200     403
POST   /api/v1/persons                              401       403     403      403       403       400      403     403
POST   /api/v1/persons/staff                        401       403     403      403       403       400      403     403
GET    /api/v1/persons/<person_id>                  401       403     403      403       403       200      200     403
PATCH  /api/v1/persons/<person_id>                  401       403     403      403       403       400      403     403
POST   /api/v1/persons/<person_id>/roles            401       403     403      403       403       400      403     403
POST   /api/v1/persons/<person_id>/invitations      401       403     403      403       403       201      403     403
POST   /api/v1/persons/<person_id>/departure        401       403     403      403       403       409      403     403
GET    /api/v1/recoveries                           401       403     403      403       403       200      200     403
POST   /api/v1/recoveries                           401       403     403      403       403       400      403     403
GET    /api/v1/recoveries/<recovery_id>             401       403     403      403       403       404      404     403
POST   /api/v1/recoveries/<recovery_id>/agreement   401       403     403      403       403       404      403     403
POST   /api/v1/recoveries/<recovery_id>/refusal     401       403     403      403       403       404      403     403
GET    /api/v1/approvals                            401       403     403      403       403       200      200     200
GET    /api/v1/approvals/<approval_id>              401       403     403      403       403       200      200     200
POST   /api/v1/approvals/<approval_id>/approval     401       403     403      403       403       400      403     400
POST   /api/v1/approvals/<approval_id>/rejection    401       403     403      403       403       400      403     400
GET    /api/v1/subject-requests                     401       403     403      403       403       200      200     200
POST   /api/v1/subject-requests                     401       403     403      403       403       403      403     400
GET    /api/v1/subject-requests/<request_id>        401       403     403      403       403       200      200     200
GET    /api/v1/subject-requests/figures             401       403     403      403       403       200      200     200
GET    /api/v1/subject-requests/<request_id>/letters/<letter> 401 403 403      403       403       403      403     409
POST   /api/v1/subject-requests/<request_id>/acts   401       403     403      403       403       403      403     400
POST   /api/v1/subject-requests/<request_id>/extension 401    403     403      403       403       403      403     400
POST   /api/v1/subject-requests/<request_id>/closure 401      403     403      403       403       403      403     409
POST   /api/v1/keys/challenges                      401       201     201      403       403       403      403     403
POST   /api/v1/keys                                 401       400     400      403       403       403      403     403
GET    /api/v1/keys                                 401       200     200      403       403       200      403     403
GET    /api/v1/keys/<keyid>                         401       200     200      403       403       200      403     403
GET    /api/v1/key-directory                        401       200     200      403       403       200      403     403
GET    /api/v1/key-directory/jwks                   401       200     200      403       403       200      403     403
GET    /api/v1/key-directory/versions/<version>     401       404     404      403       403       404      403     403
POST   /api/v1/keys/<keyid>/activation              401       403     403      403       403       409      403     403
POST   /api/v1/keys/<keyid>/rotation                401       400     400      403       403       403      403     403
POST   /api/v1/keys/<keyid>/retirement              401       200     404      403       403       409      403     403
POST   /api/v1/keys/<keyid>/compromise              401       400     400      403       403       400      403     403
POST   /api/v1/keys/<keyid>/recovery                401       403     403      403       403       400      403     403
POST   /api/v1/keys/<keyid>/revocation              401       200     404      403       403       200      403     403
POST   /api/v1/audiences                            401       400     400      403       403       403      403     403
GET    /api/v1/audiences                            401       200     200      403       403       200      403     403
GET    /api/v1/audiences/<audience_id>              401       200     404      403       403       200      403     403
GET    /api/v1/sharing-groups                       401       200     200      403       403       200      403     403
POST   /api/v1/sharing-groups                       401       400     400      403       403       400      403     403
GET    /api/v1/sharing-groups/<group_id>            401       200     404      403       403       200      403     403
PATCH  /api/v1/sharing-groups/<group_id>            401       400     400      403       403       400      403     403
DELETE /api/v1/sharing-groups/<group_id>            401       200     404      403       403       404      403     403
PUT    /api/v1/sharing-groups/<group_id>/members/<member_id> 401 400  400      403       403       400      403     403
DELETE /api/v1/sharing-groups/<group_id>/members/<member_id> 401 200  404      403       403       200      403     403
GET    /api/v1/sharing-groups/<group_id>/token-keys 401       403     404      403       403       403      403     403
POST   /api/v1/sharing-groups/<group_id>/token-keys/rotation 401 201  404      403       403       409      403     403
POST   /api/v1/credentials                          401       400     400      403       403       400      403     403
GET    /api/v1/credentials                          401       200     200      403       403       200      403     403
POST   /api/v1/credentials/<credential_id>/revocation 401     200     404      403       403       200      403     403
GET    /taxii2/                                     401       200     200      403       403       403      403     403
GET    /taxii2/root/                                401       200     200      403       403       403      403     403
GET    /taxii2/root/collections/                    401       200     200      403       403       403      403     403
GET    /taxii2/root/collections/<collection_id>/    401       200     200      403       403       403      403     403
GET    /taxii2/root/collections/<collection_id>/objects/ 401  200     200      403       403       403      403     403
POST   /taxii2/root/collections/<collection_id>/objects/ 401  400     400      403       403       403      403     403
GET    /taxii2/root/collections/<collection_id>/manifest/ 401 200     200      403       403       403      403     403
GET    /taxii2/root/collections/<collection_id>/objects/<object_id>/ 401 200 200 403     403       403      403     403
DELETE /taxii2/root/collections/<collection_id>/objects/<object_id>/ 401 200 404 403     403       403      403     403
GET    /taxii2/root/collections/<collection_id>/objects/<object_id>/versions/ 401 200 200 403 403  403      403     403
GET    /taxii2/root/status/<status_id>/             401       200     404      403       403       403      403     403
"""
NOBODY = "00000000-0000-4000-8000-000000000000"
HEADER, *LINES = [line.split() for line in MATRIX.strip().splitlines()]
KINDS = HEADER[2:]
ROWS = {(method, route): dict(zip(KINDS, map(int, statuses), strict=True)) for method, route, *statuses in LINES}


@dataclass(frozen=True)
class World:
    running: RunningExchange
    callers: dict[str, Caller]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("exchange") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        partner, stranger, suspended = (running.enrol(name) for name in ("Partner", "Stranger", "Suspended"))
        scopeless = running.enrol("Scopeless", Wanted(scopes=frozenset()))
        staff = {
            kind: running.staff(role, Permission)
            for kind, role in {
                "operator": StaffRole.OPERATOR,
                "auditor": StaffRole.AUDITOR,
                "protection": StaffRole.DATA_PROTECTION,
            }.items()
        }
        contact_id = partner.post("contacts", {"label": "Duty officer", "email": "duty@example.org"}).json["id"]
        stranger.submit(urgent_indicator())
        running.do_all_work()
        value = indicator()
        submission = partner.submit(value).json["id"]
        doomed, gone = indicator(), indicator()
        partner.submit(doomed, gone)
        spare: dict[str, Any] = {"account": "spare", "scopes": [], "tlp_ceiling": "clear", "expires_at": "2027-06-01T00:00:00Z"}
        ids = {
            "<name>": "page.js",
            "<stix_id>": value["id"],
            "doomed": doomed["id"],
            "<recall_id>": partner.post(f"objects/{gone['id']}/withdrawal", {}).json["recall_id"],
            "<contest_id>": running.operator.post("contests", {"object_id": value["id"], "reason": "outdated"}).json["id"],
            "<notice_id>": "recall-notice--2a6a3c70-55cf-4d6b-8c43-9b8f1d2e7a34",
            "<job_id>": "999999999",
            "<version>": value["modified"],
            "<submission_id>": submission,
            "<object_id>": value["id"],
            "to be withdrawn": partner.submit(indicator()).json["results"][0]["id"],
            "<status_id>": submission,
            "<collection_id>": "exchange",
            "<partner_id>": partner.partner_id,
            "<agreement>": "1",
            "<contact_id>": contact_id,
            "<webhook_id>": NOBODY,
            "<recovery_id>": NOBODY,
            "<task_id>": NOBODY,
            "<interest_id>": NOBODY,
            "<page_id>": partner.get("pages").json["pages"][0]["id"],
            "<keyid>": partner.key.public.keyid,
            "<audience_id>": str(partner.audience_id),
            "<credential_id>": partner.post("credentials", spare).json["credential"]["id"],
            "<group_id>": partner.post("sharing-groups", {"title": "Kept", "shares_history": True}).json["id"],
            "<adoption_id>": NOBODY,
            "<effect_id>": NOBODY,
            "<release>": "1",
            "group to be deleted": partner.post("sharing-groups", {"title": "Deleted", "shares_history": True}).json["id"],
            "<member_id>": partner.partner_id,
            "<proposal_id>": partner.post("catalogue/proposals", proposal_document()).json["id"],
        }
        first = {"partner_id": partner.partner_id, "name": "Somebody", "member_roles": ["administrator"]}
        asked_for = {
            "reference": "DP-1",
            "right": "access",
            "received_at": "2026-03-01T00:00:00Z",
            "selectors": [{"kind": "email", "value": "somebody@example.org"}],
        }
        ids["<letter>"] = "answer"
        ids["<request_id>"] = staff["protection"].post("subject-requests", asked_for).json["id"]
        nightly = {"purpose": "detection", "snapshots": "0 3 * * *"}
        ids["<definition_id>"] = partner.post("exports", nightly | {"name": "Kept"}).json["id"]
        ids["export to be ended"] = partner.post("exports", nightly | {"name": "Ended"}).json["id"]
        asked = request_of("information-request", [], datetime.now(UTC))
        partner.submit(asked)
        ids["<partner_request_id>"] = partner.post("requests", {"stix_id": asked["id"]}).json["id"]
        [laid] = lay(running, ids["<definition_id>"], 1, b"content")
        ids |= {"<number>": "1", "exported file": laid.name}
        held = staff["protection"].post("holds", {"owner": partner.partner_id, "reference": "court-1"})
        ids["<hold_id>"] = held.json["id"]
        ids["<person_id>"] = running.operator.post("persons", first).json["id"]
        running.suspend(suspended)
        assert running.operator.post("prevention/releases", {}).status == 201
        checkpoint = staff["operator"].post("log/checkpoints", {}).json
        ids |= {"<size>": str(checkpoint["tree_size"]), "<tile>": f"0/000.p/{checkpoint['tree_size']}"}
        ids["<log_index>"] = str(own_entry(partner, checkpoint["tree_size"]))
        reactivation = running.operator.post(f"partners/{suspended.partner_id}/reactivation", {"reason": "It was looked into."})
        ids["<approval_id>"] = reactivation.json["id"]
        partners: dict[str, Caller] = {
            "partner": partner,
            "stranger": stranger,
            "scopeless": scopeless,
            "suspended": suspended,
        }
        yield World(running, {"anonymous": running.anybody} | partners | staff, ids)


def own_entry(partner: Caller, size: int) -> int:
    """Give the index of a document of the log that is about the partner."""
    proofs = ((one, partner.get(f"log/entries/{one}/proof")) for one in range(size))
    of_the_partner = (one for one, proof in proofs if proof.status == HTTPStatus.OK and not is_public(proof))
    return next(of_the_partner)


def is_public(proof: Answer) -> bool:
    """Whether a document of the log is shown to whoever reads the log."""
    return bool(proof.json["document"]["type"] == "catalogue-release")


def asked(world: World, kind: str, method: str, route: str) -> int:
    ids = world.ids | ({"<object_id>": world.ids["to be withdrawn"]} if method == "DELETE" else {})
    if (method, route) == ("DELETE", "/api/v1/exports/<definition_id>"):
        ids["<definition_id>"] = ids["export to be ended"]
    if route.endswith("/files/<name>"):
        ids["<name>"] = ids["exported file"]
    if (method, route) == ("DELETE", "/api/v1/sharing-groups/<group_id>"):
        ids["<group_id>"] = ids["group to be deleted"]
    route = route.replace("<path:tile>", ids["<tile>"])
    path = "/".join(ids.get(step, step) for step in route.split("/"))
    if route.endswith("/withdrawal"):  # of another object, since the other rows ask for that one
        path = path.replace(world.ids["<stix_id>"], world.ids["doomed"])
    if route.endswith(("/suspension", "/end")):  # of nobody's agreement: the partner's own is needed
        path = path.replace(world.ids["<partner_id>"], NOBODY)
    headers = {"Breakwater-Purpose": "detection"}
    body = b"{}" if method in {"PATCH", "POST", "PUT"} else None
    media_type = TAXII if path.startswith("/taxii2") else JSON
    return world.callers[kind].send(method, path, body=body, media_type=media_type, headers=headers).status


@pytest.mark.parametrize(("method", "route"), ROWS, ids=[" ".join(row) for row in ROWS])
def test_each_caller_is_answered_as_the_matrix_says(world: World, method: str, route: str) -> None:
    assert {kind: asked(world, kind, method, route) for kind in KINDS} == ROWS[method, route]


def test_every_method_of_every_route_has_a_row(world: World) -> None:
    routes = {
        (method, rule.rule)
        for rule in world.running.app.url_map.iter_rules()
        for method in (rule.methods or set()) - ({"HEAD"} if "GET" in (rule.methods or set()) else set())
    }
    assert routes == set(ROWS)


def test_head_is_answered_as_get(world: World) -> None:
    for (method, route), statuses in ROWS.items():
        if method == "GET":
            assert {kind: asked(world, kind, "HEAD", route) for kind in KINDS} == statuses, route


def test_only_public_routes_answer_the_anonymous(world: World) -> None:
    for rule in world.running.app.url_map.iter_rules():
        for method in rule.methods or ():
            if (method, rule.rule) in ROWS:
                assert (ROWS[method, rule.rule]["anonymous"] == 401) == (rule.endpoint not in PUBLIC)
