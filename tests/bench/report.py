"""What was measured, as a table, CSV and plots. Results of a part are merged with the earlier ones."""

import csv
import datetime
import os
import pathlib
import platform

import figures

FIGURE_COLUMNS = ("figure", "value", "unit", "runs", "date")
POINT_COLUMNS = ("figure", "series", "n", "value", "unit", "date")


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def read_csv(path):
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return [{**row, "value": float(row["value"])} for row in csv.DictReader(file)]


def write_csv(path, columns, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "value": f"{row['value']:.6g}"})


class Results:
    def __init__(self, measured, points):
        self.measured = {row["figure"]: row for row in measured}
        self.points = points

    @classmethod
    def read(cls, folder):
        points = read_csv(folder / "curves.csv")
        for point in points:
            point["n"] = float(point["n"])
        return cls(read_csv(folder / "figures.csv"), points)

    def add(self, measured, points):
        today = datetime.date.today().isoformat()
        for row in measured:
            self.measured[row["figure"]] = {**row, "date": today}
        # A curve measured anew replaces the old one as a whole, series by series.
        fresh = {(p["figure"], p.get("series", "")) for p in points}
        self.points = [p for p in self.points if (p["figure"], p.get("series", "")) not in fresh]
        self.points += [{"series": "", **p, "n": float(p["n"]), "date": today} for p in points]

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_csv(folder / "figures.csv", FIGURE_COLUMNS,
                  sorted(self.measured.values(), key=lambda row: row["figure"]))
        write_csv(folder / "curves.csv", POINT_COLUMNS,
                  sorted(self.points, key=lambda p: (p["figure"], p["series"], p["n"])))
        drawn = [curve for curve in figures.CURVES if draw(curve, self.points, folder)]
        (folder / "README.md").write_text(page(self, drawn), encoding="utf-8")


def number(value):
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def goal_of(figure):
    if figure.at_most is not None:
        return f"≤ {number(figure.at_most)} {figure.unit}"
    if figure.at_least is not None:
        return f"≥ {number(figure.at_least)} {figure.unit}"
    return ""


def verdict(figure, value):
    if figure.at_most is None and figure.at_least is None:
        return ""
    good = (figure.at_most is None or value <= figure.at_most) and \
           (figure.at_least is None or value >= figure.at_least)
    return "yes" if good else "no"


def rows_of(results, names=None):
    for figure in figures.FIGURES:
        row = results.measured.get(figure.name)
        if row and (names is None or figure.name in names):
            yield figure, row


def table(results, names):
    lines = [f"{'figure':34} {'measured':>14} {'goal':>14}  met"]
    for figure, row in rows_of(results, names):
        measured = f"{number(row['value'])} {figure.unit}"
        lines.append(f"{figure.name:34} {measured:>14} {goal_of(figure):>14}  "
                     f"{verdict(figure, row['value'])}")
    return "\n".join(lines)


def page(results, drawn):
    lines = ["# What it costs", "",
             "Written by `./scripts/bench`; medians of the runs named. Load client, floor and peer run on",
             "the same machine at the same time as what is measured: "
             f"{os.cpu_count()} cores, {cpu_model()}.",
             "Every goal is one of the project's own; `no` is kept, not hidden.", "",
             "| figure | | measured | goal | met | runs | date |", "|---|---|---|---|---|---|---|"]
    for figure, row in rows_of(results):
        lines.append(f"| `{figure.name}` | {figure.text} | {number(row['value'])} {figure.unit} | "
                     f"{goal_of(figure)} | {verdict(figure, row['value'])} | {row['runs']} | "
                     f"{row['date']} |")
    for curve in drawn:
        lines += ["", f"## {curve.text}", "", f"![{curve.text}]({curve.name}.svg)"]
    return "\n".join(lines) + "\n"


def draw(curve, points, folder):
    """Whether there was anything to draw."""
    mine = [p for p in points if p["figure"] == curve.name]
    if not mine:
        return False
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": curve.name, "svg.fonttype": "none",
                                "font.family": "sans-serif"})
    from matplotlib import pyplot
    plot, axes = pyplot.subplots(figsize=(7, 4))
    for series in sorted({p["series"] for p in mine}):
        line = sorted((p["n"], p["value"]) for p in mine if p["series"] == series)
        axes.plot(*zip(*line), marker="o", markersize=4, label=series or None)
    axes.set_xlabel(curve.x)
    axes.set_ylabel(curve.y)
    if curve.log_x:
        axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    if any(p["series"] for p in mine):
        axes.legend()
    plot.tight_layout()
    plot.savefig(folder / f"{curve.name}.svg", metadata={"Date": None})
    pyplot.close(plot)
    return True
