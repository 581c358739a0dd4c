"""Loads whatever a process may load, so that an image gets the bytecode of it: `python -m portal.load_all`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

PROGRAMS = (
    "portal.wsgi",  # first: it sets Django up
    "celery.__main__",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.worker.strategy",
    "django.core.management.commands.migrate",
    "granian.cli",
    "granian.server.mp",
    "granian.wsgi",
    "kombu.transport.redis",
)
OPTIONAL = {"aiosmtpd", "opentelemetry"}  # of the groups `embedded` and `traces`


def load_all() -> None:
    for name in PROGRAMS:
        import_module(name)
    for package in ("portal", "merchants", "wallet"):
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            try:
                import_module(module.name)
            except ModuleNotFoundError as missing:
                if str(missing.name).partition(".")[0] not in OPTIONAL:
                    raise


if __name__ == "__main__":
    load_all()
