"""Mail out: letters handed to a mail server."""
