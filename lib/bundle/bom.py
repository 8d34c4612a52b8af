"""The bill of materials of what ships: CycloneDX 1.6, with a model card.

>>> text = document(wheel, manifest, libraries, evidence)  # doctest: +SKIP
>>> complaints(text)  # doctest: +SKIP
[]
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from cyclonedx import __version__
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType, Pedigree
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import fixup_id
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lib.bundle.libraries import Library, needed_by
from lib.bundle.model_card import card
from lib.deploy import package as shipped
from lib.deploy import telemetry
from lib.deploy.errors import printable
from lib.inputs.reading import sha256
from lib.runtimes.package import NOT_SAID

MODEL = shipped.name(shipped.MODEL)
TELEMETRY = "onnxruntime:telemetry"  # a property of the package
OPERATORS = {"AND", "OR", "WITH"}  # of SPDX's expressions
# What an IRI may hold and a URI may not, as RFC 3987 has it.
_BEYOND_ASCII = r"[\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000efffd]"
_SHOWN = 200  # characters of what the validator says; it quotes whole components


def document(wheel: Path, manifest: Mapping[str, Any], libraries: Sequence[Library], evidence: Mapping[str, Any] | None) -> str:
    """The bill of materials as JSON text, for a file in UTF-8; the same arguments give the same text.

    Args:
        wheel: the package's file.
        manifest: the JSON that the package holds of itself.
        libraries: what is installed where the package was proven, the package itself or not. What the package requires and is
            not among them is listed as the manifest names it, without a hash.
        evidence: what :meth:`lib.report.run.Run.as_json` gives, or None where the package was built by hand.

    Raises:
        OSError: the wheel cannot be read.
    """
    digest, licences = sha256(wheel.read_bytes()), manifest["licences"]
    package = _distribution(manifest["name"], manifest["version"], licences["package"], digest)
    package.description = manifest["subject"]["about"]
    package.properties.add(Property(name=TELEMETRY, value=f"off: the package sets {telemetry.SETTING}"))
    model, photos = _model(manifest), list(_photos(manifest))
    required, known = _known(manifest, libraries)
    components = {
        each.name: _distribution(each.name, each.version, each.licence, each.sha256, each.name in required)
        for each in known.values()
    }
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, f"sha256:{digest}"),
        metadata=BomMetaData(
            timestamp=datetime.fromisoformat(manifest["made"]),
            component=package,
            tools=ToolRepository(components=_tools(manifest)),
        ),
        components=[model, *_beside(manifest), *photos, *components.values()],
    )
    direct = [components[name] for name in sorted(_direct(manifest))]
    bom.register_dependency(package, [model, *photos, *direct])
    for each in known.values():
        bom.register_dependency(components[each.name], [components[name] for name in each.requires if name in components])
    return _with_card(JsonV1Dot6(bom).output_as_string(), model, card(manifest, evidence, [_ref(photo) for photo in photos]))


def complaints(text: str) -> list[str]:
    """What is wrong with a document by CycloneDX's schema 1.6, nothing beyond it allowed: a line each, none if it is valid."""
    # Importing jsonschema would compile a grammar for a second where this is there; lib/run/__init__.py says more.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from cyclonedx.validation.json import JsonStrictValidator
    from jsonschema import Draft7Validator

    checker = Draft7Validator.FORMAT_CHECKER
    if "iri-reference" not in checker.checkers:  # the schema asks for it, and what nobody checks passes
        checker.checks("iri-reference")(
            lambda value: not isinstance(value, str) or checker.conforms(re.sub(_BEYOND_ASCII, "a", value), "uri-reference")
        )
    try:
        errors = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text, all_errors=True)
    except json.JSONDecodeError as error:
        return [f"not JSON: {error}"]
    return [printable(f"{each.data.json_path}: {each.data.message[:_SHOWN]}") for each in errors or ()]


def _with_card(text: str, model: Component, said: Mapping[str, Any]) -> str:
    """The document with a model card, which the library does not write."""
    written = json.loads(text)
    for component in written["components"]:
        if component["bom-ref"] == _ref(model):
            component["modelCard"] = said
    text = json.dumps(written, indent=2, ensure_ascii=False) + "\n"
    # What cannot be printed is named, as are the surrogates that no file in UTF-8 takes. JSON escapes the rest.
    return "".join(c if c == "\n" or printable(c) == c else json.dumps(printable(c))[1:-1] for c in text)


