"""What one submitted object of about 1.2 KB costs before the transaction, on one core."""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import rfc8785
import stix2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.stix_object import ParsedObject, VerifiedObject
from app.domain.vocabulary import Assurance, KeyAlgorithm
from app.stix.profile import check_object
from app.stix.screen import screen
from breakwater_client.documents.strict_json import parse
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, sign_object, verify_object
from tests.benchmarks.figures import Figure, rate_of
from tests.factories.stix_objects import indicator

_WORDS = ("account", "contact", "session", "stream", "invite", "channel", "velocity", "report", "cluster", "review", "region")


def signed_objects(count: int, key: PrivateKey, signer: str, seed: int = 1) -> list[dict[str, Any]]:
    """Give ``count`` signed indicators, each with a text, a URL and an id of its own; about 1.2 KB in canonical form."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        text = " ".join(rng.choices(_WORDS, k=40))
        number = rng.randrange(10**9)
        value = indicator(
            rng, description=text, pattern=f"[url:value = 'https://rooms.example.org/{number}' AND url:value LIKE 'https://%']"
        )
        made.append(sign_object(value, key, signer=signer, signed_at=datetime.now(UTC)))
    return made


def figures() -> Iterator[Figure]:
    """Measure each step, in the order of the walk."""
    key, signer = PrivateKey.generate(), f"identity--{uuid.uuid4()}"
    objects = signed_objects(500, key, signer)
    texts = [orjson.dumps(value) for value in objects]
    contents = [canonical_bytes(value) for value in objects]
    parsed_objects = [ParsedObject("/objects/0", value, content) for value, content in zip(objects, contents, strict=True)]
    verified = [
        VerifiedObject(one, "partner", key.public.keyid, b"\0" * 32, Assurance.PUBLISHER_SIGNED) for one in parsed_objects
    ]
    bare = Ed25519PrivateKey.generate()
    message = contents[0]
    signature = bare.sign(message)

    def over(act: Any, values: list[Any]) -> float:
        turn = itertools.cycle(values)
        return rate_of(lambda: act(next(turn)))

    loads = over(orjson.loads, texts)
    yield Figure("strict JSON", over(parse, texts), "objects/s", "orjson.loads, which checks none of it", loads)
    yield Figure("canonical bytes", over(canonical_bytes, objects), "objects/s", "rfc8785", over(rfc8785.dumps, objects))
    bare_rate = rate_of(lambda: bare.public_key().verify(signature, message))
    public = key.public
    yield Figure(
        "signature check",
        over(lambda value: verify_object(value, read_signature(value), public), objects),
        "objects/s",
        "bare Ed25519 verify",
        bare_rate,
    )
    hardware = PrivateKey.generate(KeyAlgorithm.P256)
    by_hardware = signed_objects(500, hardware, signer)
    yield Figure(
        "the same with a P-256 key",
        over(lambda value: verify_object(value, read_signature(value), hardware.public), by_hardware),
        "objects/s",
        "bare Ed25519 verify",
        bare_rate,
    )
    parsed = over(lambda text: stix2.parse(text, allow_custom=True), texts)
    yield Figure("screen", over(screen, objects), "objects/s", "stix2.parse", parsed)
    yield Figure("screen, schema, profile, pattern", over(check_object, verified), "objects/s", "stix2.parse", parsed)
