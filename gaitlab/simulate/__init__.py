"""Skeleton walkers whose angles and events are exactly known, seen by a pinhole camera.

For tests, examples and teaching: what a measurement gives can be held against what is true.
"""

from __future__ import annotations

from gaitlab.simulate.camera import Camera
from gaitlab.simulate.exercise import Exercise, simulate_exercise, walked_backward
from gaitlab.simulate.gait import Body, Gait
from gaitlab.simulate.movements import Movement, MovementKind, SimulatedMovement, simulate_movement
from gaitlab.simulate.perturb import mirror, occlude, swap_sides
from gaitlab.simulate.running import Run, simulate_run
from gaitlab.simulate.stairs import FootContact, Stairs, simulate_stairs
from gaitlab.simulate.step_to import StepTo, simulate_step_to
from gaitlab.simulate.study import StudyDesign, StudyWalk, simulate_study, write_study
from gaitlab.simulate.up_and_go import UpAndGo, simulate_up_and_go
from gaitlab.simulate.walk import Simulation, simulate_walk

__all__ = [
    "Body",
    "Camera",
    "Exercise",
    "FootContact",
    "Gait",
    "Movement",
    "MovementKind",
    "Run",
    "SimulatedMovement",
    "Simulation",
    "Stairs",
    "StepTo",
    "StudyDesign",
    "StudyWalk",
    "UpAndGo",
    "mirror",
    "occlude",
    "simulate_exercise",
    "simulate_movement",
    "simulate_run",
    "simulate_stairs",
    "simulate_step_to",
    "simulate_study",
    "simulate_up_and_go",
    "simulate_walk",
    "swap_sides",
    "walked_backward",
    "write_study",
]
