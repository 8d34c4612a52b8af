"""What is drawn and said of the deployment and of the steps towards the reference."""

from __future__ import annotations

import dataclasses
import html
import math
import re

import pytest

from lib.compare.comparison import Comparison
from lib.inputs.photos import Photo, Photos
from lib.inputs.subject import load
from lib.numbers import number, probability, signed
from lib.report.drawing import PICTURED
from lib.report.zoom import SIDE
from lib.studies.parity import article, pictures
from tests.conftest import assert_whole, bare
from tests.few import of_photos
from tests.records import NUMBERS, page, with_numbers, with_rows
from tests.report.test_image import stored

DOG = Photo("dog.jpg", (600, 400), "JPEG RGB", "", b"")


def without_answer(comparison: Comparison) -> Comparison:
    """As where the deployment gives NaN."""
    nothing = dataclasses.replace(comparison.candidate, likeliest=(), probabilities=(), non_finite=1000)
    stages = tuple(
        dataclasses.replace(each, largest=math.nan) if each.stage in ("infer", "score") else each for each in comparison.stages
    )
    return dataclasses.replace(comparison, candidate=nothing, probability=math.nan, moved=math.nan, stages=stages)


def test_every_figure_is_whole(parity, drawn):
    pictures.steps_chart(parity.study.from_naive)
    pictures.waterfalls(parity.study.from_naive)
    pictures.waterfalls(parity.study.from_naive[:1])
    assert len(drawn) == 3
    for figure in drawn:
        assert_whole(figure)


def test_the_naive_input_is_shown_beside_the_references_with_the_place_where_they_differ_most(parity):
    naive, subject = parity.study.naive, parity.handoff.subject
    shown = pictures.naive_input(naive, subject.contract, subject.classes)
    compared, right = naive.comparison, subject.classes[naive.comparison.reference.top1]
    answer = f"{compared.photo}: naive gives {right} {probability(compared.probability)}, the reference"
    assert f"{answer} {probability(compared.reference.probability)}." in shown
    height, width = naive.reference.resize.shape[:2]
    assert f"<p>the reference<br>{width} × {height} pixels</p>" in shown
    assert "<p>naive<br>224 × 224 pixels</p>" in shown
    assert f"Where they differ most: {SIDE} by {SIDE} pixels" in shown
    pixels = [stored(source) for source in re.findall(r'src="(data:[^"]*)"', shown)]
    assert pixels[2].shape == (height, width, 3)  # the difference is laid over the photo at the reference's size


def test_a_naive_deployment_that_is_the_reference_is_said_to_be(parity):
    same = dataclasses.replace(parity.study.naive, comparison=parity.study.from_naive[0].steps[-1])
    assert same.comparison["resize"].largest == 0
    shown = pictures.naive_input(same, parity.handoff.subject.contract, parity.handoff.subject.classes)
    assert "The naive deployment resizes as the reference does" in html.unescape(shown)
    assert "<img" not in shown


def test_the_chart_says_how_far_the_naive_deployment_is_off(parity):
    ablations = parity.study.from_naive
    largest = number(max(abs(each.gap) for each in ablations))
    chart = pictures.steps_chart(ablations)
    assert f"the naive deployment moves that probability by up to {largest} and names" in chart
    assert "photos are drawn" not in chart


def test_only_the_first_photos_are_drawn(parity, drawn):
    many = parity.study.from_naive * PICTURED
    assert f"The first {PICTURED} of {len(many)} photos are drawn." in pictures.steps_chart(many)
    assert len(drawn[0].axes[0].texts) == PICTURED
    assert f"The first {PICTURED} of {len(many)} photos are drawn." in pictures.waterfalls(many)
    assert sum(axes.get_visible() for axes in drawn[1].axes) == PICTURED
    turned = dataclasses.replace(many[0], shares=dict(many[0].shares) | {"decode": 0.05})
    assert "No photo is moved by more than 0.00005 by normalise, infer or score." in pictures.waterfalls([*many, turned])


