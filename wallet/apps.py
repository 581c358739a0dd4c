from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = "Wallet"

    def ready(self) -> None:
        from django.db.models import Q  # noqa: PLC0415
        from django.db.models.signals import pre_save  # noqa: PLC0415

        from merchants.models import Chain, Merchant  # noqa: PLC0415 - models are there only now
        from merchants.services import approvals, chain, currencies, email_outbox, owner_questions, retention, sealing  # noqa: PLC0415
        from merchants.services.allowlist import guard  # noqa: PLC0415
        from merchants.services.chain import proofs, tables  # noqa: PLC0415
        from wallet.api import replay  # noqa: PLC0415
        from wallet.models import (  # noqa: PLC0415
            Case,
            CaseNote,
            CaseReminder,
            Invoice,
            RefusedPayout,
            ReportDelivery,
            SettlementAdjustment,
            SettlementConfirmation,
            Transaction,
        )
        from wallet.reconciliation import case_history, passwords, planning, report, thresholds  # noqa: PLC0415
        from wallet.reconciliation.closing import closing_history, settlement_mail  # noqa: PLC0415
        from wallet.services.calls import session_history  # noqa: PLC0415
        from wallet.services.explain import rejudge  # noqa: PLC0415
        from wallet.services.rounds import export_history  # noqa: PLC0415
        from wallet.services.simulation import simulation_history  # noqa: PLC0415
        from wallet.services.usage import rehearsal, sums_check, traffic_history  # noqa: PLC0415

        tables.register(Transaction, Chain.LEDGER)
        retention.register(ReportDelivery, "email_id")
        tables.register(RefusedPayout)
        tables.register(CaseNote)
        tables.register(CaseReminder)
        tables.register(SettlementAdjustment)
        tables.register(SettlementConfirmation)
        tables.register(Invoice)
        closes = Q(pgh_label="update", state=Case.State.RESOLVED, resolved_by=None)
        proofs.register(Case.pgh_event_model, closes & ~Q(pgh_before__state=Case.State.RESOLVED))  # type: ignore[attr-defined]
        export_history.register()
        session_history.register()
        simulation_history.register()
        case_history.register()
        closing_history.register()
        traffic_history.register()
        sealing.register("statement sources", passwords)
        owner_questions.register("names_players", planning.name_players)
        owner_questions.register("recipient", planning.send_reports_to)
        approvals.register("limit", planning.raise_limit)
        currencies.register(thresholds.currencies_of)
        rejudge.register(replay.read_again)
        guard.register(rehearsal.recent_calls)
        chain.register(sums_check.check_sums)
        email_outbox.register(report.TEMPLATE, report.filling)
        email_outbox.register(settlement_mail.TEMPLATE, settlement_mail.filling)
        pre_save.connect(planning.keep_days_of_zone, sender=Merchant, dispatch_uid="days of a time zone")
