"""The plain words of the closed vocabularies, one table each: what a page says in the place of a code.

Owns the English. Each code has one word, in the form in which it stands within a sentence, and where it needs one a line of help;
``app/portal/plain_words.py`` looks them up, puts them through gettext, and begins them with a capital where they stand alone.
No other room of the portal has a table of such words. Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""
