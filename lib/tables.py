"""The tables that notebooks show."""

from __future__ import annotations

import math
from collections.abc import Sequence

import onnx

from lib import article, export, graph
from lib.checks import number, probability, signed
from lib.compare import UNITS, StageDifference, Summary, first_divergence
from lib.html import Html, join, note, table
from lib.migration import Migration
from lib.parity import Climb, Parity, Rung, SameInput, largest, worst
from lib.photos import Photos
from lib.resizing import Seen
from lib.swish import FAILURE, Attempt, FixEvidence
from lib.weights import digest_of

_PADDED_FOR = {"static": "once, for {0} × {0}", "same": "for each input"}


def card(migration: Migration, dock: bool = True) -> Html:
    """What is under migration, with the warning that a stand-in carries; ``dock`` says which pipeline is in the dock."""
    subject, contract = migration.subject, migration.subject.contract
    crop = f", then the central {contract.crop} × {contract.crop}" if contract.crop else ""
    rows = [
        ("what it is", subject.about),
        ("architecture", f"{subject.architecture}, padding computed {_PADDED_FOR[subject.padding].format(subject.image_size)}"),
        ("weights", f"{migration.weights_path.name}, SHA-256 {migration.weights_sha256[:16]}…"),
        ("classes", str(len(subject.classes))),
        ("resize", f"{contract.rule} to {contract.size}, {contract.filter}{crop}"),
        ("mean", ", ".join(number(value) for value in contract.mean)),
        ("std", ", ".join(number(value) for value in contract.std)),
        *([("pipeline in the dock", migration.deployment_name)] if dock else []),
        ("photos", f"{len(migration.photos.readable)} readable, {len(migration.photos.unreadable)} not"),
    ]
    shown = table(("subject", subject.name), rows, caption=f"Under migration: {subject.label}")
    return shown if subject.claims_accuracy else join(shown, stand_in_warning(migration))


def stand_in_warning(migration: Migration) -> Html:
    """The sentence that goes with every use of a stand-in."""
    return note(
        f"{migration.subject.name} runs on stand-in weights: its graph and its numerics are real, its answers mean nothing, "
        "and no claim on accuracy is made.",
        "warning",
    )


def unreadable(photos: Photos) -> Html:
    """The files that were left out, each with its reason."""
    if not photos.unreadable:
        return note(f"All {len(photos.readable)} photos could be read.")
    rows = [(name, reason) for name, reason in photos.unreadable]
    return table(("photo", "why it was left out"), rows, caption=f"{len(rows)} files were left out")


def file_facts(migration: Migration, model: onnx.ModelProto) -> Html:
    """What was asked of the exporter and what the file says."""
    path = migration.onnx_path
    rows = [
        ("exporter", migration.exporter),
        ("operator set asked for", str(migration.opset)),
        ("operator set written", str(graph.opset(model))),
        ("size", f"{path.stat().st_size / 1e6:.1f} MB"),
        ("SHA-256", digest_of(path)),
        ("tensors in other files", str(graph.external_tensors(path))),
        ("onnx checker", graph.checker_complaint(path) or "no complaint"),
        *((f"{kind} {name}", type_) for kind, name, type_ in graph.signature(model)),
    ]
    return table(("the file", path.name), rows, caption="What was written")


def provenance(model: onnx.ModelProto) -> Html:
    """What the file says of its own origin."""
    entries = export.provenance(model)
    versions = ", ".join(f"{name} {version}" for name, version in entries["versions"].items())
    rows = [(name, str(value)) for name, value in entries.items() if name != "versions"]
    return table(("written into the model", "value"), [*rows, ("versions", versions)], caption="Provenance, read back")


def attempts(results: Sequence[Attempt]) -> Html:
    """What came of each export: the operators written or the error, and the difference from eager PyTorch."""
    rows = [
        (
            result.what,
            result.exporter,
            result.setting,
            result.outcome,
            "" if result.error else f"{number(result.difference)}",
        )
        for result in results
    ]
    headers = ("exported", "exporter", "setting", "outcome", "largest difference from eager")
    return table(headers, rows, caption=f"{len(results)} exports, each run in ONNX Runtime where it worked")


def stages(differences: Sequence[StageDifference], allowed: dict[str, float], caption: str) -> Html:
    """Shapes, values and largest difference stage by stage."""
    rows = [
        (
            d.stage,
            _values(d.reference),
            _values(d.deployment),
            "other shape" if math.isinf(d.difference) else f"{number(d.difference)} {UNITS[d.stage]}",
            number(allowed[d.stage]),
            "✓ same" if d.within(allowed[d.stage]) else "✗ differs",
        )
        for d in differences
    ]
    return table(("stage", "reference", "deployment", "largest difference", "tolerance", "result"), rows, caption=caption)


