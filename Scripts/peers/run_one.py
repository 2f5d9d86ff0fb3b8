"""Runs one program to its end and prints what it took; part of measure.py, run by `python3 -I -S`.

Usage: run_one.py SECONDS OUTPUT ERRORS PROGRAM [WORD ...]

Prints elapsed seconds, processor seconds, peak memory in KiB, the exit code, and 1 when it was stopped after SECONDS.
It imports next to nothing, since the kernel counts the memory of the process that starts a program as the program's:
below about 10 MiB the figure would be this process's own.
"""

import os
import signal
import sys
import time

limit, output, errors, command = float(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
started = time.monotonic()
write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
child = os.posix_spawnp(
    command[0], command, os.environ, setpgroup=0,
    file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, write, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, errors, write, 0o600),
    ],
)
stopped = 0


def stop(*_):
    global stopped
    stopped = 1
    os.killpg(child, signal.SIGKILL)


signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, limit)
_, status, usage = os.wait4(child, 0)
elapsed = time.monotonic() - started
signal.setitimer(signal.ITIMER_REAL, 0)
code = os.waitstatus_to_exitcode(status)
print(f"{elapsed:.4f} {usage.ru_utime + usage.ru_stime:.4f} {usage.ru_maxrss} {code} {stopped}")
