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
from gaitlab.tasks.registry import TASKS, WALK, find_task, register_task, task_names
from gaitlab.tasks.sight import Sight, lies_down, sight_of, sight_of_lying

__all__ = [
    "TASKS",
    "TEST_COLUMNS",
    "WALK",
    "ChangeKind",
    "Curve",
    "KeyMoment",
    "Measure",
    "RepetitionChange",
    "Sight",
    "Subject",
    "Task",
    "TaskRecording",
    "TaskResult",
    "find_task",
    "is_of_tests_alone",
    "lies_down",
    "read_changes",
    "register_task",
    "sight_of",
    "sight_of_lying",
    "swapped",
    "task_names",
]
