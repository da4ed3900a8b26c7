"""The pages on which analysts and operators work, in a browser."""
