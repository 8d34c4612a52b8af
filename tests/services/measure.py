"""Diagnosis measured on services that others' libraries make: ``python -m tests.services.measure`` writes services.md.

Run it after ``python -m tests.services.run``; ``make services`` does both.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lib.compare.view import of_contract
from lib.deploy import BadInput, Contract
from lib.diagnosis import Observed
from lib.diagnosis.confusion import SLIGHT
from lib.diagnosis.finding import Finding, diagnose_all
from lib.mistakes.normalise import IMAGENET
from lib.mistakes.shape import VIEWERS
from lib.probes.files import ORIENTATION
from tests.services.photos import make_photos
from tests.services.run import CACHE, OUT, PHOTOS, SERVICES
from tests.services.truth import A_PIXEL_OFF, NOTHING, OUTCOMES, UNKNOWN, WRONG, Service, outcome, services

# Resize(256), CenterCrop(224), ToTensor, Normalize: what the services are meant to do.
CONTRACT = Contract(256, "shorter-side-crop", "bilinear", *IMAGENET, crop=224)
TABLE = Path(__file__).with_name("services.md")


def diagnosed(photo: Path) -> list[dict[str, Any]]:
    """What diagnosis says of every service's tensor of one photo."""
    data = photo.read_bytes()
    with Image.open(photo) as image:
        turned, profiled = image.getexif().get(ORIENTATION, 1) != 1, "icc_profile" in image.info
        off, small = _rounds(*image.size), min(image.size) < 2 * CONTRACT.size
    tensors: dict[str, Observed] = {}
    for path in sorted((OUT / photo.stem).glob("*.npy")):
        try:
            tensors[path.stem] = Observed.of(np.load(path))
        except BadInput as error:
            print(f"{photo.name}, {path.stem}: {error}", file=sys.stderr)
    known: dict[str, Service] = {each.id: each for each in services(SERVICES)}
    found = []
    for levels in (True, False):
        chosen = {name: each for name, each in tensors.items() if each.levels == levels and name in known}
        if not chosen:
            continue
        for name, finding in zip(chosen, diagnose_all(data, list(chosen.values()), CONTRACT), strict=True):
            truth = known[name].effects(turned, profiled, off, small)
            near = finding.chosen
            found.append(
                {
                    "photo": photo.name,
                    "service": name,
                    "truth": sorted(each or "something else" for each in truth),
                    "held": None not in truth,
                    "levels": _levels(finding),
                    "said": list(finding.effects),
                    "others": [list(each) for each in finding.others],
                    "outcome": outcome(truth, known[name].beside, finding),
                    "nearest": [list(near.names), near.explained, near.left] if near is not None else [],
                }
            )
    return found


def _levels(finding: Finding) -> float:
    """How far the tensor is from the reference's, root mean square in levels; infinite where it has another shape."""
    values, right = finding.observed.values, finding.right.transpose(2, 0, 1).astype(np.float32)
    if values.shape != right.shape:
        return float("inf")
    if not finding.observed.levels:
        mean, std = (np.float32(each)[:, None, None] for each in IMAGENET)
        values = 255 * (values * std + mean)
    return float(np.sqrt(np.mean((values - right) ** 2)))


def _rounds(width: int, height: int) -> frozenset[str]:
    """Those roundings of sides or edges that show another part of a photo."""
    sizes = (width, height), (height, width)
    rules = A_PIXEL_OFF - {"shifted by one"}
    return frozenset(name for name in rules for size in sizes if VIEWERS[name](CONTRACT, *size) != of_contract(CONTRACT, *size))


def table(found: list[dict[str, Any]]) -> str:
    """The outcomes, as Markdown."""
    tried = [each for each in found if each["outcome"] != NOTHING]
    held = [each for each in tried if each["held"] and each["levels"] >= SLIGHT]
    slight = sum(each["held"] and each["levels"] < SLIGHT for each in tried)
    count = Counter(each["outcome"] for each in tried)
    photos, ran = {each["photo"] for each in found}, {each["service"] for each in found}
    names = sum(count[each] for each in OUTCOMES[:2]) + count[WRONG]
    wrong, named = count[WRONG], sum(each["outcome"] in OUTCOMES[:2] for each in held)
    rows = []
    for service in services(SERVICES):
        own = Counter(each["outcome"] for each in found if each["service"] == service.id)
        said = Counter(" and ".join(each["said"]) for each in found if each["service"] == service.id and each["said"])
        common = said.most_common(1)[0][0] if said else "—"
        cells = (service.id, service.library, service.says, common, *(str(own[end] or "") for end in OUTCOMES))
        rows.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(
        [
            "# Services in other languages, and what diagnosis says of their tensors",
            "",
            f"{len(ran)} services on {len(photos)} photos, made again by `make services`; what each does is in "
            "`services.toml`.",
            f"Of {len(tried)} tensors that differ from the reference's, {names} were named: {wrong} wrongly "
            f"({wrong / max(1, len(tried)):.1%} of all).",
            f"Of {len(held)} whose every step the catalogue holds, {named} were named ({named / max(1, len(held)):.1%}), "
            f"{sum(each['outcome'] == OUTCOMES[0] for each in held)} with all of them; {slight} more are within {SLIGHT:.2f} "
            "levels (root mean square) of the reference, which other roundings hide, and are not counted here.",
            f"Of {sum(not each['held'] for each in tried)} others, "
            f"{sum(each['outcome'] == UNKNOWN for each in tried if not each['held'])} were said not to be in the catalogue.",
            "",
            f"| service | library | what it does | said most often | {' | '.join(OUTCOMES)} |",
            f"|{'---|' * (4 + len(OUTCOMES))}",
            *rows,
            "",
        ]
    )


def main() -> int:
    """Write the table, and what was said of every tensor into the cache; 1 where over 2 % of those that differ are misnamed."""
    started = time.monotonic()
    photos = [path for path in make_photos(PHOTOS) if path.stem in sys.argv[1:] or not sys.argv[1:]]
    with ProcessPoolExecutor(2) as pool:
        found = [each for photo in pool.map(diagnosed, photos) for each in photo]
    (CACHE / "found.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    TABLE.write_text(table(found), encoding="utf-8")
    print(f"{TABLE.name}: {Counter(each['outcome'] for each in found)} in {time.monotonic() - started:.0f} s")
    counted = Counter(each["outcome"] for each in found)
    return int(counted[WRONG] > 0.02 * (len(found) - counted[NOTHING]))


if __name__ == "__main__":
    sys.exit(main())
