"""The screen: a table of what passes, a table of what does not, and where the place is told.

All encoded content here is synthetic: the first bytes of a format, then digests of small numbers.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from app.domain.errors import Code, ForbiddenContentError, TooLargeError
from app.stix.encoded_media import Allowance, Effort
from app.stix.screen import screen
from breakwater_client.documents import pointers, published
from breakwater_client.extensions import SIGNATURE
from tests.factories.runaway import no_runaway
from tests.stix.authored_objects import SCREENED_OUT, authored_objects
from tests.stix.disguised_payloads import SHORT, WRITINGS, disguised
from tests.stix.legitimate_objects import legitimate

NOISE = b"".join(hashlib.sha512(bytes([number])).digest() for number in range(32))
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1" + NOISE
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + NOISE
GIF = b"GIF89a\1\0\1\0" + NOISE
WEBP = b"RIFF\x24\4\0\0WEBPVP8 " + NOISE
BMP = b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + NOISE
TIFF = b"II*\0\x08\0\0\0" + NOISE
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + NOISE
MATROSKA = b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1" + NOISE
AVI = b"RIFF\x24\4\0\0AVI LIST" + NOISE
FORMATS = {
    "jpeg": JPEG,
    "png": PNG,
    "gif": GIF,
    "webp": WEBP,
    "bmp": BMP,
    "tiff": TIFF,
    "mp4": MP4,
    "matroska": MATROSKA,
    "avi": AVI,
}


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def b64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def cut(text: str, length: int) -> list[str]:
    return [text[at : at + length] for at in range(0, len(text), length)]


def digest(name: str, text: str = "a") -> str:
    return hashlib.new(name, text.encode()).hexdigest()


SCRIPTS = {
    "latin": "Wiederholt entstehen neue Konten, die auffällig viele Unbekannte anschreiben; die Prüfung dauert an. ",
    "greek": "Επαναλαμβανόμενη δημιουργία λογαριασμών που στέλνουν πολλά μηνύματα σε αγνώστους. ",
    "cyrillic": "Повторное создание учётных записей, которые рассылают много сообщений незнакомцам. ",
    "arabic": "إنشاء متكرر لحسابات جديدة ترسل رسائل كثيرة إلى غرباء، والمراجعة مستمرة. ",
    "hebrew": "יצירה חוזרת של חשבונות חדשים ששולחים הודעות רבות לזרים, הבדיקה נמשכת. ",
    "devanagari": "बार-बार नए खाते बनाए जाते हैं जो अजनबियों को बहुत संदेश भेजते हैं। ",
    "bengali": "বারবার নতুন অ্যাকাউন্ট তৈরি হয় যেগুলি অপরিচিতদের অনেক বার্তা পাঠায়। ",
    "thai": "มีการสร้างบัญชีใหม่ซ้ำๆที่ส่งข้อความจำนวนมากถึงคนแปลกหน้า การตรวจสอบยังดำเนินต่อไป ",
    "chinese": "反复出现的新账户向陌生人发送大量消息。审核仍在进行中。",
    "japanese": "新しいアカウントが繰り返し作成され、見知らぬ人に多くのメッセージを送っている。",
    "korean": "새 계정이 반복적으로 만들어져 낯선 사람에게 많은 메시지를 보내고 있으며 검토가 진행 중이다. ",
    "georgian": "ახალი ანგარიშები მეორდება და უცნობებს ბევრ შეტყობინებას უგზავნის. ",
}

AMID = SCRIPTS["latin"] * 20
AMID_TEXT = {
    "jpeg byte by byte": JPEG[:20].hex(" "),
    "jpeg with hyphens": JPEG[:20].hex("-"),
    "the beginning of a jpeg": "/9j/4AAQSkZJRgAB",
    "the beginning of a jpeg in base64url": "_9j_4AAQSkZJRgAB",
    "the beginning of a png": b64(PNG[:12]),
    "base64url with many hyphens": "-".join(cut(b64url(NOISE[:200]).replace("_", "a").replace("-", "b"), 12)),
    "base64 with many slashes": "/".join(cut(b64url(NOISE[:200]).replace("_", "a").replace("-", "b"), 12)),
    "base64 in words": " ".join(cut(b64(NOISE * 2), 10)),
}

PASSES: dict[str, dict[str, Any]] = {
    **{f"long text, {name}": {"description": text * 200} for name, text in SCRIPTS.items()},
    **{
        f"{name} in a text": {"description": f"{name} {digest(name)} was matched"}
        for name in ("md5", "sha1", "sha224", "sha256", "sha512")
    },
    **{f"{name} in hashes": {"hashes": {name: digest(name)}} for name in ("md5", "sha256", "sha3_512")},
    "ssdeep in hashes": {
        "hashes": {"SSDEEP": "96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:sF1LjEtHHlZDrJzrhuyZvHYm8tKp/RWO"}
    },
    "tlsh in hashes": {"hashes": {"TLSH": "T1" + "6BF12B1A5F7D3C4E9A0B" * 3 + "12345678"}},
    "pdq in hashes": {"hashes": {"PDQ": digest("sha256")}},
    "a perceptual hash of 144 bytes in hashes": {"hashes": {"PHOTODNA": b64(NOISE[:144])}},
    "a perceptual hash of 144 bytes in hexadecimal": {"hashes": {"PHOTODNA": NOISE[:144].hex()}},
    "hash constants in a pattern": {
        "pattern": f"[file:hashes.'SHA-512' = '{digest('sha512')}' OR file:hashes.MD5 = '{digest('md5')}']"
    },
    "a perceptual hash in a pattern": {"pattern": f"[x-perceptual:value = '{b64(NOISE[:144])}']"},
    "a format's first bytes in a detection rule": {
        "pattern": "rule a { strings: $h = { FF D8 FF E0 00 10 4A 46 49 46 00 01 } condition: $h }"
    },
    "a data path in a pattern": {"pattern": "[x-log:data.kind = 'join' AND x-log:metadata = 'a']"},
    "twenty hash values in a text": {"description": "\n".join(digest("sha256", str(number)) for number in range(20))},
    "a certificate's fingerprint": {"description": ":".join(cut(digest("sha256"), 2)).upper()},
    "our signature": {
        "extensions": {
            SIGNATURE: {"signatures": [{"keyid": digest("sha256"), "sig": b64(NOISE[:64]), "signer": "identity--" + "a" * 8}]}
        }
    },
    "a signature in a text": {"description": "signed: " + b64(NOISE[:64])},
    "a key on a curve": {"x_public_key": b64(NOISE[:91])},
    "ids in a text": {
        "description": "indicator--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa and user-account--1f2c7e0e-7a55-5c3f-9d5d-6c3f0a7b8c21."
    },
    "hundreds of references": {
        "object_refs": [f"indicator--{digest('md5', str(n))[:8]}-3f0c-4c7e-9a55-51b2a1f6f0aa" for n in range(400)]
    },
    "a UUID list in a text": {"description": " ".join(["0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"] * 40)},
    "a web address with a long token": {"value": "https://share.example.org/v/" + b64url(NOISE[:200])},
    "a web address with a signed token": {
        "value": f"https://example.org/?t={b64url(NOISE[:30])}.{b64url(NOISE[30:200])}.{b64url(NOISE[:64])}"
    },
    "a percent-encoded path in another script": {"value": "https://example.org/" + "%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82" * 30},
    "percent-encoded words in a text": {"description": "seen as " + "%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82" * 30},
    "codes of small letters": {
        "description": "rooms: "
        + " ".join(digest("md5", str(number))[:8].replace("a", "z").replace("0", "y") + "x" for number in range(60))
    },
    "a path of words": {"value": "https://example.org/" + "safety-centre/live-streams/" * 12},
    "an onion address": {"value": "http://" + "abcdefghijklmnopqrstuvwxyz234567" * 2 + ".onion/"},
    "an artifact of which only is told": {
        "type": "artifact",
        "url": "https://example.org/a",
        "hashes": {"SHA-256": digest("sha256")},
    },
    "the word data and a colon": {"description": "Collected data: five accounts; metadata:none; data:2026-01-02, update:data"},
    "times of day": {"description": ", ".join(f"{hour:02}:15" for hour in range(24)) + "; " + ", ".join(["10:20"] * 60)},
    "telephone-like numbers and dates": {
        "description": "555-0100, 555-0101, 2026-01-02, 2026-01-03, 192.0.2.17, 198.51.100.200 " * 20
    },
    "hardware addresses": {"description": "aa:bb:cc:dd:ee:ff and 00:11:22:33:44:55 and 2001:db8::ff00:42:8329"},
    "capitals": {"description": "REPEATED ACCOUNTS CONTACT MANY STRANGERS IN LIVE STREAMS; REVIEW IS GOING ON. " * 20},
    "a table of numbers": {"description": "1284 7731 9920 1120 5563 0017 8843 2210\n" * 30},
    "codes": {"description": "codes: " + " ".join(f"AB{number:02}X" for number in range(40))},
    "camel case": {
        "description": "LiveStreamEligibilityPolicyAudienceLimitSetting/HostVerificationRequirementForYoungAccounts" * 2
    },
    "a long word": {"description": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3},
    "a small list of numbers": {"x_histogram": [3, 1, 4, 1, 5, 9, 2, 6] * 8},
    "a long list of large numbers": {"x_counts": [1000 + number for number in range(400)]},
    "emoji": {"name": "🛟🧭🛶" * 300},
    "hash values of a citation": {
        "external_references": [{"source_name": "a", "hashes": {"SHA-256": digest("sha256"), "MD5": digest("md5")}}] * 40
    },
    "a perceptual hash of a citation": {"external_references": [{"hashes": {"PHOTODNA": b64(NOISE[:144])}}]},
    "two values in hashes": {"hashes": {"PHOTODNA": b64(NOISE[:144]), "PDQ": b64(NOISE[:32])}},
    "twenty hash values": {"hashes": {f"h{number}": digest("sha512", str(number)) for number in range(20)}},
    "network addresses": {"description": ", ".join(f"192.0.2.{number}" for number in range(120)) + "."},
    "handles in a row": {"description": ", ".join(f"Anna{number}Example, bob_{number}.Test" for number in range(60))},
    "counts in a text": {"description": " ".join(str(number * number % 60) for number in range(400))},
    "counts by hour and day": {"x_counts": [[day * hour % 50 for hour in range(24)] for day in range(30)]},
    "places": {"x_track": [[8.5 + number / 97, 47.25 - number / 89] for number in range(200)]},
    "counts of properties": {"x_counts": {f"day_{number}": number % 31 for number in range(200)}},
    "versions": {"description": "; ".join(f"app 12.{number}.3.{number}" for number in range(80))},
    "labels": {"labels": [f"label-{number}" for number in range(60)]},
    "ordinary JSON in a text": {
        "description": json.dumps({"rule": {"if": "joins > 5", "then": "review"}, "window": "PT10M"}) * 5
    },
}

PROHIBITED: dict[str, tuple[dict[str, Any], str]] = {
    **{f"{name} in base64": ({"description": b64(raw)}, "/description") for name, raw in FORMATS.items()},
    **{f"the first bytes of {name} in base64": ({"name": b64(raw[:30])}, "/name") for name, raw in FORMATS.items()},
    **{f"{name} in base64url": ({"x_note": f"see {b64url(raw)} here"}, "/x_note") for name, raw in FORMATS.items()},
    **{f"{name} in hexadecimal": ({"labels": ["a", raw.hex()]}, "/labels/1") for name, raw in FORMATS.items()},
    **{
        f"the first bytes of {name} in hexadecimal": ({"labels": [raw[:20].hex().upper()]}, "/labels/0")
        for name, raw in FORMATS.items()
    },
    "jpeg, shifted by a byte": ({"description": b64(b"x" + JPEG)}, "/description"),
    "png after a word": ({"description": "thumbnail_" + b64(PNG[:40])}, "/description"),
    "gif after a name and a colon": ({"description": "img:" + b64(GIF[:30])}, "/description"),
    "jpeg byte by byte": ({"description": JPEG[:40].hex(" ")}, "/description"),
    "jpeg with colons": ({"description": "dump " + JPEG[:40].hex(":")}, "/description"),
    "jpeg with hyphens": ({"description": JPEG[:40].hex("-")}, "/description"),
    "jpeg as escapes": ({"description": "".join(f"\\x{byte:02x}" for byte in JPEG[:60])}, "/description"),
    "jpeg as percent escapes": ({"description": "".join(f"%{byte:02X}" for byte in JPEG[:60])}, "/description"),
    "jpeg as numbers of a programme": ({"description": ", ".join(f"0x{byte:02x}" for byte in JPEG[:60])}, "/description"),
    "jpeg as a list of numbers": ({"x_values": list(JPEG[:64])}, "/x_values"),
    "a long list of bytes": ({"x_values": list(NOISE[:300])}, "/x_values"),
    "jpeg in lines": ({"description": "\n".join(cut(b64(JPEG), 76))}, "/description"),
    "base64 in lines of 64": ({"description": "\n".join(cut(b64(NOISE), 64))}, "/description"),
    "base64 in lines of 20": ({"description": "\r\n".join(cut(b64(NOISE), 20))}, "/description"),
    "base64 in words of eight": ({"description": " ".join(cut(b64(NOISE), 8))}, "/description"),
    "base64 in labels": ({"labels": cut(b64(NOISE), 20)}, "/labels"),
    "base64 in properties": ({"x_parts": {f"p_{at:03}": part for at, part in enumerate(cut(b64(NOISE), 12))}}, "/x_parts"),
    "hexadecimal in words": ({"description": " ".join(cut(NOISE.hex(), 10))}, "/description"),
    "hexadecimal with spaces": ({"description": NOISE[:200].hex(" ")}, "/description"),
    "long base64": ({"description": b64(NOISE[:100])}, "/description"),
    "long base64url": ({"description": b64url(NOISE[:100])}, "/description"),
    "long base64 in a sentence": ({"description": f"The token {b64(NOISE[:100])} was seen."}, "/description"),
    "long base32": ({"description": base64.b32encode(NOISE).decode()}, "/description"),
    "long hexadecimal": ({"description": NOISE[:65].hex()}, "/description"),
    "long base64 in a web address": ({"value": "https://example.org/" + b64url(NOISE[:400])}, "/value"),
    "png in a web address": ({"value": "https://example.org/?i=" + b64url(PNG[:60])}, "/value"),
    "jpeg in percent escapes of a web address": (
        {"value": "https://example.org/?d=" + "".join(f"%{byte:02X}" for byte in JPEG[:60])},
        "/value",
    ),
    **{
        f"{name}, amid a long text": ({"description": f"{AMID} {text} {AMID}"}, "/description")
        for name, text in AMID_TEXT.items()
    },
    "a data: URI": ({"description": "data:image/png;base64,AAAA"}, "/description"),
    "a data: URI in capitals": ({"external_references": [{"url": "DATA:IMAGE/GIF;BASE64,AAAA"}]}, "/external_references/0/url"),
    "a data: URI without base64": ({"value": "data:text/html,%3Cp%3E"}, "/value"),
    "a data: URI without a type": ({"value": "data:;base64,AAAA"}, "/value"),
    "a data: URI, escaped": ({"value": "https://example.org/?u=data%3Aimage%2Fpng%3Bbase64%2CAAAA"}, "/value"),
    "a data: URI in a pattern": ({"pattern": "[url:value = 'data:image/png;base64,AAAA']"}, "/pattern"),
    "an artifact's payload": ({"type": "artifact", "payload_bin": "AAAA"}, "/payload_bin"),
    "an artifact's payload inside": ({"x_objects": [{"0": {"type": "artifact", "payload_bin": ""}}]}, "/x_objects/0/0"),
    "payload_bin": ({"payload_bin": "AAAA"}, "/payload_bin"),
    "payload_bin inside": ({"extensions": {"x": {"payload_bin": None}}}, "/extensions/x/payload_bin"),
    "payload_bin in a pattern": ({"pattern": "[artifact:payload_bin = b'AAAA']"}, "/pattern"),
    "a binary constant in a pattern": ({"pattern": f"[x-a:b = b'{b64(NOISE[:240])}']"}, "/pattern"),
    "png in a pattern": ({"pattern": f"[x-a:b = '{b64(PNG[:90])}']"}, "/pattern"),
    "jpeg in hashes": ({"hashes": {"PDQ": b64(JPEG[:60])}}, "/hashes/PDQ"),
    "long base64 in hashes": ({"hashes": {"PDQ": b64(NOISE[:500])}}, "/hashes/PDQ"),
    "jpeg in a name": ({"x_map": {b64url(JPEG[:40]): 1}}, "/x_map"),
    "png deep inside": ({"x_a": [[{"b": [{"c": b64(PNG[:60])}]}]]}, "/x_a/0/0/b/0/c"),
    "png where a reference stands": ({"x_ref": b64(PNG[:60])}, "/x_ref"),
    "png where a signature stands": ({"sig": b64(PNG[:90])}, "/sig"),
    "png where a time stands": ({"created": b64(PNG[:60])}, "/created"),
    "base64 between full stops": ({"description": ".".join(cut(b64(NOISE), 12))}, "/description"),
    "base64 between commas": ({"description": ", ".join(cut(b64(NOISE), 7))}, "/description"),
    "base64 letter by letter": ({"description": ".".join(b64(NOISE))}, "/description"),
    "jpeg between full stops": ({"description": JPEG[:40].hex(".")}, "/description"),
    "jpeg as numbers in a text": ({"description": ", ".join(map(str, JPEG[:64]))}, "/description"),
    "jpeg as numbers amid a text": ({"description": f"{AMID} {' '.join(map(str, JPEG[:20]))} {AMID}"}, "/description"),
    "many bytes as numbers in a text": ({"description": " ".join(map(str, NOISE[:400]))}, "/description"),
    "jpeg as a list of floats": ({"x_values": [float(byte) for byte in JPEG[:64]]}, "/x_values"),
    "bytes after a float": ({"x_values": [0.5, *NOISE[:400]]}, "/x_values"),
    "jpeg in small lists": ({"x_values": [list(JPEG[at : at + 4]) for at in range(0, 64, 4)]}, "/x_values"),
    "bytes in small lists": ({"x_values": [list(NOISE[at : at + 8]) for at in range(0, 400, 8)]}, "/x_values"),
    "jpeg as numbers of properties": ({"x_values": {f"p_{at}": byte for at, byte in enumerate(JPEG[:64])}}, "/x_values"),
    "base64 in long properties": ({"x_parts": {f"p_{at}": part for at, part in enumerate(cut(b64(NOISE), 120))}}, "/x_parts"),
    "base64 in names": ({"x_parts": dict.fromkeys(cut(b64(NOISE), 12), 1)}, "/x_parts"),
    "base64 in long names": ({"x_parts": dict.fromkeys(cut(b64(NOISE), 120), 1)}, "/x_parts"),
    "hexadecimal in hashes of a place of one's own": (
        {"x_own": {"hashes": {f"{at}": part for at, part in enumerate(cut(NOISE.hex(), 66))}}},
        "/x_own/hashes",
    ),
    "many hash values in hashes": (
        {"hashes": {f"h{number}": digest("sha512", str(number)) for number in range(65)}},
        "/hashes",
    ),
    "long base64 in hashes of a place of one's own": ({"x_own": {"hashes": {"PDQ": b64(NOISE[:144])}}}, "/x_own/hashes/PDQ"),
    "a zip archive": ({"description": b64(b"PK\x03\x04\x14\0\0\0\x08\0" + NOISE)}, "/description"),
}

DISGUISED = disguised()
LEGITIMATE = legitimate()


def speakable(place: str) -> str:
    """Give the part of a place that a refusal may tell."""
    return pointers.pointer(int(step) if step.isdecimal() else step for step in place.split("/")[1:])


def test_the_tables_are_large() -> None:
    assert len(PASSES) >= 40
    assert len(PROHIBITED) >= 40
    assert len(DISGUISED) >= 500
    assert len(LEGITIMATE) >= 200
    assert sum(name.startswith("long text") for name in PASSES) >= 10


@pytest.mark.parametrize("name", PASSES)
def test_it_passes(name: str) -> None:
    screen(PASSES[name])


@pytest.mark.parametrize("name", LEGITIMATE)
def test_legitimate_objects_pass(name: str) -> None:
    screen(LEGITIMATE[name])


@pytest.mark.parametrize("name", PROHIBITED)
def test_it_does_not_pass(name: str) -> None:
    value, pointer = PROHIBITED[name]
    with pytest.raises(ForbiddenContentError) as refusal:
        screen(value)
    assert (refusal.value.code, refusal.value.pointer) == (Code.CONTENT_FORBIDDEN, speakable(pointer))
    assert "AAAA" not in refusal.value.sentence


@pytest.mark.parametrize("name", DISGUISED)
def test_no_disguise_helps(name: str) -> None:
    with pytest.raises(ForbiddenContentError) as refusal:
        screen(DISGUISED[name])
    assert refusal.value.code is Code.CONTENT_FORBIDDEN


# Of all pairs of writings these are not opened where they stand inside another, or do not open another: 45 pairs of 5,625 pass.
HARD = {"yEnc", "z85", "base85", "ascii85", "ascii85 of Adobe", "bits"}


@pytest.mark.parametrize("inner", ["base64", "hexadecimal", "base32", "decimal numbers", "entities", "base64 with word joiners"])
@pytest.mark.parametrize("outer", sorted(WRITINGS.keys() - HARD))
def test_no_disguise_helps_another(inner: str, outer: str) -> None:
    text = WRITINGS[outer](WRITINGS[inner](SHORT).encode())
    with pytest.raises(ForbiddenContentError):
        screen({"type": "note", "content": f"{SCRIPTS['latin']}{text} {SCRIPTS['latin']}"})


@pytest.mark.parametrize("name", PROHIBITED)
def test_nothing_else_in_the_object_hides_it(name: str) -> None:
    value, _ = PROHIBITED[name]
    surrounding = {"name": "a", "description": SCRIPTS["latin"] * 20, "labels": ["a", "b"], **PASSES["our signature"]}
    hidden = value if "pattern" in value else {"x_inside": {"deep": [value]}}
    with pytest.raises(ForbiddenContentError):
        screen({**surrounding, **hidden})


def test_a_long_list_of_numbers_is_looked_at_in_little_time() -> None:
    with no_runaway():
        screen({"x_values": [0.5 + number for number in range(150_000)]})


@pytest.mark.parametrize("type_name", sorted(authored_objects().keys() - SCREENED_OUT))
def test_authored_objects_pass(type_name: str) -> None:
    screen(authored_objects()[type_name])


@pytest.mark.parametrize(
    "value",
    [*published.tlp_markings(), *published.extension_definitions(), published.project_identity()],
    ids=lambda value: value["id"],
)
def test_published_objects_pass(value: dict[str, Any]) -> None:
    screen(value)


def test_base85_in_many_short_texts_has_its_price() -> None:
    signs = "!#$%&()*+-;<=>?@^_{|}~"
    words = [
        "".join(signs[byte % 22] if byte % 3 else chr((65, 97)[byte % 2] + byte % 26) for byte in NOISE[at : at + 60])
        for at in range(1900)
    ]
    with no_runaway(), pytest.raises(ForbiddenContentError, match="can be looked at"):
        screen({"type": "note", "x_list": words})


def test_names_and_values_are_charged_and_where_nothing_is_left_few_may_come() -> None:
    allowance = Allowance(1_000)
    table = {"type": "note", "x_table": {f"day_{number}": number % 31 for number in range(60)}, "x_days": [1000] * 20}
    screen(table, allowance)
    assert allowance.characters < 1_000 - 80 * 5
    allowance.characters = 0
    with pytest.raises(TooLargeError) as refusal:
        screen(table, allowance)
    assert (refusal.value.code, refusal.value.pointer) == (Code.OBJECT_TOO_LARGE, None)
    screen({"type": "note", "content": "few"}, allowance)


def test_objects_that_come_together_share_an_allowance() -> None:
    allowance = Allowance(Effort().characters)
    suspect = {"type": "note", "content": "\n".join(digest("sha256", str(number)) for number in range(40))}
    screen(suspect, allowance)
    assert 0 < allowance.characters < Effort().characters
    allowance.characters = 0
    with pytest.raises(ForbiddenContentError, match="send fewer objects"):
        screen(suspect, allowance)
    screen({"type": "note", "content": SCRIPTS["latin"]}, allowance)