def test_all_waterfalls_share_one_scale_and_name_what_does_not_move(parity, drawn):
    ablations = parity.study.from_naive
    said = pictures.waterfalls(ablations)
    far = max(ablations, key=lambda each: abs(each.gap))
    start, end = probability(far.steps[0].probability), probability(far.steps[-1].probability)
    assert f"{far.photo} goes from {start} to {end}, most of it by {far.largest} ({signed(far.shares[far.largest])})." in said
    assert "No photo is moved by more than 0.00005 by decode, normalise, infer or score." in said
    first, second, *_ = drawn[0].axes
    assert first.get_xlim() == second.get_xlim()
    assert [label.get_text() for label in first.get_yticklabels()] == ["naive", "resize shape", "resize filter", "reference"]
    assert [axes.get_title(loc="left") for axes in drawn[0].axes] == [each.photo for each in ablations]


def test_where_no_part_moves_a_photo_there_is_a_sentence_and_no_waterfall(parity, drawn):
    ablation = parity.study.from_naive[0]
    flat = dataclasses.replace(ablation, shares=dict.fromkeys(ablation.shares, 0.0))
    assert "No part moves the probability of the reference&#x27;s class." in pictures.waterfalls([flat])
    assert not drawn


def test_stages_are_listed_with_shapes_and_the_first_that_differs(parity, rules):
    naive = parity.study.from_naive[0].steps[0]
    shown = pictures.stages(naive, rules.tolerances, "Naive deployment")
    assert f"Naive deployment, stage by stage, on {naive.photo}" in shown
    assert "224 × 336 × 3" in shown
    assert "other shape" in shown
    assert "first stage that differs is resize" in pictures.first_stage(naive, rules.tolerances)
    same = parity.study.from_naive[0].steps[-1]
    assert "No stage differs." in pictures.first_stage(same, rules.tolerances)
    assert "✗" not in pictures.stages(same, rules.tolerances, "Reference")


def test_the_articles_figures_are_shown_beside_ours(parity):
    ablation = parity.study.from_naive[0]
    b0 = dataclasses.replace(parity.handoff, subject=load("b0-imagenet"), photos=Photos((DOG,), ()))
    theirs = [f"{article.STEPS[name]:.4f}" if name in article.STEPS else "—" for name in (s.name for s in ablation.steps)]
    assert "".join(f"<td>{text}</td>" for text in theirs) in bare(pictures.steps_table(b0, [ablation]))
    assert "the article" not in pictures.steps_table(parity.handoff, parity.study.from_naive)


def test_steps_on_which_another_class_wins_are_said(parity):
    ablation = parity.study.from_naive[0]
    first, *rest = ablation.steps
    other = dataclasses.replace(first, candidate=dataclasses.replace(first.candidate, likeliest=(first.reference.top1 + 1,)))
    flipped = dataclasses.replace(ablation, steps=(other, *rest))
    one = dataclasses.replace(parity.handoff, photos=Photos(parity.handoff.photos.readable[:1], ()))
    assert pictures.steps_table(one, [flipped]).count("(another class wins)") == 1
    assert "and on 1 it names another" in pictures.steps_finding([flipped])
    nan = dataclasses.replace(ablation, steps=(without_answer(first), *rest))
    shown = pictures.steps_table(one, [nan])
    assert "<td>NaN</td>" in bare(shown)
    assert "another class wins" not in shown


def test_a_higher_probability_is_no_better_pipeline(parity):
    ablation = parity.study.from_naive[0]
    first, *rest = ablation.steps
    surer = dataclasses.replace(ablation, steps=(dataclasses.replace(first, probability=1.0), *rest))
    said = pictures.steps_finding([surer, surer])
    assert "On 2 of 2 photos the naive deployment gives the reference&#x27;s class a higher probability" in said
    assert "accuracy is not measured here" in said
    assert "it does what the subject file states, not because it gives the highest number" in said
    assert "evaluated" not in said
    rounded = dataclasses.replace(ablation, steps=(dataclasses.replace(first, probability=rest[-1].probability + 1e-6), *rest))
    assert "On 0 of 1 photos the naive deployment gives" in pictures.steps_finding([rounded])


