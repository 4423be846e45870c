"""The view is recognised from the picture, and says what cannot be given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from walkers import clean, clean_walk, walk

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import LANDMARKS, MEASURES, View
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.signals.view import classify_view, person_height_px, trunk_yaw_deg, withheld_by_view
from gaitlab.simulate import Camera, mirror, occlude, simulate_walk

VIEWS: tuple[View, ...] = ("left", "right", "front", "back")
YAW_DEG = {"back": 0.0, "left": 90.0, "front": 180.0, "right": -90.0}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("yaw_deg", [-10.0, 0.0, 10.0])
@pytest.mark.parametrize("treadmill", [True, False])
def test_each_view_is_recognised(view: View, yaw_deg: float, treadmill: bool) -> None:
    camera = Camera(view=view, yaw_deg=yaw_deg)  # type: ignore[arg-type]
    found = classify_view(clean(simulate_walk(camera=camera, treadmill=treadmill, noise_px=1, seed=0)))
    assert (found.view, found.nearest) == (view, view)
    assert found.facing == {"left": -1, "right": 1}.get(view, 0)
    assert found.treadmill is treadmill
    assert ("treadmill" in found.explanation) is treadmill
    assert found.off_axis_deg == pytest.approx(abs(yaw_deg), abs=1.5)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("yaw_deg", [-45.0, 45.0])
@pytest.mark.parametrize("treadmill", [True, False])
def test_what_is_seen_at_a_large_angle_is_oblique(view: View, yaw_deg: float, treadmill: bool) -> None:
    camera = Camera(view=view, yaw_deg=yaw_deg)  # type: ignore[arg-type]
    found = classify_view(clean(simulate_walk(camera=camera, treadmill=treadmill)))
    assert (found.view, found.facing) == ("oblique", 0)
    assert found.off_axis_deg == pytest.approx(abs(yaw_deg), abs=2.5)
    assert f"about {found.off_axis_deg:.0f} degrees" in found.explanation


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("yaw_deg", [-30.0, -20.0, 20.0, 30.0])
def test_a_view_that_is_somewhat_off_is_named_with_its_angle(view: View, yaw_deg: float) -> None:
    camera = Camera(view=view, yaw_deg=yaw_deg)  # type: ignore[arg-type]
    found = classify_view(clean(simulate_walk(camera=camera, treadmill=False)))
    assert (found.view, found.doubtful) == (view, True)
    assert found.off_axis_deg == pytest.approx(abs(yaw_deg), abs=2.5)
    assert abs(found.plane_deg) == pytest.approx(abs(yaw_deg), abs=2.5)
    assert found.off_axis_deg - abs(yaw_deg) < found.yaw_uncertainty_deg
    assert f"about {found.off_axis_deg:.0f} degrees off" in found.explanation


@pytest.mark.parametrize("view", VIEWS)
def test_yaw_is_the_turn_of_the_walker(view: View) -> None:
    away = (trunk_yaw_deg(clean_walk(view)) - YAW_DEG[view] + 180) % 360 - 180
    assert abs(away) < 1


@pytest.mark.parametrize("view", ["left", "front"])
def test_the_mirror_of_a_view_is_its_counterpart(view: View) -> None:
    found = classify_view(clean_landmarks(mirror(walk(view).landmarks))[0])
    assert found.view == {"left": "right", "front": "front"}[view]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("asked", VIEWS)
def test_a_view_that_contradicts_the_picture_is_refused(view: View, asked: View) -> None:
    cleaned = clean_walk(view)
    if asked == view:
        assert classify_view(cleaned, asked).view == view
        return
    with pytest.raises(NothingMeasurableError, match=f"specified as '{asked}'.*{view}.*--view"):
        classify_view(cleaned, asked)


def test_the_user_may_call_a_slightly_turned_view_by_its_name() -> None:
    cleaned = clean(simulate_walk(camera=Camera(view="left", yaw_deg=30.0)))
    found = classify_view(cleaned, "left")
    assert (found.view, found.facing, found.nearest) == ("left", -1, "left")
    assert found.off_axis_deg == pytest.approx(30, abs=1.5)
    assert "as specified" in found.explanation
    assert found.doubtful
    assert not classify_view(clean_walk("left"), "left").doubtful


def test_nobody_in_the_picture_is_told() -> None:
    empty = clean_landmarks(occlude(walk().landmarks, LANDMARKS, np.arange(150)))[0]
    with pytest.raises(NothingMeasurableError, match="No person"):
        classify_view(empty)


@pytest.mark.parametrize("view", [*VIEWS, "oblique"])
def test_a_view_withholds_the_other_plane_and_says_how_to_film_it(view: View) -> None:
    withheld = withheld_by_view(view)
    planes = {"left": {"frontal"}, "right": {"frontal"}, "oblique": {"frontal", "sagittal"}}.get(view, {"sagittal"})
    assert {w.measure for w in withheld} == {m.name for m in MEASURES.values() if m.plane in planes}
    for w in withheld:
        assert w.reason
        assert w.advice.startswith("Film from the side" if MEASURES[w.measure].plane == "sagittal" else "Film from beh")


def test_a_tall_person_is_tall_in_the_picture() -> None:
    near, far = (
        person_height_px(clean(simulate_walk(camera=replace(Camera(), distance_m=d), treadmill=True))) for d in (6, 12)
    )
    assert near == pytest.approx(2 * far, rel=0.01)
    assert 0.8 * 1.75 < near * 6 / Camera().focal_px < 1.75


@pytest.mark.parametrize("turn", ["clockwise", "counter-clockwise", "upside down"])
def test_a_picture_stored_turned_is_refused(turn: str) -> None:
    seen = clean_walk("left")
    x, y = seen["position"].sel(xy="x").to_numpy(), seen["position"].sel(xy="y").to_numpy()
    turned = {"clockwise": (1000 - y, x), "counter-clockwise": (y, 1000 - x), "upside down": (1000 - x, 1000 - y)}[turn]
    lying = seen.assign(position=(seen["position"].dims, np.stack(turned, axis=-1)))
    with pytest.raises(NothingMeasurableError, match="stored rotated"):
        classify_view(lying)
