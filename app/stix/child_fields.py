"""Names of members that describe one child or victim: the exchange never models a child.

Owns the words, in languages that partners' case systems are written in, and how a name is cut to words. Names of statistics
(``victims_count``), of a service's settings (``child_account_default``) and of trees (``child_process_name``) are not meant. What
the members say is judged elsewhere. Kept by ``tests/stix/test_child_fields.py``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_LONGEST_NAME = 250  # characters; a longer one is no field's name
_BREAK = re.compile(r"[\s_.:/\\|+~-]++|[0-9]++|(?<![^\W_])[dl]['\u2019]", re.IGNORECASE)
_SPELT = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "\u0131": "i", "đ": "d", "æ": "ae", "œ": "oe", "'": None, "\u2019": None})


def _plain(text: str) -> str:
    """Give a text in small letters without accents and apostrophes."""
    spelt = unicodedata.normalize("NFKD", text.casefold()).translate(_SPELT)
    return unicodedata.normalize("NFC", "".join(letter for letter in spelt if not unicodedata.combining(letter)))


def _words(text: str) -> frozenset[str]:
    return frozenset(_plain(text).split())


_VICTIM = _words(
    "victim victims survivor survivors opfer opfers victime victimes víctima víctimas vítima vítimas vittima vittime "
    "slachtoffer slachtoffers offret ofiara ofiary oběť áldozat victimă mağdur kurban biktima korban zhertva zhertvy жертва "
    "жертвы потерпевший потерпевшая жертви θύμα ضحية الضحية קורבן पीड़ित"
)
_CHILD = _words(
    "child children childs kid kids minor minors infant infants toddler toddlers baby teen teenager pupil boy girl juvenile "
    "underage daughter son kindes kinder minderjährige minderjähriger schüler mädchen enfant enfants mineur mineure garçon "
    "élève niño niña niños niñas hijo hija menor menores criança crianças bambino bambina bambini minore minori minderjarige "
    "barnet dziecko dziecka małoletni dítě gyermek copil çocuk çocuğun bata anak mtoto rebenok rebenka ребёнок ребёнка дети "
    "дитина дитини παιδί παιδιού طفل الطفل ילד ילדה बच्चा बच्चे"
)
_TRAIT = _words(
    "name names firstname lastname surname forename fullname realname nickname birthname age ages dob birth birthday birthdate "
    "birthplace address addresses street school schools classroom photo photos photograph picture pictures image images img pic "
    "pics face faces portrait selfie phone phones telephone mobile email emails mail handle username passport ssn nationality "
    "ethnicity gender religion diagnosis disability parents parent mother father guardian siblings testimony hair height weight "
    "vorname nachname geburtsdatum geburtstag geburtsort geburtsname alter adresse anschrift straße wohnort schule foto fotos "
    "bild bilder gesicht telefon handy nom noms prénom prénoms âge naissance anniversaire école visage téléphone nombre nombres "
    "apellido apellidos edad nacimiento cumpleaños dirección escuela colegio cara correo teléfono nome nomes sobrenome idade "
    "nascimento endereço escola rosto telefone cognome età nascita compleanno indirizzo scuola viso naam voornaam achternaam "
    "leeftijd geboortedatum adres gezicht namn förnamn efternamn ålder födelsedatum skola imię nazwisko wiek urodzenia szkoła "
    "zdjęcie jméno příjmení věk narození név kor iskola nume vârsta școala isim soyad yaş doğum okul fotoğraf pangalan paaralan "
    "kaarawan tirahan nama umur sekolah alamat jina umri shule imya familiya vozrast shkola имя фамилия отчество возраст "
    "рождения адрес школа фото вік όνομα ηλικία σχολείο اسم عمر مدرسة صورة שם גיל תמונה नाम आयु उम्र स्कूल"
)
_KIND = _words("kind")  # German for child, and an English word: it counts beside German traits
_GERMAN = _words("vorname nachname geburtsdatum geburtstag geburtsort alter adresse anschrift wohnort schule foto bild gesicht")
_OF_MANY = _words(
    "assurance average avg band bands bracket brackets bucket buckets categories category classifier count counts default "
    "defaults detection distribution estimation estimator flag frequency gate gating group grouping groups hash hashes "
    "histogram index limit limits max maximum mean median min minimum model number numbers pct percent percentage per policies "
    "policy prevalence proportion range ranges rate rates ratio restriction restrictions rule rules setting settings share "
    "signal signals statistics stats threshold total totals type types unique verification anzahl zahl quote cantidad numero "
    "total organisation organisations organization organizations company companies country countries host hostname industry "
    "sector sectors asset domain server system website site product vendor"
)
_OF_A_TREE = _words(
    "process node element technique object window thread zone class theme workflow ticket task menu page certificate key package "
    "module file folder directory record entity account accounts image_version version major linker os subsystem build release "
    "revision container pod abuse exploitation protection safety sexual material welfare"
)
_ALONE = _words(
    "birthdate birthday dateofbirth dob geburtsdatum geburtstag datedenaissance fechadenacimiento datadenascimento datadinascita "
    "geboortedatum födelsedatum dataurodzenia doğumtarihi kaarawan датарождения school schoolname nameofschool schooladdress "
    "kindergarten schule école escuela escola scuola szkoła skola okul paaralan sekolah школа "
    "生年月日 出生日期 생년월일 学校 學校 학교"
)
_GLUED = re.compile(
    r"(?:child(?:ren)?s?|victims?|minors?|kids?|opfers?|kindes|victimes?|enfants?|victimas?|menor|vitimas?|slachtoffers?)"
    r"(?:of|de|first|last|full|real|given|family|nick)?"
    r"(?:names?|surname|age|dob|dateofbirth|birth(?:day|date|place)|address|school|photos?|pictures?|images?|face|phone(?:number)?|"
    r"e?mail(?:address)?|vorname|nachname|alter|geburtsdatum|schule|foto|bild|nom|prenom|ecole|nombre|apellidos?|edad|escuela|"
    r"nome|idade|escola|naam|leeftijd)",
    re.ASCII,
)
_GLUED_STEMS = ("child", "victim", "minor", "kid", "opfer", "kindes", "enfant", "menor", "vitima", "slachtoffer")
_SHORTEST_GLUED = 5  # characters
_MOST_TELLING = 5_000
_ENGLISH_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")
_TELLING = frozenset(
    word
    for words in (_VICTIM, _CHILD, _KIND, _ALONE, _words("birth naissance nacimiento nascimento nascita urodzenia"))
    for word in words
)
_UNSPACED_CHILD = re.compile(_plain("儿童|兒童|孩子|受害者|被害者|被害児童|子ども|子供|児童|未成年|아동|피해자|아이|เด็ก|เหยื่อ"))
_UNSPACED_TRAIT = re.compile(  # of scripts that write words without blanks, and Korean, which need not
    _plain(
        "姓名|名字|年龄|年齡|学校|學校|照片|电话|電話|氏名|名前|年齢|写真|住所|이름|성명|나이|학교|사진|주소|ชื่อ|อายุ|โรงเรียน|รูป"
    )
)


def find_child(names: Collection[str]) -> str | None:
    """Give the first of some members' names (unverified, any number) that describes a child, or None.

    Names are first looked through for telling words, all together; more than 5,000 that have one are one too many.
    """
    telling = [name for name in names if _may_tell(name)] if _may_tell(" ".join(names)) else []
    if len(telling) > _MOST_TELLING:
        return telling[0]
    return next(filter(describes_child, telling), None)


def _may_tell(names: str) -> bool:
    if not names.isascii():
        return True
    words = set(map(str.lower, _ENGLISH_WORD.findall(names)))
    return not _TELLING.isdisjoint(words) or any(len(word) > _SHORTEST_GLUED and word.startswith(_GLUED_STEMS) for word in words)


def describes_child(name: str) -> bool:
    """Whether a member's name (unverified, any spelling: snake, kebab, camel, glued, with accents or without) is a child's trait.

    A word for a child or victim beside a word for a trait counts, unless another says that many are meant, or a tree's branch; a
    date of birth and a school count alone. What the member says is NOT looked at.
    """
    if len(name) > _LONGEST_NAME:
        return False
    words = [word for word in map(_plain, _BREAK.split(_without_humps(name))) if word]
    if words and words[0] == "x":
        del words[0]
    glued = "".join(words)
    if glued in _ALONE or (len(words) == 1 and _GLUED.fullmatch(glued)):
        return True
    if _UNSPACED_CHILD.search(glued) and _UNSPACED_TRAIT.search(glued):
        return True
    return _names_trait(frozenset(words))


def _without_humps(name: str) -> str:
    """Cut camel case: before each capital that follows a small letter, or that begins a word behind others."""
    if name.islower() or name.isupper():
        return name
    padded = f" {name} "
    triples = zip(padded, name, padded[2:], strict=False)
    return "".join(
        f"_{here}" if here.isupper() and (before.islower() or (before.isupper() and after.islower())) else here
        for before, here, after in triples
    )


def _names_trait(words: frozenset[str]) -> bool:
    if _OF_MANY & words or not (_TRAIT & words):
        return False
    if _VICTIM & words:
        return True
    return bool(_CHILD & words and not _OF_A_TREE & words) or bool(_KIND & words and _GERMAN & words)
