"""Seeded test signals by formula, the twin of test/helpers/signals.mjs.

Both sides must give the same float32 samples. Python and JavaScript round sin() and exp() differently in the last
place, so every formula is evaluated in double, operation by operation in the same order, and rounded to 16 bits: a
disagreement would need a value within about 1e-12 of a rounding edge. goldens/signals.json holds a checksum of each.
"""

import functools
import hashlib
import json
import math
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SPECS = json.loads((HERE / "signals.json").read_text())
TWO_PI = 2 * math.pi


def quantise(values):
    return np.floor(values * 32768 + 0.5) / 32768


def random(n, seed):
    """xorshift32, the upper 16 bits of each state as a multiple of 1/32768 in [-1, 1)."""
    state = seed
    values = np.empty(n)
    for i in range(n):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        values[i] = ((state >> 16) - 32768) / 32768
    return values


def harmonics(cycles, partials):
    """Sum of partials of a tone whose phase is given in cycles."""
    total = np.zeros(len(cycles))
    for h, weight in enumerate(partials):
        total = total + weight * np.sin(TWO_PI * (h + 1) * cycles)
    return total


def silence(spec, i, rate):
    return np.zeros(len(i))


def constant(spec, i, rate):
    return np.full(len(i), float(spec["amplitude"]))


def noise(spec, i, rate):
    return spec["amplitude"] * random(len(i), spec["seed"])


def clicks(spec, i, rate):
    return np.where(i % spec["period"] == spec["offset"] % spec["period"], spec["amplitude"], 0.0)


def chirp(spec, i, rate):
    """Frequency rises exponentially from `from` to `to` Hz over the length."""
    growth = math.log(spec["to"] / spec["from"])
    seconds = len(i) / rate
    cycles = spec["from"] * seconds / growth * (np.exp(growth * (i / len(i))) - 1)
    return spec["amplitude"] * harmonics(cycles, spec.get("partials", [1]))


def vibrato(spec, i, rate):
    """Frequency swings by +-depth Hz, `rate` times a second."""
    t = i / rate
    cycles = spec["frequency"] * t + spec["depth"] / (TWO_PI * spec["rate"]) * np.sin(TWO_PI * spec["rate"] * t)
    return spec["amplitude"] * harmonics(cycles, spec.get("partials", [1]))


def tones(spec, i, rate):
    """Notes of equal length one after the other; 0 Hz is a rest; a change of note may click."""
    notes = np.array(spec["notes"], dtype=float)
    which = np.floor(i * len(notes) / max(1, len(i))).astype(int)
    return spec["amplitude"] * harmonics(notes[which] * (i / rate), spec.get("partials", [1]))


def chord(spec, i, rate):
    total = np.zeros(len(i))
    for note in spec["notes"]:
        total = total + harmonics(note * (i / rate), spec.get("partials", [1]))
    return spec["amplitude"] * total


def drums(spec, i, rate):
    """Noise bursts that decay exponentially, one every `period` samples, time constant `decay` samples."""
    return spec["amplitude"] * random(len(i), spec["seed"]) * np.exp(-(i % spec["period"]) / spec["decay"])


def am(spec, i, rate):
    t = i / rate
    envelope = (1 + spec["depth"] * np.sin(TWO_PI * spec["rate"] * t)) / (1 + spec["depth"])
    return spec["amplitude"] * envelope * np.sin(TWO_PI * spec["frequency"] * t)


KINDS = {f.__name__: f for f in (silence, constant, noise, clicks, chirp, vibrato, tones, chord, drums, am)}


def sample_rate(name):
    spec = SPECS[name]
    return sample_rate(spec["of"][0]) if spec["kind"] == "mix" else spec.get("sampleRate", 22050)


@functools.cache
def signal(name):
    """The float32 samples of a signal of signals.json; not to be written to."""
    spec = SPECS[name]
    if spec["kind"] == "mix":
        return sum(signal(part) for part in spec["of"])
    values = KINDS[spec["kind"]](spec, np.arange(spec["n"], dtype=float), sample_rate(name))
    return (quantise(values) * spec.get("gain", 1)).astype(np.float32)


def checksum(samples):
    return hashlib.sha256(samples.tobytes()).hexdigest()[:16]
