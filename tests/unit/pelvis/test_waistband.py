"""Whether strips of the clothes turn alike: a shirt that hangs over the pelvis, and one that blouses, do not."""

from __future__ import annotations

import numpy as np
from painted import Clothes, paint, patch

from gaitlab.pelvis import Patch
from gaitlab.pelvis.limits import REGISTRATION_LIMITS, first_violation
from gaitlab.pelvis.waistband import WAIST, find_clothes

PHASES = 2 * np.pi * np.arange(18) / 6
TURN_DEG = 6 * np.sin(PHASES)


def sample(clothes: Clothes, *, trunk_share: float | None = None, fold_deg: float = 0.0) -> list[Patch]:
    """Patches of three strides: the trunk turns by a share of the pelvis, and the shirt folds twice a stride."""
    return [
        patch(
            index,
            paint(
                turn_deg,
                clothes=clothes,
                trunk_deg=None if trunk_share is None else trunk_share * turn_deg,
                shirt_deg=turn_deg + fold_deg * np.sin(2 * phase),
                seed=index,
            ),
        )
        for index, (phase, turn_deg) in enumerate(zip(PHASES, TURN_DEG, strict=True))
    ]


HEM = Clothes(border_trunks=-0.15, contrast=12.0)
WAISTBAND = Clothes(border_trunks=-0.24, contrast=12.0)


def test_an_upper_garment_whose_strips_turn_otherwise_is_a_shirt_over_the_pelvis() -> None:
    together, apart = (find_clothes(sample(HEM, trunk_share=share))[1] for share in (1.0, -0.5))
    assert "disagreement_above" not in together
    assert apart["disagreement_above"] > WAIST.max_disagreement
    violated = first_violation(REGISTRATION_LIMITS, apart)
    assert violated is not None
    assert violated.code == "shirt_moves"


def test_a_shirt_that_folds_over_the_waistband_turns_otherwise_than_the_trousers() -> None:
    smooth, folded = (find_clothes(sample(WAISTBAND, fold_deg=fold_deg))[1] for fold_deg in (0.0, 9.0))
    assert "disagreement_below" not in smooth
    assert folded["disagreement_below"] > WAIST.folds_disagreement
    assert first_violation(REGISTRATION_LIMITS, folded) is None


def test_above_a_waist_at_the_iliac_crests_the_trunk_may_turn_as_it_does() -> None:
    assert "disagreement_above" not in find_clothes(sample(WAISTBAND, trunk_share=-0.5))[1]
