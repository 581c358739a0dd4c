from __future__ import annotations

import re

from merchants import errors
from merchants.models.typed_text import CONTROL
from portal.lib import masking

CONTROL_CHARACTER = re.compile(CONTROL)


def check_no_secret(*texts: str, many_lines: bool = False) -> None:
    """Refuse texts of people with a secret (SecretInText), and with a line break unless `many_lines`
    (NotOneLine).
    """
    if any(masking.holds_secret(text) for text in texts):
        raise errors.SecretInText
    if not many_lines and any(CONTROL_CHARACTER.search(text) for text in texts):
        raise errors.NotOneLine
