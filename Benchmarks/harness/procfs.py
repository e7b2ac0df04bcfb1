"""What the kernel knows about a group of processes: CPU time and memory."""

import os

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def children(pid):
    """A process and everything below it."""
    found = [pid]
    for each in found:
        try:
            for task in os.listdir(f"/proc/{each}/task"):
                with open(f"/proc/{each}/task/{task}/children") as file:
                    found += [int(child) for child in file.read().split()]
        except FileNotFoundError:
            pass
    return found


def cpu_seconds(pids):
    """User and system time together. From schedstat (nanoseconds) where the kernel keeps it, else from stat (ticks)."""
    total = 0.0
    for pid in pids:
        try:
            nanoseconds = 0
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/schedstat") as file:
                    nanoseconds += int(file.read().split()[0])
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            ticks = (int(fields[11]) + int(fields[12])) / CLOCK_TICKS
            # Threads that have ended are in stat alone.
            total += max(nanoseconds / 1e9, ticks - 2 / CLOCK_TICKS)
        except FileNotFoundError:
            pass
    return total


def pss_bytes(pids):
    """Proportional set size: shared pages are split among those who share them. None if it may not be read."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                for line in file:
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
        except FileNotFoundError:
            pass
        except PermissionError:
            return None
    return total
