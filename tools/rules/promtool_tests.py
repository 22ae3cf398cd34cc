"""The vocabulary of the scenarios, and their conversion to promtool's format. Times are minutes since the start of the scenario."""
import json
import re

HOUR, DAY = 60, 24 * 60
STATES = ["ok", "failing", "never", "discarded", "off", "streamed", "standby"]
LIMITS = {("base", "warning"): 26, ("base", "critical"): 50, ("wal", "warning"): 0.25, ("wal", "critical"): 1}
IDENTITY = ["alertname", "severity", "job", "run", "shard", "cluster", "instance", "type", "tool", "fault", "missing"]


# ---- Values of a series, one a minute ----

def steady(value, minutes):
    """The same value, minute by minute."""
    return f"{value:g}x{minutes - 1}" if isinstance(value, float) else f"{value}x{minutes - 1}"


def ago(hours, minutes):
    """A time before the start."""
    return steady(round(-hours * 3600), minutes)


def clock(minutes, start=0, behind=0):
    """The current time, from minute `start` on, minus `behind` seconds."""
    return f"{start * 60 - behind}+60x{minutes - 1}"


def dies(alive, minutes, behind=0):
    """The current time until minute `alive`, then constant."""
    return f"{clock(alive + 1, behind=behind)} {steady(alive * 60 - behind, minutes - alive - 1)}"


def then(*values):
    """A sequence of values."""
    return " ".join(values)


def hourly(hours, behind=0, start=0):
    """The time of an hourly run, minus `behind` seconds."""
    return " ".join(steady(hour * 3600 - behind, 60) for hour in range(start, start + hours))


def gone(minutes):
    """Absent: the gateway did not have it or did not respond."""
    return f"stale _x{minutes - 1}"


def gap(minutes):
    """Not scraped: Prometheus was down."""
    return f"_x{minutes}"


def expanded(values):
    """The values of a series, one a minute: a number as text, "stale" or "_"."""
    all_ = []
    for token in values.split():
        if found := re.fullmatch(r"(-?[\d.e+]+?)([+-][\d.e]+)x(\d+)", token):
            start, by = float(found[1]), float(found[2])
            all_ += [f"{start + by * i:.15g}" for i in range(int(found[3]) + 1)]
        elif found := re.fullmatch(r"_x(\d+)", token):
            all_ += ["_"] * int(found[1])
        elif found := re.fullmatch(r"(-?[\d.e+-]+)x(\d+)", token):
            all_ += [found[1]] * (int(found[2]) + 1)
        else:
            all_.append(token)
    return all_


def packed(minutes):
    """The opposite: the values of a series from one value a minute."""
    told = []
    while minutes:
        number = [re.fullmatch(r"-?[\d.]+", value) and float(value) for value in minutes[:2]]
        step = number[1] - number[0] if len(number) > 1 and None not in number else 0
        count = 1
        while count < len(minutes) and (minutes[count] == minutes[0] if not step else minutes[count] == f"{number[0] + step * count:.15g}"):
            count += 1
        told.append(f"_x{count}" if minutes[0] == "_" else f"{minutes[0]}{f'{step:+.15g}' if step else ''}x{count - 1}" if count > 1 and minutes[0] != "stale" else minutes[0])
        minutes = minutes[1 if minutes[0] == "stale" else count:]
    return " ".join(told)


# ---- What the job pushes ----

def series(metric, values, **labels):
    return metric, {k.rstrip("_"): v for k, v in labels.items() if v is not None}, values


def gateway(minutes=None, values=None, started=-86400, instance="pushgateway:9091"):
    """The Pushgateway's own series; up unless `values` say otherwise."""
    return [
        series("up", values or steady(1, minutes), job="pushgateway", instance=instance),
        series("process_start_time_seconds", started if isinstance(started, str) else steady(started, minutes), job="pushgateway", instance=instance),
    ]


def run(minutes, *targets, job="backup_metrics", interval=300, shards=1, pushed=None, end=None, success=1, **group):
    """One group: the series about the run and its targets. `end` is appended to the values of all."""
    pushed = pushed or clock(minutes)
    group = {"job": job, **group}
    all_ = [
        series("push_time_seconds", pushed, **group),
        series("push_failure_time_seconds", steady(0, minutes), **group),
        series("backup_metrics_run_timestamp_seconds", pushed, **group),
        series("backup_metrics_run_duration_seconds", steady(0.3, minutes), **group),
        series("backup_metrics_run_success", success if isinstance(success, str) else steady(success, minutes), **group),
        series("backup_metrics_targets", steady(len(targets), minutes), **group, state="configured"),
        series("backup_metrics_targets", steady(len(targets), minutes), **group, state="ok"),
        series("backup_metrics_targets", steady(0, minutes), **group, state="failed"),
        series("backup_metrics_shards", steady(shards, minutes), **group),
    ]
    if interval:
        all_.append(series("backup_metrics_interval_seconds", steady(interval, minutes), **group))
    for target in targets:
        all_ += [(metric, {**group, **labels}, values) for metric, labels, values in target]
    return [(metric, labels, f"{values} {end}") for metric, labels, values in all_] if end else all_


