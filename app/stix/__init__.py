"""STIX on its way in: strict JSON, schema, pattern grammar, profile and screen. Bytes and values only: no keys, no rows."""
