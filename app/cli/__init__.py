"""The command line: partners' and operators' commands over REST, and running an exchange. Kept by ``tests/cli``."""
