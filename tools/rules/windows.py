"""What promtool cannot tell, since it evaluates every group at each step: a window must reach back to the evaluation before of the group that records what is read, and of its own."""
import re

LOOKBACK = 5  # What is read without a window is read this many minutes back.
MINUTES = {"m": 1, "h": 60, "d": 24 * 60}


def too_short(lines):
    """Each window that misses samples, as a sentence."""
    group, recorded, read = "", {}, []
    intervals = {}
    for number, line in enumerate(lines, 1):
        if found := re.match(r"- name: (\S+)", line):
            group = found[1]
        elif found := re.match(r"  interval: (\d+)([mhd])$", line):
            intervals[group] = int(found[1]) * MINUTES[found[2]]
        elif found := re.match(r"  - record: (\S+)", line):
            recorded.setdefault(found[1], set()).add(group)
        elif re.match(r"    expr:|      ", line) and "{{" not in line:
            read += [(number, group, found[1], found[2]) for found in re.finditer(r"\b([a-z_]\w*:?\w+)\b(?:\{[^}]*\})?(?:\[(\w+)\])?", line)]
    for number, group, name, window in read:
        reaches = int(window[:-1]) * MINUTES[window[-1]] if window else LOOKBACK
        every = max(intervals[of] for of in recorded[name]) if name in recorded else 1
        needed = max(every, intervals[group]) if window else every
        if reaches <= needed and (window or name in recorded):
            yield f"{number}: {name} is read {reaches} minutes back: not more than the {needed} minutes that lie between two evaluations"
