"""Names of members that describe one child or victim: the exchange never models a child.

Owns the words, in languages that partners' case systems are written in, and how a name is cut to words. Names of statistics
(``victims_count``), of a service's settings (``child_account_default``) and of trees (``child_process_name``) are not meant. What
the members say is judged elsewhere. Kept by ``tests/stix/test_child_fields.py``.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from app.stix.child_words import CHILD, GERMAN, KIND, OF_A_TREE, OF_MANY, TRAIT, VICTIM, plain, word_set, words_of

_LONGEST_NAME = 250  # characters; a longer one is no field's name
_ALONE = word_set(
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
_PARENT_AND_CHILD = re.compile(r"\bparent (?:(?:and|or|to) )?child(?:ren)?\b|\bchild(?:ren)? (?:and|or|to) parent\b")  # of a tree
_ENGLISH_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")
_TELLING = frozenset(
    word
    for words in (VICTIM, CHILD, KIND, _ALONE, word_set("birth naissance nacimiento nascimento nascita urodzenia"))
    for word in words
)
_UNSPACED_CHILD = re.compile(plain("儿童|兒童|孩子|受害者|被害者|被害児童|子ども|子供|児童|未成年|아동|피해자|아이|เด็ก|เหยื่อ"))
_UNSPACED_TRAIT = re.compile(  # of scripts that write words without blanks, and Korean, which need not
    plain("姓名|名字|年龄|年齡|学校|學校|照片|电话|電話|氏名|名前|年齢|写真|住所|이름|성명|나이|학교|사진|주소|ชื่อ|อายุ|โรงเรียน|รูป")
)


def find_child(names: Collection[str]) -> str | None:
    """Give the first of some members' names (unverified, any number) that describes a child, or None.

    Names are first looked through for telling words, all together; more than 5,000 that have one are one too many.
    """
    telling = telling_names(names)
    if len(telling) > _MOST_TELLING:
        return telling[0]
    return next(filter(describes_child, telling), None)


def telling_names(names: Collection[str]) -> list[str]:
    """Give those of some members' names (unverified, any number) that may have a word for a child, a victim or a birthday."""
    return [name for name in names if _may_tell(name)] if _may_tell(" ".join(names)) else []


def _may_tell(names: str) -> bool:
    if not names.isascii():
        return True
    found = set(map(str.lower, _ENGLISH_WORD.findall(names)))
    return not _TELLING.isdisjoint(found) or any(len(word) > _SHORTEST_GLUED and word.startswith(_GLUED_STEMS) for word in found)


def describes_child(name: str) -> bool:
    """Whether a member's name (unverified, any spelling: snake, kebab, camel, glued, with accents or without) is a child's trait.

    A word for a child or victim beside a word for a trait counts, unless another says that many are meant, or a tree's branch; a
    date of birth and a school count alone. What the member says is NOT looked at.
    """
    if len(name) > _LONGEST_NAME:
        return False
    words = words_of(name)
    glued = "".join(words)
    if glued in _ALONE or (len(words) == 1 and _GLUED.fullmatch(glued)):
        return True
    if _UNSPACED_CHILD.search(glued) and _UNSPACED_TRAIT.search(glued):
        return True
    found = frozenset(words)
    return bool(TRAIT & found) and (names_one(words) or bool(KIND & found and GERMAN & found and not OF_MANY & found))


def names_one(words: list[str]) -> bool:
    """Whether the words of a member's name tell of a child or victim: of none that is counted, and no branch of a tree."""
    found = frozenset(words)
    if OF_MANY & found:
        return False
    return bool(VICTIM & found) or bool(CHILD & found and not OF_A_TREE & found and not _PARENT_AND_CHILD.search(" ".join(words)))
