"""TCP ports of this machine: which one is free, and whether one can be had."""

from __future__ import annotations

import secrets
import socket

TRIES = 100
OURS = range(15_000, 32_000)  # below the ports that the system gives to outgoing connections


def free_port() -> int:
    """Return a port that nobody listens at, drawn by chance: two who ask in the same moment hardly get the same, and no
    outgoing connection takes it before it is used.
    """
    for _ in range(TRIES):
        drawn = OURS[secrets.randbelow(len(OURS))]
        if is_free("127.0.0.1", drawn):
            return drawn
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that just stopped does not count
        try:
            listener.bind((host, port))
        except OSError:
            return False
        return True


def url_host(host: str) -> str:
    """How to write the address in a URL; one to listen on is not always one to go to."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
