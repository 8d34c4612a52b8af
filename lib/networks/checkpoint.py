"""What people have in place of a state dict, and the line of code that saves one of it."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from torch import Tensor

DEEPEST = 3  # a checkpoint's tables within tables that are looked into
SAVED = "weights.pth"  # the file that the lines of code write

# How other files begin, and what to do with them.
_KINDS = {
    "a safetensors file": (
        rb".{8}\s*\{\s*\"",
        "safetensors is not read here yet; save it again with torch.save(safetensors.torch.load_file({name!r}), {saved!r})",
    ),
    "an ONNX file": (rb"\x08[\x01-\x20]([\x12\x1a\x22\x32\x3a\x42].|$)", "name the PyTorch weights that it was exported from"),
    "an HDF5 file, as Keras writes": (rb"\x89HDF\r\n\x1a\n", "name a PyTorch state dict"),
    "a TFLite file": (rb".{4}TFL3", "name a PyTorch state dict"),
    "a NumPy file": (rb"\x93NUMPY", "name a PyTorch state dict"),
    "compressed with gzip": (rb"\x1f\x8b", "decompress it first"),
    "compressed with bzip2": (rb"BZh[1-9]", "decompress it first"),
    "compressed with xz": (rb"\xfd7zXZ\0", "decompress it first"),
    "compressed with Zstandard": (rb"\x28\xb5\x2f\xfd", "decompress it first"),
    "a pointer of Git LFS": (rb"version https://git-lfs", "fetch the file itself with git lfs pull"),
    "a page of HTML": (rb"\s*<(!DOCTYPE html|html)", "download the file itself"),
}
_HEAD = 512  # bytes
_OLD = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # how files begin that PyTorch wrote before 1.6
# Programs that PyTorch writes, by a file in their archive, and what gives their tensors.
_PROGRAMS = {
    "a program of torch.export": ("archive_format", "torch.export.load({!r}).state_dict"),
    "a TorchScript archive": ("constants.pkl", "torch.jit.load({!r}).state_dict()"),
}

# Names that only one library gives to an EfficientNet's tensors, and what to do about them.
_LIBRARIES = {
    "timm": (
        r"(conv_stem|blocks\.\d+\.\d+\.conv_(pw|dw))\.weight",
        "its tf_efficientnet_* have the same tensors in the same order: give them the names of the state dict of the same "
        "network in efficientnet_pytorch, and say padding = 'same'; its other networks pad otherwise and cannot be taken",
    ),
    "torchvision": (
        r"features\.\d+\.\d+\.(weight|block\.0\.0\.weight)",
        "its networks pad otherwise and cannot be taken: train one of efficientnet_pytorch",
    ),
    "transformers": (
        r"(efficientnet\.)?(embeddings\.convolution|encoder\.blocks\.\d+\.depthwise_conv\.depthwise_conv)\.weight",
        "its networks cannot be taken: train one of efficientnet_pytorch",
    ),
}


def kind(path: Path) -> str:
    """What a file is by its first bytes where it is no file of PyTorch's, with what to do about it; else empty."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for name, (begins, advice) in _KINDS.items():
        if re.match(begins, head, re.DOTALL):
            return f"is {name}, and no PyTorch state dict; {advice.format(name=path.name, saved=SAVED)}"
    if head[257:262] == b"ustar":
        return "is a tar archive, and no PyTorch state dict; unpack it first"
    if head.startswith(b"PK"):
        return _archive(path)
    if head.startswith(_OLD):
        return ""
    if head.startswith(b"\x80"):
        return "is a pickle that PyTorch did not write: refused, as loading it could run code; save a state dict by torch.save"
    return f"{'is no PyTorch state dict' if head else 'is empty'}; name a file that torch.save(model.state_dict(), path) wrote"


