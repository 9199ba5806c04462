"""The web application, for gunicorn (production) and waitress (`manage.py demo`, `manage.py serve`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loket_portal.settings")

application = get_wsgi_application()
