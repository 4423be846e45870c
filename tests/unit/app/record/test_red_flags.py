"""What calls for a physician, by stated rules and without a diagnosis."""

from __future__ import annotations

import pytest
from records import Given, example, with_entries

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.red_flags import RedFlags, find_red_flags

WEEKS = "history.duration"
PHYSICIAN = "history.physician"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def found(catalogue: Catalogue, *given: Given) -> RedFlags:
    return find_red_flags(catalogue, with_entries(example().visits[0], *given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), []),
        ((("history.trauma", "", "", "major"),), ["major trauma"]),
        ((("history.trauma", "", "", "minor"),), []),
        (((WEEKS, "", "", 2.0), (PHYSICIAN, "", "", "no")), []),
        (
            ((WEEKS, "", "", 2.5), (PHYSICIAN, "", "", "no")),
            ["pain for 2.5 weeks without an examination by a physician"],
        ),
        (((WEEKS, "", "", 30.0), (PHYSICIAN, "", "", "yes")), []),
        ((("red_flag.fever", "", "", "yes"), ("red_flag.cancer", "", "", "no")), ["fever, chills or night sweats"]),
        (
            (("history.trauma", "", "", "major"), ("red_flag.cannot_load", "", "", "yes")),
            ["major trauma", "cannot bear weight on the leg"],
        ),
    ],
)
def test_what_calls_for_a_physician(catalogue: Catalogue, given: tuple[Given, ...], words: list[str]) -> None:
    assert [flag.words for flag in found(catalogue, *given).present] == words


def test_the_list_knows_how_much_of_it_was_asked(catalogue: Catalogue) -> None:
    flags = found(catalogue, ("red_flag.fever", "", "", "no"), ("history.trauma", "", "", "none"))
    assert (flags.answered, flags.of) == (1, 10)


def test_long_pain_without_an_answer_is_asked_about(catalogue: Catalogue) -> None:
    flags = found(catalogue, (WEEKS, "", "", 5.0))
    assert flags.present == ()
    assert flags.missing == ("Pain for 5 weeks; whether a physician has examined it is not entered.",)


def test_a_flag_names_its_source(catalogue: Catalogue) -> None:
    assert found(catalogue, ("red_flag.weight_loss", "", "", "yes")).present[0].source.startswith("Finucane 2020")