def parity(results: Sequence[Parity], classes: Sequence[str]) -> Html:
    """One row a photo: the deployment in the dock against the reference."""
    rows = []
    for result in results:
        target = int(result.reference.score[0].argmax())
        rows.append(
            (
                result.photo.name,
                classes[target],
                probability(result.reference.score[0, target], 6),
                probability(result.deployment.score[0, target], 6),
                result.first or "none",
                "✓ same answer" if not result.flipped and result.first is None else "✗ differs",
            )
        )
    headers = ("photo", "reference's class", "reference", "deployment", "first divergence", "result")
    return table(headers, rows, caption="Probability of the reference's class")


def ladder(migration: Migration, climbs: Sequence[Climb]) -> Html:
    """Probability of the reference's class at each step, with the article's figures where they compare."""
    rows = []
    for climb in climbs:
        steps = [_step(rung) for rung in climb.rungs]
        rows.append((climb.photo.name, migration.subject.classes[climb.target], *steps))
        figures = article.figures(migration.subject, climb.photo)
        if figures:
            theirs = (f"{figures[rung.name]:.4f}" if rung.name in figures else "" for rung in climb.rungs)
            rows.append(("the article, same photo", "golden retriever", *theirs))
    headers = ("photo", "reference's class", *(rung.name for rung in climbs[0].rungs))
    return table(headers, rows, caption="Probability of the reference's class, fix by fix")


def shares(climbs: Sequence[Climb], caption: str = "Shapley shares of the gap in probability, by block") -> Html:
    """Each block's Shapley share of each photo's gap."""
    rows = [(climb.photo.name, signed(climb.gap), *(signed(share) for share in climb.shares.values())) for climb in climbs]
    headers = ("photo", "gap", *climbs[0].shares)
    return table(headers, rows, caption=caption)


def why_this_subject(asked: Migration) -> Html:
    """Which network the swish story is told on, and why."""
    if asked.subject.has_swish:
        return note(f"{asked.subject.name} has swish: the story is told on it.")
    name = asked.story.subject.name
    reason = f"{asked.subject.name} has ReLU6 where others have swish, so the story is told on {name}."
    if asked.story.subject.claims_accuracy:
        return note(reason)
    return note(
        f"{reason} To see it on EfficientNet-B0's own ImageNet weights, download them once with SUBJECT=b0-imagenet, "
        "or give a copy with SUBJECT=b0-imagenet WEIGHTS=path."
    )


def failure_finding(failure: Attempt) -> Html:
    """Whether the article's failure still happens."""
    versions = export.versions()
    if FAILURE in failure.error:
        return note(f"The failure is alive in torch {versions['torch']}: {FAILURE}.")
    outcome = f"it now says: {failure.outcome}" if failure.error else "the call now exports"
    return note(f"torch {versions['torch']} no longer fails as the article's did; {outcome}.", "warning")


def fix_evidence(evidence: FixEvidence) -> Html:
    """What the fix changes in outputs and gradients."""
    rows = [
        ("logits, evaluation mode", f"{number(evidence.logits)} logits", f"{evidence.photos} photos"),
        ("logits, training mode", f"{number(evidence.training_logits)} logits", f"{evidence.photos} photos"),
        ("gradients, of the largest", number(evidence.gradients), f"{evidence.parameters} parameters"),
    ]
    return table(("before against after", "largest difference", "compared"), rows, caption="What set_swish changes")


def memory_finding(kept: dict[str, float]) -> Html:
    """What the fix and the formula cost, against memory-efficient swish."""
    least, fix, formula = (kept[name] for name in ("memory-efficient", "nn.SiLU, the fix", "x * sigmoid(x)"))
    return note(
        f"nn.SiLU keeps {fix / least - 1:.1%} more than memory-efficient swish, the formula {formula / least - 1:.1%} more. "
        + (
            "SiLU's own backward pass keeps only the input, so the fix costs training no memory."
            if fix <= least * 1.01
            else "Train with memory-efficient swish and switch for the export."
        )
    )


def divergence_finding(differences: Sequence[StageDifference], allowed: dict[str, float]) -> Html:
    """The first stage that differs."""
    first = first_divergence(differences, allowed)
    return note(f"The first stage that diverges is {first}." if first else "No stage diverges.")


def ladder_finding(climbs: Sequence[Climb]) -> Html:
    """What the naive deployment does to the answers, in a sentence."""
    higher = sum(climb.gap < 0 for climb in climbs)
    flipped = sum(climb.rungs[0].flipped for climb in climbs)
    return note(
        f"On {higher} of {len(climbs)} photos the naive deployment is surer of the reference's class than the reference is, "
        f"and on {flipped} it names another. A higher number is not a better one: the reference is what was evaluated."
    )


