"""Pelvic obliquity over time, each source with an uncertainty that tells the truth."""

from gaitlab.pelvis.sources import PELVIS_SOURCES, HipLine, PelvisEstimate, PelvisSource, estimate_pelvis

__all__ = ["PELVIS_SOURCES", "HipLine", "PelvisEstimate", "PelvisSource", "estimate_pelvis"]
