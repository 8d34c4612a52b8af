"""The service that people write first: FastAPI, Pillow, numpy and ONNX Runtime with its own defaults.

It answers on the same model: ``MODEL=model.onnx uvicorn plain_service:app``.
"""

import io
import os

import numpy as np
import onnxruntime
from fastapi import Depends, FastAPI, Request
from PIL import Image, ImageOps

app = FastAPI()
session = onnxruntime.InferenceSession(os.environ["MODEL"], providers=["CPUExecutionProvider"])


async def body(request: Request) -> bytes:
    return await request.body()


@app.post("/classify")
def classify(photo: bytes = Depends(body)):
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(photo))).convert("RGB")
    scale = 224 / min(picture.size)
    picture = picture.resize([int(side * scale) for side in picture.size], Image.Resampling.BILINEAR)
    tensor = ((np.asarray(picture, np.float32) / 255 - 127 / 255) / (128 / 255)).transpose(2, 0, 1)[None]
    logits = session.run(None, {"image": tensor})[0][0]
    return [int(index) for index in logits.argsort()[::-1][:5]]
