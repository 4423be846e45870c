"""The level of the pelvis that a reader marks: read, checked, and weighed against what the walk itself tells."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walkers import QUICK, camera, clean, clean_walk, video_of, walk

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.errors import InputError
from gaitlab.gait.corrections import Correction, Corrections, read_corrections, write_corrections
from gaitlab.pelvis import ZERO_WORDS, Baseline, LevelClick, PelvisInput
from gaitlab.pelvis.baseline import against_horizontal, combine, estimate_baseline
from gaitlab.pelvis.clicks import CLICKS, click_slope_deg, level_of_clicks
from gaitlab.recording import find_vertical
from gaitlab.report.text.corrected import corrections_table
from gaitlab.schema import View
from gaitlab.schema.messages.numbers import NOT_GIVEN
from gaitlab.schema.uncertainty import NORMAL_QUANTILE
from gaitlab.simulate import Gait, simulate_walk

MARK: dict[str, Any] = {
    "kind": "marked",
    "side": "both",
    "event": "pelvis",
    "new_s": 1.2,
    "left_px": [600.0, 360.0],
    "right_px": [680.0, 365.0],
}
BACK: dict[str, Any] = {"kind": "unmarked", "side": "both", "event": "pelvis", "old_s": 1.2}
CLICK: dict[str, Any] = {"time_s": 1.2, "left_px": [600, 360], "right_px": [680, 365]}


def written(folder: Path, **lists: object) -> Path:
    """Write a file of corrections by hand."""
    file = folder / "walk.json"
    video = {"stem": "walk", "sha256": "f" * 64, **lists}
    file.write_text(json.dumps({"format": "gaitlab corrections", "version": 1, "videos": [video]}))
    return file


def read(file: Path) -> Corrections:
    return read_corrections(file, [("walk", "f" * 64)])[0]


def analysed(file: Path | None, view: View = "back", **options: str) -> Analysis:
    landmarks = walk(view, duration_s=6).landmarks
    given = {"pelvis": "landmarks", "events_file": None if file is None else str(file)} | options
    return analyze_landmarks(landmarks, replace(video_of(landmarks), sha256="f" * 64), Options(**given))  # type: ignore[arg-type]


class TestFile:
    def test_the_list_of_clicks_is_read_as_marks(self, tmp_path: Path) -> None:
        mark = Correction(**MARK)
        assert read(written(tmp_path, level=[CLICK])).level == (mark,)
        assert read(written(tmp_path, changes=[], level=[CLICK | {"by": "A"}])).level == (replace(mark, by="A"),)

    def test_what_is_written_is_read_again(self, tmp_path: Path) -> None:
        marks = (Correction(**MARK), Correction(**(MARK | {"new_s": 2.4})))
        file = write_corrections(tmp_path / "walk.json", [("walk", "f" * 64, marks)])
        assert read(file).changes == read(file).level == marks
        assert "number" not in marks[0].to_dict()
        assert "left_px" not in Correction(kind="removed", side="left", event="toe_off", old_s=1.0).to_dict()

    def test_a_mark_is_taken_back_and_the_last_one_of_a_frame_counts(self) -> None:
        first, again, back = Correction(**MARK), Correction(**(MARK | {"left_px": (600, 370)})), Correction(**BACK)
        assert Corrections(changes=(first, again)).level == (again,)
        assert Corrections(changes=(first, back)).level == ()
        assert Corrections(changes=(first, back, again)).level == (again,)
        with pytest.raises(InputError, match=r"no pelvic level was marked at 1\.200 s"):
            _ = Corrections(changes=(back,)).level

    @pytest.mark.parametrize(
        ("wrong", "reported"),
        [
            ({"left_px": None}, r"1\.200 s.*left_px"),
            ({"left_px": [600, "high"]}, "left_px"),
            ({"right_px": [680]}, "right_px"),
            ({"right_px": [680, float("nan")]}, "right_px"),
            ({"right_px": [606, 363]}, r"1\.200 s.*at least 10 pixels"),
            ({"new_s": None}, "new_s"),
            ({"side": "left"}, "side"),
            ({"event": "person"}, "event"),
        ],
    )
    def test_a_mark_needs_a_time_and_two_points(self, wrong: dict[str, object], reported: str) -> None:
        with pytest.raises(InputError, match=reported):
            Correction(**(MARK | wrong))

    @pytest.mark.parametrize(
        "entry",
        [5, None, {"time_s": 1.2}, CLICK | {"why": "?"}, CLICK | {"time_s": "1.2"}, CLICK | {"left_px": [1, None]}],
    )
    def test_a_mistake_in_the_list_names_the_entry(self, tmp_path: Path, entry: object) -> None:
        with pytest.raises(InputError, match=r"entry 2 of 'level'.*correction"):
            read(written(tmp_path, level=[CLICK, entry]))

    def test_a_list_that_is_none_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no list of videos"):
            read(written(tmp_path, level=CLICK))

    @pytest.mark.parametrize(
        ("wrong", "reported"),
        [
            ({"time_s": 60.0}, r"60\.000 s.*which lasts 6\.\d* s"),
            ({"time_s": -0.1}, "is not in the video"),
            ({"right_px": [5000, 365]}, "right point at .5000, 365., outside the image"),
            ({"left_px": [600, -1]}, "left point at"),
        ],
    )
    def test_a_mark_outside_the_video_is_refused(self, tmp_path: Path, wrong: dict[str, object], reported: str) -> None:
        with pytest.raises(InputError, match=reported):
            analysed(written(tmp_path, level=[CLICK | wrong]))


class TestSides:
    def test_a_mark_is_recorded_and_told(self, tmp_path: Path) -> None:
        result = analysed(written(tmp_path, level=[CLICK]))
        assert result.corrections == (Correction(**MARK),)
        assert result.summary()["corrections"][0]["left_px"] == (600.0, 360.0)
        table = corrections_table(result.corrections)
        assert table is not None
        assert table.rows[0][:4] == ("Pelvic level marked", NOT_GIVEN, NOT_GIVEN, "1.200 s")

    @pytest.mark.parametrize(("view", "where"), [("back", "left"), ("front", "right")])
    def test_points_exchanged_for_the_view_are_refused(self, view: View, where: str, tmp_path: Path) -> None:
        right_way, wrong_way = CLICK, CLICK | {"left_px": CLICK["right_px"], "right_px": CLICK["left_px"]}
        if view == "front":
            right_way, wrong_way = wrong_way, right_way
        assert analysed(written(tmp_path, level=[right_way]), view).corrections
        with pytest.raises(InputError, match=rf"1\.200 s.*swapped: in a {view} view.*at the {where} of the image"):
            analysed(written(tmp_path, level=[wrong_way]), view)

    def test_a_side_view_has_no_level(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"the view is 'left'.*front and back"):
            analysed(written(tmp_path, level=[CLICK]), "left")

    def test_a_bout_whose_sides_are_swapped_later_swaps_the_points(self) -> None:
        mark = Correction(**MARK)
        swap = Correction(kind="swapped_sides", side="both", event="bout", old_s=1.0, new_s=3.0)
        turned = replace(mark, left_px=mark.right_px, right_px=mark.left_px)
        resolved = Corrections(changes=(mark, swap)).resolve_sides()
        assert resolved.changes == (swap, turned)
        assert resolved.resolve_sides().changes == resolved.changes
        assert Corrections(changes=(swap, mark)).resolve_sides().level == (mark,)

    def test_points_named_as_the_reader_has_the_sides_fit_after_a_swap(self, tmp_path: Path) -> None:
        (bout,) = analysed(None).quality.bouts
        swap = Correction(
            kind="swapped_sides", side="both", event="bout", old_s=bout.start_s, new_s=bout.end_s
        ).to_dict()
        turned = CLICK | {"left_px": CLICK["right_px"], "right_px": CLICK["left_px"]}
        assert analysed(written(tmp_path, changes=[MARK, swap])).corrections
        assert analysed(written(tmp_path, changes=[swap], level=[turned])).corrections
        with pytest.raises(InputError, match=r"at the right of the image"):
            analysed(written(tmp_path, changes=[swap], level=[CLICK]))


GAIT = Gait(drop_deg=(9.0, 4.0))


def scene_of(view: View, *clicks: LevelClick, roll_deg: float = 0.0) -> PelvisInput:
    walked = simulate_walk(GAIT, camera=camera(view, roll_deg=roll_deg), treadmill=True)
    return PelvisInput(
        clean=clean(walked),
        frame_time_s=walked.landmarks["time"].to_numpy(),
        view=view,
        stride_time_s=GAIT.stride_time_s,
        vertical=find_vertical(None, walked.landmarks, given_deg=roll_deg),
        path=None,
        clicks=clicks,
    )


SCENES = {view: scene_of(view) for view in ("front", "back")}


def turn_of(scene: PelvisInput) -> np.ndarray:
    """The drops of a gait, left side up +."""
    swing = np.sin(2 * np.pi * scene.time_s / scene.stride_time_s)
    return np.where(swing > 0, 9.0, 4.0) * swing


def clicked(
    scene: PelvisInput, time_s: float, true_deg: float, left_off: float = 0, right_off: float = 0
) -> LevelClick:
    """Two points 240 pixels apart on a pelvis that stands at an angle in a camera's image, each a little off."""
    slope = np.radians(true_deg)
    out = 120 * scene.left_sign * np.cos(slope)
    up = 120 * np.sin(slope)
    return LevelClick(
        time_s=time_s, left_px=(640 + out, 360 - up + left_off), right_px=(640 - out, 360 + up + right_off)
    )


