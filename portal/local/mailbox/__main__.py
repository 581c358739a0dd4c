"""Starts the mail catcher of a laptop: SMTP that delivers nowhere, and a web server that shows the maildir."""

from __future__ import annotations

import argparse
import signal
import stat
import sys
from email.message import Message
from pathlib import Path
from typing import NoReturn

import django
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from django.conf import settings
from django.core.servers.basehttp import run
from django.core.wsgi import get_wsgi_application

from portal.local.mailbox.emails import newest_first

HOST = "127.0.0.1"
LARGEST_EMAIL = 10 * 1024 * 1024
MOST_EMAILS = 200  # all of them are read for each view of the list


class Maildir(Mailbox):
    """Keeps the newest emails, with the envelope in X-MailFrom and X-RcptTo."""

    def __init__(self, folder: Path) -> None:
        """Emails hold links that open accounts: no other user of this machine may read them."""
        super().__init__(folder)
        folder.chmod(stat.S_IRWXU)

    def handle_message(self, message: Message) -> None:
        super().handle_message(message)
        for old in newest_first(Path(self.mail_dir))[MOST_EMAILS:]:
            old.unlink(missing_ok=True)


def main() -> int:
    options = read_options()
    options.dir.parent.mkdir(parents=True, exist_ok=True)
    settings.configure(
        ALLOWED_HOSTS=[HOST, "localhost"],
        ROOT_URLCONF="portal.local.mailbox.views",
        MIDDLEWARE=["portal.local.mailbox.views.own_pages_only"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).parent / "pages"],
            }
        ],
        TIME_ZONE="UTC",
        LOGGING_CONFIG=None,
        MAILDIR=options.dir,
    )
    django.setup()
    signal.signal(signal.SIGTERM, interrupt)
    smtp = Controller(Maildir(options.dir), hostname=HOST, port=options.smtp_port, data_size_limit=LARGEST_EMAIL)
    smtp.start()
    try:
        run(HOST, options.http_port, get_wsgi_application(), threading=True)
    except KeyboardInterrupt:
        return 0
    finally:
        smtp.stop()
    return 1


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="portal.local.mailbox", description="Catch emails on loopback, and show them."
    )
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    return parser.parse_args()


def interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
