"""The pelvis: no estimate is shown as more than it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from walkers import camera, clean, clean_walk, video_of, walk

from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.errors import UsageError
from gaitlab.pelvis import AUTO_SOURCES, PELVIS_SOURCES, HipLandmarkLine, PelvisInput, estimate_pelvis
from gaitlab.pelvis.baseline import LEVEL, estimate_baseline, standing_frames
from gaitlab.recording import find_vertical
from gaitlab.schema import View
from gaitlab.schema.messages.pelvis_remarks import PELVIS_REMARKS
from gaitlab.schema.uncertainty import NORMAL_QUANTILE
from gaitlab.simulate import Gait, simulate_walk

LIMP = Gait(drop_deg=(9.0, 4.0))


def analysed(view: View, **options: str) -> Analysis:
    landmarks = walk(view, LIMP, duration_s=6).landmarks
    return analyze_landmarks(landmarks, video_of(landmarks), Options(**options))  # type: ignore[arg-type]


def scene_of(view: View, **changes: object) -> PelvisInput:
    cleaned = clean_walk(view, LIMP)
    known = {
        "clean": cleaned,
        "frame_time_s": walk(view, LIMP).landmarks["time"].to_numpy(),
        "view": view,
        "stride_time_s": LIMP.stride_time_s,
        "vertical": find_vertical(None, walk(view, LIMP).landmarks),
        "path": None,
    }
    return PelvisInput(**(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PELVIS_SOURCES)
@pytest.mark.parametrize("view", ["front", "back"])
def test_a_source_says_how_sure_it_is_or_why_it_has_nothing(name: str, view: View) -> None:
    scene = scene_of(view)
    estimate = estimate_pelvis(scene, name)
    assert estimate.source == name
    assert estimate.obliquity_deg.shape == (scene.clean.sizes["time"],)
    assert estimate.uncertainty_deg > 0 or np.isnan(estimate.obliquity_deg).all()
    assert estimate.code is None or (estimate.reason and PELVIS_REMARKS[estimate.code].advice)


def test_only_front_and_back_show_the_pelvis() -> None:
    assert analysed("left").quality.pelvis_source is None


def test_an_unknown_source_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'xray'.*auto.*landmarks"):
        estimate_pelvis(scene_of("back"), "xray")


@pytest.mark.parametrize("name", AUTO_SOURCES)
def test_what_needs_pictures_says_so_where_there_are_none(name: str) -> None:
    estimate = estimate_pelvis(scene_of("back"), name)
    assert not estimate.reliable
    assert "video itself" in estimate.reason
    assert np.isnan(estimate.obliquity_deg).all()


def test_auto_never_falls_back_on_landmarks() -> None:
    assert estimate_pelvis(scene_of("back")).source == AUTO_SOURCES[-1]


def test_front_and_back_see_the_same_obliquity() -> None:
    seen = {}
    for view in ("front", "back"):
        walked = simulate_walk(LIMP, camera=camera(view, distance_m=2000.0, focal_px=400_000.0), treadmill=True)
        seen[view] = HipLandmarkLine()(scene_of(view, clean=clean(walked))).obliquity_deg  # type: ignore[arg-type]
        true = walked.angles["pelvis_obliquity"].interp(time=clean(walked)["time"][:-1])
        assert_allclose(seen[view][:-1], true, atol=0.3)
    assert_allclose(seen["front"], seen["back"], atol=1e-3)


@pytest.mark.parametrize("view", ["front", "back"])
def test_a_rolled_camera_is_taken_off(view: View) -> None:
    level, rolled = (
        HipLandmarkLine()(
            scene_of(
                view,
                clean=clean(simulate_walk(LIMP, camera=camera(view, roll_deg=roll), treadmill=True)),
                vertical=find_vertical(None, walk(view).landmarks, given_deg=roll),
            )
        ).obliquity_deg
        for roll in (0.0, 4.0)
    )
    assert_allclose(rolled, level, atol=0.2)


class TestZero:
    def test_each_side_is_up_for_half_of_the_time(self) -> None:
        cleaned = clean_walk("back", LIMP)
        time_s = cleaned["time"].to_numpy()
        swing = np.sin(2 * np.pi * time_s / LIMP.stride_time_s)
        uneven = np.where(swing > 0, 11.0, 4.0) * swing
        level_deg, zero = estimate_baseline(uneven + 7.0, cleaned, LIMP.stride_time_s, -1)
        assert level_deg == pytest.approx(7.0, abs=0.3)
        assert zero.source == "symmetry"
        assert zero.uncertainty_deg == pytest.approx(NORMAL_QUANTILE * LEVEL.symmetry_sd_deg)

    def test_a_quiet_stand_is_the_zero_where_there_is_one(self) -> None:
        cleaned = clean_walk("back", LIMP).copy(deep=True)
        still = round(2 * float(cleaned.attrs["rate_hz"]))
        cleaned["position"][:still] = cleaned["position"][0].to_numpy()
        turn_deg = np.where(np.arange(cleaned.sizes["time"]) < still, 2.5, 6.0)
        level_deg, zero = estimate_baseline(turn_deg, cleaned, LIMP.stride_time_s, -1)
        assert (level_deg, zero.source) == (2.5, "standing")
        assert np.flatnonzero(standing_frames(cleaned))[-1] == pytest.approx(still, abs=12)

    @pytest.mark.parametrize("view", ["front", "back"])
    def test_nobody_stands_while_walking(self, view: View) -> None:
        assert not standing_frames(clean_walk(view, LIMP)).any()

    def test_nothing_seen_has_no_zero(self) -> None:
        cleaned = clean_walk("back", LIMP)
        assert np.isnan(estimate_baseline(np.full(cleaned.sizes["time"], np.nan), cleaned, 1.1, -1)[0])


def test_without_pictures_the_pelvis_is_withheld() -> None:
    analysis = analysed("back")
    withheld = {w.measure: w for w in analysis.withheld}
    assert {"pelvic_drop", "hip_adduction"} <= set(withheld)
    assert "video itself" in withheld["pelvic_drop"].reason
    for name in ("pelvic_drop", "hip_adduction"):
        assert np.isnan(analysis.curves[name]).all()
    assert np.isnan(analysis.angles["pelvis_obliquity"]).all()
    assert analysis.quality.pelvis is not None
    assert analysis.quality.pelvis.status.startswith("withheld")


@pytest.mark.parametrize("view", ["front", "back"])
def test_the_hip_line_is_shown_when_asked_for_with_its_large_uncertainty(view: View) -> None:
    analysis = analysed(view, pelvis="landmarks")
    assert not {"pelvic_drop", "hip_adduction"} & {w.measure for w in analysis.withheld}
    drop = analysis.phases[analysis.phases["measure"] == "pelvic_drop"]
    loading = drop[drop["phase"] == "initial_contact"]
    assert (loading["uncertainty"] >= 7.5).all()
    for side, peak in (("left", 9.0), ("right", 4.0)):
        curves = analysis.curves["pelvic_drop"][(analysis.curves["side"] == side).to_numpy()]
        assert float(curves[:, :50].max()) == pytest.approx(peak, abs=0.7)


def test_a_drop_within_the_uncertainty_of_the_hip_line_is_no_finding() -> None:
    reported = [f for f in analysed("back", pelvis="landmarks").findings if f.about == "pelvic_drop"]
    assert [f.kind for f in reported] == ["pelvis", "pelvis"]
    assert not [f for f in reported if "; pelvic drop above the reference range" in f.words]
