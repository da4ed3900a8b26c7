"""The list of names that the client's pointers go by is the one that the schemas have."""

from __future__ import annotations

from app.stix.schema_names import names_of_schemas
from breakwater_client.documents.pointers import known_names


def test_the_written_list_is_that_of_the_schemas() -> None:
    """If it is not: ``python -m app.stix.schema_names`` writes it anew."""
    assert known_names() == names_of_schemas()


def test_no_name_is_a_word_of_the_schema_language_alone() -> None:
    assert not {"additionalProperties", "oneOf", "$ref"} & names_of_schemas()
