"""Which candidates come nearest."""

from __future__ import annotations

import numpy as np
import pytest

from lib.deploy.stages import Normalise
from lib.diagnosis import Observed
from lib.diagnosis.candidates import Candidate
from lib.diagnosis.evidence import Evidence, evidence
from lib.diagnosis.measurements import ANOTHER_NORMALISATION, Geometry, Layout
from lib.diagnosis.normalisation import known
from lib.diagnosis.ranking import CLOSE, CONFIDENT, NEAR, RankedCandidate, Ranking
from lib.mistakes import CATALOGUE
from tests.diagnosis.toy import CONTRACT, NORMALISE, RIGHT

REFERENCE = Candidate((), RIGHT, NORMALISE)
NOTHING = Evidence(Layout("", ""), Geometry((96, 64), (96, 64)), None)  # rules nothing out


def off(values: np.ndarray | int) -> np.ndarray:
    return np.clip(RIGHT.astype(int) + values, 0, 255).astype(np.uint8)


def ranking(picture: np.ndarray, *candidates: tuple[str, np.ndarray], measured: Evidence = NOTHING) -> Ranking:
    ranked = Ranking(Observed.of(NORMALISE(picture)), measured, REFERENCE)
    ranked.add(REFERENCE)
    for name, made in candidates:
        ranked.add(Candidate((name,), made, NORMALISE))
    return ranked


PATTERN = np.indices(RIGHT.shape).sum(axis=0) % 2 * 40 - 20  # ± 20 levels


def test_the_nearest_come_first_and_of_equals_the_simplest():
    many = [(f"{i} levels", off(PATTERN + i)) for i in range(12, 0, -1)]
    ranked = ranking(off(PATTERN), *many, ("itself", off(PATTERN)))
    assert [each.names for each in ranked.nearest][:NEAR] == [("itself",), *((f"{i} levels",) for i in range(1, NEAR))]
    both = Ranking(Observed.of(NORMALISE(off(9))), NOTHING, REFERENCE)
    for names in (("a", "b"), ("c",)):
        both.add(Candidate(names, off(9), NORMALISE))
    assert [each.names for each in both.nearest] == [("c",), ("a", "b")]


def test_what_the_evidence_rules_out_and_what_has_another_shape_is_passed_over():
    mirrored = NORMALISE(off(PATTERN))
    measured = evidence(Observed.of(mirrored), CONTRACT, RIGHT)
    ranked = ranking(off(PATTERN), ("BGR", off(PATTERN)), ("squash", RIGHT[:60]), measured=measured)
    assert [each.names for each in ranked.nearest] == [()]


