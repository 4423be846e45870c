"""The pelvis of rendered walkers through the real model: follows the truth, or is withheld where clothes hide it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import BACK_CLIP, Sample, cut
from numpy.typing import NDArray

import gaitlab
from gaitlab.api import Options, analyze_landmarks
from gaitlab.pelvis.base import SOURCE_WORDS, ZERO_WORDS
from gaitlab.pelvis.waistband import WAIST
from gaitlab.schema import SIDES, opposite
from gaitlab.simulate import mirror
from gaitlab.video import VideoWriter, read_frames

pytestmark = pytest.mark.slow

EDGE_S = 0.25
FRAMES = 165
"""Of the clips that no other test has, so many are enough."""


def truth_of(clip: Path, last_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times and the true obliquity, left side up +, away from the ends of what was analysed of a clip."""
    truth = pd.read_csv(clip.with_suffix(".truth.csv"))
    t = truth["t"].to_numpy()
    inner = (t > t[0] + EDGE_S) & (t < min(t[-1], last_s) - EDGE_S)
    return t[inner], truth["pelvis_obliquity_image"].to_numpy()[inner]


def shape_and_gain(analysis: gaitlab.Analysis, clip: Path) -> tuple[float, float]:
    t, true = truth_of(clip, float(analysis.landmarks["time"][-1]))
    mine = np.interp(t, analysis.angles["time"], analysis.angles["pelvis_obliquity"])
    return float(np.std(mine - true)), float(np.polyfit(true, mine, 1)[0])


def peak(analysis: gaitlab.Analysis, side: str, parameter: str = "pelvic_drop_deg") -> tuple[float, float]:
    table = analysis.spatiotemporal
    row = table[(table["parameter"] == parameter) & (table["side"] == side)].iloc[0]
    return float(row["value"]), float(row["uncertainty"])


class TestFromThePicture:
    def test_the_curve_follows_the_pelvis(self, analysed_back: gaitlab.Analysis, sample: Sample) -> None:
        assert analysed_back.quality.pelvis_source == "registration"
        shape_deg, gain = shape_and_gain(analysed_back, sample(BACK_CLIP))
        assert shape_deg < 1.2
        assert 0.9 < gain < 1.1

    def test_the_drops_are_within_their_uncertainty_and_the_side_is_right(
        self, analysed_back: gaitlab.Analysis
    ) -> None:
        found = {side: peak(analysed_back, side) for side in SIDES}
        for side, true_deg in (("left", 11.3), ("right", 4.4)):
            value, uncertainty = found[side]
            assert abs(value - true_deg) < min(uncertainty, 1.5)
        assert found["left"][0] - found["right"][0] > 3

    def test_heel_strikes_are_timed_by_the_pelvis_in_the_image(
        self, analysed_back: gaitlab.Analysis, sample: Sample
    ) -> None:
        true = json.loads(sample(BACK_CLIP).with_suffix(".truth.json").read_text(encoding="utf-8"))["events"]
        events = analysed_back.events
        for side in SIDES:
            true_s = np.array([time_s for time_s, *of in true if of == [side, "heel_strike"]])
            mine_s = events.loc[(events["side"] == side) & (events["event"] == "heel_strike"), "time_s"].to_numpy()
            errors_s = mine_s - true_s[np.abs(mine_s[:, None] - true_s).argmin(axis=1)]
            assert abs(errors_s.mean()) < 0.010

    def test_every_phase_has_a_drop(self, analysed_back: gaitlab.Analysis) -> None:
        rows = analysed_back.phases[analysed_back.phases["measure"] == "pelvic_drop"]
        early = rows[rows["phase"].isin(["loading_response", "mid_stance", "terminal_stance", "pre_swing"])]
        assert early["mean"].notna().all()
        assert (early["uncertainty"] > 2).all()

    def test_where_it_comes_from_stands_beside_it(self, analysed_back: gaitlab.Analysis, tmp_path: Path) -> None:
        page = analysed_back.report(tmp_path / "report.html").read_text(encoding="utf-8")
        assert f"measured from {SOURCE_WORDS['registration']}" in page
        assert f"neutral position: {ZERO_WORDS['symmetry']}" in page
        assert not {"pelvic_drop", "hip_adduction"} & {w.measure for w in analysed_back.withheld}


def test_marked_points_make_the_drops_surer(analysed_back: gaitlab.Analysis, sample: Sample, tmp_path: Path) -> None:
    truth = pd.read_csv(sample(BACK_CLIP).with_suffix(".truth.csv"))
    level = [
        {"time_s": row["t"], **{f"{side}_px": [row[f"{side}_hip_px_x"], row[f"{side}_hip_px_y"]] for side in SIDES}}
        for _, row in truth.iloc[[40, 75, 110, 150]].iterrows()
    ]
    video = {"stem": BACK_CLIP, "sha256": analysed_back.video.sha256, "level": level}
    file = tmp_path / "marked.json"
    file.write_text(json.dumps({"format": "gaitlab corrections", "version": 1, "videos": [video]}), encoding="utf-8")
    marked = gaitlab.analyze(sample(BACK_CLIP), events_file=str(file))
    assert marked.quality.pelvis is not None
    assert ZERO_WORDS["clicks"] in marked.quality.pelvis.zero.explanation
    assert [change.kind for change in marked.corrections] == ["marked"] * 4
    for side, true_deg in (("left", 11.3), ("right", 4.4)):
        value, uncertainty = peak(marked, side)
        assert abs(value - true_deg) < 1.5
        assert uncertainty < peak(analysed_back, side)[1] - 0.3


