"""What the web servers run: machines and people in processes of their own, so that neither waits for the other."""

import os

from django.core.wsgi import get_wsgi_application

from portal.lib.downloads import Downloads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
people = Downloads(get_wsgi_application())  # sets Django up, which the next imports need

from portal.database import start  # noqa: E402
from portal.machines import Machines  # noqa: E402
from portal.page_deadline import bound_statements  # noqa: E402

start.guard_start()
bound_statements()
machines = Machines()
