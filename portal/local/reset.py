"""Delete the data of the portal in this checkout: `python -m portal.local.reset`."""

from __future__ import annotations

import shutil
import sys

from portal.local.checkout_lock import VAR, Running, lock_checkout


def main() -> int:
    if not VAR.exists():
        print("There is no demo data to delete.")
        return 0
    try:
        with lock_checkout(VAR):
            shutil.rmtree(VAR)
    except (Running, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print("The demo data is deleted. The next `make up` starts with new data.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