def test_a_fix_of_what_was_right_already_is_said_to_change_nothing(parity):
    def shown(**stated):
        contract = dataclasses.replace(parity.handoff.subject.contract, **stated)
        changed = dataclasses.replace(parity.handoff, subject=dataclasses.replace(parity.handoff.subject, contract=contract))
        return pictures.steps_table(changed, parity.study.from_naive)

    assert "changes nothing" not in shown()
    assert "The subject file states a squash: the naive deployment has the right shape" in shown(rule="squash")
    assert "The subject file states nearest: the naive deployment has the right filter" in shown(filter="nearest")


def test_classes_that_are_equally_likely_are_said_to_be(parity):
    one = dataclasses.replace(parity.handoff, photos=Photos(parity.handoff.photos.readable[:1], ()))
    ablation = parity.study.from_naive[0]
    *before, last = ablation.steps
    flat = dataclasses.replace(last.reference, likeliest=(0, 1, 2), probabilities=(0.001,) * 3)
    constant = dataclasses.replace(ablation, steps=(*before, dataclasses.replace(last, reference=flat)))
    assert "On 1 of 1 photos several classes are likeliest; the first of them is named." in pictures.steps_table(
        one, [constant]
    )
    assert "several classes" not in pictures.steps_table(one, [ablation])


def test_shares_of_nothing_name_no_part(parity):
    ablation = parity.study.from_naive[0]
    flat = dataclasses.replace(ablation, shares=dict.fromkeys(ablation.shares, 0.0))
    assert "Over 2 photos no part moves the probability." in pictures.shares_finding([flat, flat])


def test_shares_are_listed_and_summed_up(parity):
    ablations = parity.study.from_naive
    assert pictures.shares(ablations, "Shares").count("<tr") == 1 + len(ablations)
    shape_first = pictures.shares_finding([ablations[0]])
    assert f"Over 1 photo {ablations[0].largest} moves the probability by" in shape_first
    one = dict.fromkeys(ablations[0].shares, 6e-7) | {"decode": 0.1}
    said = pictures.shares_finding([dataclasses.replace(ablations[0], shares=one)])
    assert "Over 1 photo decode moves the probability by 0.1 on average, and any other part by 6e-07 or less." in said
    alone = dataclasses.replace(ablations[0], shares=dict.fromkeys(ablations[0].shares, 0.0) | {"decode": ablations[0].gap})
    assert "all of it by decode" in pictures.waterfalls([alone])
    broken = dataclasses.replace(ablations[0], shares=dict.fromkeys(ablations[0].shares, math.nan))
    assert 'class="warning"' in pictures.shares_finding([broken])


def test_the_same_input_table_takes_its_tolerances_from_the_policy(parity, rules):
    shown = pictures.same_input(parity.study, rules)
    assert shown.count("✓ same") == 2
    strict = tuple(
        dataclasses.replace(check, threshold=0) if check.id in ("parity.network", "parity.softmax") else check
        for check in rules.checks
    )
    assert pictures.same_input(parity.study, dataclasses.replace(rules, checks=strict)).count("✗ differs") == 2


def test_answers_and_worst_stages_pass_where_the_deployment_is_right(parity, rules):
    comparisons, classes = parity.study.comparisons, parity.handoff.subject.classes
    rows = pictures.answers(comparisons, rules.tolerances, classes)
    assert rows.count("✓ same answer") == len(comparisons)
    for each in comparisons:
        assert classes[each.reference.top1] in rows
        assert probability(each.probability, 6) in rows
    assert pictures.worst_stages(comparisons, rules.tolerances).count("✓ same") == 5
    assert 'class="finding"' in pictures.deployment_finding(comparisons, rules.tolerances)


