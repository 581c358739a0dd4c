"""Backups of the database and of private files, restored to any moment (decision 0067).

A whole copy of the server each day, its WAL as it is written, and each private file once; all of it below
BACKUP_FOLDER, encrypted where BACKUP_KEYS has a key.
"""
