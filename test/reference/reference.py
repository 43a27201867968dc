"""librosa's side of the parity checks: expands the case tables and runs librosa for each case.

Used by generate.py (stored golden numbers) and, as a child process, by parity.mjs (live comparison), so both come from
the same code. The head of cases.mjs, our side of the same table, describes the format of a case table and how to add a module.
"""

import functools
import inspect
import itertools
import json
import re
import sys
from pathlib import Path

import librosa
import numpy as np
import scipy.ndimage

from signals import HERE, signal


def tied_tunings(y, sr, bins_per_octave):
    """
    librosa's tuning, then those that it would have given with two peaks in the next bin of its histogram: single-precision
    pitches lie on a bin's edge now and then, and their last bit depends on the processor.
    """
    tuning = librosa.estimate_tuning(y=y, sr=sr, bins_per_octave=bins_per_octave)
    pitch, size = librosa.piptrack(y=y, sr=sr)
    heard = pitch > 0
    if not heard.any():
        return np.array([tuning])
    pitch = pitch[heard & (size >= np.median(size[heard]))]
    residual = np.mod(bins_per_octave * librosa.hz_to_octs(pitch), 1.0)
    residual[residual >= 0.5] -= 1.0
    counts, edges = np.histogram(residual, np.linspace(-0.5, 0.5, 101))
    return np.concatenate([[tuning], edges[:-1][counts >= counts.max() - 2]])


C1 = librosa.note_to_hz("C1")


def constant_q_filters(_, sr, n_bins=84, fmin=C1, bins_per_octave=12, tuning=0.0, **o):
    freqs = librosa.cqt_frequencies(n_bins, fmin=fmin, bins_per_octave=bins_per_octave, tuning=tuning)
    return librosa.filters.wavelet(freqs=freqs, sr=sr, **o)


def istft_of_stft(y, length=None, **o):
    inverse = {name: value for name, value in o.items() if name != "pad_mode"}
    return librosa.istft(librosa.stft(y, **o), length=length, **inverse)


def icqt_of_cqt(y, skip, n_bins=84, length=None, **o):
    """Of a transform in single precision, which librosa would invert in double."""
    return librosa.icqt(librosa.cqt(y, n_bins=n_bins, **o), length=length, **o).astype(np.float32)[skip:]


def resample(y, rates, quality="soxr_hq", **o):
    return librosa.resample(y, orig_sr=rates[0], target_sr=rates[1], res_type=quality, **o)


# What is not one call of librosa's function of that name with the input and the options.
ADAPTERS = {
    "istft(stft)": istft_of_stft,
    "icqt(cqt)": icqt_of_cqt,
    "noteToHz(hzToNote)": lambda hz, **o: librosa.note_to_hz(librosa.hz_to_note(hz, **o)),
    "noteToMidi(midiToNote)": lambda midi, **o: librosa.note_to_midi(librosa.midi_to_note(midi, **o)),
    "estimateTuning, ties": tied_tunings,
    "softmask": lambda X, shift, **o: librosa.util.softmask(X, np.roll(X, -shift), **o),
    "hpssSpectrogram": librosa.decompose.hpss,
    "cqtFrequencies": lambda _, n_bins=84, fmin=C1, **o: librosa.cqt_frequencies(n_bins, fmin=fmin, **o),
    "constantQFilters": constant_q_filters,
    "resample": resample,
}

# Where the others are found, in this order.
MODULES = (
    librosa, librosa.feature, librosa.effects, librosa.decompose, librosa.onset, librosa.beat, librosa.segment,
    librosa.sequence, librosa.util, scipy.ndimage,
)


def named(module, name):
    """The function of a module whose name is the same but for its case and underscores."""
    for candidate in dir(module):
        if candidate.replace("_", "").lower() == name.lower() and callable(getattr(module, candidate)):
            return getattr(module, candidate)
    return None


