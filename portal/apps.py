from django.apps import AppConfig
from django.conf import settings

from portal import celery  # noqa: F401 - so that `task.delay()` knows the broker in every process
from portal.lib import logs


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal import checks as proxy_checks  # noqa: PLC0415 - its middleware wants models
        from portal.database import checks as database_checks  # noqa: PLC0415 - models must be there first

        proxy_checks.register()
        database_checks.register()
        logs.configure_logs()
        if settings.TRACES_URL:
            from portal import tracing  # noqa: PLC0415 - its packages are an extra lock

            tracing.trace_jobs()