def test_a_deployment_that_differs_is_said_to(parity, rules):
    naive = [each.steps[0] for each in parity.study.from_naive]
    classes = parity.handoff.subject.classes
    assert pictures.answers(naive, rules.tolerances, classes).count("✗ differs") == len(naive)
    said = pictures.deployment_finding([*naive, *parity.study.comparisons], rules.tolerances)
    assert f"on {len(naive)} of {2 * len(naive)} photos, first at: resize" in said
    assert 'class="warning"' in said


def test_a_deployment_in_which_nothing_differs_is_one_sentence_with_folded_tables(parity, rules):
    subject = parity.handoff.subject
    shown = pictures.deployment(parity.study, rules.tolerances, subject.contract, subject.classes)
    first, _, rest = shown.partition("<details")
    assert first.count("<") == 2  # one paragraph
    assert "on all 2 photos, stage by stage" in first
    assert "<figure" not in rest
    assert rest.count("<table") == 2


def test_a_deployment_that_differs_is_shown_on_the_photo_where_it_does_most(parity, rules):
    naive = parity.study.naive
    first, *others = parity.study.photos
    shares = {**first.from_deployment.shares, "resize": naive.comparison.change}
    way = dataclasses.replace(first.from_deployment, photo=naive.comparison.photo, steps=(naive.comparison,) * 2, shares=shares)
    photos = (dataclasses.replace(first, from_deployment=way), *others)
    study = dataclasses.replace(parity.study, photos=photos, divergent=naive)
    subject = parity.handoff.subject
    shown = pictures.deployment(study, rules.tolerances, subject.contract, subject.classes)
    assert 'class="warning"' in shown
    assert shown.count('id="parity-deployment"') == 1
    figure = shown[shown.index('id="parity-deployment"') :].partition("</figure>")[0]
    assert f"{naive.comparison.photo}: naive gives" in figure
    assert "Waterfall charts, one for each of" in shown
    assert shown.index("parity-deployment") < shown.index("<table") < shown.index("<details")


def test_a_nan_differs_and_is_shown_as_nan(parity, rules):
    nan = without_answer(parity.study.comparisons[0])
    assert "<td>NaN</td>" in bare(pictures.answers([nan], rules.tolerances, parity.handoff.subject.classes))
    assert pictures.worst_stages([nan], rules.tolerances).count("✗ differs") == 2
    assert "first at: infer" in pictures.deployment_finding([nan], rules.tolerances)


def test_a_reference_without_an_answer_names_no_class(parity, rules):
    comparison = parity.study.comparisons[0]
    none = dataclasses.replace(comparison, reference=without_answer(comparison).candidate)
    shown = pictures.answers([none], rules.tolerances, parity.handoff.subject.classes)
    assert pictures.NO_CLASS in shown
    assert "✗ differs" in shown


@pytest.mark.parametrize("draw", [pictures.steps_chart, pictures.waterfalls])
def test_ablations_with_nan_can_be_drawn(parity, drawn, draw):
    ablation = parity.study.from_naive[0]
    first, *rest = ablation.steps
    shares = dict.fromkeys(ablation.shares, math.nan)
    assert "NaN" in draw([dataclasses.replace(ablation, steps=(without_answer(first), *rest), shares=shares)])
    for figure in drawn:
        assert_whole(figure)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_stands_any_number(parity, rules, number):
    assert page("03_parity", parity.handoff, rules, study=with_numbers(parity.study, number))


def test_the_page_stands_a_single_row_and_a_naive_deployment_that_takes_no_photo(parity, rules):
    one = with_rows(parity.study, 1, "photos", "examples")
    first = of_photos(parity.handoff, one.photos[0].comparison.photo)
    divergent = dataclasses.replace(one.divergent, comparison=one.photos[0].comparison)
    assert page("03_parity", first, rules, study=dataclasses.replace(one, naive=None, divergent=divergent))
