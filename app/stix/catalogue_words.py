"""Words that no text of the catalogue may have, and what to write instead.

Owns the lists. Those of places, currencies, numbers and rejected wording are plain. Names of services and products are kept as
salted digests: the tree should not read as a list of services that are accused of something. That hides nothing from whoever
tries names. A name that is also an ordinary word is not among them: the rule against capitals finds it. Coded terms stand nowhere
in the tree, in no form. Kept by ``tests/stix/test_catalogue_words.py``; decision 49.
"""

from __future__ import annotations

import hashlib

_SALT = "breakwater catalogue names:"
_DIGITS = 12


def is_known_name(word: str) -> bool:
    """Whether a word, in small letters, is the name of a service or product on the list."""
    return name_digest(word) in _NAMES


def name_digest(word: str) -> str:
    """Give what stands in the list for a name, in small letters without blanks: whoever adds one adds this."""
    return hashlib.sha256((_SALT + word).encode()).hexdigest()[:_DIGITS]


_NUMBERS = (
    "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions billion "
    "billions dozen dozens"
)
NUMBERS = frozenset(_NUMBERS.split())
"""Numbers in words, from three on: one and two are needed to write."""

_CURRENCIES = (
    "baht bitcoin bitcoins btc cent cents cryptocurrency dinar dirham dollar dollars ethereum euro euros eur franc francs "
    "gbp krona krone lira monero naira percent percentage peso pesos php rand rouble roubles ruble rubles rupee rupees "
    "rupiah shilling shillings stablecoin tether usd usdt yen yuan zloty"
)
CURRENCIES = frozenset(_CURRENCIES.split())
"""Currencies, and words of shares."""

_PLACES = (
    "afghan afghanistan africa african albania albanian algeria algerian america american andorra angola argentina "
    "argentinian armenia armenian asia asian australia australian austria austrian azerbaijan bahamas bahrain balkans "
    "bangladesh bangladeshi barbados belarus belgian belgium belize benin bhutan bolivia bosnia botswana brazil brazilian "
    "britain british brunei bulgaria bulgarian burundi cambodia cambodian cameroon canada canadian caribbean chad chile "
    "chilean china chinese colombia colombian comoros congo croatia croatian cuba cuban cyprus czech czechia danish denmark "
    "djibouti dominica dutch eastern ecuador egypt egyptian england eritrea estonia estonian eswatini ethiopia ethiopian "
    "europe european fiji filipina filipino finland finnish france french gabon gambia georgian german germany ghana "
    "ghanaian greece greek grenada guatemala guyana haiti haitian honduras hongkong hungarian hungary iceland icelandic "
    "india indian indonesia indonesian iran iranian iraq iraqi ireland irish israel israeli italian italy ivorian jamaica "
    "jamaican japan japanese jordan jordanian kazakhstan kenya kenyan kiribati korean kosovo kuwait kyrgyzstan laos latvia "
    "latvian lebanese lebanon lesotho liberia libya libyan liechtenstein lithuania lithuanian luxembourg macedonia "
    "madagascar malawi malaysia malaysian maldives mali malta mauritania mauritius mexican mexico micronesia moldova "
    "moldovan monaco mongolia mongolian montenegro moroccan morocco mozambique myanmar namibia nauru nepal nepali "
    "netherlands nicaragua niger nigeria nigerian norway norwegian oceania oman pakistan pakistani palau palestine "
    "palestinian panama paraguay peru peruvian philippines poland portugal portuguese qatar romania romanian russia russian "
    "rwanda rwandan samoa saudi scandinavia scotland senegal senegalese serbia serbian seychelles singapore singaporean "
    "slovak slovakia slovenia slovenian somali somalia spain spanish sudan sudanese suriname sweden swedish swiss "
    "switzerland syria syrian taiwan taiwanese tajikistan tanzania tanzanian thai thailand togo tonga tunisia tunisian "
    "turkey turkish turkmenistan tuvalu uganda ugandan uk ukraine ukrainian uruguay usa uzbekistan vanuatu vatican "
    "venezuela vietnam vietnamese welsh western yemen zambia zambian zimbabwe zimbabwean"
)
_PLACES_OF_TWO_WORDS = (
    "burkina_faso cabo_verde costa_rica el_salvador hong_kong ivory_coast new_zealand north_korea papua_new puerto_rico "
    "san_marino saudi_arabia sierra_leone solomon_islands south_africa south_korea sri_lanka timor_leste united_kingdom "
    "united_states united_arab global_south third_world latin_america middle_east southeast_asia"
)
PLACES = frozenset((*_PLACES.split(), *(name.replace("_", " ") for name in _PLACES_OF_TWO_WORDS.split())))
"""Countries, peoples and regions; of names that are ordinary words too, only what nobody writes in a catalogue."""

