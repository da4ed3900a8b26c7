"""The REST interface under ``/api/v1``: translation between HTTP and services, and nothing that decides."""
