from __future__ import annotations

from merchants import crypto, errors


def check_no_secret(*texts: str) -> None:
    """For what is kept of somebody's own words. Raises SecretInText."""
    if any(crypto.mask(text) != text for text in texts):
        raise errors.SecretInText