def test_explained_is_a_share_of_the_difference_from_the_reference():
    half = ranking(off(PATTERN), ("half", off(PATTERN // 2))).nearest[0]
    assert half.left == pytest.approx(10, abs=0.1)
    assert half.names == ("half",)
    assert half.explained == pytest.approx(0.75, abs=0.01)
    assert ranking(off(PATTERN)).nearest[0].explained == 0
    assert ranking(off(PATTERN), ("all", off(PATTERN))).nearest[0].explained == 1


def test_at_another_shape_too():
    # a squashed picture is near to any other squashed one, as near as to the reference: that explains nothing
    squashed, lighter = RIGHT[::2, ::2], off(30)[::2, ::2]
    ranked = Ranking(Observed.of(NORMALISE(lighter)), NOTHING, REFERENCE)
    ranked.add(Candidate(("squash",), squashed, NORMALISE))
    assert abs(ranked.nearest[0].explained) < 0.2
    assert not ranked.nearest[0].believed


def test_a_candidate_is_believed_to_rounding_or_where_it_explains_enough():
    values = np.zeros((3, 1, 1), np.float32)

    def believed(name: str, explained: float, rounded: bool, left: float = CLOSE) -> bool:
        return RankedCandidate((name,), 1.0, left, values, explained, rounded).believed

    assert believed("OpenCV linear", CONFIDENT, rounded=False)
    assert not believed("OpenCV linear", CONFIDENT - 0.01, rounded=False)
    assert not believed("OpenCV linear", 0.2, rounded=True)  # to within a level, as other candidates are, too
    # a mirrored picture explains nearly all, whatever else was done
    assert not believed("mirrored", 0.99, rounded=False, left=CLOSE + 1)
    # another gamma explains nearly all, and is another
    assert not believed("gamma 2.2", 0.99, rounded=False)
    assert not believed("no mean and std", 0.99, rounded=False)
    assert believed("gamma 2.2", 0.99, rounded=True)
    # a resize that rounds twice is a level off, whatever was normalised after it
    assert believed("no mean and std", 0.99, rounded=False, left=1.1)
    assert not believed("gamma 2.2", 0.99, rounded=False, left=1.1)
    assert not believed(ANOTHER_NORMALISATION, 0.99, rounded=False, left=1.1)


def test_a_level_is_measured_in_the_candidates_own_units():
    plain = Normalise((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    noise = np.random.default_rng(0).integers(-1, 2, RIGHT.shape)
    ranked = Ranking(Observed.of(plain(off(noise))), NOTHING, REFERENCE)
    ranked.add(Candidate(("no mean and std",), RIGHT, plain))
    assert ranked.nearest[0].rounded
    ranked.add(Candidate(("no mean and std", "lighter"), off(5), plain))
    assert not ranked.nearest[1].rounded
    assert ranked.settled


def test_roundings_are_not_told_apart_by_chance():
    noise = np.random.default_rng(0).integers(-1, 2, RIGHT.shape)
    chance = noise.copy()
    chance[::2] = 0
    ranked = ranking(off(noise), ("by chance", off(chance)))
    assert ranked.same
    assert ranked.settled
    assert ranked.nearest[0].names == ("by chance",)
    assert not ranked.nearest[0].believed
    assert ranking(off(noise), ("exactly", off(noise))).nearest[0].believed


def test_a_mistake_that_explains_too_little_of_what_is_left_without_it_is_not_named():
    more = np.where(PATTERN > 0, 3, 0)
    seen, rule = off(PATTERN + more), off(PATTERN)
    ranked = ranking(seen, ("squash", rule))
    ranked.add(Candidate(("squash", "OpenCV linear"), off(PATTERN + more // 2), NORMALISE))
    assert ranked.nearest[0].names == ("squash", "OpenCV linear")
    assert ranked.chosen.names == ("squash",)
    ranked.add(Candidate(("squash", "OpenCV area"), seen, NORMALISE))
    assert ranked.chosen.names == ("squash", "OpenCV area")


def test_a_rule_that_is_written_in_several_ways_counts_by_the_nearest():
    ranked = ranking(off(PATTERN), ("squash", off(PATTERN + 5)), ("squash", off(PATTERN + 1)), ("squash", off(PATTERN + 9)))
    assert [each.names for each in ranked.nearest] == [("squash",), ()]
    assert ranked.nearest[0].left < 1.5


def test_a_normalisation_is_fitted_to_a_picture_whatever_was_done_to_it():
    plain = Normalise((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    observed = Observed.of(plain(off(PATTERN)))
    ranked = Ranking(observed, evidence(observed, CONTRACT, RIGHT), REFERENCE, known(CONTRACT))
    ranked.fit(REFERENCE)
    ranked.fit(Candidate(("squash",), off(PATTERN), NORMALISE))
    assert ranked.nearest[0].names == ("squash", "no mean and std")
    assert ranked.nearest[0].line.std == pytest.approx((1, 1, 1), abs=1e-4)
    assert ranked.chosen.names == ("squash", "no mean and std")
    assert ranked.settled


def test_a_normalisation_is_named_where_only_the_filter_before_it_is_not_sure():
    seen = off(PATTERN * 3 // 5)
    plain = Normalise((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    observed = Observed.of(plain(seen))
    ranked = Ranking(observed, evidence(observed, CONTRACT, RIGHT), REFERENCE, known(CONTRACT))
    ranked.fit(REFERENCE)
    assert ranked.chosen.left > CLOSE
    assert not ranked.chosen.believed  # for all that is known, it may be another line
    ranked.fit(Candidate(("OpenCV linear",), off(PATTERN * 2 // 5), NORMALISE))
    assert ranked.nearest[0].names == ("OpenCV linear", "no mean and std")
    assert ranked.nearest[0].left == pytest.approx(4, abs=0.3)
    assert ranked.chosen.names == ("no mean and std",)
    assert ranked.chosen.fuller is ranked.nearest[0]
    assert ranked.chosen.believed


def test_another_normalisation_that_is_within_a_level_is_told():
    half = Normalise((0.5,) * 3, (0.5,) * 3)
    observed = Observed.of(half(off(PATTERN + np.where(PATTERN > 0, 4, 0))))
    ranked = Ranking(observed, evidence(observed, CONTRACT, RIGHT), REFERENCE, known(CONTRACT))
    ranked.fit(Candidate(("OpenCV linear",), off(PATTERN), NORMALISE))
    told = [ranked.nearest[0].names, *ranked.alike]
    assert sorted(told) == [("OpenCV linear", "Lite's mean and std"), ("OpenCV linear", "mean and std of 0.5")]


def test_no_mean_and_std_are_fitted_to_levels_that_were_stretched():
    other = Normalise((0.2, 0.3, 0.4), (0.4, 0.3, 0.2))
    observed = Observed.of(other(RIGHT))
    ranked = Ranking(observed, evidence(observed, CONTRACT, RIGHT), REFERENCE, known(CONTRACT))
    ranked.fit(Candidate(("limited range",), CATALOGUE["limited range"].make(CONTRACT)(RIGHT), NORMALISE))
    ranked.fit(REFERENCE)
    assert ("limited range", ANOTHER_NORMALISATION) not in [each.names for each in ranked.nearest]
    assert ranked.chosen.names == (ANOTHER_NORMALISATION,)


def test_other_libraries_that_do_the_same_are_told():
    ranked = ranking(off(PATTERN), ("OpenCV linear", off(PATTERN)))
    for name, made in {"torch bilinear": off(PATTERN + (PATTERN > 0)), "OpenCV area": off(PATTERN + 1)}.items():
        ranked.add(Candidate((name,), made, NORMALISE))
    assert ranked.alike == [("torch bilinear",)]  # area is as near, and does something else


def test_what_is_no_further_off_cannot_be_told_apart():
    ranked = ranking(off(PATTERN), ("OpenCV area", off(PATTERN + 3)), ("OpenCV linear", off(PATTERN - 3)))
    assert [ranked.nearest[0].names, *ranked.alike] in (
        [("OpenCV area",), ("OpenCV linear",)],
        [("OpenCV linear",), ("OpenCV area",)],
    )


def test_what_changes_nothing_on_a_photo_is_no_candidate():
    assert [each.names for each in ranking(off(PATTERN), ("idle", RIGHT)).nearest] == [()]


def test_tensors_that_differ_by_rounding_alone_tie():
    def shifted(by: float):
        return lambda picture: NORMALISE(picture) + np.float32(by)

    ranked = Ranking(Observed.of(NORMALISE(off(9))), NOTHING, REFERENCE)
    for name, by in {"a": 0.0, "b": -5e-6, "c": -5e-5}.items():
        ranked.add(Candidate((name,), off(9), shifted(by)))
    assert [each.names for each in ranked.nearest] == [("a",), ("b",), ("c",)]
    assert ranked.ties == [("a",), ("b",)]


def test_names_that_only_add_to_another_are_left_out_of_a_tie():
    ranked = Ranking(Observed.of(NORMALISE(off(9))), NOTHING, REFERENCE)
    for names in (("a",), ("b", "c"), ("a", "d")):
        ranked.add(Candidate(names, off(9), NORMALISE))
    assert ranked.ties == [("a",), ("b", "c")]
    assert Ranking(Observed.of(NORMALISE(off(9))), NOTHING, REFERENCE).ties == []


def test_all_that_tie_are_kept_and_of_others_only_the_nearest():
    ranked = Ranking(Observed.of(NORMALISE(off(PATTERN))), NOTHING, REFERENCE)
    for i in range(30):
        ranked.add(Candidate((f"far {i}",), off(i), NORMALISE))
        ranked.add(Candidate((f"same {i}",), off(PATTERN), NORMALISE))
    assert len(ranked.ties) == len(ranked.nearest) == 30
