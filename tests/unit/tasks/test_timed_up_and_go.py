"""The timed up and go test: its times, whatever the size, speed and side, and with the start that a reader gives it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from walkers import video_of

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.task_video import TaskVideo, measure_task
from gaitlab.errors import InputError, UsageError
from gaitlab.simulate import Body, Camera, UpAndGo, mirror, simulate_up_and_go
from gaitlab.tasks import RepetitionChange, find_task

CAMERA = Camera(view="right", distance_m=8.0)


def examined(landmarks: xr.Dataset, *changes: RepetitionChange) -> TaskVideo:
    pictures = ImageEstimates(path=None, sha256="", use_cache=False)
    video, task = video_of(landmarks), find_task("timed_up_and_go")
    return measure_task(landmarks, video, task, Options(), pictures, changes=changes)


def measured(landmarks: xr.Dataset, *changes: RepetitionChange) -> pd.DataFrame:
    """Return value and uncertainty by measure."""
    result = examined(landmarks, *changes).result
    assert result is not None
    rows = [(one.measure, one.value, one.uncertainty) for one in result.measures]
    return pd.DataFrame(rows, columns=["measure", "value", "uncertainty"]).set_index("measure")


@pytest.mark.parametrize("view", ["left", "right"])
@pytest.mark.parametrize("speed_mps", [0.6, 1.0, 1.4])
@pytest.mark.parametrize("height_m", [1.5, 1.9])
def test_its_times_are_those_of_the_test(view: str, speed_mps: float, height_m: float) -> None:
    test = UpAndGo(speed_mps=speed_mps)
    camera = Camera(view=view, distance_m=8.0)  # type: ignore[arg-type]
    table = measured(simulate_up_and_go(test, camera, body=Body(height_m=height_m), noise_px=0.5))
    first, second = test.turns_s
    assert table.loc["start_s", "value"] == pytest.approx(test.start_s, abs=table.loc["start_s", "uncertainty"])
    assert test.end_s - 0.3 < table.loc["seat_contact_s", "value"] < test.end_s  # the last of the way is no movement
    assert table.loc["total_time_s", "value"] == pytest.approx(test.end_s - test.start_s, abs=0.35)
    turned_s = (table.loc["turn_start_s", "value"] + table.loc["turn_end_s", "value"]) / 2
    assert turned_s == pytest.approx(np.mean(first), abs=0.1)
    sitting_s = table.loc["seat_contact_s", "value"] - table.loc["sit_down_time_s", "value"]
    assert second[0] < sitting_s < np.mean(second)


def test_a_mirrored_video_has_the_same_times() -> None:
    landmarks = simulate_up_and_go(camera=CAMERA, noise_px=0.5)
    one, other = measured(landmarks), measured(mirror(landmarks))
    assert_allclose(one["value"], other["value"], atol=0.02)


def test_a_slower_test_takes_longer_by_what_it_is_slower() -> None:
    totals_s, true_s = [], []
    for speed_mps in (0.8, 1.2):
        test = UpAndGo(speed_mps=speed_mps)
        totals_s.append(measured(simulate_up_and_go(test, CAMERA)).loc["total_time_s", "value"])
        true_s.append(test.end_s - test.start_s)
    assert np.diff(totals_s) == pytest.approx(np.diff(true_s), abs=0.07)


def test_the_start_is_moved_to_the_cue_and_the_end_to_where_a_reader_sees_it() -> None:
    landmarks = simulate_up_and_go(camera=CAMERA)
    plain = measured(landmarks)
    end_s = plain.loc["seat_contact_s", "value"] + 0.2
    table = measured(landmarks, RepetitionChange(change="move", at_s=5.0, start_s=0.4, end_s=end_s))
    assert table.loc["start_s", "value"] == 0.4
    assert table.loc["total_time_s", "value"] == pytest.approx(end_s - 0.4)
    assert table.loc["turn_start_s", "value"] == pytest.approx(plain.loc["turn_start_s", "value"])


def test_it_is_done_once_and_cannot_be_removed_or_repeated() -> None:
    landmarks = simulate_up_and_go(camera=CAMERA)
    with pytest.raises(InputError, match=r"which is done once\. Allowed: move, swap_sides\."):
        examined(landmarks, RepetitionChange(change="remove", at_s=5.0))


def test_a_test_that_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="speed_mps"):
        UpAndGo(speed_mps=0.0)
