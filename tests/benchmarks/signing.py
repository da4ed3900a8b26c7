"""What a signature costs through the signer's socket, beside one with a key of this process.

The signer is a process of its own, as when it serves.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.domain.vocabulary import KeyUsage
from app.signer.client import RemoteKey, SignerClient
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from tests.benchmarks.figures import Figure, rate_of
from tests.cli.desk import run
from tests.factories.signers import signer_process, statement

_DOCUMENTS = (("500 bytes", 500), ("300 KB, a receipt of a thousand objects", 300_000))


def figures() -> Iterator[Figure]:
    """Measure a small document and a large one, one after the other on one connection."""
    with tempfile.TemporaryDirectory() as folder:
        home, place = Path(folder) / "home", Path(folder) / "signer.sock"
        made = run("init", environment={"BREAKWATER_HOME": str(home)})
        assert made.exit_code == 0, made.output
        own = PrivateKey.from_pem((home / "keys" / "signing.pem").read_bytes())
        with signer_process(home, place):
            remote = RemoteKey(SignerClient(place), KeyUsage.STATEMENT_SIGNING)
            for name, length in _DOCUMENTS:
                message = pae(PayloadType.RECEIPT, canonical_bytes(statement("submission-receipt", objects=["x" * length])))
                here = rate_of(lambda message=message: own.sign(message))
                there = rate_of(lambda message=message: remote.sign(message))
                yield Figure(f"signature by the signer, {name}", there, "signatures/s", "with a key in the process", here)