REJECTED = {
    "abuser": "write reported account, or say what was done.",
    "abusers": "write reported accounts, or say what was done.",
    "boy lover": "it excuses; say what was done.",
    "child lover": "it excuses; say what was done.",
    "child porn": "write child sexual abuse material.",
    "child pornography": "write child sexual abuse material.",
    "child prostitute": "write child exploited for sex.",
    "child prostitution": "write exploitation of children in prostitution.",
    "child sex": "write sexual abuse of children.",
    "child sex tourism": "write exploitation of children in travel and tourism.",
    "child sex worker": "write child exploited for sex.",
    "client": "write whoever pays or watches.",
    "clients": "write whoever pays or watches.",
    "compliant child": "it blames the child.",
    "consenting child": "a child cannot consent to it.",
    "criminal": "say what was done.",
    "criminals": "say what was done.",
    "culprit": "say what was done.",
    "culprits": "say what was done.",
    "customer of child": "write whoever pays or watches.",
    "groomer": "say what was done.",
    "groomers": "say what was done.",
    "kiddie porn": "write child sexual abuse material.",
    "molester": "say what was done.",
    "molesters": "say what was done.",
    "offender": "write reported account, or say what was done.",
    "offenders": "write reported accounts, or say what was done.",
    "paedophile": "say what was done; it is no word for persons here.",
    "paedophiles": "say what was done; it is no word for persons here.",
    "pedophile": "say what was done; it is no word for persons here.",
    "pedophiles": "say what was done; it is no word for persons here.",
    "perpetrator": "write reported account, or say what was done.",
    "perpetrators": "write reported accounts, or say what was done.",
    "pimp": "write facilitator.",
    "pimps": "write facilitators.",
    "porn of children": "write child sexual abuse material.",
    "predator": "write account, or say what was done.",
    "predators": "write account, or say what was done.",
    "predatory": "say what was done.",
    "promiscuous": "it blames the child.",
    "provocative": "it blames the child.",
    "revenge porn": "write sharing of sexual content without consent.",
    "seductive": "it blames the child.",
    "self generated": "write content that a child was brought to make.",
    "sex tourism": "write exploitation of children in travel and tourism.",
    "sex tourist": "write travelling to exploit children.",
    "sexting": "write sharing of sexual content.",
    "sextortion": "write sexual extortion of children.",
    "teen porn": "write child sexual abuse material.",
    "underage porn": "write child sexual abuse material.",
    "webcam sex": "write live-streamed child sexual abuse.",
    "willing child": "it blames the child.",
}
"""Wording that the Terminology Guidelines (2nd edition, 2025) reject, or that calls proved what is not -> what to do instead."""

_DIGESTS = (
    "0003cc52cfab 036702e628d6 03d3bcf78ed8 0b8750f06500 10ebcc05c7bf 12c8dbd0879b 1641bcfcd0c5 16db2d259ffd 18d8c608270a "
    "19dc6fc7a700 1bc68f51c119 1ec567e0ac63 200d5fc8ed59 205300d5d2c9 274951f897cf 2b173c419ad7 2c677ed102ef 2cc63f22d418 "
    "2faf83880082 30f5c27cbd16 326800e38066 3311130ef317 38a5508d93c1 3a047160d598 40761f5f2840 408cbadbc282 40ad409d779b "
    "4bc5b46e2c6f 4d21233502d9 4ee19a28f014 4fead22f091f 512a05fab7b1 59014dab08da 5997c2208596 5b79106a77c2 5c87a38013a2 "
    "5f3c2454b6e6 632e233c21e8 63a602406b4a 63ca8ae775d1 64bdfaa20ccc 64e0625798b7 6c54afac3f5f 75365a7ab534 77ed94cca5b9 "
    "798c04a041dd 7b5e62e9d3bd 7ffa70f03b74 807cb4519962 811fcf979280 863544b60fb7 892e4f3f46b5 8a0c6b214617 8a9ac9b948a9 "
    "8b39d60bfaa2 8d149bbc42d1 8ec7e9c8023f 8ff684d90b8b 90c5663cea52 91fd769a5fd2 93e6dcf04d6f 95847abf65de 98f610c7459f "
    "9b6d50e7b48b a017c8306cd3 a05349b83838 a225917d6071 a46b8fc380a1 a783b4057d01 aa38bf75d29e b27160b264f2 b31af8b0d9d3 "
    "b5b6fac5d0d1 b5cc0dfca1fb b6d48e9dd99c b86f372e1903 bfe3d6b5e77b c088d5a9631f c09ce4e6d0f2 c1fa4be3489d c65275cfb464 "
    "cba338e0b4b4 cbb72208880c cd38561d431c cf8d00c3b365 d0775e044c29 d21478ecfe43 d32e90d9b4ca d4482aae995d dcad61813ae9 "
    "de8b0d47b1ae deeb00953ebf dff030a8cfa3 e105e53b9c52 e3dcffcd96bd e620850941f2 e850446cf26a edfa144a7292 efd201acfacc "
    "f57928d7f4ce f602738f19c6 fd8777a81b90 fe3f5fca9e64 ff922c67c02d"
)
_NAMES = frozenset(_DIGESTS.split())
