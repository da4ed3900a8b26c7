from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from http_message_signatures import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BreakwaterError, Code, UnauthenticatedError
from app.domain.vocabulary import KeyAlgorithm
from breakwater_client.trust import request_signature
from breakwater_client.trust.keys import PrivateKey, PublicKey, load_public_key
from breakwater_client.trust.request_signature import (
    ALGORITHMS,
    Claim,
    RequestParts,
    VerifiedRequest,
    read_claim,
    sign_request,
    verify_request,
)
from tests.factories.policy_values import NOW

NONCE = "0123456789abcdef"
URI = "https://exchange.example.org/api/v1/submissions?atomic=true"
BODY = b'{"objects":[]}'
HEADERS = {
    "content-type": "application/json",
    "idempotency-key": "one",
    "breakwater-purpose": "detection",
    "user-agent": "tests",
}
KEYS = {algorithm: PrivateKey.generate(algorithm) for algorithm in KeyAlgorithm}
KEY = KEYS[KeyAlgorithm.ED25519]


def signed(
    body: bytes = BODY, key: PrivateKey = KEY, now: datetime = NOW, nonce: str = NONCE, headers: dict[str, str] = HEADERS
) -> RequestParts:
    """Give a request with its signature."""
    request = RequestParts("POST", URI, headers)
    added = sign_request(request, body, key, now, nonce)
    return replace(request, headers={**headers, **{name.lower(): value for name, value in added.items()}})


