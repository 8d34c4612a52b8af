"""The figures of the article that this workbook grew from, to stand beside ours where the conditions are the same.

Source: ML Illustrated, "Frank's ML model" series, 4 March 2020, on taking EfficientNet-B0 from PyTorch to ONNX,
http://www.ml-illustrated.com/2020/03/04/converting-ml-models-for-cloud-inferencing.html;
steps 3 to 5, the probability of class 207, golden retriever, for its 600 x 400 photo dog.jpg.
"""

from __future__ import annotations

from lib.inputs.photos import Photo
from lib.inputs.subject import Subject

CLASS = "golden retriever"
STEPS = {
    "naive": 0.457427978515625,
    "right shape": 0.5564291477203369,
    "right filter": 0.5610848665237427,
    "reference": 0.5610832571983337,
}


def figures(subject: Subject, photo: Photo) -> dict[str, float]:
    """The article's probability by the name of the step, for its own subject and photo; empty for any other."""
    same = subject.name == "b0-imagenet" and photo.name == "dog.jpg" and photo.size == (600, 400)
    return STEPS if same else {}