@given(
    view=st.sampled_from(["front", "back"]),
    level_deg=st.floats(-8, 8),
    roll_deg=st.floats(-5, 5),
    off_px=st.lists(st.tuples(*[st.floats(-CLICKS.click_px, CLICKS.click_px)] * 2), min_size=1, max_size=5),
)
@QUICK
def test_clicks_within_three_pixels_find_the_level(
    view: View, level_deg: float, roll_deg: float, off_px: list[tuple[float, float]]
) -> None:
    vertical = replace(SCENES[view].vertical, roll_deg=roll_deg)
    scene = replace(SCENES[view], vertical=vertical)
    true = turn_of(scene)
    times_s = scene.time_s[20 + 7 * np.arange(len(off_px))]
    in_image = np.interp(times_s, scene.time_s, true) - scene.left_sign * roll_deg
    clicks = tuple(clicked(scene, t, deg, *off) for t, deg, off in zip(times_s, in_image, off_px, strict=True))
    found = level_of_clicks(replace(scene, clicks=clicks), true + level_deg)
    assert found is not None
    assert found[0] == pytest.approx(level_deg, abs=1.5)
    assert found[1].source == "clicks"


@given(slope_deg=st.floats(-20, 20), level_deg=st.floats(-8, 8))
@QUICK
def test_a_mirror_swaps_the_sides_and_nothing_else(slope_deg: float, level_deg: float) -> None:
    scene = SCENES["back"]
    true = turn_of(scene)
    click = clicked(scene, float(scene.time_s[40]), slope_deg)
    (left_x, left_y), (right_x, right_y) = click.left_px, click.right_px
    mirrored = replace(click, left_px=(1280 - right_x, right_y), right_px=(1280 - left_x, left_y))
    assert click_slope_deg(mirrored, scene.left_sign) == pytest.approx(-click_slope_deg(click, scene.left_sign))
    assert click_slope_deg(click, scene.left_sign) == pytest.approx(slope_deg)
    one = level_of_clicks(replace(scene, clicks=(click,)), true + level_deg)
    other = level_of_clicks(replace(scene, clicks=(mirrored,)), -(true + level_deg))
    assert one is not None
    assert other is not None
    assert other[0] == pytest.approx(-one[0])
    assert other[1].uncertainty_deg == pytest.approx(one[1].uncertainty_deg)