def test_a_mirrored_video_swaps_the_sides_of_the_pelvis_and_nothing_else(
    analysed_back: gaitlab.Analysis, sample: Sample, tmp_path: Path
) -> None:
    info, clip = analysed_back.video, tmp_path / "mirrored.mp4"
    with VideoWriter(clip, info.width_px, info.height_px, info.rate_hz, crf=12) as writer:
        for frame in read_frames(sample(BACK_CLIP)):
            writer.write(frame.image[:, ::-1], frame.time_s)
    mirrored = analyze_landmarks(mirror(analysed_back.landmarks), info, Options(), path=clip)
    seen, turned = (a.angles["pelvis_obliquity"].to_numpy() for a in (analysed_back, mirrored))
    assert float(np.nanstd(seen + turned)) < 0.3
    for side in SIDES:
        assert peak(mirrored, side)[0] == pytest.approx(peak(analysed_back, opposite(side))[0], abs=0.5)


def test_a_long_shirt_hides_the_pelvis(shared_dir: Path, tmp_path: Path) -> None:
    clip = shared_dir / "videos" / "avatar" / "treadmill_back_long_shirt.mp4"
    analysis = gaitlab.analyze(cut(clip, tmp_path / "long_shirt.mp4", FRAMES))
    withheld = {w.measure: w for w in analysis.withheld}
    assert {"pelvic_drop", "hip_adduction"} <= set(withheld)
    assert "waist" in withheld["pelvic_drop"].reason
    assert "Tuck the shirt in" in withheld["pelvic_drop"].advice
    assert np.isnan(analysis.angles["pelvis_obliquity"]).all()


def test_the_hem_of_a_shirt_over_the_pelvis_is_not_a_waist(shared_dir: Path) -> None:
    analysis = gaitlab.analyze(shared_dir / "videos" / "clothes" / "back_tee_hip.mp4")
    (withheld,) = (w for w in analysis.withheld if w.measure == "pelvic_drop")
    assert withheld.code == "shirt_moves"
    assert "a shirt hangs over the pelvis" in withheld.reason
    assert "Tuck the shirt in" in withheld.advice


def test_a_blouse_that_does_not_turn_with_the_skirt_widens_the_error(shared_dir: Path) -> None:
    clip = shared_dir / "videos" / "clothes" / "front_skirt.mp4"
    analysis = gaitlab.analyze(clip)
    _, gain = shape_and_gain(analysis, clip)
    assert 0.85 < gain < 1.15
    assert analysis.quality.pelvis is not None
    assert analysis.quality.pelvis.quality["disagreement_above_waist"] > WAIST.max_disagreement
    for side, true_deg in (("left", 10.0), ("right", 5.3)):
        value, uncertainty = peak(analysis, side, "pelvic_drop_excursion_deg")
        assert abs(value - true_deg) < uncertainty
    more_deg, uncertainty = peak(analysis, "both", "pelvic_drop_excursion_difference_deg")
    assert more_deg < -uncertainty


def test_joggers_show_the_pelvis_below_a_shirt_that_blouses(shared_dir: Path) -> None:
    clip = shared_dir / "videos" / "clothes" / "back_trousers_tucked.mp4"
    analysis = gaitlab.analyze(clip)
    shape_deg, gain = shape_and_gain(analysis, clip)
    assert shape_deg < 2.5
    assert 0.9 < gain < 1.1
    for side, true_deg in (("left", 4.5), ("right", 11.4)):
        value, uncertainty = peak(analysis, side)
        assert abs(value - true_deg) < min(uncertainty, 2.0)
    more_deg, uncertainty = peak(analysis, "both", "pelvic_drop_excursion_difference_deg")
    assert abs(more_deg - 5.5) < 2.0
    assert more_deg > uncertainty


def test_stickers_give_the_absolute_angle(shared_dir: Path, tmp_path: Path) -> None:
    clip = shared_dir / "videos" / "avatar" / "treadmill_back_woman_stickers.mp4"
    analysis = gaitlab.analyze(cut(clip, tmp_path / "stickers.mp4", FRAMES))
    assert analysis.quality.pelvis_source == "stickers"
    shape_deg, gain = shape_and_gain(analysis, clip)
    assert shape_deg < 0.7
    assert 0.95 < gain < 1.05
    meta = json.loads(clip.with_suffix(".truth.json").read_text(encoding="utf-8"))
    assert meta["gait"]["drop"] == [4, 10]
    for side, true_deg in (("left", 4.4), ("right", 10.4)):
        assert peak(analysis, side)[0] == pytest.approx(true_deg, abs=1.0)
