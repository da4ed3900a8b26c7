"""The tables of webhooks. Private to ``app.storage``; ``app/storage/tables.py`` has the others."""