def test_more_frames_are_surer_but_not_surer_than_the_points_on_the_bones() -> None:
    scene = replace(SCENES["back"], vertical=replace(SCENES["back"].vertical, uncertainty_deg=0.0))
    true = turn_of(scene)
    clicks = [clicked(scene, float(t), float(deg)) for t, deg in zip(scene.time_s[20:], true[20:], strict=True)]
    one, four, many = (level_of_clicks(replace(scene, clicks=tuple(clicks[:n])), true) for n in (1, 4, 100))
    assert one is not None
    assert four is not None
    assert many is not None
    widths = [each[1].uncertainty_deg for each in (one, four, many)]
    assert widths == sorted(widths, reverse=True)
    aim = np.degrees(np.arctan(np.sqrt(2) * CLICKS.click_px / 240))
    placed2 = widths[0] ** 2 - aim**2
    assert widths[1] == pytest.approx(np.sqrt(placed2 + aim**2 / 4), rel=1e-3)
    assert widths[2] ** 2 > placed2 > 0


def test_a_click_where_nothing_was_followed_is_not_used() -> None:
    scene = SCENES["back"]
    turn = turn_of(scene)
    late = replace(scene, clicks=(clicked(scene, 99.0, 0.0),))
    assert level_of_clicks(late, turn) is None
    hidden = replace(scene, clicks=(clicked(scene, float(scene.time_s[40]), 0.0),))
    assert level_of_clicks(hidden, np.where(np.arange(len(turn)) == 40, np.nan, turn)) is None


