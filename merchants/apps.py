from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MerchantsConfig(AppConfig):
    name = "merchants"
    verbose_name = "Merchants"

    def ready(self) -> None:
        from django.contrib.admin.models import LogEntry  # noqa: PLC0415

        from merchants import checks  # noqa: PLC0415 - models must be there first
        from merchants.models import SignInRecord, StaffChange  # noqa: PLC0415
        from merchants.services import email_outbox, event_endpoints, sealing, second_factors  # noqa: PLC0415
        from merchants.services.chain import tables  # noqa: PLC0415
        from merchants.sign_in import record, resets, session_age, signals  # noqa: PLC0415

        for each in (checks, second_factors, record, session_age, signals):
            each.register()
        sealing.register("second factors", second_factors)
        sealing.register("event endpoints", event_endpoints)
        tables.register(SignInRecord)
        tables.register(LogEntry)
        tables.register(StaffChange, changing=["told_at", "letter_id"])
        email_outbox.register(resets.TEMPLATE, resets.filling)
        post_migrate.connect(tables.keep_recipes, sender=self)
