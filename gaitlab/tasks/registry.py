"""All tasks by name, and how a plug-in adds one."""

from __future__ import annotations

from typing import Final

from gaitlab.core.plugins import guarded, load_plugin, plugin_error, plugin_names
from gaitlab.errors import UsageError
from gaitlab.schema.codes import WALK
from gaitlab.tasks.base import Task, TaskRecording, TaskResult
from gaitlab.tasks.chair import ChairStands
from gaitlab.tasks.changes import RepetitionPart
from gaitlab.tasks.range_of_motion import FrontalRange, SagittalRange
from gaitlab.tasks.running import Running
from gaitlab.tasks.single_leg_stance import SingleLegStance
from gaitlab.tasks.squat import SingleLegSquat
from gaitlab.tasks.stairs import Stairs
from gaitlab.tasks.timed_up_and_go import TimedUpAndGo

__all__ = ["TASKS", "WALK", "find_task", "register_task", "run_task", "task_names"]

_WHOLE_BODY: Final = "Place the phone on a tripod at hip height, with the whole body in the image."
_SIDE: Final = "Film from the side of the leg that is tested, at a right angle."
_BACK: Final = "Film from behind or from the front, at a right angle."
_STILL: Final = "The patient stands still for 2 seconds before the first repetition and after the last."

_START_AND_END: Final[tuple[RepetitionPart, ...]] = ("start", "end")
_ALL_PARTS: Final[tuple[RepetitionPart, ...]] = ("start", "peak", "end")

_SQUAT_GIVES: Final = {
    "knee_flexion_estimate_deg": "depth, from the shortening of the leg",
    "pelvic_drop_deg": "drop of the free side of the pelvis at the bottom",
    "hip_adduction_deg": "thigh against the pelvis at the bottom",
    "knee_projection_deg": "knee frontal-plane projection angle at the bottom, inwards positive",
    "trunk_lean_to_stance_deg": "trunk lean over the stance leg",
}

