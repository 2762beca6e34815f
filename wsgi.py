"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

from campaign import config
from campaign.app import create_app
from campaign.core import logs

logs.setup("web", config.load().log_level)
app = create_app()
