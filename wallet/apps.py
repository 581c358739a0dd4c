from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = "Wallet"

    def ready(self) -> None:
        from django.db.models.signals import pre_save  # noqa: PLC0415

        from merchants.models import Chain, Merchant  # noqa: PLC0415 - models are there only now
        from merchants.services import approvals, outbox, questions, sealing  # noqa: PLC0415
        from merchants.services.chain import tables  # noqa: PLC0415
        from wallet.models import (  # noqa: PLC0415
            CaseNote,
            CaseReminder,
            Invoice,
            RefusedPayout,
            SettlementAdjustment,
            SettlementConfirmation,
            Transaction,
        )
        from wallet.reconciliation import passwords, planning, report, words  # noqa: PLC0415
        from wallet.reconciliation.closing import closing_words, settlement_mail  # noqa: PLC0415
        from wallet.services import export_words  # noqa: PLC0415

        tables.register(Transaction, Chain.LEDGER)
        tables.register(RefusedPayout)
        tables.register(CaseNote)
        tables.register(CaseReminder)
        tables.register(SettlementAdjustment)
        tables.register(SettlementConfirmation)
        tables.register(Invoice)
        export_words.register()
        words.register()
        closing_words.register()
        sealing.add_keeper("statement sources", passwords)
        questions.register("names_players", planning.name_players)
        questions.register("recipient", planning.send_reports_to)
        approvals.register("limit", planning.raise_limit)
        outbox.fill(report.TEMPLATE, report.filling)
        outbox.fill(settlement_mail.TEMPLATE, settlement_mail.filling)
        pre_save.connect(planning.keep_days_of_zone, sender=Merchant, dispatch_uid="days of a time zone")