TASKS: Final[dict[str, Task]] = {
    task.name: task
    for task in (
        Task(
            name="hip_flexion",
            title="Active hip flexion, standing",
            views=("left", "right"),
            filming=(_SIDE, _WHOLE_BODY),
            instructions=(_STILL, "Lift the knee as high as possible three times, with the knee bent."),
            gives={
                "hip_flexion_trunk_peak_deg": "thigh to trunk at the peak of each repetition",
                "hip_flexion_change_deg": "its change from the start posture",
                "trunk_forward_change_deg": "compensation by the trunk",
            },
            measure=SagittalRange(task="hip_flexion", direction="flexion"),
            correctable=_ALL_PARTS,
        ),
        Task(
            name="hip_extension",
            title="Active hip extension, standing",
            views=("left", "right"),
            filming=(_SIDE, _WHOLE_BODY),
            instructions=(_STILL, "Move the straight leg backward three times without leaning forward."),
            gives={
                "hip_extension_trunk_peak_deg": "thigh to trunk at the peak of each repetition",
                "hip_extension_change_deg": "its change from the start posture",
                "trunk_forward_change_deg": "compensation by the trunk",
            },
            measure=SagittalRange(task="hip_extension", direction="extension", least_deg=6.0),
            correctable=_ALL_PARTS,
        ),
        Task(
            name="hip_flexion_supine",
            title="Active hip flexion, lying on the back",
            views=("left", "right"),
            filming=(
                "Film from the side of the leg that is tested, at the height of the table and at a right angle.",
                "The whole body is in the image, from the head to the feet.",
            ),
            instructions=(
                "The patient lies flat for 2 seconds before the first repetition.",
                "Pull the knee to the chest, or lift the straight leg, three times.",
            ),
            gives={
                "hip_flexion_trunk_peak_deg": "thigh to trunk at the peak of each repetition",
                "hip_flexion_change_deg": "its change from lying flat",
                "knee_flexion_at_peak_deg": "whether the knee was bent or straight",
            },
            measure=SagittalRange(task="hip_flexion_supine", direction="flexion", posture="lying"),
            correctable=_ALL_PARTS,
            lying=True,
        ),
        Task(
            name="hip_abduction",
            title="Active hip abduction, standing",
            views=("front", "back"),
            filming=(_BACK, _WHOLE_BODY),
            instructions=(_STILL, "Move the straight leg to the side three times without leaning."),
            gives={
                "hip_abduction_pelvis_peak_deg": "thigh against the pelvis at the peak of each repetition",
                "thigh_abduction_vertical_peak_deg": "thigh to the vertical",
                "pelvic_hike_deg": "compensation by the pelvis",
                "trunk_lean_to_side_change_deg": "compensation by the trunk",
            },
            measure=FrontalRange(task="hip_abduction", direction="abduction"),
            correctable=_ALL_PARTS,
        ),
        Task(
            name="hip_adduction",
            legs_cross=True,
            title="Active hip adduction, standing",
            views=("front", "back"),
            filming=(_BACK, _WHOLE_BODY),
            instructions=(_STILL, "Move the straight leg across in front of the other three times."),
            gives={
                "hip_adduction_pelvis_peak_deg": "thigh against the pelvis at the peak of each repetition",
                "thigh_adduction_vertical_peak_deg": "thigh to the vertical",
                "pelvic_hike_deg": "compensation by the pelvis",
                "trunk_lean_to_side_change_deg": "compensation by the trunk",
            },
            measure=FrontalRange(task="hip_adduction", direction="adduction", least_deg=8.0),
            correctable=_ALL_PARTS,
        ),
        Task(
            name="single_leg_stance",
            title="Single-leg stance (Trendelenburg test)",
            views=("back", "front"),
            filming=(_BACK, _WHOLE_BODY, "The waistband, or two stickers on the pelvis, are visible."),
            instructions=(
                "The patient stands still on both legs for 2 seconds.",
                "Lift one foot by bending the knee, raise that side of the pelvis as high as possible, and hold for 30 "
                "seconds without leaning.",
            ),
            gives={
                "trendelenburg_reading": "elevated and held, not elevated, lost, or not valid",
                "pelvis_settled_deg": "pelvis of the lifted side, up positive, after settling",
                "pelvic_drop_peak_deg": "largest drop of the lifted side",
                "elevation_lost_after_s": "time until the pelvis falls by more than the uncertainty",
                "trunk_lean_to_stance_peak_deg": "trunk lean over the stance leg",
                "hip_adduction_peak_deg": "largest hip adduction of the stance leg",
            },
            measure=SingleLegStance(task="single_leg_stance"),
            stands_first=True,
            correctable=_START_AND_END,
        ),
        Task(
            name="five_times_sit_to_stand",
            title="Five-times-sit-to-stand test",
            views=("left", "right"),
            filming=("Film from the side, or from 45 degrees in front.", _WHOLE_BODY, "The chair is in the image."),
            instructions=(
                "The patient sits with the arms crossed over the chest.",
                "Stand up completely and sit down five times as fast as possible.",
            ),
            gives={
                "total_time_to_last_stand_s": "from the first movement to the fifth stand",
                "total_time_to_last_sit_s": "from the first movement to the fifth seat contact",
                "rise_time_s": "hips from 5 to 95 % of the way up",
                "descent_time_s": "hips from 95 to 5 % of the way",
                "incomplete_count": "attempts that did not reach standing",
            },
            measure=ChairStands(task="five_times_sit_to_stand", variant="five"),
            correctable=_ALL_PARTS,
            norms={"total_time_to_last_stand_s": "five_times_sit_to_stand"},
        ),
        Task(
            name="chair_stand_30s",
            title="30-second chair stand test",
            views=("left", "right"),
            filming=("Film from the side, or from 45 degrees in front.", _WHOLE_BODY, "The chair is in the image."),
            instructions=(
                "The patient sits with the arms crossed over the chest.",
                "Stand up completely and sit down as often as possible in 30 seconds.",
            ),
            gives={
                "count": "complete stands within 30 s of the first movement",
                "incomplete_count": "attempts that did not reach standing",
                "rise_time_s": "hips from 5 to 95 % of the way up",
                "descent_time_s": "hips from 95 to 5 % of the way",
            },
            measure=ChairStands(task="chair_stand_30s", variant="thirty_seconds"),
            correctable=_ALL_PARTS,
            norms={"count": "chair_stand_30s"},
        ),
        Task(
            name="timed_up_and_go",
            done_once=True,
            title="Timed up and go test",
            views=("left", "right"),
            filming=(
                "Film from the side of the way, from 5 to 8 m away, at a right angle.",
                "The chair, the mark at 3 m and the whole body are in the image from the start to the end.",
            ),
            instructions=(
                "The patient sits with the back against the chair.",
                "Stand up, walk to the mark at 3 m, turn, walk back and sit down, at a comfortable speed.",
            ),
            gives={
                "total_time_s": "from the first movement of the trunk to seat contact",
                "walk_out_time_s": "from leaving the seat to the turn",
                "turn_time_s": "turn at 3 m",
                "walk_back_time_s": "from the turn to the turn in front of the chair",
                "sit_down_time_s": "turn in front of the chair and sitting down",
            },
            measure=TimedUpAndGo(task="timed_up_and_go"),
            correctable=_ALL_PARTS,
            norms={"total_time_s": "timed_up_and_go"},
        ),
        Task(
            name="single_leg_squat",
            title="Single-leg squat",
            views=("front", "back"),
            filming=("Film from the front, at a right angle.", _WHOLE_BODY, "The waistband is visible."),
            instructions=(
                "The patient stands on one leg for 2 seconds.",
                "Bend the stance knee slowly three times, as far as is comfortable, with the hands on the chest.",
            ),
            gives=_SQUAT_GIVES,
            measure=SingleLegSquat(task="single_leg_squat"),
            correctable=_ALL_PARTS,
        ),
        Task(
            name="step_down",
            title="Lateral step-down",
            views=("front", "back"),
            filming=("Film from the front, at a right angle.", _WHOLE_BODY, "The waistband is visible."),
            instructions=(
                "The patient stands on a step with one leg, the other next to it over the floor, for 2 seconds.",
                "Touch the floor with the free heel and come up again, three times, with the hands on the chest.",
            ),
            gives=_SQUAT_GIVES,
            measure=SingleLegSquat(task="step_down"),
            correctable=_ALL_PARTS,
        ),
        Task(
            name="stairs",
            title="Stairs",
            views=("left", "right"),
            filming=(
                "Film from the side of the stairs, at a right angle, with the phone on a tripod at hip height.",
                "The whole body and all steps are in the image, from the floor to the landing.",
                "Up and down are filmed as separate videos.",
            ),
            instructions=(
                "The patient stands still in front of the first step for 1 second.",
                "Walk up at least three steps at a comfortable speed, and stand still; then the same down.",
            ),
            gives={
                "pattern": "step over step, or step-to",
                "direction": "up or down",
                "leading_leg": "leg that takes the first step, and in the step-to pattern each step",
                "hip_flexion_peak_deg": "largest hip flexion on the way to each step, thigh to trunk",
                "knee_flexion_peak_deg": "largest knee flexion on the way to each step",
                "step_time_s": "from the first contact on one step to that on the next",
                "stairs_time_s": "from the first contact on the first step to that on the last",
                "trunk_forward_peak_deg": "largest forward lean of the trunk",
            },
            measure=Stairs(task="stairs"),
            correctable=_START_AND_END,
        ),
        Task(
            name="running",
            every_frame=True,
            title="Running",
            views=("left", "right", "back"),
            filming=("Film from the side or from behind, at a right angle, with 60 frames per second.", _WHOLE_BODY),
            instructions=("The patient runs at a steady, comfortable speed, on a treadmill or past the camera.",),
            gives={
                "cadence_spm": "steps per minute",
                "stance_time_s": "time of a foot on the ground (side)",
                "overstride_deg": "line from hip to ankle at foot contact, ahead positive (side)",
                "hip_flexion_mid_stance_deg": "thigh to trunk at mid-stance (side)",
                "knee_flexion_mid_stance_deg": "knee at mid-stance (side)",
                "pelvic_drop_mid_stance_deg": "drop of the free side of the pelvis at mid-stance (back)",
            },
            measure=Running(task="running"),
        ),
    )
}
"""Tasks by name; those of other packages are added when one is looked for."""


