"""The management API: what the pages do, for programs of staff and owners, by access tokens."""
