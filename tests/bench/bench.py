"""Runs the programs of figures.py and keeps what they print: ./scripts/bench [--quick] [FIGURE…].

A figure is named by its own name, its program's, or what stands before its dot. Without names,
everything. Results go to standard output and, merged with those of earlier runs, to docs/bench:
figures.csv, curves.csv, README.md and one SVG per curve. Each program is run under the command in
DIEMCAU_BENCH_UNDER, where there is one (taskset, nice, a lock on the machine).
"""

import argparse
import json
import os
import pathlib
import shlex
import signal
import statistics
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import figures  # noqa: E402
import report  # noqa: E402

ROOT = HERE.parents[1]
RUNS = 5
LONGEST_RUN = 240  # seconds; longer, and the program hangs


def chosen(names):
    """The programs to run; an unknown name ends the program."""
    if not names:
        return list(figures.PROGRAMS)
    wanted = set()
    for name in names:
        found = {item.program for item in (*figures.FIGURES, *figures.CURVES)
                 if name in (item.name, item.program, item.name.split(".")[0])}
        if not found:
            known = sorted({f.name for f in (*figures.FIGURES, *figures.CURVES)})
            sys.exit(f"bench: no figure {name}; there are: {', '.join(known)}")
        wanted |= found
    return [program for program in figures.PROGRAMS if program.name in wanted]


def words_of(program, quick):
    places = {"bin": str(ROOT / "build/release/bin"), "python": "/usr/bin/python3 -B",
              "quick": "--quick" if quick else ""}
    return [*shlex.split(os.environ.get("DIEMCAU_BENCH_UNDER", "")),
            *(word for part in program.command for word in shlex.split(part.format(**places)))]


def run_once(program, quick):
    """The JSON lines it printed; everything else goes through to the reader."""
    words, lines = words_of(program, quick), []
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    # As by hand, so that a program ends what it started.
    limit = threading.Timer(LONGEST_RUN, process.send_signal, [signal.SIGINT])
    limit.start()
    with process.stdout:
        for line in process.stdout:
            if line.startswith('{"figure"'):
                lines.append(json.loads(line))
            else:
                print("    " + line, end="", flush=True)
    ended = process.wait()
    limit.cancel()
    if ended != 0:
        print(f"== {program.name}: ended with {ended}", file=sys.stderr, flush=True)
        return lines, False
    return lines, True


def measure(program, quick, most_runs):
    """(medians by figure, points of curves, whether every run ended well)."""
    values, points, whole = {}, [], True
    runs = 1 if quick or program.once else most_runs
    for run in range(runs):
        print(f"== {program.name}, run {run + 1} of {runs}", flush=True)
        lines, ended_well = run_once(program, quick)
        whole = whole and ended_well
        for line in lines:
            if "n" in line:
                points.append(line)
            else:
                values.setdefault(line["figure"], []).append(line)
    medians = [{**lines[-1], "value": statistics.median(l["value"] for l in lines),
                "runs": len(lines)} for lines in values.values()]
    return medians, points, whole


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--quick", action="store_true", help="one run instead of five")
    parser.add_argument("--runs", type=int, default=RUNS, help="of each program; 5")
    parser.add_argument("--list", action="store_true", help="name the figures and stop")
    parser.add_argument("--no-docs", action="store_true", help="leave docs/bench as it is")
    parser.add_argument("figure", nargs="*")
    options = parser.parse_args()
    programs = chosen(options.figure)
    if options.list:
        for program in programs:
            for item in (*figures.FIGURES, *figures.CURVES):
                if item.program == program.name:
                    print(f"{item.name:32} {item.text}")
        return 0
    started, names, ill = time.monotonic(), set(), []
    results = report.Results.read(ROOT / "docs/bench")
    for program in programs:
        begun = time.monotonic()
        medians, curve, ended_well = measure(program, options.quick, options.runs)
        print(f"== {program.name}: {time.monotonic() - begun:.0f} s", flush=True)
        if not ended_well:
            ill.append(program.name)
        names |= {m["figure"] for m in medians}
        results.add(medians, curve)
        if not options.no_docs:  # at once: what follows may be broken off
            results.write(ROOT / "docs/bench")
    print(report.table(results, names))
    print(f"{time.monotonic() - started:.0f} s")
    if ill:
        print(f"did not end well: {', '.join(ill)}", file=sys.stderr)
    return 1 if ill else 0


if __name__ == "__main__":
    sys.exit(main())
