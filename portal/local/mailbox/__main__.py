from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import NoReturn

from portal.local.mailbox.receiver import smtp_server
from portal.local.mailbox.site import Site
from portal.local.mailbox.store import Store


def main() -> int:
    options = read_options()
    store = Store(options.dir)
    signal.signal(signal.SIGTERM, interrupt)
    letters = smtp_server(store, options.smtp_port)
    letters.start()
    try:
        Site(store, options.http_port).serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        letters.stop()
    return 1


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="portal.local.mailbox", description="Catches mail on loopback and shows it.")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    return parser.parse_args()


def interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
