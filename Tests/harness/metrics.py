"""The Prometheus text exposition format, read as strictly as it is written."""

import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)?\}})? (\S+)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


def parse(text: str) -> dict[str, dict[tuple, float]]:
    """The samples of each family; an AssertionError for whatever a strict reader would refuse."""
    assert text.endswith("\n") and "\r" not in text
    families: dict[str, dict[tuple, float]] = {}
    kinds: dict[str, str] = {}
    current = None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ", 3)[2]
            assert current not in families, f"{current} comes twice"
            assert len(line.split(" ", 3)) == 4 and line.split(" ", 3)[3], line
            families[current] = {}
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current and not families[name] and kind in SUFFIXES, line
            kinds[name] = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            name, labels, value = match.groups()
            assert any(name == current + suffix for suffix in SUFFIXES[kinds[current]]), line
            pairs = tuple(re.findall(r'([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"', labels or ""))
            assert len({name for name, _ in pairs}) == len(pairs), line
            assert (name, pairs) not in families[current], f"{line} comes twice"
            families[current][name, pairs] = float(value)
    for name, kind in kinds.items():
        assert re.fullmatch(NAME, name) and name.startswith("antigravity_")
        assert name.endswith("_total") == (kind == "counter"), name
        if kind == "histogram":
            check_histogram(name, families[name])
        elif kind == "counter":
            assert all(value >= 0 for value in families[name].values()), name
    return families


def check_histogram(name: str, samples: dict[tuple, float]):
    buckets = [(float(dict(labels)["le"]), value) for (suffix, labels), value in samples.items()
               if suffix == name + "_bucket"]
    assert buckets == sorted(buckets) and buckets[-1][0] == math.inf
    assert [value for _, value in buckets] == sorted(value for _, value in buckets)
    assert buckets[-1][1] == samples[name + "_count", ()] and (name + "_sum", ()) in samples
