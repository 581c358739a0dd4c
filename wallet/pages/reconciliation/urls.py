from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from wallet.pages.reconciliation import case_list, cases, days, files, folded, plan, reports, settlements, upload
from wallet.pages.reconciliation.labels import DayConverter
from wallet.reconciliation.closing import settlement_files

register_converter(DayConverter, "day")

HERE = "<slug:code>/reconciliation"
urlpatterns: list[URLPattern] = [
    path(f"{HERE}/", days.overview, name="reconciliation"),
    path(f"{HERE}/<day:day>/", days.day_page, name="reconciliation_day"),
    path(f"{HERE}/<day:day>/compare/", days.compare, name="reconciliation_compare"),
    path(f"{HERE}/<day:day>/csv/", days.day_file, {"kind": "csv"}, name="reconciliation_csv"),
    path(f"{HERE}/<day:day>/xlsx/", days.day_file, {"kind": "xlsx"}, name="reconciliation_xlsx"),
    path(f"{HERE}/file/<str:token>/", files.report_file, name="report_file"),
    path(f"{HERE}/statements/new/", upload.statement_new, name="statement_new"),
    path(f"{HERE}/statements/look/<str:token>/", upload.statement_draft, name="statement_draft"),
    path(f"{HERE}/statements/<uuid:number>/", upload.statement_page, name="statement"),
    path(f"{HERE}/cases/", case_list.cases_page, name="cases"),
    path(f"{HERE}/cases/<int:number>/", cases.case_page, name="case"),
    path(f"{HERE}/cases/<int:number>/comment/", cases.case_comment, name="case_comment"),
    path(f"{HERE}/cases/<int:number>/rows/csv/", folded.case_rows_file, name="case_rows_csv"),
    path(f"{HERE}/plan/", plan.plan_page, name="reconciliation_plan"),
    path(f"{HERE}/plan/change/", plan.plan_change, name="reconciliation_plan_change"),
    path(f"{HERE}/plan/recipients/add/", plan.recipient_add, name="recipient_add"),
    path(f"{HERE}/plan/recipients/<int:number>/remove/", plan.recipient_remove, name="recipient_remove"),
    path(f"{HERE}/plan/source/", plan.source_set, name="source_set"),
    path(f"{HERE}/plan/source/switch/", plan.source_switch, name="source_switch"),
    path(f"{HERE}/settlements/", settlements.settlements_page, name="settlements"),
    path(f"{HERE}/settlements/<int:number>/", settlements.settlement_page, name="settlement"),
    *(
        path(
            f"{HERE}/settlements/<int:number>/{kind}/",
            settlements.settlement_file,
            {"kind": kind},
            f"settlement_{kind}",
        )
        for kind in settlement_files.TYPES
    ),
    path(f"{HERE}/settlements/<int:number>/confirm/", settlements.settlement_confirm, name="settlement_confirm"),
    path(f"{HERE}/settlements/<int:number>/invoice/", settlements.invoice_new, name="invoice_new"),
    path(f"{HERE}/invoices/<int:number>/", settlements.invoice_file, name="invoice_file"),
    path(f"{HERE}/reports/<int:number>/", reports.reports, name="reports"),
    path(f"{HERE}/reports/sent/<int:number>/again/", reports.report_again, name="report_again"),
]
