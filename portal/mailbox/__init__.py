"""A mail server that delivers nowhere: what arrives is kept as files and shown on a page. For demos and tests."""