def _distribution(name: str, version: str, licence: str, digest: str, required: bool = True) -> Component:
    """A Python package. One that is not required is only installed beside those that are, as pip is."""
    address = PackageURL("pypi", name=name, version=version)
    return Component(
        type=ComponentType.LIBRARY,
        bom_ref=address.to_string(),
        name=name,
        version=version,
        purl=address,
        scope=ComponentScope.REQUIRED if required else ComponentScope.EXCLUDED,
        hashes=_hashes(digest),
        licenses=_licences(licence),
    )


def _model(manifest: Mapping[str, Any]) -> Component:
    subject, weights = manifest["subject"], manifest["weights"]
    made_from = Component(type=ComponentType.FILE, name=weights["name"], hashes=_hashes(weights["sha256"]), bom_ref="weights")
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=f"model:{MODEL}",
        name=subject["name"],
        version=weights["sha256"],
        description=f"{MODEL} in the package: {subject['about']}",
        hashes=_hashes(manifest["files"][MODEL]),
        licenses=_licences(manifest["licences"]["model"]),
        pedigree=Pedigree(ancestors=[made_from]),
    )


def _beside(manifest: Mapping[str, Any]) -> Iterator[Component]:
    """The files beside the wheel; those that are models too are made of the same weights."""
    for name, digest in manifest["beside"].items():
        model = name.endswith(".onnx")
        yield Component(
            type=ComponentType.MACHINE_LEARNING_MODEL if model else ComponentType.FILE,
            bom_ref=f"beside:{name}",
            name=name,
            version=manifest["weights"]["sha256"] if model else None,
            description="beside the package, which does not need it",
            hashes=_hashes(digest),
            licenses=_licences(manifest["licences"]["model"] if model else NOT_SAID),
        )


def _photos(manifest: Mapping[str, Any]) -> Iterator[Component]:
    """The golden photos, with the hashes of those that lie in the package under their own names."""
    digests = {PurePosixPath(path).name: digest for path, digest in manifest["files"].items()}
    for name, likeliest in manifest["golden"].items():
        yield Component(
            type=ComponentType.DATA,
            bom_ref=f"photo:{name}",
            name=name,
            description=f"golden photo in the package; PyTorch's likeliest class: {likeliest}",
            hashes=_hashes(digests.get(name, "")),
            licenses=_licences(manifest["licences"]["photos"].get(name, NOT_SAID)),
        )


def _tools(manifest: Mapping[str, Any]) -> list[Component]:
    commit = manifest["evidence"]["commit"] if manifest["evidence"] else None
    return [
        Component(type=ComponentType.APPLICATION, name="onnx-handoff-workbook", version=commit),
        Component(type=ComponentType.LIBRARY, name="cyclonedx-python-lib", version=__version__),
    ]


def _direct(manifest: Mapping[str, Any]) -> dict[str, Requirement]:
    """What the package requires, by name."""
    return {canonicalize_name(each.name): each for each in map(Requirement, manifest["requires"])}


def _known(manifest: Mapping[str, Any], libraries: Sequence[Library]) -> tuple[set[str], dict[str, Library]]:
    """Names of all that the package requires, directly or not, and all libraries, by name."""
    direct, said = _direct(manifest), manifest["licences"]["libraries"]
    known = {
        name: Library(name, "".join(each.version for each in requirement.specifier), said.get(name, NOT_SAID), (), "")
        for name, requirement in direct.items()
    } | {each.name: each for each in libraries if each.name != canonicalize_name(manifest["name"])}
    return needed_by(direct, known.values()), dict(sorted(known.items()))


def _hashes(digest: str) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else []


def _licences(said: str) -> list[License]:
    """The licence by SPDX's id or expression where it is one, else by the name that it was given; none where none was."""
    factory, declared = LicenseFactory(), LicenseAcknowledgement.DECLARED
    if not said.strip() or said == NOT_SAID:
        return []
    words = [word for word in re.split(r"[\s()]+", said) if word and word not in OPERATORS]
    if all(fixup_id(word) for word in words):  # the factory takes other words for ids too, as GPL
        return [factory.make_from_string(said, license_acknowledgement=declared)]
    return [factory.make_with_name(said, acknowledgement=declared)]


def _ref(component: Component) -> str:
    return str(component.bom_ref.value)