def limits(instance, minutes, hours=None, **labels):
    return [
        series("postgres_backup_max_age_seconds", steady(round(h * 3600), minutes), instance=instance, type=t, severity=s, **labels)
        for (t, s), h in (LIMITS if hours is None else hours).items()
    ]


def sources(instance, minutes, told, **labels):
    return [
        series("postgres_backup_source_success", v if isinstance(v, str) else steady(v, minutes), instance=instance, source=s, **labels)
        for s, v in told.items()
    ]


def backup(instance, values, age=None, source="server", tool="pg_basebackup", type_="base", **labels):
    """The newest successful backup: `values` is its finish time. Optionally its pushed age."""
    of = {"instance": instance, "source": source, "tool": tool, "type": type_, **labels}
    return [series("postgres_backup_last_success_timestamp_seconds", values, **of)] + ([series("postgres_backup_age_seconds", age, **of)] if age else [])


def restore_test(instance, values, source="catalog", tool="pgbackrest", **labels):
    return [series("postgres_backup_last_restore_test_timestamp_seconds", values, instance=instance, source=source, tool=tool, **labels)]


def probe(instance, minutes, success=1, at=None, reason=None, offset=0, **labels):
    """The probe's own series. A failed probe has a reason and no time."""
    of = {"instance": instance, **labels}
    told = [
        series("postgres_backup_probe_success", success if isinstance(success, str) else steady(success, minutes), **of),
        series("postgres_backup_probe_duration_seconds", steady(0.25, minutes), **of),
    ]
    if reason:
        told.append(series("postgres_backup_probe_failure", f"_x{reason[1]} {steady(1, minutes - reason[1])}", **of, reason=reason[0]))
    if success == 1 or at:
        told.append(series("postgres_backup_probe_timestamp_seconds", at or clock(minutes), **of))
        told.append(series("postgres_backup_clock_offset_seconds", offset if isinstance(offset, str) else steady(offset, minutes), **of))
    return told


def archive(instance, minutes, state="ok", lag=5000, ready=None, **labels):
    """The archiver. `state` may be {state: values}; `ready` is the time of the oldest waiting segment."""
    of = {"instance": instance, **labels}
    values = state if isinstance(state, dict) else {s: steady(int(s == state), minutes) for s in STATES}
    told = [series("postgres_wal_archive_state", v, **of, state=s) for s, v in values.items()]
    if lag is not None:
        told.append(series("postgres_wal_archive_lag_bytes", lag if isinstance(lag, str) else steady(lag, minutes), **of))
    if ready:
        told.append(series("postgres_wal_archive_oldest_ready_timestamp_seconds", ready, **of))
    return told


def recovery(instance, point, age=None, **labels):
    of = {"instance": instance, **labels}
    return [series("postgres_recovery_point_timestamp_seconds", point, **of)] + ([series("postgres_recovery_point_age_seconds", age, **of)] if age else [])


