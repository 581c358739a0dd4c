"""Django's settings, by topic: everything that can be set stands in a module of portal/configuration."""

from __future__ import annotations

from portal.configuration.administration import *
from portal.configuration.applications import *
from portal.configuration.databases import *
from portal.configuration.emails import *
from portal.configuration.environment import *
from portal.configuration.files import *
from portal.configuration.jobs import *
from portal.configuration.monitoring import *
from portal.configuration.networks import *
from portal.configuration.pages import *
from portal.configuration.requests import *
from portal.configuration.retention import *
from portal.configuration.sign_in import *
