"""Jobs: the broker, the queues, and the cache that processes share."""

from __future__ import annotations

from portal.configuration.environment import setting

CELERY_BROKER_URL: str = setting("BROKER_URL")
# Whoever publishes in a request waits less (merchants.services.job_queue); a worker waits for its next job for seconds.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # workers and beat outlive a broker that is away for a day
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10, "socket_keepalive": True}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
# Comparisons are long, and many are due in one minute: they wait for each other, and nothing else waits for them.
CELERY_TASK_ROUTES = {
    "wallet.tasks.reconcile_days": {"queue": "reconciliation"},
    "wallet.tasks.compare_day": {"queue": "reconciliation"},
    "wallet.tasks.read_statements": {"queue": "reconciliation"},
    "wallet.tasks.fetch_statements": {"queue": "reconciliation"},
    "wallet.tasks.look_up_host_key": {"queue": "reconciliation"},
    "wallet.tasks.look_up_waiting_host_keys": {"queue": "reconciliation"},
    "wallet.tasks.check_source": {"queue": "reconciliation"},
    "wallet.tasks.verify_books": {"queue": "reconciliation"},
    "wallet.tasks.prepare_settlement": {"queue": "reconciliation"},
    "wallet.tasks.prepare_waiting_settlements": {"queue": "reconciliation"},
    # By a worker of its own, where the folder of the backups and PostgreSQL's programs are.
    "portal.tasks.make_backup": {"queue": "backup"},
    "portal.tasks.test_restore": {"queue": "backup"},
}

ALIVE_FILE: str = setting("ALIVE_FILE", default="")  # which workers and beat touch as long as they work

# Locks against guessing and codes that were used: all web processes must count together.
CACHE_TIMEOUTS = {"socket_connect_timeout": 2, "socket_timeout": 2}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": setting("CACHE_URL", default=CELERY_BROKER_URL),
        "KEY_PREFIX": "portal-json",  # values of versions that pickled them stand apart
        "OPTIONS": CACHE_TIMEOUTS | {"serializer": "portal.lib.json_cache.JsonSerializer"},
    }
}
