from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    name = "merchants"
    verbose_name = "Merchants"

    def ready(self) -> None:
        from merchants import checks  # noqa: F401, PLC0415 - models must be there first
        from merchants.services import outbox  # noqa: PLC0415
        from merchants.sign_in import resets, signals  # noqa: F401, PLC0415

        outbox.fill(resets.TEMPLATE, resets.filling)
