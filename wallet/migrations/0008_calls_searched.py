from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Without a lock that the log would wait for. What each index costs a call: decision 0024."""

    atomic = False
    dependencies = [("wallet", "0007_export")]
    operations = [
        AddIndexConcurrently(
            "signedrequest",
            models.Index(
                fields=["auth_key", "id"], condition=Q(merchant__isnull=True) & ~Q(auth_key=""), name="request_unsigned"
            ),
        ),
        AddIndexConcurrently(
            "signedrequest",
            models.Index(
                fields=["merchant", "address", "id"], condition=Q(merchant__isnull=False), name="request_of_address"
            ),
        ),
        AddIndexConcurrently(
            "signedrequest",
            models.Index(fields=["secret", "id"], condition=Q(secret__isnull=False), name="request_of_secret"),
        ),
        AddIndexConcurrently(
            "signedrequest",
            models.Index(
                fields=["merchant", "endpoint", "id"],
                condition=Q(merchant__isnull=False)
                & ~Q(endpoint__in=("/wallet/balance", "/wallet/transaction/bet", "/wallet/transaction/payout")),
                name="request_rare_endpoint",
            ),
        ),
    ]
