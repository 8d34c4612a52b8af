"""The texts that are handed over with a package: what it is, and how a container is made of it."""

from __future__ import annotations

from lib.bundle import names
from lib.bundle.markdown import plain
from lib.deploy.manifest import Manifest


def readme(manifest: Manifest) -> str:
    """The package's own README in Markdown."""
    name, module = manifest.name, names.module(manifest.name)
    stand_in = "" if manifest.subject["claims_accuracy"] else "\nIts weights are a stand-in: no claim on accuracy is made.\n"
    return f"""\
# {name}

{plain(manifest.subject["about"])} On ONNX Runtime, without PyTorch.
{stand_in}
```
pip install {wheel_name(manifest)}
{name} selftest                  # is it what was packed, and does it answer here as PyTorch did?
{name} predict photo.jpg photos/ # --json for one object a line, --top 1 for the likeliest class alone
{name} info                      # versions, hashes, limits, licences
```

In a service:

```python
from {module} import BadPhoto, Classifier

classifier = Classifier()            # opened once; threads may share it
classifier.classify("photo.jpg")     # or the bytes of a file; BadPhoto for what is no photo
```

A photo is turned as its EXIF data say, and resized and normalised as the model file states.
{_fed(manifest)}
"""


def _fed(manifest: Manifest) -> str:
    """What the network is fed, and which photos are refused for it."""
    contract, domain = manifest.contract, manifest.domain
    side = contract["size"] if contract["rule"] == "squash" else contract.get("crop")
    if side:
        return f"The network is fed {side} × {side} pixels, whatever the shape of the photo."
    return (
        f"What the network is fed has {domain['least']} to {domain['most']} pixels a side; photos that would lead outside of "
        "that are refused."
    )


def wheel_name(manifest: Manifest) -> str:
    """The name of the wheel's file."""
    return f"{names.module(manifest.name)}-{manifest.version}-py3-none-any.whl"


def dockerfile(manifest: Manifest) -> str:
    """A container that has the wheel, and is not built where its selftest finds anything; its user is Debian's nobody."""
    python = manifest.python.removeprefix("==").removesuffix(".*")
    return f"""\
# docker build -t {manifest.name} .   in this folder
FROM python:{python}-slim
COPY {wheel_name(manifest)} /tmp/
RUN pip install --no-cache-dir /tmp/{wheel_name(manifest)} && rm /tmp/{wheel_name(manifest)}
USER 65534
RUN ["{manifest.name}", "selftest"]
ENTRYPOINT ["{manifest.name}"]
CMD ["info"]
"""
