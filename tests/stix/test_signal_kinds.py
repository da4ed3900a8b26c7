from __future__ import annotations

import subprocess
import sys

from app.domain.observation import ObservableKind
from app.domain.vocabulary import Assertion
from app.stix.signal_kinds import ASSERTION_OF_CATEGORY, KIND_OF_SIGNAL, SIGNAL_OF_KIND, WHY_NO_KIND, category_of

NAMES = """
from threatexchange.exchanges.fetch_state import AggregateSignalOpinionCategory
from threatexchange.signal_type import md5, raw_text, sha256, trend_query, url, url_md5
from threatexchange.signal_type.pdq.signal import PdqSignal
every = (md5.VideoMD5Signal, raw_text.RawTextSignal, sha256.VideoSHA256Signal, trend_query.TrendQuerySignal, url.URLSignal,
         url_md5.UrlMD5Signal, PdqSignal)
print(*(one.get_name() for one in every))
print(*(one.name for one in AggregateSignalOpinionCategory))
"""


def test_the_library_has_these_names_and_we_have_an_answer_to_each() -> None:
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", NAMES], capture_output=True, text=True, check=True, timeout=120)
    signals, categories = (line.split() for line in told.stdout.splitlines())
    assert set(signals) <= KIND_OF_SIGNAL.keys() | WHY_NO_KIND.keys()
    assert set(categories) == {*ASSERTION_OF_CATEGORY, "DISPUTED"}
    assert set(SIGNAL_OF_KIND.values()) - set(signals) == {"photodna", "vpdq"}


def test_there_and_back_is_the_same_kind_and_opinion() -> None:
    assert all(KIND_OF_SIGNAL[name] is kind for kind, name in SIGNAL_OF_KIND.items())
    assert not KIND_OF_SIGNAL.keys() & WHY_NO_KIND.keys()
    assert {ASSERTION_OF_CATEGORY[category_of(one)] for one in Assertion} == set(Assertion)
    assert category_of(None) == "INVESTIGATION_SEED"
    assert category_of(Assertion.POSITIVE, is_disputed=True) == "DISPUTED"
    assert ObservableKind.PHONE not in SIGNAL_OF_KIND
