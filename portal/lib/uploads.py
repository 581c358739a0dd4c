"""Uploads have a bound before they are kept anywhere: what is announced as larger is not taken in at all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

BESIDE = 64 * 1024  # the other fields of a form


def is_too_large(length: int) -> bool:
    """Of a whole request."""
    return length > settings.MAX_STATEMENT_BYTES + BESIDE


class Bounded(FileUploadHandler):
    """First among the handlers. The form's other fields are there, its file is not."""

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
