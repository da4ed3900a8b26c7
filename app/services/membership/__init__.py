"""Who takes part and on which terms: partners, credentials, keys, audiences, agreements, contacts."""
