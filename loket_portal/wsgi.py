"""The web application for gunicorn. Refuses to start on a database of another environment of Loket."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loket_portal.settings")
application = get_wsgi_application()

from onboarding.services import connections  # noqa: E402  models can be imported only after Django is set up

connections.refuse_other_environment()
