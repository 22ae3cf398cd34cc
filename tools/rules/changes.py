"""The changes of the rules, one place at a time."""
import re

COMPARISONS = {">": [">=", "<"], "<": ["<=", ">"], "==": ["!="], "!=": ["="]}
WORDS = {"and": ["unless", "or"], "unless": ["and"], "or": ["and"], "max": ["min"], "min": ["max"], "sum": ["max"],
         "last_over_time": ["max_over_time"], "group_right": []}


def changes(rules):
    """Line number, column, old text, new text, rule."""
    rule, in_expr = "", False
    for number, line in enumerate(rules):
        if head := re.match(r"  - (record|alert): (\S+)", line):
            rule = of_alert(rules[number + 1:]) or head[2]
        elif found := re.match(r"    for: (\d+)([hm])$", line):
            minutes = int(found[1]) * (60 if found[2] == "h" else 1)
            for other in (f"{minutes * 2}m", f"{minutes // 2}m"):
                yield number, found.start(1), found[1] + found[2], other, rule
        elif found := re.search(r"severity: (critical|warning)}", line):
            yield number, found.start(1), found[1], {"critical": "warning", "warning": "critical"}[found[1]], rule
        in_expr = bool(re.match(r"    expr:", line)) or (in_expr and line.startswith("      "))
        if in_expr:
            start = len("    expr:") if line.startswith("    expr:") else 0
            for column, old, new in of_expression(line, start):
                yield number, column, old, new, rule


def of_alert(following):
    """The alert that this condition is of: it stands in the labels of the record."""
    for line in following:
        if found := re.match(r"    labels: \{alert: (\w+)", line):
            return found[1]
        if line.startswith("  - ") or line.startswith("- "):
            return None
    return None


def of_expression(line, start):
    plain = re.sub(r'"[^"]*"', lambda found: '"' + "_" * (len(found[0]) - 2) + '"', line)
    for found in re.finditer(r'[=!]~"([^"]*)"', line):
        alternatives = found[1].split("|")
        for one in alternatives:
            yield found.start(1), found[1], "|".join(a for a in alternatives if a != one)
    for found in re.finditer(r'[a-z](!?=)"', plain):
        yield found.start(1), found[1], "=" if found[1] == "!=" else "!="
    for found in re.finditer(r" (>|<|==|!=) ", plain[start:]):
        for new in COMPARISONS[found[1]]:
            yield start + found.start(1), found[1], new
    for found in re.finditer(r"(?<![\w.:\"{])\d+(?![\w:])", plain[start:]):
        for new in ["1"] if int(found[0]) == 0 else [str(int(found[0]) * 2), str(int(found[0]) // 2)]:
            yield start + found.start(), found[0], new
    for found in re.finditer(r"\[(\d+)([mhd])\]", plain):
        minutes = int(found[1]) * {"m": 1, "h": 60, "d": 1440}[found[2]]
        yield found.start(), found[0], f"[{minutes * 3}m]"
        if minutes > 3:
            yield found.start(), found[0], f"[{minutes // 3}m]"
    for found in re.finditer(r"\b(and|unless|or|max|min|sum|last_over_time)\b", plain[start:]):
        for new in WORDS[found[1]]:
            yield start + found.start(), found[1], new
    for found in re.finditer(r"\b(on|ignoring|by|without) \(([^)]+)\)", plain):
        labels = found[2].split(", ")
        for label in [label for label in labels if label not in ("container", "endpoint", "service")]:  # They go with pod.
            rest = ", ".join(other for other in labels if other != label)
            yield found.start(2), found[2], rest
    for found in re.finditer(r"(?<= )([-+])(?= )", plain[start:]):
        yield start + found.start(), found[0], "+" if found[0] == "-" else "-"
