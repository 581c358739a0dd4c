"""Bounds of uploads before they are stored: a request that announces more is not read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

BESIDE = 64 * 1024  # the other fields of a form


def is_too_large(length: int) -> bool:
    """Return whether a whole request of this length is too large."""
    return length > settings.MAX_STATEMENT_BYTES + BESIDE


class Bounded(FileUploadHandler):
    """The first upload handler. Of a request that is too large, it reads the other fields and not the file."""

    stops = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self.stops = is_too_large(content_length)

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        if self.stops:
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
