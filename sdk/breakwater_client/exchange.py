"""An exchange as a partner's service uses it: one object, the steps of an integration as its methods.

Owns nothing but the way in; each method says which module does it. One ``Exchange`` serves one thread at a time. Kept by
``tests/client/test_exchange.py``, and by ``tests/promises/test_partner_guide.py``, which runs the partner guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from breakwater_client.durable_files import write_whole
from breakwater_client.errors import (
    BreakwaterError,
    Code,
    ExchangeAwayError,
    ExchangeError,
    ExchangeRefusedError,
    MalformedInputError,
    ProfileError,
    StateFileError,
    TooLargeError,
    UnfitKeyError,
    UnprovenError,
    UntrustedSignatureError,
    UnusableAddressError,
)
from breakwater_client.export import FilePart
from breakwater_client.object_vocabulary import ContestOutcome, HeldBasis, RecallKind, RecallOutcome
from breakwater_client.signing.make_keys import new_key, prove, read_private_key
from breakwater_client.signing.sign_requests import RequestSigner
from breakwater_client.submission import Refusal, ResultStatus
from breakwater_client.talking import composing, directory, following, notices, submitting
from breakwater_client.talking.addresses import segment
from breakwater_client.talking.answers import member, objects_in
from breakwater_client.talking.composing import Author, Composed
from breakwater_client.talking.connection import Connection, Request, Target
from breakwater_client.talking.following import FollowedLog, ProvenReceipt, Witnesses
from breakwater_client.talking.network import Network
from breakwater_client.talking.notices import Done
from breakwater_client.talking.pulling import MOST_A_PAGE, Feed, Page, Question
from breakwater_client.talking.submitting import Outcome, Sending
from breakwater_client.verifying.by_directory import (
    kept_directory,
    verify,
    verify_checkpoint,
    verify_directory,
    verify_proofs,
    verify_receipt,
)
from breakwater_client.verifying.directory_keys import Directory
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verdicts import FailedSignature, Level, Verdict, VerifiedSignature
from breakwater_client.verifying.verify_checkpoints import VerifiedCheckpoint
from breakwater_client.verifying.verify_export_folders import VerifiedExport, verify_exports
from breakwater_client.verifying.verify_log import VerifiedProof
from breakwater_client.verifying.verify_receipts import VerifiedReceipt
from breakwater_client.vocabulary import KeyUsage

__all__ = [
    "Author",
    "BreakwaterError",
    "Code",
    "Composed",
    "ContestOutcome",
    "Directory",
    "Done",
    "Exchange",
    "ExchangeAwayError",
    "ExchangeError",
    "ExchangeRefusedError",
    "FailedSignature",
    "FailedStepError",
    "Feed",
    "FilePart",
    "FollowedLog",
    "HeldBasis",
    "KeyUsage",
    "Level",
    "MalformedInputError",
    "Network",
    "Outcome",
    "Page",
    "ProfileError",
    "ProvenReceipt",
    "RecallKind",
    "RecallOutcome",
    "Refusal",
    "ResultStatus",
    "Sending",
    "StateFileError",
    "TooLargeError",
    "UnfitKeyError",
    "UnprovenError",
    "UntrustedSignatureError",
    "UnusableAddressError",
    "Verdict",
    "VerifiedCheckpoint",
    "VerifiedExport",
    "VerifiedProof",
    "VerifiedReceipt",
    "VerifiedSignature",
    "Witnesses",
    "kept_directory",
    "new_key",
    "verify",
    "verify_checkpoint",
    "verify_directory",
    "verify_exports",
    "verify_proofs",
    "verify_receipt",
    "write_whole",
]
"""All that a service needs, under one name: where each is kept inside the library is nobody's business."""


