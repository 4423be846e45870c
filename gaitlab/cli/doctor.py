"""Whether an installation can work, and what to install where it cannot."""

from __future__ import annotations

import ctypes.util
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from gaitlab.analysis.provenance import NOT_INSTALLED, collect_versions
from gaitlab.api import Options, analyze_landmarks
from gaitlab.errors import GaitlabError
from gaitlab.pose import check_worker, locate_model
from gaitlab.simulate import simulate_walk
from gaitlab.video import VideoInfo

__all__ = ["Check", "check_installation"]

_LINUX_LIBRARIES: Final = {
    "EGL": "libegl1",
    "GLESv2": "libgles2",
    "GL": "libgl1",
    "glib-2.0": "libglib2.0-0",
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """The check of one requirement.

    Attributes
    ----------
    name
        The requirement.
    ok
        Whether it is met.
    message
        What is known of it, or what to do.
    """

    name: str
    ok: bool
    message: str


def check_installation() -> tuple[Check, ...]:
    """Check Python, libraries, model, report and worker, cheapest first."""
    versions = collect_versions()
    checks = [Check(name="Python", ok=True, message=f"{versions['python']} on {platform.system()}")]
    checks += [Check(name=name, ok=v != NOT_INSTALLED, message=v) for name, v in versions.items() if name != "python"]
    if sys.platform == "linux":
        for name, package in _LINUX_LIBRARIES.items():
            library = ctypes.util.find_library(name)
            advice = f"install it, on Debian or Ubuntu with: sudo apt-get install {package}"
            checks.append(Check(name=f"lib{name}", ok=library is not None, message=library or advice))
    return (*checks, _model(), _report(), _worker())


def _model() -> Check:
    try:
        model = locate_model()
    except GaitlabError as error:
        return Check(name="Pose model", ok=False, message=str(error))
    return Check(name="Pose model", ok=True, message=f"{model.path.name}, sha256 {model.sha256[:12]}... as expected")


def _worker() -> Check:
    try:
        check_worker()
    except GaitlabError as error:
        return Check(name="MediaPipe", ok=False, message=str(error))
    return Check(name="MediaPipe", ok=True, message="starts and estimates a pose")


def _report() -> Check:
    """Write all that comes of a simulated walk into a folder that is thrown away."""
    try:
        with TemporaryDirectory(prefix="gaitlab-") as folder:
            landmarks = simulate_walk().landmarks
            analyze_landmarks(landmarks, _simulated(landmarks.sizes["time"]), Options()).save(Path(folder) / "result")
    except (GaitlabError, ImportError, OSError, RuntimeError, ValueError) as error:
        return Check(name="Report", ok=False, message=f"cannot be written ({type(error).__name__}: {error})")
    return Check(name="Report", ok=True, message="figures, page and PDF can be written")


def _simulated(frames: int) -> VideoInfo:
    """Return what the file of ``simulate_walk()`` would say of itself."""
    rate_hz = 30.0
    return VideoInfo(
        stem="simulated",
        width_px=1920,
        height_px=1080,
        rate_hz=rate_hz,
        duration_s=frames / rate_hz,
        frames=frames,
        rotation_deg=0,
        codec="none",
        variable_rate=False,
        time_scale=1.0,
        sha256="",
    )