def _archive(path: Path) -> str:
    """What a zip file is, which is what PyTorch writes, where it is no state dict; else empty."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.partition("/")[2] for name in archive.namelist()}
    except Exception:  # on damaged bytes zipfile raises nearly anything
        return "is damaged: it begins as the zip archives that PyTorch writes, and cannot be read; copy or download it again"
    for name, (told_by, tensors) in _PROGRAMS.items():
        if told_by in names:
            return f"is {name}, and no state dict; save its tensors with torch.save({tensors.format(path.name)}, {SAVED!r})"
    return "" if "data.pkl" in names else "is a zip archive, and no PyTorch state dict; name the file of weights itself"


def wants_code(error: UnpicklingError, path: Path) -> str:
    """Why a file that holds more than tensors and plain values is refused: what it calls first, and what to do about it."""
    called = re.search(r"GLOBAL (\S+)", str(error))
    named = f": it calls {called[1]}" if called else ""
    return (
        f"not a file of tensors only, so it is refused, as loading it could run code{named}; if you trust it, load it with "
        f"torch.load({path.name!r}, weights_only=False) and save its state dict alone: for a whole model "
        f"torch.save(torch.load({path.name!r}, weights_only=False).state_dict(), {SAVED!r})"
    )


def around(loaded: object, path: Path, expected: Collection[str]) -> str:
    """What else than a state dict was saved, with the line that saves the state dict alone.

    Args:
        loaded: what the file holds.
        path: the file.
        expected: the names of the network's tensors.
    """
    if isinstance(loaded, Mapping):
        if found := _state_dicts(loaded):
            keys, tensors = max(found, key=lambda each: len(set(_stripped(each[1], expected)) & set(expected)))
            others = [_place(other) for other, _ in found if other != keys]
            also = f" (others are in {', '.join(others[:3])})" if others else ""
            line = _line(path, keys, prefix(tensors, expected))
            return f"is a checkpoint, whose {_place(keys)} holds the state dict{also}; {line}"
        if {"state", "param_groups"} <= loaded.keys():
            return "holds the state of an optimiser; save the network's with torch.save(model.state_dict(), path)"
        if other := next((name for name, value in loaded.items() if not isinstance(value, Tensor)), None):
            return f"holds more than a state dict, as {other!r}; save it again with torch.save(model.state_dict(), path)"
    return "holds more than a state dict; save it again with torch.save(model.state_dict(), path)"


def prefix(names: Collection[str], expected: Collection[str]) -> str:
    """What stands before the network's own names, as ``module.`` does after DataParallel; empty where nothing does."""
    counted: Counter[str] = Counter()
    for name in names:
        for dot in re.finditer(r"\.", name):
            if name[dot.end() :] in expected:
                counted[name[: dot.end()]] += 1
    best, count = counted.most_common(1)[0] if counted else ("", 0)
    return best if 2 * count >= len(expected) else ""


def other_names(names: Collection[str], path: Path, expected: Collection[str]) -> str:
    """Why the names of a state dict are not the network's: a prefix, or another library's names. Empty where it is neither."""
    if before := prefix(names, expected):
        return f"the names of its tensors begin with '{before}'; {_line(path, (), before)}"
    for library, (pattern, advice) in _LIBRARIES.items():
        if any(re.search(rf"(^|\.){pattern}$", name) for name in names):
            return f"its tensors have the names of {library}, and those of efficientnet_pytorch are needed; {advice}"
    return ""


def _stripped(names: Collection[str], expected: Collection[str]) -> list[str]:
    before = prefix(names, expected)
    return [name.removeprefix(before) for name in names]


def _state_dicts(table: Mapping[Any, Any], above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Mapping[str, Tensor]]]:
    """The state dicts within a checkpoint, each with the keys that lead to it."""
    found = []
    for key, value in table.items():
        if not isinstance(key, str) or not isinstance(value, Mapping) or len(above) >= DEEPEST:
            continue
        if value and all(isinstance(name, str) and isinstance(each, Tensor) for name, each in value.items()):
            found.append(((*above, key), value))
        else:
            found += _state_dicts(value, (*above, key))
    return found


def _place(keys: tuple[str, ...]) -> str:
    return "".join(f"[{key!r}]" for key in keys)


def _line(path: Path, keys: tuple[str, ...], before: str) -> str:
    """The line of code that saves the state dict under the network's own names."""
    loaded = f"torch.load({path.name!r}){_place(keys)}"
    if not before:
        return f"save that alone: torch.save({loaded}, {SAVED!r})"
    stripped = f"{{k.removeprefix({before!r}): v for k, v in {loaded}.items() if k.startswith({before!r})}}"
    return f"save it under the network's own names: torch.save({stripped}, {SAVED!r})"
