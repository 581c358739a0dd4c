"""Column types of PostgreSQL that Django has no field for."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib.clientip import Network

if TYPE_CHECKING:
    NetworkFieldBase = models.Field[Network | str, Network]
else:
    NetworkFieldBase = models.Field


class NetworkField(NetworkFieldBase):
    """An IPv4 or IPv6 block as `cidr`; in Python an `ipaddress` network."""

    description = gettext_lazy("IP network")

    def db_type(self, connection: Any) -> str:
        return "cidr"

    def from_db_value(self, value: str | None, *_: Any) -> Network | None:
        """Django has psycopg hand these columns over as text."""
        return None if value is None else ip_network(value)

    def to_python(self, value: Any) -> Network | None:
        if value is None or not isinstance(value, str):
            return value
        try:
            return ip_network(value.strip(), strict=False)
        except ValueError as fault:
            raise ValidationError(
                _("“%(value)s” is not an IP address or CIDR block. Write 203.0.113.7 or 203.0.113.0/24, for example.")
                % {"value": value}
            ) from fault

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))
