"""What Prometheus is shown: `manage.py metrics` serves it, on a port of its own."""
