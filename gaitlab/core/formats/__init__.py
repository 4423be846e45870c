"""Files of other tools, read and written as plain arrays: TRC, MOT and C3D."""

from __future__ import annotations

from gaitlab.core.formats.c3d import C3dEvent, C3dFile, read_c3d, write_c3d
from gaitlab.core.formats.mot import MotFile, read_mot, write_mot
from gaitlab.core.formats.trc import TrcFile, read_trc, write_trc

__all__ = [
    "C3dEvent",
    "C3dFile",
    "MotFile",
    "TrcFile",
    "read_c3d",
    "read_mot",
    "read_trc",
    "write_c3d",
    "write_mot",
    "write_trc",
]
