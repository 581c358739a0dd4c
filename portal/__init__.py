"""The merchant portal: settings, services and what holds them together."""

__version__ = "1.0.0"
UPGRADES_FROM = "0.1.0"  # the oldest version whose database this one migrates (docs/upgrading.md)
