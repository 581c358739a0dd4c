"""What the web servers run: machines and people in processes of their own, so that neither waits for the other."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from portal.lib.downloads import Downloads
from portal.lib.request_bodies import BodyWatch, RequestBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
pages = get_wsgi_application()  # sets Django up, which the next imports need

from merchants.pages.error_pages import refused_download  # noqa: E402
from portal.database import start  # noqa: E402
from portal.machines import Machines  # noqa: E402
from portal.page_deadline import bound_statements  # noqa: E402

start.guard_start()
bound_statements()
people = RequestBodies(
    Downloads(pages, page=refused_download),
    BodyWatch(threads=settings.WEB_THREADS, seconds=settings.FORM_SECONDS),
    answers=True,
)
machines = RequestBodies(
    Machines(), BodyWatch(threads=settings.WEB_THREADS, seconds=settings.BODY_SECONDS), answers=False
)
if settings.TRACES_URL:  # its packages are an extra lock
    from portal import tracing

    people = tracing.trace_web(people, "portal-people", tracing.page_route)  # type: ignore[assignment]
    machines = tracing.trace_web(machines, "portal-machines", tracing.machine_route)  # type: ignore[assignment]