class TestCombine:
    clicks = Baseline(source="clicks", uncertainty_deg=2.0, explanation="clicked")
    symmetry = Baseline(source="symmetry", uncertainty_deg=4.0, explanation="assumed")

    def test_each_level_weighs_by_its_certainty(self) -> None:
        level_deg, zero = combine([(1.0, self.clicks), (6.0, self.symmetry)])
        assert level_deg == pytest.approx(2.0)
        assert zero.source == "clicks"
        assert zero.uncertainty_deg == pytest.approx(1 / np.sqrt(1 / 4 + 1 / 16))
        assert ZERO_WORDS["clicks"] in zero.explanation
        assert ZERO_WORDS["symmetry"] in zero.explanation

    def test_one_level_alone_stays_as_it_is(self) -> None:
        nothing = (float("nan"), self.clicks)
        assert combine([nothing, (6.0, self.symmetry)]) == (6.0, self.symmetry)
        assert combine([nothing])[1] is self.clicks

    def test_symmetry_does_not_enter_where_standing_is_seen(self) -> None:
        cleaned = clean_walk("back", GAIT).copy(deep=True)
        still = round(2 * float(cleaned.attrs["rate_hz"]))
        cleaned["position"][:still] = cleaned["position"][0].to_numpy()
        turn_deg = np.where(np.arange(cleaned.sizes["time"]) < still, 2.5, 6.0)
        standing = estimate_baseline(turn_deg, cleaned, GAIT.stride_time_s, -1)
        zero = combine([(2.0, self.clicks), standing])[1]
        assert zero.source == "standing"
        assert ZERO_WORDS["symmetry"] not in zero.explanation
        tilted = against_horizontal(standing[1])
        assert tilted.uncertainty_deg == pytest.approx(NORMAL_QUANTILE * np.hypot(0.8, 2.1))
        assert against_horizontal(self.clicks) is self.clicks


def test_what_is_kept_of_the_images_depends_on_the_clicks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def remember(parts: dict[str, Any], *_: object) -> dict[str, Any]:
        asked.append(json.dumps(parts, sort_keys=True))
        return {
            "source": "registration",
            "obliquity_deg": np.zeros(2),
            "shape_uncertainty_deg": 1.0,
            "image_uncertainty_deg": 1.0,
            "zero": asdict(TestCombine.clicks),
        }

    monkeypatch.setattr("gaitlab.analysis.image_estimates.cached", remember)
    pictures = ImageEstimates(path=tmp_path / "walk.mp4", sha256="f" * 64, use_cache=True)
    scene = replace(SCENES["back"], path=pictures.path)
    one, other = (replace(scene, clicks=(clicked(scene, t, 1.0),)) for t in (0.5, 0.6))
    for each in (scene, one, other, one):
        assert pictures.pelvis(each, "auto").zero.source == "clicks"
    assert len(set(asked)) == 3
    assert asked[1] == asked[3]


def test_the_vertical_is_part_of_the_uncertainty() -> None:
    scene = SCENES["back"]
    click = clicked(scene, float(scene.time_s[40]), 0.0)
    widths = []
    for roll_deg in (0.5, 3.0):
        vertical = replace(scene.vertical, uncertainty_deg=roll_deg)
        found = level_of_clicks(replace(scene, vertical=vertical, clicks=(click,)), turn_of(scene))
        assert found is not None
        widths.append(found[1].uncertainty_deg)
    assert widths[1] ** 2 - widths[0] ** 2 == pytest.approx(3.0**2 - 0.5**2)
