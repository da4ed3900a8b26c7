"""The nouns of the exchange: values, refusals, events and vocabulary. Standard library only."""
