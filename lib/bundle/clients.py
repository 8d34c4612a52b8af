"""How a service in another language calls the end-to-end file: a section of the package's README, with two clients that run."""

from __future__ import annotations

from lib.deploy.manifest import Manifest
from lib.deploy.stages import MOST_PIXELS
from lib.export.end_to_end import REFUSED


def section(manifest: Manifest) -> str:
    """Markdown on the end-to-end file beside a package; empty if there is none."""
    file = next((name for name in manifest.beside if name.endswith(".onnx")), None)
    if file is None:
        return ""
    pins = " ".join(each for each in manifest.requires if each.startswith(("onnxruntime", "pillow")))
    return f"""
## A service in another language

`{file}` is one ONNX file from a decoded photo to probabilities: resize, normalise, network and softmax. It runs wherever
ONNX Runtime does. It is not equal to the package, bit for bit; the report says how far off it is.

| | name | type | shape |
| --- | --- | --- | --- |
| input | `pixels` | uint8 | (height, width, 3): RGB, 0 to 255, channels last, no batch axis |
| output | `probabilities` | float32 | (1, classes), in the order of the list `handoff.classes` in the file's metadata |

ONNX Runtime's builds, those for Node too, call their maker's host unless `ORT_DISABLE_TELEMETRY` is set when they are loaded.

Decoding is the caller's:

- Turn the photo upright by its EXIF orientation. Few decoders do so by themselves, and a turned photo may get another class.
- Convert it to RGB with 8 bits a channel: repeat grey three times, drop alpha without blending it with a background.
- Keep the colours as they are stored: apply no ICC profile. Decoders disagree on CMYK; convert such photos beforehand.
- Do not resize it.

Limits: 1 to {MOST_PIXELS:,} pixels; {manifest.photos_fed}.
A photo outside of them is refused before memory is taken for it: the runtime raises an error that contains `{REFUSED}` and
the reason. A service answers it with 400.

In Python, with `pip install {pins}` and then `python client.py photo.jpg`:

```python
# client.py
{_PYTHON.replace("FILE", file).replace("REFUSED", REFUSED)}```

In Node, with `npm install onnxruntime-node sharp` and then `node client.mjs photo.jpg`:

```js
// client.mjs
{_NODE.replace("FILE", file).replace("REFUSED", REFUSED)}```
"""


_PYTHON = """\
import json, os, sys

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before the import
import numpy, onnxruntime
from PIL import Image, ImageOps

onnxruntime.set_default_logger_severity(4)  # errors are raised, and need not be logged too
session = onnxruntime.InferenceSession("FILE")
classes = json.loads(session.get_modelmeta().custom_metadata_map["handoff.classes"])

photo = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")
try:
    (probabilities,) = session.run(["probabilities"], {"pixels": numpy.asarray(photo)})
except Exception as error:
    if reason := "REFUSED" in str(error) and str(error).split("'")[1]:
        sys.exit(reason)
    raise
best = int(probabilities[0].argmax())
print(best, f"{probabilities[0, best]:.6f}", classes[best])
"""

_NODE = """\
import sharp from 'sharp';
process.env.ORT_DISABLE_TELEMETRY ??= '1';  // before the import
const { default: ort } = await import('onnxruntime-node');

const session = await ort.InferenceSession.create('FILE', { logSeverityLevel: 4 });

const { data, info } = await sharp(process.argv[2])
  .autoOrient().keepIccProfile().toColourspace('srgb').removeAlpha()
  .raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
const pixels = new ort.Tensor('uint8', data, [info.height, info.width, info.channels]);
try {
  const { probabilities } = await session.run({ pixels });
  const best = probabilities.data.indexOf(Math.max(...probabilities.data));
  console.log(best, probabilities.data[best].toFixed(6));
} catch (error) {
  if (!error.message.includes('REFUSED')) throw error;
  console.error(error.message.split("'")[1]);
  process.exitCode = 1;
}
"""
