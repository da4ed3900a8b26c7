"""The words for children, victims and what describes one, in the languages that partners' case systems are written in.

Owns the words, and how a member's name is cut to words. What they tell together is judged in ``child_fields`` and
``child_holders``. Kept by ``tests/stix/test_child_words.py``.
"""

from __future__ import annotations

import re
import unicodedata

_BREAK = re.compile(r"[\s_.:/\\|+~-]++|[0-9]++|(?<![^\W_])[dl]['\u2019]", re.IGNORECASE)
_SPELT = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "\u0131": "i", "đ": "d", "æ": "ae", "œ": "oe", "'": None, "\u2019": None})


def plain(text: str) -> str:
    """Give a text in small letters without accents and apostrophes."""
    if text.isascii():  # nearly all, and ten times as fast: there is nothing to take apart
        return text.lower().replace("'", "")
    spelt = unicodedata.normalize("NFKD", text.casefold()).translate(_SPELT)
    return unicodedata.normalize("NFC", "".join(letter for letter in spelt if not unicodedata.combining(letter)))


def word_set(text: str) -> frozenset[str]:
    """Give the words of a list that blanks part, each as ``plain`` gives it."""
    return frozenset(plain(text).split())


VICTIM = word_set(
    "victim victims survivor survivors opfer opfers victime victimes víctima víctimas vítima vítimas vittima vittime "
    "slachtoffer slachtoffers offret ofiara ofiary oběť áldozat victimă mağdur kurban biktima korban zhertva zhertvy жертва "
    "жертвы потерпевший потерпевшая жертви θύμα ضحية الضحية קורבן पीड़ित"
)
"""Words for one victim, or several."""

CHILD = word_set(
    "child children childs kid kids minor minors infant infants toddler toddlers baby teen teenager pupil boy girl juvenile "
    "underage girls boys pupils teens teenagers daughter daughters son sons "
    "kindes kinder minderjährige minderjähriger schüler mädchen enfant enfants mineur mineure garçon "
    "élève niño niña niños niñas hijo hija menor menores criança crianças bambino bambina bambini minore minori minderjarige "
    "barnet dziecko dziecka małoletni dítě gyermek copil çocuk çocuğun bata anak mtoto rebenok rebenka ребёнок ребёнка дети "
    "дитина дитини παιδί παιδιού طفل الطفل ילד ילדה बच्चा बच्चे"
)
"""Words for one child, or several; some are words of trees and versions, too."""

TRAIT = word_set(
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
"""Words for what describes one human being."""

KIND = word_set("kind")
"""German for child, and an English word: it counts beside German traits."""

GERMAN = word_set("vorname nachname geburtsdatum geburtstag geburtsort alter adresse anschrift wohnort schule foto bild gesicht")
OF_MANY = word_set(
    "assurance average avg band bands bracket brackets bucket buckets categories category classifier count counts default "
    "defaults detection distribution estimation estimator flag frequency gate gating group grouping groups hash hashes "
    "histogram index limit limits max maximum mean median min minimum model number numbers pct percent percentage per policies "
    "policy prevalence proportion range ranges rate rates ratio restriction restrictions rule rules setting settings share "
    "signal signals statistics stats threshold total totals type types unique verification anzahl zahl quote cantidad numero "
    "total organisation organisations organization organizations company companies country countries host hostname industry "
    "sector sectors asset domain server system website site product vendor support helpline hotline assistance unit"
)
"""Words that make a statistic or a setting of what stands beside them."""

"""German words for what describes a child."""

OF_A_TREE = word_set(
    "process node element technique object window thread zone class theme workflow ticket task menu page certificate key package "
    "module file folder directory record entity account accounts image_version version major linker os subsystem build release "
    "revision container pod abuse exploitation protection safety sexual material welfare"
)
"""Words that make a tree's branch, a version or an offence of *child* and *minor*."""


def words_of(name: str) -> list[str]:
    """Give the words of a member's name (unverified, any spelling), without the *x* of custom properties."""
    found = [word for word in map(plain, _BREAK.split(_without_humps(name))) if word]
    return found[1:] if found and found[0] == "x" else found


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
