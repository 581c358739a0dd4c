"""The merchant portal: settings, services and what holds them together."""

__version__ = "1.0.0"
