"""What a web process loads: each process keeps it in memory for as long as it lives."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.plugins.live import CHECKOUT
from tests.portal.test_settings import GOOD

# 30 MB together, for reports, workbooks, emails and SFTP: made by workers, and by few requests of people.
LARGE = ["PIL", "css_inline", "fontTools", "fpdf", "paramiko", "xlsxwriter"]
ASKED = f"""
import json
import sys
import portal.wsgi
print(json.dumps([name for name in {LARGE} if name in sys.modules]))
"""


def test_a_web_process_loads_no_large_package_that_only_jobs_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=CHECKOUT, env=GOOD, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
