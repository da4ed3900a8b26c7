"""The prevention loop: what partners declare of countermeasures, and releases of counts of organisations (decision 54)."""