def healthy(instance, minutes, taken=None, at=None, tool="pg_basebackup", hours=None, offset=0, **labels):
    """A healthy target known only from the server: a daily base backup, WAL archived, idle or not."""
    taken = taken or " ".join(steady(day * 86400, min(DAY, minutes - day * DAY)) for day in range((minutes + DAY - 1) // DAY))
    return [
        *limits(instance, minutes, hours, **labels), *sources(instance, minutes, {"server": 1}, **labels), *probe(instance, minutes, at=at, offset=offset, **labels),
        *backup(instance, taken, tool=tool, **labels), *archive(instance, minutes, **labels), *recovery(instance, at or clock(minutes), steady(0, minutes), **labels),
    ]


def of_pods(series_, cut, until, **labels):
    """The same series as two pods have them that are scraped one after the other: the second from minute `cut` on, the first until minute `until`."""
    told = []
    for metric, of, values in series_:
        all_ = expanded(values)
        told.append((metric, {**of, **labels, "pod": "a"}, packed([*all_[:until], "stale"])))
        told.append((metric, {**of, **labels, "pod": "b"}, packed(["_"] * cut + all_[cut:])))
    return told


# ---- Expected results ----

def alert(name, severity="critical", job="backup_metrics", **labels):
    return {"alertname": name, "severity": severity, "job": job, **{k.rstrip("_"): v for k, v in labels.items()}}


def both(name, **labels):
    return [alert(name, "warning", **labels), alert(name, "critical", **labels)]


def fires(at, *alerts):
    """These alerts fire, and no other."""
    flat = [a for item in alerts for a in (item if isinstance(item, list) else [item])]
    return "expr", at, f"count by ({', '.join(IDENTITY)}) (ALERTS{{alertstate=\"firing\"}})", [({k: v for k, v in a.items() if v}, 1) for a in flat]


def quiet(at):
    return fires(at)


def has(at, expression, *samples):
    """The result of a query: pairs of labels (with __name__ if present) and value."""
    return "expr", at, expression, list(samples)


def says(at, name, summary, description=None, **labels):
    """The firing alert of this name, with exact texts and labels; or several, as a list of (summary, description, labels)."""
    return "alert", at, name, summary if description is None else [(summary, description, labels)]


def scenario(name, series_, *checks, step=None):
    return name, [s for item in series_ for s in (item if isinstance(item, list) else [item])], checks, step


# ---- The file ----

def quoted(value):
    return json.dumps(value, ensure_ascii=False)


def selector(metric, labels):
    return metric + "{" + ",".join(f"{k}={quoted(v)}" for k, v in labels.items()) + "}"


def single(text_):
    return "'" + text_.replace("'", "''") + "'"


def runbook(name):
    return "https://github.com/backup-metrics/backup-metrics/blob/main/docs/alerts.md#" + name.lower()


def at_(minutes):
    return f"{minutes // DAY}d{minutes % DAY // 60}h{minutes % 60}m" if minutes >= DAY else f"{minutes // 60}h{minutes % 60}m"


def every(scenario_):
    """How many minutes lie between two evaluations. promtool evaluates every rule each time, so a long story is told with larger steps."""
    last = max(check[1] for check in scenario_[2])
    return scenario_[3] or (1 if last < 75 else 2 if last < 140 else 4)


def is_away(scenario_):
    """Prometheus is away in it for more than five minutes: only then are the groups needed that remember across that."""
    return any(":memory_" in metric or ":restored_" in metric or (metric == "up" and re.search(r" _x([6-9]|\d\d+)\b", values)) for metric, _, values in scenario_[1])


LATE = " (the group of every other minute comes last)"


def is_late(scenario_):
    """The group of every other minute is evaluated after that of every minute, which so reads what was found a step before: Prometheus knows no order."""
    return scenario_[0].endswith(LATE)


def stepped(checks, end, step):
    """The same checks where rules are evaluated every so many minutes: what begins or ends is seen later by at most one step, unless something else is looked at by then."""
    if step == 1:
        return checks
    times = sorted({check[1] for check in checks})
    later = {at: at + step for at in times if at + step < end and not any(at < other <= at + step for other in times)}
    return [(check[0], later.get(check[1], check[1]), *check[2:]) if "ALERTS" in check[2] else check for check in checks]


# Their scenarios are about databases, and none about what is on the gateway: they can be told at the same time.
TOGETHER = ["age", "quality", "wal", "told", "clocks"]


def expected(scenario_):
    """The alerts that it is about."""
    return {check[2] for check in scenario_[2] if check[0] == "alert"} | {labels["alertname"] for check in scenario_[2] if check[0] == "expr" for labels, _ in check[3] if "alertname" in labels}


def read(scenario_):
    """The alerts that are read word for word in it: promtool compares all of that name."""
    return {check[2] for check in scenario_[2] if check[0] == "alert"}


def last(scenario_):
    return max(check[1] for check in scenario_[2])


def bundles(scenarios):
    """Which scenarios are told at the same time. promtool parses and evaluates all rules at every step, and that is what a test costs, not the series."""
    # What asks for more than alerts is told alone.
    alone = [one for one in scenarios if any("ALERTS{" not in check[2] for check in one[2] if check[0] == "expr")]
    all_ = []
    for one in sorted((one for one in scenarios if one not in alone), key=lambda s: (-last(s), s[0])):
        fits = (bundle for bundle in all_
                if last(one) * 3 > last(bundle[0]) and sum(len(other[1]) for other in bundle) + len(one[1]) < 700
                and not any(read(one) & expected(other) or read(other) & expected(one) for other in bundle))
        if bundle := next(fits, None):
            bundle.append(one)
        else:
            all_.append([one])
    return all_ + [[one] for one in alone]


def together(bundle):
    """One scenario of several, each in a namespace of its own, as if it had a gateway and a cluster of its own."""
    if len(bundle) == 1:
        return bundle[0]
    series_, checks = [], []
    for number, (name, its_series, its_checks, _) in enumerate(bundle, 1):
        space = f"n{number}"
        series_ += [(metric, {**labels, "namespace": space}, values, name) for metric, labels, values in its_series]
        for check in stepped(its_checks, max(len(expanded(values)) for _, _, values in its_series), every(bundle[0])):
            if check[0] == "expr":
                assert "ALERTS{" in check[2]
                checks.append((*check[:2], check[2].replace("ALERTS{", f'ALERTS{{namespace="{space}",'), check[3]))
            else:
                checks.append((*check[:3], [(summary, description, {**labels, "namespace": space}) for summary, description, labels in check[3]]))
    return f"{len(bundle)} together, each in a namespace of its own: {bundle[0][0]}", series_, checks, None


def parts(all_):
    """
    What each test file tells: (name, step) -> scenarios. Those of a section, those with larger steps in a file of their own, and those with an absence of Prometheus. Those that
    can be told together are.
    """
    of = {}
    for section, scenarios in all_.items():
        for one in scenarios:
            step = every(one)
            name = ("away" if is_away(one) else "late" if is_late(one) else "together" if section in TOGETHER else section) + (f"-every-{step}m" if step > 1 else "")
            of.setdefault((name, step), []).append(one)
    return {key: [together(bundle) for bundle in bundles(some)] if key[0].startswith("together") else some for key, some in of.items()}


def files(all_):
    """The test files: name -> text."""
    return {name: text(scenarios, step, name.startswith("away")) for (name, step), scenarios in parts(all_).items()}


PROBES, SMALL = "backup-metrics-probes", "backup-metrics-limits, backup-metrics-memory, backup-metrics-restore"


def text(all_, step=1, is_away_=False):
    lines = ["# Generated by tools/make-rule-tests from tools/rules/scenarios.py, for promtool test rules.",
             *(["# With the groups that bridge an absence of Prometheus."] if is_away_ else []), "rule_files: [../backup.rules.yml]",
             # In a real Prometheus the one group reads what the other said up to two minutes ago, and what the small ones said up to five minutes or half an hour ago.
             f"group_eval_order: [{', '.join(['backup-metrics', PROBES] if any(is_late(one) for one in all_) else [PROBES, 'backup-metrics'])}, {SMALL}]",
             f"evaluation_interval: {step}m", "tests:"]
    for name, series_, checks, *_ in all_:
        keys = [selector(metric, labels) for metric, labels, *_ in series_]
        assert len(keys) == len(set(keys)), f"{name}: a series twice: {sorted(k for k in keys if keys.count(k) > 1)[:1]}"
        lines += ["", f"# {name}", "- interval: 1m", "  input_series:"]
        told = None
        for key, (_, _, values, *of) in zip(keys, series_):
            if of and of[0] != told:
                told = of[0]
                lines.append(f"  # {told}")
            lines.append(f"  - {{series: {single(key)}, values: '{values}'}}")
        if not told:
            checks = stepped(checks, max(len(expanded(values)) for _, _, values in series_), step)
        expressions = [c for c in checks if c[0] == "expr"]
        alerts = [c for c in checks if c[0] == "alert"]
        if expressions:
            lines.append("  promql_expr_test:")
        for _, at, expression, samples in expressions:
            lines += [f"  - expr: {single(expression)}", f"    eval_time: {at_(at)}", "    exp_samples:" + ("" if samples else " []")]
            for labels, value in samples:
                of = dict(labels)
                lines.append(f"    - {{labels: {single(selector(of.pop('__name__', ''), of))}, value: {value}}}")
        if alerts:
            lines.append("  alert_rule_test:")
        for _, at, rule, told in alerts:
            lines += [f"  - alertname: {rule}", f"    eval_time: {at_(at)}", "    exp_alerts:"]
            for summary, description, labels in told:
                inner = ", ".join(f"{k.rstrip('_')}: {single(v)}" for k, v in labels.items())
                lines += [f"    - exp_labels: {{{inner}}}", "      exp_annotations:", f"        summary: {single(summary)}",
                          f"        description: {single(description)}", f"        runbook_url: {runbook(rule)}"]
    return "\n".join(lines) + "\n"
