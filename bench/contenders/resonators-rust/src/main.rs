//! The Rust crate `resonators` as a contender: answers bench/run.mjs line by line, as child.mjs does.
//!   contender resonate|stream BINS SIGNAL RESULT SECONDS
use num_complex::Complex32;
use resonators::ResonatorBank;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::Instant;

const SAMPLE_RATE: f32 = 48000.0;
const HOP: usize = 256;
const BLOCK: usize = 128;

fn read_floats(path: &str) -> Vec<f32> {
    let bytes = std::fs::read(path).expect("the signal");
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

/// Each array's length, then its values.
fn write_arrays(path: &str, arrays: &[Vec<f32>]) {
    let mut bytes = Vec::new();
    for array in arrays {
        bytes.extend((array.len() as u64).to_le_bytes());
        array.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
    }
    std::fs::write(path, bytes).expect("the result file");
}

/// Magnitudes, because the crate's phases drift; rows are frames here and bins there.
fn transposed(frames: &[Complex32], bins: usize) -> Vec<f32> {
    let count = frames.len() / bins;
    (0..frames.len()).map(|i| frames[i % count * bins + i / count].norm()).collect()
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (mode, bins) = (args[1].as_str(), args[2].parse::<usize>().unwrap());
    let (signal, result, seconds) = (read_floats(&args[3]), &args[4], args[5].parse::<f64>().unwrap());
    let frequencies: Vec<f32> =
        (0..bins).map(|i| (30.0 * (8000.0f64 / 30.0).powf(i as f64 / (bins - 1) as f64)) as f32).collect();
    let mut bank = ResonatorBank::from_frequencies(&frequencies, SAMPLE_RATE);
    let mut call = |keep: bool| -> Vec<Vec<f32>> {
        bank.reset();
        if mode == "resonate" {
            let frames = black_box(bank.resonate(black_box(&signal), HOP));
            if !keep {
                return Vec::new();
            }
            return vec![transposed(&frames, bins)];
        }
        let mut last = Vec::new();
        for block in signal.chunks_exact(BLOCK) {
            bank.process_samples(black_box(block));
            last = black_box(bank.magnitudes());
        }
        vec![last]
    };
    let mut repeats = 1;
    for line in std::io::stdin().lock().lines() {
        let answer = if line.expect("a line").contains("\"prepare\"") {
            write_arrays(result, &call(true));
            let start = Instant::now();
            call(false);
            repeats = (seconds / start.elapsed().as_secs_f64()).ceil().max(1.0) as usize;
            String::from("{}")
        } else {
            let start = Instant::now();
            (0..repeats).for_each(|_| drop(call(false)));
            format!("{{\"seconds\":{}}}", start.elapsed().as_secs_f64() / repeats as f64)
        };
        println!("{answer}");
        std::io::stdout().flush().unwrap();
    }
}
