import os

from django.core.wsgi import get_wsgi_application

from portal.page_deadline import bound_statements

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
bound_statements()

from portal.database import start  # noqa: E402 - Django must be set up first

start.guard_start()
