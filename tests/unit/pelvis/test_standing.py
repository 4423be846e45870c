"""The level of a walk's pelvis from another video in which the person stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from painted import Clothes, paint, patch
from walkers import clean_walk, walk

from gaitlab.pelvis import PelvisInput, StandingVideo
from gaitlab.pelvis.registration import Template, build_template
from gaitlab.pelvis.standing import level_from_standing, standing_video
from gaitlab.recording import Vertical, find_vertical
from gaitlab.schema import View

STANDS_DEG = 3.0
"""Clockwise in the image of the standing video: from behind the left side up."""


@pytest.fixture(scope="module")
def template() -> Template:
    turns_deg = 6 * np.sin(np.linspace(0, 4 * np.pi, 24))
    return build_template([patch(i, paint(float(turn), seed=i)) for i, turn in enumerate(turns_deg)])[0]


def rolled(roll_deg: float) -> Vertical:
    return replace(find_vertical(None, walk("back").landmarks), roll_deg=roll_deg, uncertainty_deg=0.7)


def scene(standing: StandingVideo | None, roll_deg: float = 0.0) -> PelvisInput:
    clean = clean_walk("back")
    return PelvisInput(
        clean=clean,
        frame_time_s=clean["time"].to_numpy(),
        view="back",
        stride_time_s=1.1,
        vertical=rolled(roll_deg),
        path=None,
        standing=standing,
    )


def stands(clothes: Clothes | None = None, view: View = "back", roll_deg: float = 0.0) -> StandingVideo:
    patches = tuple(patch(i, paint(STANDS_DEG, clothes=clothes, seed=100 + i)) for i in range(8))
    return StandingVideo(patches=patches, view=view, vertical=rolled(roll_deg))


@pytest.mark.parametrize(("walk_roll_deg", "stand_roll_deg"), [(0.0, 0.0), (0.0, 2.0), (-1.5, 0.0)])
def test_the_level_is_the_turn_of_who_stands_between_two_cameras(
    template: Template, walk_roll_deg: float, stand_roll_deg: float
) -> None:
    found = level_from_standing(scene(stands(roll_deg=stand_roll_deg), walk_roll_deg), template)
    assert found is not None
    level_deg, zero = found
    sign = scene(None).left_sign
    assert level_deg == pytest.approx(-sign * (STANDS_DEG - (stand_roll_deg - walk_roll_deg)), abs=0.4)
    assert zero.source == "standing"
    assert 1.6 < zero.uncertainty_deg < 3.0


def test_other_clothes_another_side_or_no_such_video_give_no_level(template: Template) -> None:
    others = Clothes(shirt=(180, 170, 40), trousers=(90, 120, 160), border_trunks=-0.1, contrast=25.0)
    assert level_from_standing(scene(stands(others)), template) is None
    assert level_from_standing(scene(stands(view="front")), template) is None
    assert level_from_standing(scene(None), template) is None


def test_without_images_or_a_second_of_standing_there_is_no_standing_video() -> None:
    assert standing_video(scene(None), until_s=3.0) is None
