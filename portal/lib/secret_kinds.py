"""The kinds of secrets that the portal issues, by their shape: one list for masks, guards of texts and the scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

RANDOM_CHARACTERS = 49  # with the checksum
LETTERS, BASE64 = "0-9A-Za-z", "0-9A-Za-z+/"


@dataclass(frozen=True, slots=True)
class SecretKind:
    """A prefix, and how many characters of a class follow it. `has_checksum`: the last six prove that it is ours."""

    name: str
    prefix: str
    characters: str = LETTERS
    length: int = RANDOM_CHARACTERS
    has_checksum: bool = True

    @property
    def pattern(self) -> str:
        """A pattern that PostgreSQL and Python read alike."""
        return f"{self.prefix}[{self.characters}]{{{self.length}}}"


LIVE = SecretKind("live", "oppi_live_")
TEST = SecretKind("test", "oppi_test_")
TOKEN = SecretKind("mgmt", "oppi_mgmt_")
# 32 bytes in base64; the = that ends them is not needed to know one.
SIGNING = SecretKind("whsec", "whsec_", BASE64, 43, has_checksum=False)
KINDS: Sequence[SecretKind] = (LIVE, TEST, TOKEN, SIGNING)
# Links that an email holds, each with a token at its end: the path before the token, and the token.
LINKS = {
    "/~/invitation/": r"[^/?#\s]{8,}",
    "/keys/claim/": "[0-9a-f]{64}",
    "/password/reset/key/": r"[0-9A-Za-z]+-[^/?#\s]{8,}",
}
IN_TEXT = "|".join(kind.pattern for kind in KINDS)  # for constraints; a link ends by itself, and may stand in old rows
