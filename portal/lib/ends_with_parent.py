"""Child processes that end with this process, even when it is killed.

It runs as a script between fork and the program itself, because `preexec_fn` may deadlock in a process with threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pwd
    from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def tethered_command(
    command: Sequence[str], last_word: signal.Signals = signal.SIGTERM, account: pwd.struct_passwd | None = None
) -> list[str]:
    """Return the command line that runs `command`, which gets `last_word` when the thread that started it ends.

    Only Linux can do this. Elsewhere a child outlives a killed parent, and a parent that ends normally stops it.
    """
    uid, gid = (account.pw_uid, account.pw_gid) if account else (os.geteuid(), os.getegid())
    return [sys.executable, "-I", "-S", __file__, f"{last_word:d},{os.getpid()},{uid},{gid}", *command]


def main() -> None:
    last_word, parent, uid, gid = map(int, sys.argv[1].split(","))
    become_account(uid, gid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, last_word)  # after the change of user, which forgets it
    if os.getppid() != parent:  # it died before prctl, and nobody will send anything
        sys.exit(1)
    try:
        os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606
    except OSError as fault:
        sys.exit(f"{sys.argv[2]} cannot be run: {fault.strerror}")


def become_account(uid: int, gid: int) -> None:
    """Become this account, if the process has another one."""
    if (uid, gid) != (os.geteuid(), os.getegid()):
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


if __name__ == "__main__":
    main()
