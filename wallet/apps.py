from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = "Wallet"

    def ready(self) -> None:
        from wallet.reconciliation import words  # noqa: PLC0415 - models are there only now

        words.register()
