"""The images of the moments that the numbers are about: which, in which order, with which number, and all of it in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from factories import edited, make_analysis, make_quality, write_video
from numpy.typing import NDArray

from gaitlab.report import key_frames
from gaitlab.report.overlay.close_up import HEIGHT_PX, WIDTH_PX, close_up
from gaitlab.report.overlay.drawing import SIDE_RGB
from gaitlab.report.overlay.frame_renderer import FrameRenderer
from gaitlab.schema import SIDES

SIZE_PX = (480, 360)


def near(image: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    return np.abs(image.astype(int) - colour).max(axis=-1) < 12


def from_behind(**changes: Any) -> Any:
    analysis = make_analysis(size_px=SIZE_PX, view="back", given=("pelvic_drop", "trunk_lateral"), referenced=())
    quality = make_quality(analysis.quality, pelvis_source="registration")
    return edited(analysis, quality=quality, **changes)


def with_row(analysis: Any, parameter: str, **by_side: float) -> pd.DataFrame:
    """Return the parameters with the value of one by side, give or take two degrees."""
    table = analysis.spatiotemporal
    rows = [
        {"parameter": parameter, "side": side, "value": value, "uncertainty": 2.0, "unit": "deg", "code": ""}
        for side, value in by_side.items()
    ]
    return pd.concat([table[table["parameter"] != parameter], pd.DataFrame(rows)], ignore_index=True)


def test_in_a_side_view_extension_comes_first_and_the_painful_side_before_the_other(tmp_path: Path) -> None:
    analysis = make_analysis(size_px=SIZE_PX)
    stills = key_frames(analysis, write_video(tmp_path / "walk.mp4", analysis))
    assert [(still.side, still.moment) for still in stills] == [
        ("right", "peak"),
        ("left", "peak"),
        ("right", "heel_strike"),
        ("left", "heel_strike"),
    ]
    assert re.fullmatch(r"Right peak extension, \d\.\d\d s: hip 7° extension ± 4°", stills[0].alt)
    assert re.fullmatch(r"Left heel strike, \d\.\d\d s: hip \d+° flexion ± \d°", stills[3].alt)
    strides = analysis.cycles[(analysis.cycles["side"] == "left") & analysis.cycles["used"]]
    starts = strides["start_s"].to_numpy()
    assert np.abs(starts - stills[3].time_s).min() < 1e-9, "a left stride that is used"
    late = stills[1].time_s - starts[starts < stills[1].time_s].max()
    assert 0.4 < late / 1.1 < 0.6, "late stance"


def test_from_behind_the_peak_drop_of_both_stance_legs_is_shown_and_nothing_else(tmp_path: Path) -> None:
    analysis = from_behind()
    analysis = edited(analysis, spatiotemporal=with_row(analysis, "pelvic_drop_deg", left=-3.2, right=10.1))
    stills = key_frames(analysis, write_video(tmp_path / "walk.mp4", analysis))
    assert [re.sub(r"\d\.\d\d", "#", still.alt) for still in stills] == [
        "Right stance: peak pelvic drop below neutral, # s: drop 10° ± 2°",
        "Left stance: peak pelvic drop below neutral, # s: hike 3° ± 2°",
    ]
    for still in stills:
        rows = analysis.cycles[(analysis.cycles["side"] == still.side) & analysis.cycles["used"]]
        parts = (still.time_s - rows["start_s"]) / (rows["end_s"] - rows["start_s"])
        assert ((parts >= 0) & (100 * parts <= rows["opposite_heel_strike_pct"])).any(), "in stance on that leg"


def test_the_picture_is_of_the_stride_whose_own_peak_is_nearest_to_the_mean(tmp_path: Path) -> None:
    analysis = from_behind()
    curves = analysis.curves.copy(deep=True)
    left = [int(n) for n, side in zip(curves["stride"].values, curves["side"].values, strict=True) if side == "left"]
    peaks = dict(zip(left, (2.0, 9.0, 5.1, 12.0), strict=False))
    for stride, peak in peaks.items():
        curves["pelvic_drop"].loc[{"stride": stride}] = np.where(np.arange(101) == 20, peak, 0.0)
    reported = edited(analysis, curves=curves, spatiotemporal=with_row(analysis, "pelvic_drop_deg", left=5.0))
    (still,) = key_frames(reported, write_video(tmp_path / "walk.mp4", reported))
    nearest = analysis.cycles[analysis.cycles["stride"] == left[2]].iloc[0]
    assert still.time_s == pytest.approx(nearest["start_s"] + 0.2 * (nearest["end_s"] - nearest["start_s"]))


@pytest.mark.parametrize("view", ["left", "back"])
def test_where_no_angle_is_given_heel_strikes_are_shown_by_name(tmp_path: Path, view: str) -> None:
    analysis = make_analysis(size_px=SIZE_PX, view=view, given=(), referenced=())
    stills = key_frames(analysis, write_video(tmp_path / "walk.mp4", analysis))
    assert [re.sub(r"[\d.]+", "#", still.alt) for still in stills] == [
        "Right heel strike, # s",
        "Left heel strike, # s",
    ]
    for still in stills:
        assert near(still.image, SIDE_RGB[still.side or "left"]).sum() > 1500, "the tag with the name"


@pytest.mark.parametrize("size_px", [(480, 360), (270, 480), (1280, 300)])
@pytest.mark.parametrize("moved", [-0.3, 0.0, 0.3])
@pytest.mark.parametrize("side", SIDES)
def test_the_number_lies_within_the_picture_and_so_do_the_feet(
    size_px: tuple[int, int], moved: float, side: Any
) -> None:
    analysis = make_analysis(size_px=size_px, strides=3)
    renderer = FrameRenderer.of(analysis, show_faces=True)
    renderer.person.found[:] += (moved * size_px[0], 0.0)
    renderer.person.seen[:] += (moved * size_px[0], 0.0)
    frame = np.full((size_px[1], size_px[0], 3), 128, dtype=np.uint8)
    image = close_up(renderer, frame, 1.0, "extension", side, "17° extension ± 6°")
    assert image.shape == (HEIGHT_PX, WIDTH_PX, 3)
    tag = near(image, SIDE_RGB[side])
    assert tag.sum() > 150 * 40, "the whole tag"
    assert not tag[[0, -1]].any()
    assert not tag[:, [0, -1]].any()
    letters = near(image, SIDE_RGB["left"]) | near(image, SIDE_RGB["right"])
    assert letters[int(0.75 * HEIGHT_PX) : int(0.96 * HEIGHT_PX)].sum() > 200, "the feet"


def test_all_images_have_the_same_size_and_are_the_same_each_time(tmp_path: Path) -> None:
    analysis = make_analysis(size_px=SIZE_PX)
    video = write_video(tmp_path / "walk.mp4", analysis)
    first, second = key_frames(analysis, video), key_frames(analysis, video)
    assert {still.image.shape for still in first} == {(HEIGHT_PX, WIDTH_PX, 3)}
    assert [still.jpeg() for still in first] == [still.jpeg() for still in second]
