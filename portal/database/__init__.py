"""Guards in the database: two roles, their rights, and the installed functions."""
