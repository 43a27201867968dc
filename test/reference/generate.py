"""Writes the golden numbers: python generate.py [module ...]  (in an environment with requirements.txt installed).

goldens/<module>.json holds, per case and output, the shape, the largest magnitude and the Euclidean norm of the
reference; goldens/<module>.bin holds the values at sample_indices(), float32, complex ones as pairs, in the same order.
goldens/signals.json holds the checksum of every generated signal.
"""

import json
import sys
import warnings

import numpy as np

from reference import cases, modules, run
from signals import HERE, SPECS, checksum, sample_rate, signal

warnings.simplefilter("ignore")
GOLDENS = HERE / "goldens"


def sample_indices(size, count):
    """All of a small array; of a large one `count` places, one in each equal part, at golden-ratio offsets."""
    if size <= count:
        return np.arange(size)
    i = np.arange(count)
    return np.floor((i + i * 0.6180339887498949 % 1) * size / count).astype(int)


def describe(value):
    finite = np.abs(value[np.isfinite(value)]).astype(float)
    return {
        "shape": value.shape,
        "complex": bool(np.iscomplexobj(value)),
        "max": float(finite.max(initial=0)),
        "norm": float(np.sqrt(np.sum(finite**2))),
    }


def golden(module):
    lines, values = [], []
    for group, case in cases(module):
        if group.get("golden") is False:
            continue
        entry = dict(case)
        try:
            outputs = run(group, case, signal(case["signal"]), sample_rate(case["signal"]))
        except Exception as error:
            if not group.get("refused"):
                raise RuntimeError(f"librosa refuses {case}") from error
            entry["refused"] = type(error).__name__
        else:
            if group.get("refused"):
                raise RuntimeError(f"librosa accepts {case}")
            entry["outputs"] = [describe(value) for value in outputs]
            for value in outputs:
                flat = value.reshape(-1)
                kept = flat[sample_indices(flat.size, group.get("samples", 64))]
                values.append(kept.astype(np.complex64 if np.iscomplexobj(kept) else np.float32).view(np.float32))
        lines.append(json.dumps(entry, separators=(",", ":")))
    (GOLDENS / f"{module}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    np.concatenate(values).tofile(GOLDENS / f"{module}.bin")
    print(f"{module}: {len(lines)} cases, {sum(v.nbytes for v in values)} bytes of values")


if __name__ == "__main__":
    GOLDENS.mkdir(exist_ok=True)
    sums = {name: checksum(signal(name)) for name in SPECS}
    (GOLDENS / "signals.json").write_text(json.dumps(sums, indent=2) + "\n")
    for module in sys.argv[1:] or modules():
        golden(module)
