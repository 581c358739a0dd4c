from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

UNSIGNED = Q(merchant__isnull=True) & ~Q(auth_key="")
FREQUENT_ENDPOINTS = ("/wallet/balance", "/wallet/transaction/bet", "/wallet/transaction/payout")


class Migration(migrations.Migration):
    """Without a lock that the log would wait for. Why these: decision 0024."""

    atomic = False
    dependencies = [("wallet", "0007_export")]
    operations = [
        AddIndexConcurrently("signedrequest", index)
        for index in (
            models.Index(fields=["auth_key", "id"], condition=UNSIGNED, name="request_unsigned"),
            models.Index(fields=["auth_key", "status", "id"], condition=UNSIGNED, name="request_unsigned_answer"),
            models.Index(fields=["auth_key", "address", "id"], condition=UNSIGNED, name="request_unsigned_address"),
            models.Index(
                fields=["merchant", "address", "id"], condition=Q(merchant__isnull=False), name="request_of_address"
            ),
            models.Index(fields=["secret", "id"], condition=Q(secret__isnull=False), name="request_of_secret"),
            models.Index(
                fields=["merchant", "endpoint", "id"],
                condition=Q(merchant__isnull=False) & ~Q(endpoint__in=FREQUENT_ENDPOINTS),
                name="request_rare_endpoint",
            ),
        )
    ]
