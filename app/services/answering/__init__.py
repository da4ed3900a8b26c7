"""What a person of a partner decides about what others shared, until their partner's key signs it: answers and feedback."""
