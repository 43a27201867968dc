"""librosa's side of the parity checks: expands the case tables and runs librosa for each case.

Used by generate.py (stored golden numbers) and, as a child process, by parity.mjs (live comparison), so both come from
the same code. The head of cases.mjs, our side of the same table, describes the format of a case table and how to add a module.
"""

import itertools
import json
import re
import sys
from pathlib import Path

import librosa
import numpy as np
import scipy.ndimage

from signals import HERE, signal


def reference_level(options):
    """Our ref: 'max' is librosa's ref=np.max."""
    return {**options, "ref": np.max} if options.get("ref") == "max" else options


def signal_or_matrix(x):
    return {"y": x} if x.ndim == 1 else {"S": x}


def given(y, name):
    """The samples, or the matrix in their stead."""
    return {"y" if y.ndim == 1 else name: y}


def scaled(y, limit, least):
    """Samples as positive numbers of another range."""
    return np.abs(y) * np.float32(limit) + np.float32(least)


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
    return dict(zip(("filters", "lengths"), librosa.filters.wavelet(freqs=freqs, sr=sr, **o)))


FUNCTIONS = {
    "stft": lambda y, **o: {"D": librosa.stft(y, **o)},
    "istft": lambda D, **o: {"y": librosa.istft(D, **o)},
    "istft(stft)": lambda y, length=None, **o: {
        "y": librosa.istft(librosa.stft(y, **o), length=length, **{k: v for k, v in o.items() if k != "pad_mode"})
    },
    "softmask": lambda X, shift, **o: {"mask": librosa.util.softmask(X, np.roll(X, -shift), **o)},
    "hpssSpectrogram": lambda S, **o: dict(zip(("harmonic", "percussive"), librosa.decompose.hpss(S, **o))),
    "hpss": lambda y, **o: dict(zip(("harmonic", "percussive"), librosa.effects.hpss(y, **o))),
    "harmonic": lambda y, **o: {"y": librosa.effects.harmonic(y, **o)},
    "percussive": lambda y, **o: {"y": librosa.effects.percussive(y, **o)},
    "medianFilter": lambda S, **o: {"S": scipy.ndimage.median_filter(S, **o)},
    "cqt": lambda y, **o: {"C": librosa.cqt(y, **o)},
    "vqt": lambda y, **o: {"V": librosa.vqt(y, **o)},
    "pseudoCqt": lambda y, **o: {"C": librosa.pseudo_cqt(y, **o)},
    "hybridCqt": lambda y, **o: {"C": librosa.hybrid_cqt(y, **o)},
    # Of a transform in single precision, which librosa would invert in double.
    "icqt(cqt)": lambda y, skip, n_bins=84, length=None, **o: {
        "y": librosa.icqt(librosa.cqt(y, n_bins=n_bins, **o), length=length, **o).astype(np.float32)[skip:]
    },
    "chromaCqt": lambda y, **o: {"chroma": librosa.feature.chroma_cqt(**given(y, "C"), **o)},
    "chromaCens": lambda y, **o: {"chroma": librosa.feature.chroma_cens(**given(y, "C"), **o)},
    "chromaVqt": lambda y, **o: {"chroma": librosa.feature.chroma_vqt(**given(y, "V"), **o)},
    "chromaStft": lambda y, **o: {"chroma": librosa.feature.chroma_stft(**given(y, "S"), **o)},
    "chromaFilters": lambda _, **o: {"filters": librosa.filters.chroma(**o)},
    "cqToChroma": lambda _, n_input, **o: {"weights": librosa.filters.cq_to_chroma(n_input, **o)},
    "constantQFilters": constant_q_filters,
    "cqtFrequencies": lambda _, n_bins=84, fmin=C1, **o: {
        "frequencies": librosa.cqt_frequencies(n_bins, fmin=fmin, **o)
    },
    "melFrequencies": lambda _, **o: {"frequencies": librosa.mel_frequencies(**o)},
    "hzToMidi": lambda y: {"notes": librosa.hz_to_midi(scaled(y, 4000, 20))},
    "midiToHz": lambda y: {"frequencies": librosa.midi_to_hz(scaled(y, 127, 0))},
    "hzToOcts": lambda y, **o: {"octaves": librosa.hz_to_octs(scaled(y, 4000, 20), **o)},
    "octsToHz": lambda y, **o: {"frequencies": librosa.octs_to_hz(scaled(y, 10, 0), **o)},
    "noteToHz(hzToNote)": lambda y, **o: {"frequencies": librosa.note_to_hz(librosa.hz_to_note(scaled(y, 4000, 20), **o))},
    "melFilters": lambda _, **o: {"filters": librosa.filters.mel(**o)},
    "melSpectrogram": lambda y, **o: {"S": librosa.feature.melspectrogram(**given(y, "S"), **o)},
    "tonnetz": lambda y, **o: {"tonnetz": librosa.feature.tonnetz(**given(y, "chroma"), **o)},
    "resample": lambda y, rates, quality="soxr_hq", **o: {
        "y": librosa.resample(y, orig_sr=rates[0], target_sr=rates[1], res_type=quality, **o)
    },
    "magphase": lambda D, **o: dict(zip(("magnitude", "phase"), librosa.magphase(D, **o))),
    "powerToDb": lambda S, **o: {"db": librosa.power_to_db(S, **reference_level(o))},
    "amplitudeToDb": lambda S, **o: {"db": librosa.amplitude_to_db(S, **reference_level(o))},
    "yin": lambda y, **o: {"f0": librosa.yin(y, **o)},
    "pyin": lambda y, **o: dict(zip(("f0", "voicedFlag", "voicedProbability"), librosa.pyin(y, **o))),
    "piptrack": lambda x, **o: dict(zip(("pitches", "magnitudes"), librosa.piptrack(**signal_or_matrix(x), **o))),
    "estimateTuning": lambda x, **o: {"tuning": librosa.estimate_tuning(**signal_or_matrix(x), **o)},
    "estimateTuning, ties": lambda y, **o: {"tuning": tied_tunings(y, **o)},
    "pitchTuning": lambda S, **o: {"tuning": librosa.pitch_tuning(S[0], **o)},
}


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
    elif value == "$infinity":
        value = np.inf
    elif isinstance(value, str) and value.startswith("$signal:"):
        value = signal(value.removeprefix("$signal:"))
    return name, value


def shape_input(y, spec):
    """The samples themselves, or a matrix cut from them."""
    if spec is None:
        return y
    rows = spec["rows"]
    if spec["as"] == "complex":
        re, im = y[: y.size // (2 * rows) * 2 * rows].reshape(2, rows, -1)
        return re + np.complex64(1j) * im
    x = y[: y.size // rows * rows].reshape(rows, -1)
    return {"signed": lambda: x, "magnitude": lambda: np.abs(x), "power": lambda: x * x}[spec["as"]]()


def run(group, case, y, rate):
    """The reference's outputs for a case: name -> array."""
    x = shape_input(y, group.get("input"))
    if group.get("reference") == "float64":
        x = x.astype(np.result_type(x.dtype, np.float64))
    options = dict(option(name, value, rate) for name, value in case["options"].items())
    outputs = FUNCTIONS[case["call"]](x, **options)
    return {name: np.atleast_1d(value) for name, value in outputs.items()}


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
                for name, value in outputs.items():
                    complex_ = bool(np.iscomplexobj(value))
                    answer["outputs"].append({"name": name, "shape": value.shape, "complex": complex_})
                    for part in (value.real, value.imag) if complex_ else (value,):
                        file.write(np.ascontiguousarray(part, dtype=np.float64).tobytes())
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
