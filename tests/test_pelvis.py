"""The pelvis: no estimate is shown as more than it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from walkers import camera, clean, clean_walk, video_of, walk

from gaitlab.analysis import Analysis, Options, analyze_landmarks
from gaitlab.errors import UsageError
from gaitlab.pelvis import PELVIS_SOURCES, HipLine, estimate_pelvis
from gaitlab.schema import View
from gaitlab.simulate import Gait, simulate_walk

LIMP = Gait(drop_deg=(9.0, 4.0))


def analysed(view: View, **options: str) -> Analysis:
    landmarks = walk(view, LIMP, duration_s=6).landmarks
    return analyze_landmarks(landmarks, video_of(landmarks), Options(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PELVIS_SOURCES)
@pytest.mark.parametrize("view", ["front", "back"])
def test_a_source_gives_a_value_a_frame_with_an_uncertainty(name: str, view: View) -> None:
    cleaned = clean_walk(view)
    estimate = estimate_pelvis(cleaned, view, name)
    assert estimate is not None
    assert estimate.source == name
    assert estimate.obliquity_deg.shape == (cleaned.sizes["time"],)
    assert estimate.uncertainty_deg > 0
    assert estimate.reliable or (estimate.reason and estimate.advice)


@pytest.mark.parametrize("view", ["left", "right", "oblique", "standing"])
def test_only_front_and_back_show_the_pelvis(view: View) -> None:
    assert estimate_pelvis(clean_walk(), view) is None
    assert estimate_pelvis(clean_walk(), view, "landmarks") is None


@pytest.mark.parametrize("view", ["left", "back"])
def test_an_unknown_source_names_the_known_ones(view: View) -> None:
    with pytest.raises(UsageError, match=r"'xray'.*auto.*landmarks"):
        estimate_pelvis(clean_walk(view), view, "xray")


def test_front_and_back_see_the_same_obliquity() -> None:
    seen = {}
    for view in ("front", "back"):
        walked = simulate_walk(LIMP, camera=camera(view, distance_m=2000.0, focal_px=400_000.0), treadmill=True)
        seen[view] = HipLine()(clean(walked)).obliquity_deg
        true = walked.angles["pelvis_obliquity"].interp(time=clean(walked)["time"][:-1])
        assert_allclose(seen[view][:-1], true, atol=0.3)
    assert_allclose(seen["front"], seen["back"], atol=1e-3)


def test_the_hip_line_is_computed_but_withheld_unless_asked_for() -> None:
    analysis = analysed("back")
    withheld = {w.measure: w for w in analysis.withheld}
    assert {"pelvic_drop", "hip_adduction"} <= set(withheld)
    assert withheld["pelvic_drop"].reason.startswith("not reliable")
    assert "--pelvis landmarks" in withheld["pelvic_drop"].advice
    for name in ("pelvic_drop", "hip_adduction"):
        assert np.isnan(analysis.curves[name]).all()
    assert np.isnan(analysis.angles["pelvis_obliquity"]).all()
    stored = analysis.quality["pelvis_estimate"]
    assert (stored["source"], stored["status"]) == ("landmarks", "withheld: not reliable")
    peaks = stored["pelvic_drop_deg"].groupby("side")["max"].max()
    assert_allclose([peaks["left"], peaks["right"]], [9.0, 4.0], atol=0.7)
    assert analysis.landmarks["pelvis_obliquity_estimate"].attrs["source"] == "landmarks"


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
    assert not [f for f in analysed("back", pelvis="landmarks").findings if "drop" in f.lower()]