def register_task(task: Task) -> None:
    """Add a task, for example one of a notebook.

    Parameters
    ----------
    task
        The task.

    Raises
    ------
    UsageError
        If there is one of that name.

    See Also
    --------
    find_task : looks it up

    Examples
    --------
    >>> register_task(TASKS["stairs"])
    Traceback (most recent call last):
    gaitlab.errors.UsageError: There is a task 'stairs' already; choose another name.
    """
    if task.name in (WALK, *TASKS):
        raise UsageError(f"There is a task {task.name!r} already; choose another name.")
    TASKS[task.name] = task


def run_task(task: Task, recording: TaskRecording) -> TaskResult:
    """Measure a test; what the test of another package does is checked.

    Parameters
    ----------
    task
        The test.
    recording
        What was filmed of it.

    Returns
    -------
    result : TaskResult

    Raises
    ------
    PluginError
        If the test of another package fails, or returns no valid result.
    NothingMeasurableError
        If nothing can be measured.

    See Also
    --------
    find_task : the task of a name

    Examples
    --------
    >>> run_task(find_task("stairs"), recording)  # doctest: +SKIP
    """
    if task.name not in plugin_names("tasks"):
        return task.measure(recording)
    with guarded("tasks", task.name):
        result: object = task.measure(recording)
        if isinstance(result, TaskResult):
            result.table()
            return result
    raise plugin_error("tasks", task.name, f"returned {type(result).__name__} instead of a TaskResult")


def task_names() -> tuple[str, ...]:
    """List the names of all tasks, ``walk`` first.

    Returns
    -------
    names : tuple of str
        Those of plug-ins last.

    See Also
    --------
    find_task : the task of a name

    Examples
    --------
    >>> task_names()[:3]
    ('walk', 'hip_flexion', 'hip_extension')
    """
    for name in plugin_names("tasks"):
        if name not in TASKS:
            task = load_plugin("tasks", name)
            if not isinstance(task, Task) or task.name != name:
                raise plugin_error("tasks", name, "is not a Task of that name")
            register_task(task)
    return (WALK, *TASKS)


def find_task(name: str) -> Task:
    """Look up a task by name.

    Parameters
    ----------
    name
        One of ``task_names``, without ``walk``.

    Returns
    -------
    task : Task

    Raises
    ------
    UsageError
        If there is none of that name.

    See Also
    --------
    task_names : the names

    Examples
    --------
    >>> find_task("chair_stand_30s").title
    '30-second chair stand test'
    """
    if name not in task_names() or name == WALK:
        raise UsageError(f"The task {name!r} is not available; allowed are {', '.join(task_names())}.")
    return TASKS[name]
