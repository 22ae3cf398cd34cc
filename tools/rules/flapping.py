"""A world that flaps: every scenario again with scrapes missing, with a gateway that is down now and then, or for half an hour, and with Prometheus
away for eight minutes. What fires must be what fires without that, somewhat later or earlier, and that the gateway is down."""
import random
import re
import subprocess

from promtool_tests import IDENTITY, expanded, has, text

STEP = 5  # minutes between two looks
GATEWAY = r'"(PushgatewayDown|BackupMetricsAbsent)"'  # What a gateway that is down is told by; alertmanager.yml lets the first inhibit the second.


def failing(series, is_failed):
    """The same series where the scrapes of some minutes fail: the gateway is not up, and everything else is stale."""
    changed = []
    for metric, labels, values in series:
        minutes = expanded(values)
        of_gateway = metric == "up" and labels.get("job") == "pushgateway"
        for minute, value in enumerate(minutes):
            if is_failed(minute) and value not in ("_", "stale"):
                minutes[minute] = "0" if of_gateway else "stale"
        changed.append((metric, labels, " ".join(minutes)))
    return changed


def away(series, start, minutes):
    """The same series where nothing is scraped for some minutes. promtool goes on with its evaluations, a real Prometheus does not."""
    changed = []
    for metric, labels, values in series:
        all_ = expanded(values)
        changed.append((metric, labels, " ".join("_" if start <= minute < start + minutes and value != "stale" else value for minute, value in enumerate(all_))))
    return changed


def missing(name):
    chance = random.Random(name)
    failed = {minute for minute in range(10_000) if chance.random() < 0.1}
    return failed.__contains__


# How the scenario is changed, and by how many minutes its alerts may move.
VARIANTS = {
    "every tenth scrape is missing": (lambda name, series, length: failing(series, missing(name)), 10),
    "the gateway is up for three minutes and down for three": (lambda name, series, length: failing(series, lambda minute: minute % 6 >= 3), 15),
    "the gateway is down for half an hour": (lambda name, series, length: failing(series, lambda minute: length // 2 <= minute < length // 2 + 30), 40),
    "Prometheus is away for eight minutes": (lambda name, series, length: away(series, length // 2, 8), 15),
}


def length_of(scenario):
    return max(len(expanded(values)) for _, _, values in scenario[1])


def suits(scenario):
    """It has one gateway that is up all the time, and is not longer than half a day."""
    ups = [expanded(values) for metric, labels, values in scenario[1] if metric == "up" and labels.get("job") == "pushgateway"]
    return len(ups) == 1 and set(ups[0]) == {"1"} and len(ups[0]) <= 720


def firing(scenarios, folder, rules):
    """What fires in each scenario: {minute: set of alerts}, as promtool tells it where it expects something else."""
    query = f"count by ({', '.join(IDENTITY)}) (ALERTS{{alertstate=\"firing\"}})"
    told = []
    for number, (name, series) in enumerate(scenarios):
        length = max(len(expanded(values)) for _, _, values in series)
        test = folder / f"{number}.test.yml"
        test.write_text(text([(name, series, [has(at, query, ({"x": "x"}, -77)) for at in range(0, length, STEP)])]).replace("../backup.rules.yml", str(rules)))
        ended = subprocess.run(["promtool", "test", "rules", str(test)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        output = ended.stdout + ended.stderr
        looks = re.findall(r"time: (\S+),\s+exp: [^\n]*\n\s+got: ([^\n]*)", output)
        assert len(looks) == len(range(0, length, STEP)), output[-2000:]
        told.append({minutes(at): frozenset(re.findall(r"\{[^}]*\}", got)) for at, got in looks})
    return told


def minutes(at):
    return sum(int(number) * {"d": 1440, "h": 60, "m": 1, "s": 0}[unit] for number, unit in re.findall(r"(\d+)([dhms])", at))


def differences(calm, rough, slack):
    """(minute, alert, what) wherever the rough world tells something that the calm one does not, allowing for some minutes."""
    for at, alerts in rough.items():
        # What was told all the time is told now, and what is told was told, or will be.
        wanted = frozenset.intersection(*[calm[other] for other in calm if at - slack <= other <= at])
        allowed = frozenset.union(*[calm[other] for other in calm if abs(other - at) <= slack])
        if at >= slack:
            yield from ((at, alert, "is silent") for alert in sorted(wanted - alerts))
        yield from ((at, alert, "fires") for alert in sorted(alerts - allowed) if not re.search(GATEWAY, alert))