@functools.cache
def function_of(call):
    """
    The reference's side of a call. A signal goes to its parameter `y`, anything else to the first that is neither `y` nor
    `sr`: `S`, `C`, `frequencies`. melFilters is librosa.filters.mel.
    """
    if call in ADAPTERS:
        return ADAPTERS[call]
    found = next(filter(None, (named(module, call) for module in MODULES)), None)
    found = found or named(librosa.filters, call.removesuffix("Filters"))
    if found is None:
        raise LookupError(f"librosa has no function {call}, and ADAPTERS has no line for it")
    parameters = inspect.signature(found).parameters
    other = next(name for name in parameters if name not in ("y", "sr"))

    def run(x, **options):
        if x is None:
            return found(**options)
        return found(**{"y" if x.ndim == 1 and "y" in parameters else other: x}, **options)

    return run


def modules():
    return sorted(path.stem for path in (HERE / "cases").glob("*.json"))


def cases(module):
    """All cases of a module's table, in the order in which cases.mjs expands them."""
    for group in json.loads((HERE / "cases" / f"{module}.json").read_text()):
        for name in group["signals"]:
            grid = group.get("grid", {})
            for values in itertools.product(*grid.values()):
                options = {**group.get("options", {}), **dict(zip(grid, values))}
                options = {k: v for k, v in options.items() if v != "$default"}
                yield group, {"call": group["call"], "signal": name, "options": options}


def option(name, value, rate):
    """camelCase to snake_case, and the values that JSON cannot say."""
    name = "sr" if name == "sampleRate" else re.sub("[A-Z]", lambda m: "_" + m[0].lower(), name)
    if isinstance(value, list):
        value = tuple(value)
    elif value == "$sampleRate":
        value = rate
    elif name == "ref" and value == "max":
        value = np.max
    elif name == "aggregate":
        value = getattr(np, value)
    elif value == "$infinity":
        value = np.inf
    elif isinstance(value, str) and value.startswith("$signal:"):
        value = signal(value.removeprefix("$signal:"))
    return name, value


def shape_input(y, group):
    """What a group's `input` makes of the samples."""
    if "input" not in group:
        return y
    if group["input"] is None:
        return None
    spec = {"rows": None, "times": 1, "plus": 0, **group["input"]}
    parts = 2 if spec["as"] == "complex" else 1
    columns = y.size // (parts * (spec["rows"] or 1))
    x = y[: parts * (spec["rows"] or 1) * columns]
    if spec["as"] == "complex":
        re, im = x.reshape(2, spec["rows"], -1)
        return re + np.complex64(1j) * im
    if spec["as"] == "power":
        x = x * x
    elif spec["as"] == "magnitude":
        x = np.abs(x) * np.float32(spec["times"]) + np.float32(spec["plus"])
    return x if spec["rows"] is None else x.reshape(spec["rows"], -1)


def run(group, case, y, rate):
    """The reference's outputs for a case, in the order of cochlea's members."""
    x = shape_input(y, group)
    if group.get("reference") == "float64":
        x = x.astype(np.result_type(x.dtype, np.float64))
    options = dict(option(name, value, rate) for name, value in case["options"].items())
    result = function_of(case["call"])(x, **options)
    return [np.atleast_1d(value) for value in (result if isinstance(result, tuple) else (result,))]


def serve():
    """One case per input line; the answer is a line of JSON, the arrays themselves go to the file it was given."""
    loaded = {}
    for line in sys.stdin:
        job = json.loads(line)
        source = job["samples"]
        if source not in loaded:
            loaded = {source: np.fromfile(source, dtype=np.float32)}
        try:
            outputs = run(job["group"], job["case"], loaded[source], job["sampleRate"])
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        else:
            answer = {"outputs": []}
            with open(job["results"], "wb") as file:
                for value in outputs:
                    complex_ = bool(np.iscomplexobj(value))
                    answer["outputs"].append({"shape": value.shape, "complex": complex_})
                    for part in (value.real, value.imag) if complex_ else (value,):
                        file.write(np.ascontiguousarray(part, dtype=np.float64).tobytes())
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
