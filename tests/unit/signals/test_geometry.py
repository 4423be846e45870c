"""The angle kernels give closed-form values and do not depend on how the picture lies or how large it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gaitlab.signals import geometry as g

angles = st.floats(-60.0, 60.0)
signs = st.sampled_from([-1.0, 1.0])
coordinates = st.floats(-1000.0, 1000.0)
points = st.tuples(coordinates, coordinates).map(np.array)
ORIGIN = np.zeros(2)


def down(angle_deg: float, towards: float = 1.0) -> np.ndarray:
    """Return the end of a hanging segment of length 1."""
    angle = np.radians(angle_deg)
    return np.array([towards * np.sin(angle), np.cos(angle)])


@given(angles, signs)
def test_inclination_is_positive_when_the_knee_is_ahead_whatever_the_direction(angle: float, facing: float) -> None:
    assert_allclose(g.inclination_deg(ORIGIN, down(angle, facing), facing), angle, atol=1e-9)


@given(angles, signs)
def test_forward_lean_is_positive_when_the_shoulders_are_ahead(angle: float, facing: float) -> None:
    assert_allclose(g.forward_lean_deg(ORIGIN, down(angle, facing) * [1, -1], facing), angle, atol=1e-9)


@given(angles, signs)
def test_lateral_lean_is_positive_to_the_persons_left_in_front_and_back_view(angle: float, left_sign: float) -> None:
    assert_allclose(g.lateral_lean_deg(ORIGIN, down(angle, left_sign) * [1, -1], left_sign), angle, atol=1e-9)


@given(angles, signs)
def test_frontal_thigh_is_positive_when_the_knee_is_medial(angle: float, medial: float) -> None:
    assert_allclose(g.frontal_thigh_deg(ORIGIN, down(angle, medial), medial), angle, atol=1e-9)


@given(angles, signs)
def test_obliquity_is_positive_when_the_left_is_up_in_front_and_back_view(angle: float, left_sign: float) -> None:
    left = np.array([left_sign * np.cos(np.radians(angle)), -np.sin(np.radians(angle))])
    assert_allclose(g.obliquity_deg(left, -left), angle, atol=1e-9)


@pytest.mark.parametrize(
    "angle",
    [
        pytest.param(lambda a, b: g.inclination_deg(a, b, 1), id="inclination"),
        pytest.param(lambda a, b: g.forward_lean_deg(a, b, -1), id="forward-lean"),
        pytest.param(lambda a, b: g.lateral_lean_deg(a, b, 1), id="lateral-lean"),
        pytest.param(lambda a, b: g.frontal_thigh_deg(a, b, -1), id="frontal-thigh"),
        pytest.param(g.obliquity_deg, id="obliquity"),
    ],
)
@given(first=points, step=points.filter(lambda p: np.hypot(*p) > 1.0), scale=st.floats(0.1, 10.0), shift=points)
def test_scaling_and_shifting_the_picture_changes_no_angle(angle, first, step, scale, shift) -> None:  # type: ignore[no-untyped-def]
    seen = angle(scale * first + shift, scale * (first + step) + shift)
    assert_allclose(g.angle_difference(seen, angle(first, first + step)), 0.0, atol=1e-6)


@given(st.floats(-30.0, 30.0), st.floats(-20.0, 20.0), signs)
def test_roll_shifts_obliquity_and_undoing_it_restores_it(angle: float, roll: float, left_sign: float) -> None:
    left = np.array([left_sign * np.cos(np.radians(angle)), -np.sin(np.radians(angle))])
    rolled = g.rotate_points(np.stack([left, -left]), -roll)
    assert_allclose(g.obliquity_deg(rolled[0], rolled[1]), angle - left_sign * roll, atol=1e-9)
    upright = g.rotate_points(rolled, roll)
    assert_allclose(g.obliquity_deg(upright[0], upright[1]), angle, atol=1e-9)


def test_a_clockwise_picture_makes_a_thigh_that_faces_right_read_too_extended() -> None:
    thigh = np.stack([ORIGIN, down(20.0)])
    rolled = g.rotate_points(thigh, -5.0)
    assert_allclose(g.inclination_deg(rolled[0], rolled[1], 1), 15.0)


@given(st.floats(-720.0, 720.0), st.floats(-720.0, 720.0))
def test_angle_difference_goes_the_shorter_way_round(first: float, second: float) -> None:
    difference = float(g.angle_difference(first, second))
    assert -180.0 <= difference <= 180.0
    assert_allclose(np.exp(1j * np.radians(second + difference)), np.exp(1j * np.radians(first)), atol=1e-9)


def test_kernels_broadcast_and_nan_stays_nan() -> None:
    hip = np.zeros((4, 2))
    knee = np.array([[0.0, 1.0], [1.0, 1.0], [np.nan, 1.0], [1.0, np.nan]])
    assert_allclose(g.inclination_deg(hip, knee, [1, -1, 1, 1]), [0.0, -45.0, np.nan, np.nan])
    assert g.obliquity_deg(np.zeros((2, 3, 2)), np.ones(2)).shape == (2, 3)
