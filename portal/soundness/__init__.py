"""Whether this installation is sound: `manage.py doctor`, the page "Installation health", and the figures that
`manage.py metrics` shows read the same facts.
"""
