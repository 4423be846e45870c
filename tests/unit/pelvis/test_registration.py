"""The turn of painted pelvises: right to a tenth of a degree, and doubtful where the picture carries little."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from painted import COLUMNS, ROWS, Clothes, paint, patch

from gaitlab.pelvis.crops import Patch
from gaitlab.pelvis.registration import Alignment, align_patches, build_template, warp_to_template
from gaitlab.pelvis.waistband import WAIST, detect_waistband

FRAMES = 24
TURN_DEG = 8 * np.sin(np.linspace(0, 4 * np.pi, FRAMES)) + 2 * np.sin(np.linspace(0, 8 * np.pi, FRAMES))


def walk(**options: object) -> list[Patch]:
    return [
        patch(i, paint(t, seed=i, shift_px=(3 * np.sin(i), 2 * np.cos(i)), **options))  # type: ignore[arg-type]
        for i, t in enumerate(TURN_DEG)
    ]


def align(patches: list[Patch]) -> Alignment:
    return align_patches(build_template(patches)[0], patches)


def shape_error(found: Alignment, true_deg: NDArray[np.float64] = TURN_DEG) -> float:
    return float(np.std(found.rotation_deg - true_deg))


def test_the_turn_of_a_rigid_pelvis_is_found_with_its_sign() -> None:
    found = align(walk())
    assert shape_error(found) < 0.1
    assert np.polyfit(TURN_DEG, found.rotation_deg, 1)[0] == pytest.approx(1.0, abs=0.01)
    assert found.fit.min() > 0.9


def test_the_trunk_above_does_not_take_the_pelvis_with_it() -> None:
    patches = [patch(i, paint(t, trunk_deg=-0.3 * t, seed=i)) for i, t in enumerate(TURN_DEG)]
    assert np.polyfit(TURN_DEG, align(patches).rotation_deg, 1)[0] == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("light", [0.4, 1.6])
def test_light_that_changes_in_the_course_of_the_walk_is_no_turn(light: float) -> None:
    levels = np.linspace(1.0, light, FRAMES)
    patches = [
        patch(i, paint(t, light=float(k), seed=i)) for i, (t, k) in enumerate(zip(TURN_DEG, levels, strict=True))
    ]
    assert shape_error(align(patches)) < 0.25


def test_a_plain_cloth_still_turns_by_its_waist() -> None:
    assert shape_error(align(walk(clothes=Clothes(contrast=0.0)))) < 0.2


def test_a_hand_that_passes_is_left_out() -> None:
    def with_hand(i: int, turn_deg: float, *, masked: bool) -> Patch:
        image, free = paint(turn_deg, seed=i), np.ones((ROWS, COLUMNS), dtype=np.float32)
        place = (round(COLUMNS / 2 + 60 * np.sin(i / 3)), 70)
        cv2.circle(image, place, 16, (200, 150, 120), -1)
        if masked:
            cv2.circle(free, place, 22, 0.0, -1)
        return patch(i, image, free)

    masked, bare = (
        shape_error(align([with_hand(i, t, masked=m) for i, t in enumerate(TURN_DEG)])) for m in (True, False)
    )
    assert masked < 0.25
    assert masked < bare


def test_a_mirrored_picture_turns_the_other_way() -> None:
    patches = walk()
    turned = [replace(p, image=p.image[:, ::-1].copy()) for p in patches]
    # the columns of a patch lie symmetrically but for one pixel
    assert_allclose(align(turned).rotation_deg, -align(patches).rotation_deg, atol=0.15)


def test_frames_are_named_by_their_place_in_the_video() -> None:
    patches = [replace(p, index=3 * p.index) for p in walk()[:12]]
    assert align(patches).index.tolist() == list(range(0, 36, 3))


def test_a_picture_without_the_pelvis_fits_badly() -> None:
    patches = walk()
    other = np.random.default_rng(5).integers(0, 255, size=patches[7].image.shape, dtype=np.uint8)
    patches[7] = replace(patches[7], image=other)
    found = align(patches)
    assert np.flatnonzero(np.isnan(found.rotation_deg)).tolist() == [7]
    assert np.delete(found.fit, 7).min() > 0.8
    assert np.nanstd(found.rotation_deg - TURN_DEG) < 0.1


def test_a_track_that_was_lost_is_found_again_at_once() -> None:
    patches = walk()
    blank = np.full_like(patches[0].image, 90)
    for i in (8, 9, 10):
        patches[i] = replace(patches[i], image=cv2.GaussianBlur(blank, (0, 0), 3))
    found = align(patches)
    assert np.isnan(found.rotation_deg[8:11]).all()
    assert np.nanstd(found.rotation_deg - TURN_DEG) < 0.1


def test_the_spread_grows_where_the_picture_carries_less() -> None:
    sharp = align(walk()).jackknife_se_deg.mean()
    poor = [replace(p, image=cv2.GaussianBlur(p.image, (0, 0), 9)) for p in walk(noise=12.0)]
    assert align(poor).jackknife_se_deg.mean() > 1.5 * sharp


def test_the_spread_grows_where_parts_turn_differently() -> None:
    halves = []
    for i, turn_deg in enumerate(TURN_DEG):
        one, other = (paint(t, seed=i, clothes=Clothes(contrast=20.0)) for t in (turn_deg, -turn_deg))
        one[:, COLUMNS // 2 :] = other[:, COLUMNS // 2 :]
        halves.append(patch(i, one))
    assert align(halves).jackknife_se_deg.mean() > 5 * align(walk()).jackknife_se_deg.mean()


def straight(patches: list[Patch]) -> float:
    template, poses = build_template(patches)
    return detect_waistband(warp_to_template(template, patches, poses))[0]


class TestWaist:
    @pytest.mark.parametrize("border_trunks", [-0.42, -0.3, -0.2, -0.14])
    def test_a_waist_is_seen(self, border_trunks: float) -> None:
        assert straight(walk(clothes=Clothes(border_trunks=border_trunks))) > 2 * WAIST.min_step

    @pytest.mark.parametrize("light", [0.4, 0.7, 1.3])
    def test_whatever_the_light(self, light: float) -> None:
        assert straight(walk(light=light)) > 1.5 * WAIST.min_step

    @pytest.mark.parametrize("border_trunks", [0.0, 0.1, 0.18, 0.9])
    @pytest.mark.parametrize("shirt", [(170, 165, 150), (150, 40, 40)])
    def test_a_shirt_that_hangs_over_the_pelvis_hides_it(
        self, border_trunks: float, shirt: tuple[float, float, float]
    ) -> None:
        assert straight(walk(clothes=Clothes(shirt=shirt, border_trunks=border_trunks, contrast=12.0))) < WAIST.min_step

    def test_hands_folded_over_the_waist_hide_it(self) -> None:
        patches = walk()
        for p in patches:
            cv2.rectangle(p.image, (85, 40), (115, 110), (200, 150, 120), -1)
        assert straight(patches) < WAIST.min_step