class Exchange:
    """One exchange, asked as one partner: with an API token, or with a private key that signs each request."""

    def __init__(
        self, url: str, *, token: str | None = None, request_key: bytes | None = None, network: Network | None = None
    ) -> None:
        """Say which, and as whom: ``request_key`` is the content of a PEM file. Nothing is sent yet.

        ``network`` says how it is reached: time limits, attempts, certificates, a proxy (``talking.network``).

        Raises:
            UnusableAddressError: no address, plain HTTP to another machine, what is no token, or both of token and key.
            UnfitKeyError: the PEM holds no private key.
        """
        if token is not None and request_key is not None:
            raise UnusableAddressError("Give a token or a key that signs requests, not both.", told="two-credentials")
        signer = None if request_key is None else RequestSigner.from_pem(request_key)
        self.connection = Connection(Target(url, token, signer=signer, network=network or Network()))

    def register_key(self, private_pem: bytes, usage: KeyUsage = KeyUsage.OBJECT_SIGNING) -> dict[str, Any]:
        """Register the public half of a key (a PEM file's content), with proof that you hold it; gives its record.

        It is pending until an operator, told its id by another way, has activated it. Registered twice it is refused.

        Raises:
            UnfitKeyError: the PEM holds no private key.
            ExchangeError: the exchange refuses or stays away.
        """
        key = read_private_key(private_pem)
        challenge = self.connection.post("/keys/challenges")
        proof = prove(key, member(challenge, "challenge", str), member(challenge, "partner_id", str))
        record = self.connection.post("/keys", proof | {"usage": usage.value})
        return member({"key": record}, "key", dict)

    def directory(self, file: Path, directory_keyid: str) -> Directory:
        """Give the newest directory of keys, held against the version accepted before (``talking.directory``).

        ``directory_keyid`` counts while there is no ``file`` yet; from then on the version in it says which key comes next.
        """
        return directory.update_directory(self.connection, file, directory_keyid)

    def submit(self, objects: Iterable[Mapping[str, Any]], how: Sending | None = None) -> list[Outcome]:
        """Submit signed objects, all of them, and give what became of each (``talking.submitting``).

        A refused object raises nothing: look at ``refusal`` of each outcome.
        """
        return list(submitting.submit(self.connection, objects, how))

    def feed(self, state_file: Path, purpose: str | None, *, limit: int = MOST_A_PAGE, **filters: Any) -> Feed:
        """Give the feed of everything that you may see, from where ``state_file`` says (``talking.pulling``)."""
        return Feed(self.connection, Question(purpose, filters, limit), state_file)

    def notices(self, *, only_open: bool = True) -> Iterator[dict[str, Any]]:
        """Give the notices of recalls addressed to you (``talking.notices``)."""
        return notices.notices(self.connection, only_open=only_open)

    def answer(self, notice: Mapping[str, Any], done: Done | Mapping[str, Done], author: Author) -> dict[str, Any]:
        """Answer a notice, signed: with one word for all, or one for each object by its id (``talking.notices``)."""
        return notices.answer_notice(self.connection, notice, done, author.key)

    def compose(self, form: Mapping[str, Any], author: Author) -> Composed:
        """Have a form composed, and sign what it came to (``talking.composing``)."""
        return composing.compose(self.connection, form, author)

    def feedback(self, stix_id: str, said: Mapping[str, Any], author: Author, purpose: str | None = None) -> Outcome:
        """Give feedback on an object that you see: made, signed and submitted; what became of it (``talking.composing``).

        It may be refused: look at ``refusal``. ``purpose`` is why you read, unless your credential says so.

        Raises:
            ExchangeRefusedError: status 404: you do not see it, or it does not exist, which are answered alike.
        """
        value = composing.feedback_on(stix_id, said, author)
        composing.check_told(self.connection, stix_id, said, purpose)
        [outcome] = self.submit([value])
        return outcome

    def withdraw(self, stix_id: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Withdraw an object of your own, and have it called back from all who were given it (``docs/recalls.md``)."""
        answer = self.connection.post(f"/objects/{segment(stix_id)}/withdrawal", said)
        return member({"withdrawal": answer}, "withdrawal", dict)

    def checkpoint(self) -> bytes:
        """Give the newest checkpoint of the log, as it is signed. Not verified here: ``follow_log`` does, and keeps it."""
        return self.connection.fetch("/log/checkpoint")

    def follow_log(
        self, file: Path, keys: Directory, witnesses: Witnesses | None = None, no_older_than: timedelta | None = None
    ) -> FollowedLog:
        """Give the log as its newest checkpoint has it, verified and held against the one kept in ``file``, which it replaces.

        A log that does not go on from there raises, and stays so: a person looks (``talking.following``). So does one whose
        newest checkpoint is older than you say. Against what you get, receipts and versions are proven.
        """
        return following.follow_log(self.connection, file, keys, witnesses, no_older_than)

    def proof(self, stix_id: str, version: str, purpose: str | None = None, *, first: bool = False) -> list[dict[str, Any]]:
        """Give the log's proofs of one version, against the newest checkpoint or the first that covers it.

        Not verified here: ``FollowedLog.prove`` does.
        """
        path = f"/objects/{segment(stix_id)}/versions/{segment(version)}/proof"
        query = {"covered_by": "first"} if first else {}
        return objects_in(self.connection.send(Request("GET", path, query, purpose=purpose)), "proofs")
