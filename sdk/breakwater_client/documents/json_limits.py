"""The limits on JSON that the fast reading and the slow one share; ``strict_json.parse`` explains them."""

MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 32
MAX_NUMBER = 2**53 - 1
MAX_NUMBER_LENGTH = 64
MAX_STRING_BYTES = 64 * 1024
MAX_VALUES = 1_500_000
