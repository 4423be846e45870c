"""How many processes can compute at once on this machine."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["physical_cores"]


def physical_cores() -> int:
    """Return the number of physical cores that this process may use.

    Two hardware threads of a core count once: the pose network keeps a core's arithmetic busy with one thread. Where
    the system does not tell which threads share a core, each counts.
    """
    try:
        usable = os.sched_getaffinity(0)
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1
    return len({_core_of(cpu) for cpu in usable})


def _core_of(cpu: int) -> str:
    """Return the hardware threads of the core to which one belongs, as Linux lists them."""
    listed = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    return listed.read_text(encoding="ascii") if listed.is_file() else str(cpu)
