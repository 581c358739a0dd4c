"""Previewed files, stored until they are applied, so that the saved change is the previewed change."""

from __future__ import annotations

import zlib
from datetime import timedelta

from django.core import signing

from merchants import errors
from merchants.models import ImportProposal, Merchant, Person
from portal.lib import clock

FRESH = timedelta(hours=1)  # what was shown earlier is shown anew before it is applied
AT_ONCE = 10  # of one person; an older one makes room
SALT = "merchants.import"


def keep_proposal(*, merchant: Merchant, by: Person, kind: str, text: str, digest: str) -> str:
    """Store a proposal; return its signed number for `find_proposal`. `digest`: of the plan that is shown."""
    mine = ImportProposal.objects.filter(by=by).order_by("-pk").values("pk")
    ImportProposal.objects.filter(pk__in=list(mine[AT_ONCE - 1 :].values_list("pk", flat=True))).delete()
    kept = ImportProposal.objects.create(
        merchant=merchant,
        by=by,
        kind=kind,
        packed=zlib.compress(text.encode(), 1),
        digest=digest,
        created_at=clock.now(),
    )
    return signing.dumps(kept.pk, salt=SALT)


def find_proposal(signed: str, *, merchant: Merchant, by: Person, kind: str) -> ImportProposal:
    """Return the stored proposal. Raises ProposalGone for another person's, an applied one and one older than an
    hour.
    """
    try:
        number = signing.loads(signed, salt=SALT)
    except signing.BadSignature as fault:
        raise errors.ProposalGone from fault
    own = ImportProposal.objects.filter(merchant=merchant, by=by, kind=kind, created_at__gt=clock.now() - FRESH)
    found = own.filter(pk=number).first()
    if found is None:
        raise errors.ProposalGone
    return found


def text_of(proposal: ImportProposal) -> str:
    """Return the text of the file."""
    return zlib.decompress(proposal.packed).decode()


def purge_proposals() -> int:
    """Delete proposals older than an hour; return how many."""
    return ImportProposal.objects.filter(created_at__lte=clock.now() - FRESH).delete()[0]
