"""The root of the command line: every command by name.

Owns the list. Command modules import little; what is heavy they import when they run. Kept by ``tests/cli/test_commands.py``,
which also holds ``docs/cli.md`` complete.
"""

from __future__ import annotations

import click

from app.cli.agreements import agreement
from app.cli.approvals import approval
from app.cli.audiences import audience
from app.cli.catalogue_changes import catalogue
from app.cli.composer import compose
from app.cli.contacts import contact
from app.cli.contests import contest
from app.cli.corrections import correct
from app.cli.credentials import credential
from app.cli.database import db
from app.cli.deconfliction import deconfliction
from app.cli.demo import demo
from app.cli.disclosures import disclosures
from app.cli.doctor import doctor
from app.cli.exchange_keys import exchange_key
from app.cli.exports import export
from app.cli.faults import Commands
from app.cli.feedback import assertions, disputes, feedback
from app.cli.groups import group
from app.cli.holds import hold
from app.cli.imports import import_
from app.cli.initialise import init, operator, staff
from app.cli.jobs import jobs
from app.cli.keys import key
from app.cli.log import log
from app.cli.notices import recall
from app.cli.overlap import overlap
from app.cli.pages import page
from app.cli.partners import partner
from app.cli.persons import person
from app.cli.policy import policy
from app.cli.prevention import prevention
from app.cli.pull import pull
from app.cli.questions import question
from app.cli.recalls import recalls, withdraw
from app.cli.requests import request
from app.cli.retention import retention
from app.cli.sandbox import sandbox
from app.cli.saved_searches import search
from app.cli.server import serve
from app.cli.sign import sign
from app.cli.signer import signer
from app.cli.signing_tasks import signing_task
from app.cli.subjects import subject
from app.cli.submit import submit
from app.cli.tokens import token
from app.cli.verify import verify
from app.cli.webhooks import webhook
from app.cli.witness import witness
from app.cli.worker import worker

_EVERY = (
    *(token, import_),
    *(agreement, approval, audience, catalogue, compose, contact, contest, correct, credential, db, demo, disclosures),
    *(exchange_key, export, group, hold, init, jobs, key, log, operator, page, partner, person, policy, pull, question),
    *(recall, recalls, request, retention, sandbox, search, serve, sign, signer, staff, subject, submit, verify, webhook),
    *(withdraw, worker),
    *(assertions, disputes, feedback),
    *(overlap, deconfliction),
    *(signing_task, witness, doctor),
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="breakwater")
def commands() -> None:
    """Share signed indicators for child protection: what a partner may see is decided object by object.

    Partners: key, compose, sign, signing-task, submit, withdraw, pull, search, export, verify, webhook, disclosures, recall,
    recalls, request, contact, group, page, log, feedback, assertions, disputes, overlap, deconfliction, witness.
    Operators: init, serve, worker, jobs, signer, exchange-key, partner, agreement, credential, group, person, approval,
    retention, hold.
    Auditors and data protection: question, hold.
    Data protection: subject, approval.
    Anybody: catalogue.
    Everybody: prevention.
    Without an exchange: import, token.
    To look around first: demo, sandbox; for who builds an integration: doctor.
    """


for _command in (*_EVERY, prevention):
    commands.add_command(_command)
