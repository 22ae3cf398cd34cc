"""Whether a change of a rule can make a difference in a test: where it cannot, it need not be tried."""
import re

# Labels that no rule sets: where no series has one it may be left out of any list.
PUSHED = {"pod", "run", "shard", "cluster", "namespace", "drill", "storage", "phase", "site", "source"}
MAKES_SOMETHING_OF_NOTHING = {"vector", "absent", "scalar"}


def expressions(rules):
    """The first line of each rule, its name, and the names in its expression."""
    all_ = []
    in_expr = False
    for number, line in enumerate(rules):
        if found := re.match(r"  - (?:record|alert): (\S+)", line):
            all_.append((number, found[1], set()))
        in_expr = line.startswith("    expr:") or (in_expr and line.startswith("      "))
        if in_expr:
            all_[-1][2].update(re.findall(r"[a-zA-Z_][\w:]*", re.sub(r'"[^"]*"', "", line.removeprefix("    expr:"))))
    return all_


def in_test(rules, test):
    """A function of a change (line, column, old, new, rule): whether it can make a difference in this test."""
    inputs = re.findall(r"- \{series: '(\w[\w:]*)\{(.*?)\}',", test)
    labels = {label for _, told in inputs for label in re.findall(r'(\w+)="', told)}
    known, blocks = {name for name, _ in inputs}, expressions(rules)
    before = -1
    while before != len(known):
        before = len(known)
        known.update(name for _, name, read in blocks if read & (known | MAKES_SOMETHING_OF_NOTHING))

    def can(change):
        number, column, old, new, _ = change
        if re.search(r"\b(on|ignoring|by|without) \($", rules[number][:column]):
            left_out = set(old.split(", ")) - set(new.split(", "))
            if left_out <= PUSHED - labels:
                return False
        return bool(max(block for block in blocks if block[0] <= number)[2] & (known | MAKES_SOMETHING_OF_NOTHING))

    return can


def near(rules):
    """What each rule reads, by the number of its first line, and what those that record that read."""
    blocks = expressions(rules)
    reads = {}
    for _, name, read in blocks:
        reads.setdefault(name, set()).update(read - {name})
    of = {}
    for number, _, read in blocks:
        of[number] = read.union(*(reads.get(name, set()) for name in read))
    return of
