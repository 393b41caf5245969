"""Repeating a draw: does this manifest follow from this list? What differs is said in sentences."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from auditflow.domain.errors import Refused
from auditflow.domain.sampling_design import Design
from auditflow.domain.sampling_draw import draw
from auditflow.domain.sampling_list import Row
from auditflow.domain.sampling_manifest import manifest_faults

__all__ = ["verify"]

_SHOWN = 5


def verify(
    manifest: object,
    rows: Iterable[Row],
    *,
    columns: Sequence[str] | None = None,
    frame_sha256: str | None = None,
) -> list[str]:
    """What differs between a manifest and the draw that its design and seed make from `rows`; [] if nothing.

    `frame_sha256` is the digest of the list at hand, compared when it is given. When the list was locked and who
    made the seed cannot be known from the list: only their form is checked.
    """
    if not isinstance(manifest, Mapping):
        return ["The manifest is not an object with keys and values."]
    differences = manifest_faults(manifest)
    if frame_sha256 is not None and manifest.get("frame_sha256") != frame_sha256:
        differences.append(
            f"frame_sha256: the manifest has {manifest.get('frame_sha256')}, this list has {frame_sha256}."
        )
    try:
        again = draw(rows, _design(manifest), columns).manifest()
    except Refused as refusal:
        return [*differences, f"The draw cannot be repeated: {refusal}"]
    for key, compare in _COMPARED.items():
        if key in manifest:
            differences += compare(key, manifest[key], again[key])
    return differences


def _design(manifest: Mapping[object, object]) -> Design:
    design, seed = manifest.get("design"), manifest.get("seed")
    checked = Design.from_dict(design)
    told = Design.from_dict({**design, "seed": seed}) if isinstance(design, Mapping) else checked
    if checked.seed is not None and checked.seed != told.seed:
        raise Refused(f"the design's seed is {checked.seed!r} and the manifest's is {seed!r}.")
    return told


def _value(key: str, told: object, found: object) -> list[str]:
    same = told == found and isinstance(told, bool) == isinstance(found, bool)
    return [] if same else [f"{key}: the manifest has {told}, the draw gives {found}."]


def _mapping(key: str, told: object, found: object) -> list[str]:
    if not isinstance(told, Mapping) or not isinstance(found, Mapping):
        return [f"{key}: the manifest must give a value for each name."]
    differences = []
    for name in [*found, *(name for name in told if name not in found)]:
        if name not in told:
            differences.append(f"{key}: the manifest leaves out “{name}” ({found[name]}).")
        elif name not in found:
            differences.append(f"{key}: the manifest has “{name}”, the draw has not.")
        elif isinstance(found[name], list):
            differences += _refs(f"{key} of “{name}”", told[name], found[name])
        else:
            differences += _value(f"{key} of “{name}”", told[name], found[name])
    return differences


def _refs(key: str, told: object, found: object) -> list[str]:
    if not isinstance(told, list) or not isinstance(found, list) or not all(isinstance(r, str) for r in told):
        return [f"{key}: the manifest must list references."]
    if told == found:
        return []
    ours, theirs = set(found), set(told)
    extra = [ref for ref in told if ref not in ours]
    absent = [ref for ref in found if ref not in theirs]
    if not extra and not absent:
        return [f"{key}: the same cases, but in another order or more than once."]
    return _listed(f"{key}: in the manifest, not in the draw", extra) + _listed(
        f"{key}: in the draw, not in the manifest", absent
    )


def _listed(what: str, refs: list[str]) -> list[str]:
    more = f" and {len(refs) - _SHOWN} more" if len(refs) > _SHOWN else ""
    return [f"{what}: {', '.join(refs[:_SHOWN])}{more}."] if refs else []


def _sample(key: str, told: object, found: object) -> list[str]:
    form = {"ref", "stratum", "key"}
    if not isinstance(told, list) or not all(isinstance(case, Mapping) and set(case) == form for case in told):
        return [f"{key}: the manifest must list cases, each with ref, stratum and key."]
    drawn: list[dict[str, str]] = found if isinstance(found, list) else []
    differences = _refs(key, [case["ref"] for case in told], [case["ref"] for case in drawn])
    by_ref = {case["ref"]: case for case in drawn}
    for case in told:
        other = by_ref.get(case["ref"]) if isinstance(case["ref"], str) else None
        for name in ("stratum", "key") if other else ():
            differences += _value(f"{name} of {case['ref']}", case[name], other[name] if other else None)
    return differences


_COMPARED: dict[str, Callable[[str, object, object], list[str]]] = {
    "rows": _value,
    "eligible": _value,
    "excluded": _mapping,
    "allocation": _mapping,
    "sample": _sample,
    "reserves": _mapping,
    "passed_over": _refs,
    "weights": _mapping,
}
