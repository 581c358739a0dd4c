"""What the database itself allows: two roles, their rights, and the functions that are installed in it."""
