"""The catalogue of behaviours and countermeasures: what is in force, how it changes, and in which forms it is given."""