def culprit_finding(climbs: Sequence[Climb]) -> Html:
    """The block with the largest mean share, by size."""
    blocks = climbs[0].shares
    means = {block: sum(abs(climb.shares[block]) for climb in climbs) / len(climbs) for block in blocks}
    if any(math.isnan(mean) for mean in means.values()):
        return note("The gap cannot be shared out: the pipeline in the dock gives NaN.", "warning")
    ordered = sorted(means, key=lambda block: means[block], reverse=True)
    return note(
        f"Over {len(climbs)} photos the {ordered[0]} moves the probability by {number(means[ordered[0]])} on average, the "
        f"{ordered[1]} by {number(means[ordered[1]])}, any other block by at most {number(means[ordered[2]])}."
    )


def innocence(networks: Sequence[SameInput], softmaxes: Sequence[SameInput], allowed: dict[str, float]) -> Html:
    """How far the network and the softmax are from PyTorch's on the same input."""
    rows = []
    for stage, results in (("infer", networks), ("score", softmaxes)):
        worst = largest(results)
        verdict = "✓ innocent" if worst <= allowed[stage] else "✗ guilty"
        rows.append((stage, f"{number(worst)} {UNITS[stage]}", number(allowed[stage]), str(len(results)), verdict))
    return table(("stage", "largest difference", "tolerance", "photos", "result"), rows, caption="Fed the very same input")


def worst_stages(results: Sequence[Parity], allowed: dict[str, float]) -> Html:
    """The largest difference of any photo, stage by stage."""
    rows = [
        (
            stage,
            f"{number(worst(results, stage))} {unit}",
            number(allowed[stage]),
            "✓ same" if worst(results, stage) <= allowed[stage] else "✗ differs",
        )
        for stage, unit in UNITS.items()
    ]
    caption = f"The pipeline in the dock, worst of {len(results)} photos"
    return table(("stage", "largest difference", "tolerance", "result"), rows, caption=caption)


def dock_shares(climbs: Sequence[Climb]) -> Html:
    """Each stage's Shapley share of the gap between the pipeline in the dock and the reference."""
    return shares(climbs, "The pipeline in the dock: Shapley shares of its gap in probability, by stage")


def dock_finding(results: Sequence[Parity]) -> Html:
    """Where the pipeline in the dock parts from the reference, if it does."""
    parted = [result for result in results if result.first]
    if not parted:
        return note(f"The pipeline in the dock gives PyTorch's answer on all {len(results)} photos, stage by stage.")
    stages = sorted({str(result.first) for result in parted}, key=list(UNITS).index)
    where = f"{len(parted)} of {len(results)} photos, first at: {', '.join(stages)}"
    return note(f"The pipeline in the dock parts from PyTorch on {where}.", "warning")


def shapes(seen: Sequence[Seen], classes: Sequence[str]) -> Html:
    """What each shape rule shows of a photo, and the two likeliest classes it leads to."""
    rows = []
    for each in seen:
        width, height = each.view.size
        top = each.trace.score[0].argsort()[::-1][:2]
        rows.append(
            (
                each.rule,
                f"{width} × {height}",
                f"{1 - each.unseen:.0%}",
                f"{each.stretch:.2f}",
                "" if each.rule == "reference" else number(each.mean_difference),
                probability(each.probability),
                ", ".join(f"{classes[i]} {probability(float(each.trace.score[0, i]), 3)}" for i in top),
            )
        )
    headers = ("rule", "input", "of the photo", "stretch", "levels, mean", "reference's class", "likeliest two")
    return table(headers, rows, caption=f"{seen[0].photo.name}: what each rule shows, and what comes of it")


def shapes_finding(every: Sequence[Sequence[Seen]]) -> Html:
    """The rule that moves the answers most, in a sentence."""
    moves = {
        seen[i].rule: sum(abs(s[i].probability - s[0].probability) for s in every) / len(every)
        for seen in every[:1]
        for i in range(1, len(seen))
    }
    flips = {each.rule: sum(s[i].flipped for s in every) for i, each in enumerate(every[0]) if i}
    worst_rule = max(moves, key=lambda rule: moves[rule])
    most = max(flips, key=lambda rule: flips[rule])
    return note(
        f"Over {len(every)} photos {worst_rule} moves the probability most, by {number(moves[worst_rule])} on average; "
        f"{most} changes the likeliest class most often, on {flips[most]}."
    )


def _step(rung: Rung) -> str:
    other = rung.flipped and not math.isnan(rung.probability)
    return probability(rung.probability) + " (another class wins)" * other


def _values(summary: Summary) -> str:
    shape = " × ".join(map(str, summary.shape))
    return f"{shape}: {number(summary.least)} to {number(summary.greatest)}, mean {number(summary.mean)}"
