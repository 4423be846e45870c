"""Tests of the hip examination other than walking: range of motion, functional mobility and special tests."""

from gaitlab.tasks.base import (
    TEST_COLUMNS,
    Curve,
    KeyMoment,
    Measure,
    Subject,
    Task,
    TaskRecording,
    TaskResult,
)
from gaitlab.tasks.changes import ChangeKind, RepetitionChange, is_of_tests_alone, read_changes, swapped
from gaitlab.tasks.registry import TASKS, WALK, find_task, register_task, run_task, task_names
from gaitlab.tasks.stationary_view import StationaryView, find_lying_view, find_stationary_view, is_lying

__all__ = [
    "TASKS",
    "TEST_COLUMNS",
    "WALK",
    "ChangeKind",
    "Curve",
    "KeyMoment",
    "Measure",
    "RepetitionChange",
    "StationaryView",
    "Subject",
    "Task",
    "TaskRecording",
    "TaskResult",
    "find_lying_view",
    "find_stationary_view",
    "find_task",
    "is_lying",
    "is_of_tests_alone",
    "read_changes",
    "register_task",
    "run_task",
    "swapped",
    "task_names",
]
