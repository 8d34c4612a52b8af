"""The texts that are handed over with a package: what it is, and how a container is made of it."""

from __future__ import annotations

from lib.bundle import clients, names
from lib.bundle.markdown import plain
from lib.deploy import telemetry
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

A photo is turned as its EXIF data say, and resized and normalised as the model file states:
{manifest.photos_fed}.
{clients.section(manifest)}
## Telemetry

ONNX Runtime's official builds write a device id and a database below `~/.cache/Microsoft` when they are imported, and call a
host of their maker ten seconds later. This package sets `{telemetry.SETTING}` before it imports onnxruntime: no connection,
no file. Processes that it starts inherit the variable. If you set it yourself, to any value, the package leaves it alone. If
your program imports onnxruntime before this package, set it for your program: by then the files are written and one event is
on its way.

## Versions

`Classifier()` warns (`UntestedVersions`) if Python or a library is in a version that the package was not proven with;
`Classifier(strict=True)` raises `BadInput`. `selftest` says which, and whether answers differ.

## Other providers

What counts is the version of the `onnxruntime` that imports, whichever distribution brought it. pip has no "one of": for
another than the CPU's, install the requirements yourself, and this wheel without them. The version has to be one that was
proven, and not every distribution has each:

```
pip install {" ".join(_requirements(manifest, "onnxruntime-openvino"))}
pip install --no-deps {wheel_name(manifest)}
{name} selftest --provider OpenVINOExecutionProvider
```

`Classifier(providers=["OpenVINOExecutionProvider"])` and `predict --provider` take it too; the CPU answers only if it is named.
`classifier.providers` and `predict --json` name the providers that ran the network.
"""


def _requirements(manifest: Manifest, runtime: str) -> list[str]:
    """What the wheel requires, with another distribution in onnxruntime's place, for a shell."""
    lines = [each.replace("onnxruntime", runtime) for each in manifest.requires]
    return [f"'{each}'" if "<" in each else each for each in lines]


def wheel_name(manifest: Manifest) -> str:
    """The name of the wheel's file."""
    return f"{names.module(manifest.name)}-{manifest.version}-py3-none-any.whl"


def dockerfile(manifest: Manifest) -> str:
    """A container that has the wheel, and is not built where its selftest finds anything; its user is Debian's nobody."""
    python = manifest.python.removeprefix("==").removesuffix(".*")
    return f"""\
# docker build -t {manifest.name} .   in this folder
FROM python:{python}-slim
ENV {telemetry.SETTING}
COPY {wheel_name(manifest)} /tmp/
RUN pip install --no-cache-dir /tmp/{wheel_name(manifest)} && rm /tmp/{wheel_name(manifest)}
USER 65534
RUN ["{manifest.name}", "selftest"]
ENTRYPOINT ["{manifest.name}"]
CMD ["info"]
"""
