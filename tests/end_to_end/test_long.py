"""A long clip: its memory stays near that of a short one, and its report can be sent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

REPORT_BYTES = 4_000_000
"""Of a page without film: with the film's share it stays below the 25 MB that a mail server takes."""
PER_FRAME_BYTES = 12_000
"""A frame's landmarks are 1.9 kB as found and 3.2 kB on the grid of 60 a second, in the picture and upright; further
copies of all frames would show."""
WORK = """
import resource, sys
import matplotlib, numpy as np, xarray as xr
from walkers import video_of
from gaitlab.api import Options, analyze_landmarks
from gaitlab.simulate import simulate_walk
matplotlib.use("Agg")
part = simulate_walk(duration_s=20.0, treadmill=True, noise_px=1.0, seed=1).landmarks
times = int(sys.argv[1])
frames = times * part.sizes["time"]
whole = part.isel(time=np.arange(frames) % part.sizes["time"]).assign_coords(time=np.arange(frames) / 30.0)
analyze_landmarks(whole, video_of(whole), Options()).save(sys.argv[2])
print(frames, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units elsewhere")
def test_the_memory_and_the_report_of_a_clip_of_two_minutes_are_near_those_of_twenty_seconds(tmp_path: Path) -> None:
    reported = {}
    for times in (1, 6):
        command = [sys.executable, "-c", WORK, str(times), str(tmp_path / str(times))]
        done = subprocess.run(
            command, cwd=ROOT / "tests" / "fixtures", capture_output=True, text=True, timeout=600, check=True
        )
        reported[times] = tuple(int(number) for number in done.stdout.split())
    (frames, kilobytes), (long_frames, long_kilobytes) = reported[1], reported[6]
    assert 1024 * (long_kilobytes - kilobytes) < PER_FRAME_BYTES * (long_frames - frames)
    for name in ("report.html", "report.pdf"):
        assert (tmp_path / "6" / name).stat().st_size < REPORT_BYTES
