"""Where private files are stored: in a folder, or in a bucket of an S3-compatible store."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

SCHEME = "s3"
CLIENT_OF_S3 = {"boto3", "botocore", "s3transfer"}
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 2, 20, 3


class UnreadablePlace(ValueError):
    """The place is neither a folder nor a URL of a bucket; the text says what is missing."""


def is_bucket(place: str) -> bool:
    """Return whether a place is a bucket; else it is a folder."""
    return place.startswith(f"{SCHEME}:")


def storage_settings(place: str) -> dict[str, Any]:
    """Return the entry of STORAGES for a folder, or for `s3://ACCESS_KEY:SECRET_KEY@HOST/BUCKET[/PREFIX][?region=…]`.

    Keys may be percent-encoded. The store is asked by https, on a loopback address by http. Raises UnreadablePlace.
    """
    if is_bucket(place):
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _bucket_options(urlsplit(place))}
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": place, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    }


def is_away(fault: BaseException | None) -> bool:
    """Return whether a fault is that of a bucket that is not reached, or that refuses."""
    while fault is not None:
        if type(fault).__module__.partition(".")[0] in CLIENT_OF_S3:
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def _bucket_options(url: SplitResult) -> dict[str, Any]:
    bucket, _, prefix = url.path.strip("/").partition("/")
    if not (url.hostname and url.username and url.password and bucket):
        raise UnreadablePlace("it must be s3://ACCESS_KEY:SECRET_KEY@HOST/BUCKET")
    from botocore.config import Config  # noqa: PLC0415 - a folder needs no client of S3

    return {
        "endpoint_url": f"{'http' if _is_loopback(url.hostname) else 'https'}://{url.netloc.rpartition('@')[2]}",
        "access_key": unquote(url.username),
        "secret_key": unquote(url.password),
        "bucket_name": bucket,
        "location": prefix,
        "region_name": parse_qs(url.query).get("region", ["us-east-1"])[0],
        "default_acl": None,  # as the bucket says: private
        "file_overwrite": False,
        "client_config": Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            signature_version="s3v4",
            s3={"addressing_style": "path"},
        ),
    }


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
