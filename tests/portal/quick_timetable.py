"""The portal's beat with a timetable of one job a second, which no worker of a test takes."""

from portal.celery import app

app.conf.beat_schedule = {
    "tick": {"task": "tests.tick", "schedule": 1.0, "options": {"queue": "ticks", "expires": 3600}},
}
