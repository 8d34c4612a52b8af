"""The texts that are handed over with a package: what it is, and how a container is made of it."""

from __future__ import annotations

from pathlib import Path

from lib.bundle import clients, names
from lib.bundle.markdown import plain
from lib.deploy import photo_memory, telemetry
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

`{names.SERVICE}` is an example of a service; `Dockerfile` has a container of the package and one of that service.

As many threads work on an answer as the container has cores; `OMP_NUM_THREADS` or `Classifier(threads=1)` makes them fewer.
{_memory(manifest)}

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


def _memory(manifest: Manifest) -> str:
    opened, answer, photo = manifest.memory["opened"], manifest.memory["answer"], photo_memory.MOST
    known = f"The opened model takes {opened / 1e6:,.0f} MB, and an answer at most {(answer + photo) / 1e6:,.0f} MB more. "
    return (
        f"{known if opened else ''}A photo that may take more than {photo / 1e6:,.0f} MB to decode is refused; "
        "`Classifier(photo_bytes=300_000_000)` allows less."
    )


def wheel_name(manifest: Manifest) -> str:
    """The name of the wheel's file."""
    return f"{names.module(manifest.name)}-{manifest.version}-py3-none-any.whl"


def dockerfile(manifest: Manifest) -> str:
    """Two containers: of the package alone, and of the service.

    Neither is built where selftest finds anything; their user is Debian's nobody.
    """
    python = manifest.python.removeprefix("==").removesuffix(".*")
    install = "pip install --no-cache-dir --require-hashes --only-binary :all: --requirement /handed"
    return f"""\
# docker build --target package -t {manifest.name} .            the command: info, selftest, predict
# docker build --target service -t {manifest.name}-service .    {names.SERVICE}, on port 8000
# The base image floats unless it is named by its digest, which `docker buildx imagetools inspect python:{python}-slim` shows:
# --build-arg BASE=python:{python}-slim@sha256:...
ARG BASE=python:{python}-slim

FROM ${{BASE}} AS package
# ONNX Runtime calls its maker unless it is told not to.
ENV {telemetry.SETTING}
# As many threads work on an answer as the container has cores (docker run --cpus=2); OMP_NUM_THREADS=1 makes it one.
RUN --mount=type=bind,target=/handed \\
    {install}/{names.REQUIREMENTS} && \\
    pip install --no-cache-dir --no-index --no-deps /handed/{wheel_name(manifest)}
USER 65534
RUN ["{manifest.name}", "selftest"]
ENTRYPOINT ["{manifest.name}"]
CMD ["info"]

FROM package AS service
USER 0
RUN --mount=type=bind,target=/handed \\
    {install}/{names.OF_SERVICE}
COPY {names.SERVICE} /service/
WORKDIR /service
USER 65534
EXPOSE 8000
HEALTHCHECK --start-period=10s CMD ["python", "-c", "{_HEALTHY}"]
ENTRYPOINT ["uvicorn", "service:app", "--host", "0.0.0.0", "--port", "8000"]
CMD []
"""


def service(manifest: Manifest) -> str:
    """A service with FastAPI, an example: the workbook's README shows it too."""
    return _SERVICE.replace("PACKAGE", names.module(manifest.name))


# By http.client, which asks no proxy.
_HEALTHY = (
    "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=3); c.request('GET', '/readyz'); "
    "raise SystemExit(c.getresponse().status != 200)"
)
_SERVICE = Path(__file__).with_name("service.py.txt").read_text(encoding="utf-8")