def changed(request: RequestParts, **headers: str) -> RequestParts:
    """Give the request with other headers; underscores stand for hyphens, and an empty text for none."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(request, headers={name: value for name, value in {**request.headers, **given}.items() if value})


def verified(request: RequestParts, key: PublicKey = KEY.public, now: datetime = NOW, body: bytes = BODY) -> VerifiedRequest:
    """Give the verified request, its body checked."""
    done = verify_request(request, read_claim(request, now), key)
    assert done.check_body(body) == body
    return done


def refusal(request: RequestParts, key: PublicKey = KEY.public, now: datetime = NOW, body: bytes = BODY) -> BreakwaterError:
    with pytest.raises(UnauthenticatedError) as caught:
        verified(request, key, now, body)
    return caught.value


# --- what passes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_what_is_signed_verifies_with_its_key_and_no_other(algorithm: KeyAlgorithm) -> None:
    key = KEYS[algorithm]
    done = verified(signed(key=key), key.public)
    assert (done.keyid, done.nonce, done.created) == (key.public.keyid, NONCE, int(NOW.timestamp()))
    assert done.covered >= {"@method", "@authority", "@target-uri", "content-digest", "content-type", "idempotency-key"}
    for other in (PrivateKey.generate(algorithm), *(one for name, one in KEYS.items() if name is not algorithm)):
        assert refusal(signed(key=key), other.public).code is Code.REQUEST_SIGNATURE_INVALID


def test_who_signed_for_another_address_is_told_for_which_one_signatures_count() -> None:
    there = replace(signed(), target_uri="https://other.example.org:8443/api/v1/submissions?a=b")
    assert "to https://other.example.org:8443 and no other" in refusal(there).sentence


def test_a_request_without_a_body_needs_no_digest() -> None:
    request = signed(b"", headers={})
    assert "content-digest" not in request.headers
    assert verified(request, body=b"").content_digest is None


def test_what_is_not_covered_may_change() -> None:
    verified(changed(signed(), user_agent="a proxy on the way", x_forwarded_host="elsewhere.example.org"))


@pytest.mark.parametrize(
    ("origin", "spelled"),
    [
        ("https://a.example.org:443", "https://a.example.org"),
        ("https://a.example.org", "https://a.example.org"),
        ("http://a.example.org:80", "http://a.example.org"),
        ("https://a.example.org:8443", "https://a.example.org:8443"),
        ("http://a.example.org:443", "http://a.example.org:443"),
        ("https://a.example.org:80", "https://a.example.org:80"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_goes_without_the_port_that_everybody_leaves_out(origin: str, spelled: str) -> None:
    found = RequestParts.at(origin, "GET", "/a?b", [("X-Name", "value")])
    assert found == RequestParts("GET", f"{spelled}/a?b", {"x-name": "value"})


# --- the body -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", BODY[:-1], BODY + b"\n", b'{"objects": []}'])
def test_another_body_than_the_signed_one_is_refused(body: bytes) -> None:
    assert refusal(signed(), body=body).code is Code.REQUEST_SIGNATURE_INVALID


@pytest.mark.parametrize("name", ["content-digest", "content-type"])
def test_a_body_needs_its_digest_and_its_media_type_covered(name: str) -> None:
    bare = signed(b"", headers={})
    assert name in refusal(bare).sentence


def digests(*names: str, body: bytes = BODY) -> str:
    return ", ".join(f"{name}=:{base64.b64encode(hashlib.new(name.replace('-', ''), body).digest()).decode()}:" for name in names)


def with_digest(value: str) -> VerifiedRequest:
    return VerifiedRequest("", "", 0, frozenset({"content-digest", "content-type"}), value)


@pytest.mark.parametrize("value", [digests("sha-256"), digests("sha-512"), digests("sha-256", "sha-512")])
def test_digests_of_sha_256_and_sha_512_count(value: str) -> None:
    assert with_digest(value).check_body(BODY) == BODY


@pytest.mark.parametrize(
    "value",
    [
        "",
        "sha-256",
        "sha-256=x",
        "sha-256=::",
        f"{digests('sha-256')}, {digests('sha-256', body=b'other')}",
        f"{digests('sha-256', body=b'other')}, {digests('sha-256')}",
        f"{digests('sha-256')}, {digests('sha-512', body=b'other')}",
        digests("sha-256").replace("sha-256", "md5"),
        digests("sha-256").replace("sha-256", "SHA-256"),
        digests("sha-256").replace("sha-256", "sha-512"),
        f"{digests('sha-256')}, unixsum=:AAA=:",
        "\ud800",
    ],
)
def test_a_digest_that_is_none_or_another_is_refused(value: str) -> None:
    with pytest.raises(UnauthenticatedError):
        with_digest(value).check_body(BODY)


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", b'{"hello": "world"}\n'),
        (
            "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:",
            b'{"hello": "world"}\n',
        ),
        ("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", b""),
    ],
)
def test_the_digests_of_rfc_9530_are_ours(value: str, body: bytes) -> None:
    assert with_digest(value).check_body(body) == body
    with pytest.raises(UnauthenticatedError):
        with_digest(value).check_body(body + b" ")


# --- what has to be covered ---------------------------------------------------------------------------------------------------


def resigned(covered: str, parameters: str, headers: dict[str, str] = HEADERS) -> RequestParts:
    """Give a request that says this of its signature; the signature itself is none."""
    sig = base64.b64encode(bytes(64)).decode()
    return RequestParts(
        "POST", URI, {**headers, "signature-input": f"breakwater=({covered}){parameters}", "signature": f"breakwater=:{sig}:"}
    )


ALL = '"@method" "@authority" "@target-uri" "content-digest" "content-type" "idempotency-key" "breakwater-purpose"'
SAID = f';created={int(NOW.timestamp())};keyid="{KEY.public.keyid}";nonce="{NONCE}"'


def read(covered: str = ALL, said: str = SAID, **headers: str) -> Claim:
    return read_claim(changed(resigned(covered, said), **headers), NOW)


@pytest.mark.parametrize("more", ["", ' "@path"', ' "@query" "@scheme" "@request-target"', ' "date"'])
def test_enough_is_enough_and_more_is_no_fault(more: str) -> None:
    claim = read(ALL + more)
    assert (claim.keyid, claim.nonce, claim.created) == (KEY.public.keyid, NONCE, int(NOW.timestamp()))


@pytest.mark.parametrize(
    "name", ["@method", "@authority", "@target-uri", "content-digest", "idempotency-key", "breakwater-purpose"]
)
def test_what_must_be_covered_is_missed_by_name(name: str) -> None:
    with pytest.raises(UnauthenticatedError, match=name):
        read(ALL.replace(f'"{name}"', ""), content_digest=digests("sha-256"))


def test_headers_that_are_not_sent_need_no_cover() -> None:
    read('"@method" "@authority" "@target-uri"', idempotency_key="", breakwater_purpose="")


@pytest.mark.parametrize(
    "covered",
    [
        ALL + ' "@method"',
        ALL + ' "date" "date"',
        ALL + ' "date";sf',
        ALL + ' "date";bs',
        ALL + ' "@query-param";name="x"',
        ALL.replace('"content-digest"', '"content-digest";key="sha-256"'),
        ALL.replace('"content-digest"', '"content-digest";req'),
        ALL.replace('"content-digest"', '"Content-Digest"'),
        ALL.replace('"@method"', '"@METHOD"'),
        ALL.replace('"@method"', "@method"),
        ALL.replace('"@method"', "method"),
        ALL.replace('"@method"', ":QG1ldGhvZA==:"),
        ALL + ' "@status"',
        ALL + ' "@signature-params"',
        ALL + ' "@unknown"',
        ALL + ' ""',
        ALL + ' "da te"',
        ALL + ' 1 1.5 ?1 @1659578233 %"%c3%bc"',
        ALL + "".join(f' "x-{number}"' for number in range(30)),
    ],
)
def test_components_are_plain_names_once_each(covered: str) -> None:
    with pytest.raises(UnauthenticatedError):
        read(covered)


@pytest.mark.parametrize("name", ["content_type", "idempotency_key", "breakwater_purpose"])
def test_headers_that_a_server_joined_are_refused(name: str) -> None:
    with pytest.raises(UnauthenticatedError, match="once"):
        read(**{name: "one,two"})


# --- what a signature says of itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [';tag="breakwater"', ';alg="ed25519"', f";expires={int(NOW.timestamp()) + 1}"])
def test_a_signature_may_say_more_of_itself(more: str) -> None:
    read(said=SAID + more)


@pytest.mark.parametrize(
    "said",
    [
        "",
        SAID.replace("created", "createt"),
        SAID.replace(";created=", ";created=-"),
        SAID.replace(f"created={int(NOW.timestamp())}", f"created={int(NOW.timestamp())}.0"),
        SAID.replace(f"created={int(NOW.timestamp())}", f'created="{int(NOW.timestamp())}"'),
        SAID.replace(f"created={int(NOW.timestamp())}", f"created=@{int(NOW.timestamp())}"),
        SAID.replace(f"created={int(NOW.timestamp())}", "created"),
        SAID.replace(f"created={int(NOW.timestamp())}", "created=999999999999999"),
        SAID.replace(f"created={int(NOW.timestamp())}", "created=9999999999999999"),
        SAID.replace("keyid", "keyix"),
        SAID.replace(KEY.public.keyid, KEY.public.keyid.upper()),
        SAID.replace(KEY.public.keyid, KEY.public.keyid[:-1]),
        SAID.replace(f'"{KEY.public.keyid}"', f":{base64.b64encode(bytes(32)).decode()}:"),
        SAID.replace("nonce", "nonse"),
        SAID.replace(NONCE, NONCE[:-1]),
        SAID.replace(NONCE, "x" * 65),
        SAID.replace(NONCE, "with blanks in it"),
        SAID + f';nonce="{NONCE}"',
        SAID + ';keyid="x"',
        SAID + ';tag="other"',
        SAID + ";tag=breakwater",
        SAID + ";alg=1",
        SAID + ';other="x"',
        SAID + f";expires={int(NOW.timestamp())}",
        SAID + f";expires={int(NOW.timestamp()) - 1}",
        SAID + ';expires="never"',
    ],
)
def test_a_signature_says_what_it_must_in_the_form_it_must(said: str) -> None:
    with pytest.raises(UnauthenticatedError):
        read(said=said)


SIG = f":{base64.b64encode(bytes(64)).decode()}:"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signature_input", ""),
        ("signature", ""),
        ("signature_input", "breakwater"),
        ("signature_input", "breakwater=1"),
        ("signature_input", "breakwater=((((((("),
        ("signature_input", 'breakwater=("@method"'),
        ("signature_input", f"breakwater=({ALL}){SAID},"),
        ("signature_input", f"breakwater=({ALL}){SAID}, other=({ALL}){SAID}"),
        ("signature_input", f"breakwater=({ALL}){SAID},breakwater=({ALL}){SAID}"),
        ("signature_input", f"other=({ALL}){SAID}"),
        ("signature_input", f"breakwater=({ALL}){SAID}" + " " * 2048),
        ("signature_input", f"breakwater=({ALL}){SAID}\N{LATIN SMALL LETTER U WITH DIAERESIS}"),
        ("signature_input", f"breakwater=({ALL}){SAID}\n"),
        ("signature_input", f"Breakwater=({ALL}){SAID}"),
        ("signature", f"breakwater={SIG}, other={SIG}"),
        ("signature", f"breakwater={SIG},breakwater={SIG}"),
        ("signature", "breakwater"),
        ("signature", 'breakwater="x"'),
        ("signature", "breakwater=::"),
        ("signature", f"breakwater={SIG[:-2]}"),
        ("signature", f"breakwater=:{base64.b64encode(bytes(65)).decode()}:"),
        ("signature", f"breakwater=:{base64.b64encode(bytes(70)).decode()}:"),
        ("signature", f"breakwater=({SIG})"),
        ("signature", f"breakwater={SIG}" + ";a" * 200),
        ("content_digest", "x" * 513),
    ],
)
def test_there_is_one_signature_in_well_formed_headers(name: str, value: str) -> None:
    with pytest.raises(UnauthenticatedError) as caught:
        read(**{"content_digest": digests("sha-256"), name: value})
    assert caught.value.code is Code.REQUEST_SIGNATURE_INVALID


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_the_reading(signature_input: str, signature: str) -> None:
    for request in (
        changed(resigned(ALL, SAID), signature_input=signature_input, signature=signature),
        resigned(ALL, signature_input),
        resigned(signature_input, SAID),
    ):
        try:
            claim = read_claim(request, NOW)
        except UnauthenticatedError:
            continue
        with pytest.raises(UnauthenticatedError):
            verify_request(request, claim, KEY.public)


# --- time ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [-60, -59, 0, 59, 60])
def test_sixty_seconds_either_way_pass(seconds: int) -> None:
    verified(signed(), now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("seconds", "words"), [(-61, "61 seconds after"), (61, "61 seconds before"), (86_400, "86400 seconds before")]
)
def test_more_than_sixty_are_a_clock_that_is_off_by_so_many(seconds: int, words: str) -> None:
    error = refusal(signed(), now=NOW + timedelta(seconds=seconds))
    assert error.code is Code.REQUEST_CLOCK_SKEW
    assert words in error.sentence
    assert "Date header" in error.sentence


# --- every part of it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_every_byte_of_what_is_signed_counts(algorithm: KeyAlgorithm) -> None:
    key = KEYS[algorithm]
    request = signed(key=key)
    covered = [name for name in request.headers if name not in {"user-agent", "signature", "signature-input"}]
    altered = [replace(request, method=one) for one in turned(request.method)]
    altered += [replace(request, target_uri=one) for one in turned(request.target_uri)]
    altered += [changed(request, **{name: one}) for name in covered for one in turned(request.headers[name])]
    altered += [changed(request, signature_input=one) for one in turned(request.headers["signature-input"])]
    assert len(altered) > 400
    for one in altered:
        assert refusal(one, key.public).code in {Code.REQUEST_SIGNATURE_INVALID, Code.REQUEST_CLOCK_SKEW}, one


def turned(text: str) -> list[str]:
    """Give the text with each of its characters turned into another."""
    return [text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :] for place in range(len(text))]


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_every_bit_of_the_signature_counts(algorithm: KeyAlgorithm) -> None:
    key = KEYS[algorithm]
    request = signed(key=key)
    raw = base64.b64decode(request.headers["signature"].split(":")[1])
    for bit in range(0, 512, 3):
        flipped = (int.from_bytes(raw) ^ 1 << bit).to_bytes(64)
        sig = f"breakwater=:{base64.b64encode(flipped).decode()}:"
        assert refusal(changed(request, signature=sig), key.public).code is Code.REQUEST_SIGNATURE_INVALID


def test_a_covered_header_may_not_go_away() -> None:
    request = signed()
    for name in ("content-digest", "content-type", "idempotency-key", "breakwater-purpose"):
        assert refusal(changed(request, **{name: ""})).code is Code.REQUEST_SIGNATURE_INVALID


def test_the_other_s_of_p256_is_a_signature_of_the_same_request() -> None:
    key = KEYS[KeyAlgorithm.P256]
    request = signed(key=key)
    raw = base64.b64decode(request.headers["signature"].split(":")[1])
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    again = changed(request, signature=f"breakwater=:{base64.b64encode(other).decode()}:")
    assert verified(again, key.public) == verified(request, key.public)


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
@pytest.mark.parametrize("lie", ["rsa-pss-sha512", "hmac-sha256", "none", "", "ED25519", *ALGORITHMS.values()])
def test_the_algorithm_is_the_keys_whatever_is_said(algorithm: KeyAlgorithm, lie: str) -> None:
    key, true = KEYS[algorithm], ALGORITHMS[algorithm]
    request = signed(key=key)
    said = request.headers["signature-input"]
    assert f'alg="{true}"' in said
    if lie == true:
        verified(request, key.public)
        return
    assert refusal(changed(request, signature_input=said.replace(true, lie)), key.public).code is Code.REQUEST_SIGNATURE_INVALID


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
@pytest.mark.parametrize("lie", ["hmac-sha256", "none", *ALGORITHMS.values()])
def test_a_lie_about_the_algorithm_does_not_pass_by_being_signed(
    algorithm: KeyAlgorithm, lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = KEYS[algorithm]
    with monkeypatch.context() as patched:
        lying = type("Lying", (request_signature._Ours,), {"algorithm_id": lie})
        patched.setattr(request_signature, "_algorithm", lambda _: lying)
        request = signed(key=key)
    assert f'alg="{lie}"' in request.headers["signature-input"]
    if lie == ALGORITHMS[algorithm]:
        verified(request, key.public)
    else:
        assert refusal(request, key.public).code is Code.REQUEST_SIGNATURE_INVALID


# --- the vectors of RFC 9421 --------------------------------------------------------------------------------------------------


@dataclass
class Response:
    status_code: int
    headers: dict[str, str]
    request: None = None


PUBLIC = {
    KeyAlgorithm.ED25519: "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=",
    KeyAlgorithm.P256: (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ=="
    ),
}
TEST_REQUEST = request_signature._Message(
    "POST",
    "https://example.com/foo?param=Value&Pet=dog",
    {
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "content-type": "application/json",
        "content-digest": ("sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"),
        "content-length": "18",
        "signature-input": (
            'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
            ';created=1618884473;keyid="test-key-ed25519"'
        ),
        "signature": "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    },
)
TEST_RESPONSE = Response(
    200,
    {
        "date": "Tue, 20 Apr 2021 02:07:56 GMT",
        "content-type": "application/json",
        "content-digest": ("sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:"),
        "content-length": "23",
        "signature-input": (
            'sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"'
        ),
        "signature": "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:",
    },
)
VECTORS = {
    "B.2.4, ECDSA on P-256": (KeyAlgorithm.P256, TEST_RESPONSE),
    "B.2.6, Ed25519": (KeyAlgorithm.ED25519, TEST_REQUEST),
}


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_of_appendix_b_verifies_and_altered_does_not(name: str) -> None:
    algorithm, message = VECTORS[name]
    key = load_public_key(base64.b64decode(PUBLIC[algorithm]))
    assert key.algorithm is algorithm
    verifier = request_signature._Verifier(
        signature_algorithm=request_signature._algorithm(algorithm), key_resolver=request_signature._OneKey(key)
    )
    [result] = verifier.verify(message, max_age=None)
    assert result.parameters["created"] == 1618884473
    for header in ("content-type", "content-length"):
        other = replace(message, headers={**message.headers, header: "0"})
        with pytest.raises(InvalidSignature):
            verifier.verify(other, max_age=None)


def test_the_digests_of_appendix_b_are_those_of_its_bodies() -> None:
    assert with_digest(TEST_REQUEST.headers["content-digest"]).check_body(b'{"hello": "world"}')
    assert with_digest(TEST_RESPONSE.headers["content-digest"]).check_body(b'{"message": "good dog"}')


def test_the_vector_of_a_request_is_none_of_ours_for_it_covers_too_little() -> None:
    request = RequestParts(TEST_REQUEST.method, TEST_REQUEST.url, TEST_REQUEST.headers)
    assert refusal(request, now=datetime.fromtimestamp(1618884473, UTC)).code is Code.REQUEST_SIGNATURE_INVALID
