"""What may happen to a job, its targets and its gateway, and which alerts fire when. Minutes since the beginning; `fires` names all that fire."""
from flapping import failing
from promtool_tests import (
    HOUR, LATE, LIMITS, ago, alert, archive, backup, both, clock, dies, expanded, fires, gap, gateway, gone, has, healthy, hourly, limits, of_pods, packed, probe, quiet, recovery,
    restore_test, run, says, scenario, series, sources, steady, then)

ALL = {}


def section(name):
    """What follows goes to this file."""
    add.to = ALL.setdefault(name, [])


# Those that tell minutes apart: how many lie between two evaluations.
FINER = {
    "The job dies": 2, "A database is down": 2, "A database that can be probed only now and then": 1, "WAL waits": 2, "The listing of an archive has a hole": 1, "An archive is no longer listed": 2,
    "What ended just before": 1, "The archiver fails, or never worked": 1, "The gateway dies with everything in it": 1, "The scrape job is gone": 1, "The gateway restarts empty: one host": 1, "A backup that hangs": 2, "One of two tools stopped": 1,
    "An hourly job, and one probe": 1, "The archiver fails at every second probe": 1, "A failover, back and forth": 1, "A job is renamed": 1, "The gateway is down for half an hour": 1,
}


def add(name, series_, *checks):
    add.to.append(scenario(name, series_, *checks, step=next((step for start, step in FINER.items() if name.startswith(start)), None)))


DO = "Look at the log of the backup tool and at its schedule, fix what stopped it, and take a backup now."

# The time that promtool begins with is 1970, so what was before it is negative.

section("age")

N = 4 * HOUR
add("Backups stop, and the job goes on: a warning an hour after its limit, and so the critical one; a new backup ends both",
    [gateway(N), run(N, healthy("orders", N, taken=then(ago(25, 200), steady(200 * 60, 40)), team="payments"),
                     healthy("billing", N, taken=then(ago(49, 200), steady(200 * 60, 40))))],
    quiet(59), fires(60, alert("LastBackup", "warning", instance="billing", type_="base")), fires(120, alert("LastBackup", "warning", instance="billing", type_="base")),
    fires(121, alert("LastBackup", "warning", instance="orders", type_="base"), both("LastBackup", instance="billing", type_="base")),
    fires(199, alert("LastBackup", "warning", instance="orders", type_="base"), both("LastBackup", instance="billing", type_="base")), quiet(200),
    says(180, "LastBackup", [("orders: the newest base backup is 1d 4h 0m 0s old",
                              "The newest base backup of orders (job backup_metrics) is 1d 4h 0m 0s old; its warning limit is 1d 2h 0m 0s. " + DO,
                              dict(instance="orders", job="backup_metrics", severity="warning", team="payments", type="base"))]
         + [("billing: the newest base backup is 2d 4h 0m 0s old",
             f"The newest base backup of billing (job backup_metrics) is 2d 4h 0m 0s old; its {s} limit is {h}. " + DO,
             dict(instance="billing", job="backup_metrics", severity=s, type="base")) for s, h in (("warning", "1d 2h 0m 0s"), ("critical", "2d 2h 0m 0s"))]))

N = 4 * HOUR
A = dies(HOUR, N)
add("The job dies: twice its interval, a slot that may be late, and five minutes; its last push stays at the gateway, frozen, and its backups age nonetheless",
    [gateway(N), run(N, healthy("orders", N, taken=ago(25, N), at=A), pushed=A)],
    quiet(81), fires(82, alert("BackupMetricsStale")), fires(125, alert("BackupMetricsStale")),
    fires(126, alert("BackupMetricsStale"), alert("LastBackup", "warning", instance="orders", type_="base")),
    fires(N - 1, alert("BackupMetricsStale"), alert("LastBackup", "warning", instance="orders", type_="base")),
    says(3 * HOUR, "BackupMetricsStale", "backup_metrics: nothing was pushed for 2h 0m 0s",
         "Job backup_metrics, pushed last 2h 0m 0s ago; it should every 5m 0s, and twice that is the limit, and some minutes. All that is said of its targets is out of date. "
         "Look at the CronJob, the timer or the crontab, and at the job's log.", job="backup_metrics", severity="critical"))

N = 4 * HOUR
A = then(clock(16), steady(900, 45), clock(N - 61, start=61))
add("The job dies and comes back; another without an interval cannot be stale, and one that pushes hourly is not after 1 h 59 min",
    [gateway(N), run(N, healthy("orders", N, at=A), pushed=A), run(N, healthy("orders", N), pushed=steady(0, N), interval=None, job="by_hand"),
     run(N, healthy("orders", N, at=hourly(4)), pushed=hourly(4), interval=3600, job="hourly"),
     series("push_time_seconds", steady(0, N), job="stranger"),
     series("backup_metrics_run_timestamp_seconds", steady(0, N), job="relabelled"), series("backup_metrics_interval_seconds", steady(3600, N), job="relabelled")],
    quiet(36), fires(37, alert("BackupMetricsStale")), fires(60, alert("BackupMetricsStale")), quiet(61), quiet(142),
    fires(143, alert("BackupMetricsStale", job="relabelled")), fires(N - 1, alert("BackupMetricsStale", job="relabelled")))

N = 5 * HOUR
down = 30
back = 4 * HOUR
add("A database is down: its series are gone from the push; its age is remembered, in the alert too; back with a new backup all is well",
    [gateway(N),
     run(N, [*limits("orders", N), *sources("orders", N, {"server": then(steady(1, down), steady(0, back - down), steady(1, HOUR))}),
             *probe("orders", N, success=then(steady(1, down), steady(0, back - down), steady(1, HOUR)),
                    at=then(clock(down), gone(back - down), clock(HOUR, start=back)), reason=None, offset=then(steady(0, down), gone(back - down), steady(0, HOUR))),
             series("postgres_backup_probe_failure", then(gap(down), steady(1, back - down), "stale"), instance="orders", reason="refused"),
             *backup("orders", then(ago(25, down), gone(back - down), steady(4 * 3600, HOUR))),
             *archive("orders", N, {"ok": then(steady(1, down), gone(back - down), steady(1, HOUR))}, lag=then(steady(5000, down), gone(back - down), steady(5000, HOUR))),
             *recovery("orders", then(clock(down), gone(back - down), clock(HOUR, start=back)))],
         success=then(steady(1, down), steady(0, back - down), steady(1, HOUR)))],
    quiet(down + 9), fires(down + 10, alert("BackupJobFailed", "warning")), fires(down + 14, alert("BackupJobFailed", "warning")),
    fires(down + 15, alert("BackupJobFailed", "warning")), fires(down + 16, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="orders")),
    fires(120, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="orders")),
    fires(121, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="orders"), alert("LastBackup", "warning", instance="orders", type_="base")),
    fires(back - 1, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="orders"), alert("LastBackup", "warning", instance="orders", type_="base")),
    quiet(back),
    says(2 * HOUR, "BackupTargetDown", "orders: it could not be probed (refused)",
         "Job backup_metrics cannot probe orders, or not in full, or only now and then (refused): the state of its backups is not known. "
         "Is PostgreSQL running? backup-metrics show says what is wrong and what to do.", instance="orders", job="backup_metrics", severity="critical"),
    says(2 * HOUR, "BackupJobFailed", "backup_metrics: the last run failed for some of its targets",
         "The last run of job backup_metrics pushed, but could not probe all its targets. The alert BackupTargetDown names them, and the job's report says why.",
         job="backup_metrics", severity="warning"))

N = 4 * HOUR
often = then(*[then(steady(1, 5), steady(0, 5))] * 12)
add("A database that can be probed only now and then is down; one that failed once, or seldom, is not",
    [gateway(N),
     run(N, *[[*limits(name, N), *sources(name, N, {"server": steady(1, N)}), *probe(name, N, success=success, at=clock(N)), *backup(name, ago(1, N))]
             for name, success in (("often", then(often, steady(1, 120))), ("once", then(steady(1, 60), steady(0, 5), steady(1, N - 65))),
                                   ("seldom", then(*[then(steady(1, 25), steady(0, 5))] * 8)))])],
    quiet(40), fires(41, alert("BackupTargetDown", instance="often")), fires(120, alert("BackupTargetDown", instance="often")),
    fires(150, alert("BackupTargetDown", instance="often")), quiet(160), quiet(N - 1))

N = 4 * HOUR
add("A backup that was deleted is no backup: not while its source answers, nor when that is down later",
    [gateway(N),
     run(N, [*limits("orders", N), *sources("orders", N, {"catalog": then(steady(1, 150), steady(0, 90))}), *probe("orders", N),
             *backup("orders", then(ago(30, 30), ago(1, 30), ago(30, 90), gone(90)), source="catalog", tool="barman", type_="full")])],
    quiet(119), fires(120, alert("LastBackup", "warning", instance="orders", type_="base")), fires(N - 1, alert("BackupSourceFailed", instance="orders"), alert("LastBackup", "warning", instance="orders", type_="base")))

N = 4 * HOUR
add("The last backup was deleted, and its source says so: none is known, whatever it said before",
    [gateway(N), run(N, [*limits("orders", N, {("base", "critical"): 50}), *sources("orders", N, {"catalog": 1}), *probe("orders", N),
                         *backup("orders", then(steady(0, HOUR), gone(3 * HOUR)), source="catalog", tool="barman", type_="full")])],
    quiet(HOUR + 2), fires(HOUR + 5, alert("BackupNeverMade", "warning", instance="orders", type_="base")),
    fires(4 * HOUR - 1, alert("BackupNeverMade", "warning", instance="orders", type_="base")))

N = 3 * HOUR
PART = alert("BackupSourceFailed", instance="part")
add("What a failed source still says counts before what it said; a source that is not configured any more counts for nothing",
    [gateway(N),
     run(N, [*limits("part", N), *sources("part", N, {"pgmonitor": then(steady(1, 20), steady(0, 160))}), *probe("part", N),
             *backup("part", then(ago(1, 30), ago(30, 150)), source="pgmonitor", tool="pgbackrest", type_="full"),
             *backup("part", ago(40, N), source="pgmonitor", tool="barman", type_="full")],
         [*limits("was", N), *sources("was", N, {"query": then(steady(1, 60), gone(120)), "server": 1}), *probe("was", N),
          *backup("was", then(ago(1, 60), gone(120)), source="query"), *backup("was", ago(40, N))])],
    quiet(34), fires(89, PART), fires(90, PART, alert("LastBackup", "warning", instance="part", type_="base")), fires(119, PART, alert("LastBackup", "warning", instance="part", type_="base")),
    fires(120, PART, *[alert("LastBackup", "warning", instance=i, type_="base") for i in ("part", "was")]))

N = 12 * HOUR
KNOWN = "postgres_backup:last_success_timestamp_seconds"
add("A failover, a backup on the new primary, a failback: a server knows its own backups only, and none of it is a lost one or an older one",
    [gateway(N),
     run(N, [*limits("orders", N), *sources("orders", N, {"server": 1}), *probe("orders", N), *archive("orders", N),
             *backup("orders", then(ago(20, HOUR), gone(5 * HOUR), ago(20, 6 * HOUR)), tool="pgbackrest"),
             *backup("orders", then(gap(4 * HOUR), steady(4 * 3600, 2 * HOUR), gone(6 * HOUR)), tool="unknown", type_="incr")],
         [*limits("late", N), *sources("late", N, {"server": 1}), *probe("late", N), *archive("late", N), *backup("late", then(ago(20, HOUR), gone(11 * HOUR)))],
         [*limits("lonely", N), *sources("lonely", N, {"server": 1}), *probe("lonely", N), *archive("lonely", N)])],
    *[fires(at, alert("BackupNeverMade", "warning", instance="lonely", type_="base")) for at in (8, 60, 2 * HOUR, 2 * HOUR + 1, 7 * HOUR - 1)],
    *[fires(at, alert("BackupNeverMade", "warning", instance="lonely", type_="base"), alert("LastBackup", "warning", instance="late", type_="base")) for at in (7 * HOUR + 1, N - 1)],
    *[has(at, KNOWN + '{instance="orders"}', ({"__name__": KNOWN, "job": "backup_metrics", "instance": "orders", "type": "base"}, value))
      for at, value in ((HOUR - 1, -72000), (HOUR, -72000), (4 * HOUR, 14400), (6 * HOUR, 14400), (N - 1, 14400))])

N = 9 * HOUR
down = 4 * HOUR
add("A failover just after a weekly backup: it stays known for as long as it takes, also where Prometheus was down for hours in between",
    [gateway(values=then(steady(1, down), gap(2 * HOUR), steady(1, N - down - 2 * HOUR)), started=then(steady(-86400, down), gap(2 * HOUR), steady(-86400, N - down - 2 * HOUR))),
     run(N, [*limits("orders", N, {("base", "critical"): 9 * 24}), *sources("orders", N, {"server": 1}), *probe("orders", N), *archive("orders", N),
             *backup("orders", then(ago(1, HOUR), gone(N - HOUR)))])],
    quiet(down - 1), quiet(N - 1))

N = 4 * HOUR
NEVER_NEW = alert("BackupNeverMade", "warning", instance="new", type_="base")
NEVER = [alert("BackupNeverMade", "warning", instance="dumped", type_="logical"), alert("BackupNeverMade", "warning", instance="dumped", type_="full"),
         alert("BackupNeverMade", "warning", instance="listed", type_="base", job=None)]
UNKNOWN_ONES = [alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="down"), alert("BackupTargetDown", instance="half"),
                alert("BackupSourceFailed", job=None, instance="unread"), alert("BackupSourceFailed", instance="elsewhere")]
add("Never backed up: where all answers, a warning minutes later; not where something does not, nor on a standby; a listed server of a catalogue is told, too",
    [gateway(N),
     run(N, [*limits("new", N), *sources("new", N, {"server": 1}), *probe("new", N),
             *backup("new", then(gap(2 * HOUR), steady(7200, 2 * HOUR))), *archive("new", N)],
         [*limits("dumped", N, {("logical", "warning"): 26, ("full", "critical"): 50}), *sources("dumped", N, {"catalog": 1}), *probe("dumped", N),
          *backup("dumped", steady(0, N), source="catalog", tool="pgbackrest", type_="incr")],
         [*limits("down", N), *sources("down", N, {"server": 0}), *probe("down", N, success=0, reason=("dns", 0))],
         [*limits("half", N), *sources("half", N, {"server": 1, "query": 0}), *probe("half", N, success=0, reason=("sql", 0))],
         [*limits("elsewhere", N), *sources("elsewhere", N, {"server": 1, "catalog": 0}), *probe("elsewhere", N)],
         [*limits("standby", N), *sources("standby", N, {"server": 1}), *probe("standby", N), *archive("standby", N, "standby", lag=None)],
         [*limits("unlimited", N, {}), *sources("unlimited", N, {"server": 1}), *probe("unlimited", N)], success=0),
     [*limits("listed", N), *sources("listed", N, {"catalog": 1}), *limits("unread", N), *sources("unread", N, {"catalog": 0})]],
    quiet(1), fires(5, NEVER_NEW, *NEVER), fires(59, *UNKNOWN_ONES, NEVER_NEW, *NEVER), fires(120, *UNKNOWN_ONES, *NEVER))

N = 3 * HOUR
add("Never backed up, in words",
    [gateway(N), run(N, [*limits("new", N, {("base", "critical"): 1}), *sources("new", N, {"server": 1}), *probe("new", N)])],
    says(130, "BackupNeverMade", [("new: no base backup is known",
                                   f"new (job backup_metrics) answers, and not one base backup of it is known; there should be one every 1h 0m 0s{until}. Take one now. "
                                   "If there is one, tell the job where it is recorded (the source catalog, query or pgmonitor).",
                                   dict(instance="new", job="backup_metrics", severity=severity, type="base"))
                                  for severity, until in (("warning", " (critical from when it has been known for that long)"), ("critical", ""))]))

N = 90
add("The server's word counts only where no other source is configured, even if that one does not answer, is silent or was never asked",
    [gateway(N),
     run(N, [*limits("orders", N), *sources("orders", N, {"server": 1, "catalog": 1}), *probe("orders", N),
             *backup("orders", ago(1, N)), *backup("orders", ago(30, N), source="catalog", tool="wal-g", type_="full")],
         [*limits("broken", N), *sources("broken", N, {"server": 1, "catalog": 0}), *probe("broken", N, success=0),
          *backup("broken", ago(1, N)), *backup("broken", then(ago(30, 10), gone(80)), source="catalog", tool="wal-g", type_="full")],
         [*limits("silent", N), *sources("silent", N, {"server": 1, "catalog": 1}), *probe("silent", N), *backup("silent", ago(1, N))],
         [*limits("unasked", N), *sources("unasked", N, {"server": 1}), *probe("unasked", N), *backup("unasked", ago(1, N)), *backup("unasked", ago(30, N), source="query")],
         healthy("alone", N, taken=ago(1, N)), success=0)],
    fires(N - 1, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="broken"), alert("BackupNeverMade", "warning", instance="silent", type_="base"),
          *[alert("LastBackup", "warning", instance=i, type_="base") for i in ("orders", "broken", "unasked")]))

N = 2 * HOUR
cut = 30
add("A catalogue is taken out of the configuration: what it said last counts no more, and what the server says does",
    [gateway(N), run(N, [*healthy("orders", N, taken=ago(30, N)), *sources("orders", N, {"catalog": then(steady(1, cut), gone(N - cut))}),
                         *backup("orders", then(ago(1, cut), gone(N - cut)), source="catalog", tool="barman", type_="full")],
                         [*healthy("unasked", N, taken=ago(30, N)), *backup("unasked", then(ago(1, cut), gone(N - cut)), source="query", tool="barman", type_="full")])],
    quiet(84), fires(94, *[alert("LastBackup", "warning", instance=i, type_="base") for i in ("orders", "unasked")]), fires(N - 1, *[alert("LastBackup", "warning", instance=i, type_="base") for i in ("orders", "unasked")]))

N = 3 * HOUR
OF = dict(source="catalog", tool="pgbackrest")
STOPPED = alert("BackupToolStopped", "warning", instance="dump", tool="pgbackrest")
add("A limit for base is met by the newest of base, full, diff and incr; those for full and logical by their own only",
    [gateway(N),
     run(N, [*limits("incr", N, {("base", "warning"): 26, ("full", "warning"): 28}), *sources("incr", N, {"catalog": 1}), *probe("incr", N),
             *backup("incr", ago(27, N), **OF, type_="full"), *backup("incr", ago(2, N), **OF, type_="incr"), *backup("incr", ago(0, N), **OF, type_="wal")],
         [*limits("dump", N, {("base", "warning"): 26, ("logical", "critical"): 24}), *sources("dump", N, {"catalog": 1, "query": 1}), *probe("dump", N),
          *backup("dump", ago(30, N), **OF, type_="full"), *backup("dump", ago(23.5, N), source="catalog", tool="pg_dump", type_="logical"),
          *backup("dump", ago(3, N), source="query", tool="barman", type_="diff")],
         [*limits("wal", N, {("base", "warning"): 26}), *sources("wal", N, {"catalog": 1}), *probe("wal", N),
          *backup("wal", ago(25.5, N), source="catalog", tool="wal-g", type_="base"), *backup("wal", ago(0, N), source="catalog", tool="wal-g", type_="wal")])],
    fires(90, STOPPED), fires(91, STOPPED, alert("LastBackup", instance="dump", type_="logical"), alert("LastBackup", "warning", instance="wal", type_="base")),
    fires(120, STOPPED, alert("LastBackup", instance="dump", type_="logical"), alert("LastBackup", "warning", instance="wal", type_="base")),
    fires(121, STOPPED, alert("LastBackup", instance="dump", type_="logical"), alert("LastBackup", "warning", instance="wal", type_="base"),
          alert("LastBackup", "warning", instance="incr", type_="full")))

N = 90
add("Two jobs, two clusters and two runs have a target of the same name: each is judged by its own backups and limits",
    [gateway(N), run(N, healthy("orders", N, taken=ago(40, N)), job="nightly"), run(N, healthy("orders", N)),
     run(N, healthy("orders", N, taken=ago(40, N), hours={("base", "critical"): 30}), cluster="eu"), run(N, healthy("orders", N), cluster="us"),
     run(N, healthy("orders", N, taken=ago(40, N)), run="orders"), run(N, healthy("orders", N), run="other")],
    quiet(59), fires(60, alert("LastBackup", "warning", instance="orders", type_="base", job="nightly"),
                     alert("LastBackup", "critical", instance="orders", type_="base", cluster="eu"), alert("LastBackup", "warning", instance="orders", type_="base", run="orders")))

N = 150
cut = 120
add("A target is taken out of the configuration: whatever fired for it ends at once, the others are told as before",
    [gateway(N), run(N, healthy("orders", N)),
     [(m, l, v) for m, l, v in run(cut, healthy("late", cut, taken=ago(27, cut)), end="stale")[9:] if "instance" in l],
     series("postgres_backup_max_age_seconds", then(steady(93600, cut), "stale"), job="backup_metrics", instance="gone", type="base", severity="warning"),
     series("postgres_backup_source_success", then(steady(0, cut), "stale"), job="backup_metrics", instance="gone", source="server"),
     series("postgres_backup_probe_success", then(steady(0, cut), "stale"), job="backup_metrics", instance="gone"),
     series("postgres_backup_last_success_timestamp_seconds", then(ago(27, 10), gone(HOUR)), job="backup_metrics", instance="gone", source="server", tool="unknown", type="base")],
    fires(cut - 1, alert("LastBackup", "warning", instance="late", type_="base"), alert("LastBackup", "warning", instance="gone", type_="base"),
          alert("BackupTargetDown", instance="gone")),
    quiet(cut), quiet(N - 1))

# ---- Restore tests, errors, sizes ----

section("quality")

N = 3 * HOUR
RT = {("base", "critical"): 50, ("restore_test", "warning"): 24, ("restore_test", "critical"): 26}
LISTED = alert("RestoreTestTooOld", "warning", job=None, instance="listed", type_="restore_test")
add("Restore tests: too old, never recorded where all answers, unknown where it does not, remembered where it is down",
    [gateway(N),
     run(N, [*limits("old", N, RT), *sources("old", N, {"catalog": 1}), *probe("old", N), *backup("old", steady(0, N), source="catalog", type_="full"),
             *restore_test("old", then(ago(23, 150), ago(-2.5, 30))), *restore_test("old", ago(40, N), tool="barman")],
         [*limits("never", N, RT), *sources("never", N, {"catalog": 1}), *probe("never", N), *backup("never", steady(0, N), source="catalog", type_="full")],
         [*limits("unread", N, RT), *sources("unread", N, {"catalog": 0, "server": 1}), *probe("unread", N, success=0), *backup("unread", steady(0, N), source="catalog", type_="full")],
         [*limits("down", N, {("restore_test", "warning"): 24}), *sources("down", N, {"catalog": then(steady(1, 30), steady(0, N - 30))}), *probe("down", N, success=0),
          *restore_test("down", then(ago(1, 10), ago(23, 20), gone(N - 30)))], success=0),
     [*limits("listed", N, {("restore_test", "warning"): 24}), *sources("listed", N, {"catalog": 1})]],
    fires(59, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="unread"), alert("BackupTargetDown", instance="down")),
    fires(60, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="unread"), alert("BackupTargetDown", instance="down"),
          alert("RestoreTestTooOld", "warning", instance="never", type_="restore_test"), LISTED),
    fires(120, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="unread"), alert("BackupTargetDown", instance="down"),
          alert("RestoreTestTooOld", "warning", instance="never", type_="restore_test"), LISTED),
    fires(121, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="unread"), alert("BackupTargetDown", instance="down"),
          alert("RestoreTestTooOld", "warning", instance="never", type_="restore_test"), LISTED, alert("RestoreTestTooOld", "warning", instance="old", type_="restore_test"),
          alert("RestoreTestTooOld", "warning", instance="down", type_="restore_test")),
    fires(150, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="unread"), alert("BackupTargetDown", instance="down"),
          alert("RestoreTestTooOld", "warning", instance="never", type_="restore_test"), LISTED, alert("RestoreTestTooOld", "warning", instance="down", type_="restore_test")))

N = 2 * HOUR
add("Restore tests, in words",
    [gateway(N), run(N, [*limits("old", N, {("restore_test", "critical"): 26}), *sources("old", N, {"catalog": 1}), *probe("old", N), *restore_test("old", ago(26.5, N))])],
    says(90, "RestoreTestTooOld", "old: the last restore test was 1d 4h 0m 0s ago",
         "A backup of old (job backup_metrics) was last restored 1d 4h 0m 0s ago; the critical limit is 1d 2h 0m 0s. "
         "Restore one, look inside, and record it: backup-metrics record --type restore_test.", instance="old", job="backup_metrics", severity="critical", type_="restore_test"))
N = 2 * HOUR
add("Restore tests that never were, in words",
    [gateway(N), run(N, [*limits("never", N, {("restore_test", "warning"): 168}), *sources("never", N, {"catalog": 1}), *probe("never", N)])],
    says(61, "RestoreTestTooOld", "never: no restore was ever tested",
         "No restore of a backup of never (job backup_metrics) was ever recorded; the warning limit is 7d 0h 0m 0s. "
         "Restore one, look inside, and record it: backup-metrics record --type restore_test.", instance="never", job="backup_metrics", severity="warning", type_="restore_test"))

N = 70
FAILED = "postgres_backup_last_failure_timestamp_seconds"
add("A restore test that failed: after a good one, or where none ever worked, until one works; an older failure is history",
    [gateway(N), run(N, *[[*limits(name, N, {}), *sources(name, N, {"catalog": 1}), *probe(name, N), *more, series(FAILED, failed, instance=name, source="catalog", tool=tool, type="restore_test")]
                          for name, tool, failed, more in (
                              ("late", "wal-g", then(gap(10), ago(1, N - 10)), restore_test("late", then(ago(5, 40), steady(30 * 60, N - 40)), tool="wal-g")),
                              ("never", "wal-g", ago(2, N), restore_test("never", steady(0, N), tool="barman")),
                              ("history", "wal-g", ago(9, N), restore_test("history", ago(9, N), tool="wal-g")))],
                  [*limits("dump", N, {}), *probe("dump", N), series(FAILED, steady(0, N), instance="dump", source="catalog", tool="pg_dump", type="logical")])],
    fires(4), fires(5, alert("RestoreTestFailed", instance="never", tool="wal-g")),
    fires(14, alert("RestoreTestFailed", instance="never", tool="wal-g")),
    fires(15, alert("RestoreTestFailed", instance="never", tool="wal-g"), alert("RestoreTestFailed", instance="late", tool="wal-g")),
    fires(39, alert("RestoreTestFailed", instance="never", tool="wal-g"), alert("RestoreTestFailed", instance="late", tool="wal-g")),
    fires(40, alert("RestoreTestFailed", instance="never", tool="wal-g")),
    fires(N - 1, alert("RestoreTestFailed", instance="never", tool="wal-g"), alert("BackupFailed", "warning", instance="dump", tool="pg_dump", type_="logical")),
    says(60, "RestoreTestFailed", "never: the last restore test failed",
         "The last restore test of never (job backup_metrics, wal-g) failed 3h 0m 0s ago, and none has worked since: its backups may be of no use. "
         "Read the log of that restore, fix what it reports, and restore again.",
         instance="never", job="backup_metrics", severity="critical", tool="wal-g"))

N = 60
DRILL = dict(job="backup_metrics", drill="orders", instance="orders", tool="pgbackrest", team="payments")
add("Drills: one that fails pages until the next good one, also where no catalogue knows of it; one that another run reads again is no second alert",
    [gateway(N), run(N, healthy("orders", N)), series("postgres_restore_test_timestamp_seconds", then(steady(0, 40), steady(2400, 20)), **DRILL),
     series("postgres_restore_test_success", then(steady(1, 10), steady(0, 30), steady(1, 20)), **DRILL),
     series("postgres_restore_test_timestamp_seconds", steady(0, N), job="backup_metrics", instance="orders", tool="pgbackrest"),
     series("postgres_restore_test_success", steady(0, N), job="backup_metrics", instance="orders", tool="pgbackrest"),
     series("postgres_backup_last_failure_timestamp_seconds", then(gap(10), steady(600, N - 10)), job="backup_metrics", run="x", instance="orders", source="catalog", tool="pgbackrest", type="restore_test", team="payments"),
     series("postgres_backup_last_restore_test_timestamp_seconds", then(steady(0, 40), steady(2400, 20)), job="backup_metrics", run="x", instance="orders", source="catalog", tool="pgbackrest", team="payments")],
    quiet(14), fires(15, alert("RestoreTestFailed", instance="orders", tool="pgbackrest")), fires(39, alert("RestoreTestFailed", instance="orders", tool="pgbackrest")), quiet(40), quiet(N - 1))
add("A restore that came back behind what was claimed, by the drill's own push and by the catalogue",
    [gateway(N), run(N, healthy("orders", N)), series("postgres_restore_test_shortfall_seconds", then(steady(0, 10), steady(1, 20), steady(0, 30)), **DRILL),
     series("postgres_restore_test_shortfall_seconds", then(steady(0, 10), steady(2, 20), steady(0, 30)), job="backup_metrics", run="a", shard="0", pod="x", instance="orders", tool="pgbackrest", team="payments"),
     series("postgres_restore_test_shortfall_seconds", steady(0, N), job="backup_metrics", run="b", instance="orders", tool="pgbackrest", team="payments")],
    quiet(14), fires(15, alert("RestoreShortfall", instance="orders", tool="pgbackrest")), fires(29, alert("RestoreShortfall", instance="orders", tool="pgbackrest")), quiet(30), quiet(N - 1))
add("A shortfall, in words",
    [series("backup_metrics_run_timestamp_seconds", clock(N), job="backup_metrics"), series("postgres_restore_test_shortfall_seconds", steady(754, N), **DRILL)],
    says(10, "RestoreShortfall", "orders: a restore came back 12m 34s behind what was claimed",
         "The last restore of orders (job backup_metrics, pgbackrest) ended 12m 34s before the moment that was claimed to be safe: WAL that was said to be archived "
         "is missing or cannot be read. Take a full backup now, then find the first segment that is missing.",
         instance="orders", job="backup_metrics", severity="critical", tool="pgbackrest", team="payments"))
DURATION = "postgres_restore_test_duration_seconds"
add("A restore that takes longer than its limit: fetch and replay together, of the slowest tool, and no check",
    [gateway(N), run(N, [*healthy("orders", N), *limits("orders", N, {("rto", "warning"): 1, ("rto", "critical"): 2})]),
     series(DURATION, then(steady(1800, 10), steady(3000, 30), steady(1800, 20)), **DRILL, phase="fetch"), series(DURATION, steady(700, N), **DRILL, phase="replay"),
     series(DURATION, steady(9000, N), **DRILL, phase="check"),
     series(DURATION, then(steady(60, 20), steady(7201, 10), steady(60, 30)), **{**DRILL, "tool": "pg_dump"}, phase="replay"),
     series(DURATION, steady(9000, N), **{**DRILL, "instance": "free", "drill": "free"}, phase="fetch")],
    quiet(14), fires(15, alert("RestoreTooSlow", "warning", instance="orders", type_="rto")), fires(24, alert("RestoreTooSlow", "warning", instance="orders", type_="rto")),
    fires(25, both("RestoreTooSlow", instance="orders", type_="rto")), fires(30, alert("RestoreTooSlow", "warning", instance="orders", type_="rto")), quiet(40), quiet(N - 1))
add("A restore that takes too long, in words",
    [gateway(N), run(N, [*healthy("orders", N), *limits("orders", N, {("rto", "critical"): 1.5})]),
     series(DURATION, steady(4500, N), **DRILL, phase="fetch"), series(DURATION, steady(2700, N), **DRILL, phase="replay")],
    says(10, "RestoreTooSlow", "orders: a restore takes 2h 0m 0s",
         "The last restore of orders (job backup_metrics) took 2h 0m 0s to fetch and to replay; the critical limit is 1h 30m 0s. "
         "Take full or differential backups more often, fetch in parallel, or restore to faster storage.",
         instance="orders", job="backup_metrics", severity="critical", type_="rto"))

N = 3 * HOUR
add("A catalogue that cannot speak of its servers pages for each; where the database is probed, its probe does",
    [gateway(N), [*limits("listed", N, job="backup_metrics"), *sources("listed", N, {"catalog": then(steady(1, 20), steady(0, 100), steady(1, N - 120))}, job="backup_metrics"),
                  *backup("listed", ago(1, N), source="catalog", type_="full", job="backup_metrics")],
     run(N, [*limits("probed", N), *sources("probed", N, {"catalog": then(steady(1, 20), steady(0, 100), steady(1, N - 120)), "server": 1}),
             *probe("probed", N, success=then(steady(1, 20), steady(0, 100), steady(1, N - 120))), *backup("probed", ago(1, N), source="catalog", type_="full")])],
    quiet(35), fires(36, alert("BackupSourceFailed", instance="listed"), alert("BackupTargetDown", instance="probed")),
    fires(119, alert("BackupSourceFailed", instance="listed"), alert("BackupTargetDown", instance="probed")), quiet(120), quiet(N - 1),
    says(60, "BackupSourceFailed", "listed: the source catalog cannot be trusted, or not in full",
         "The source catalog of job backup_metrics does not report everything about listed, or nothing that can be trusted: the tool could not list its backups or read one of its repositories, the list was refused or is out of date, or it could not be read. "
         "How its backups are is not known for sure. backup-metrics show says what is wrong and what to do.", instance="listed", job="backup_metrics", severity="critical", source="catalog"))

N = 3 * HOUR
add("A source that knows of dumps alone leaves the base backup to the server; one that knows of a base backup does not, nor one that knows nothing",
    [gateway(N), run(N, *[[*limits(name, N, {("base", "critical"): 50}), *sources(name, N, {"server": 1, "query": 1}), *probe(name, N), *backup(name, ago(1, N)), *more]
                          for name, more in (
                              ("dumps", backup("dumps", ago(1, N), source="query", tool="pg_dump", type_="logical")),
                              ("old", [*backup("old", ago(60, N), source="query", tool="wal-g", type_="full"), *backup("old", ago(1, N), source="query", tool="pg_dump", type_="logical")]),
                              ("tested", [*backup("tested", ago(1, N), source="query", tool="pg_dump", type_="logical"), *restore_test("tested", ago(1, N), source="query")]),
                              ("nothing", []))])],
    quiet(2), *[fires(at, *[alert("BackupNeverMade", "warning", instance=i, type_="base") for i in ("tested", "nothing")]) for at in (5, 59)],
    *[fires(at, alert("LastBackup", instance="old", type_="base"), *[alert("BackupNeverMade", "warning", instance=i, type_="base") for i in ("tested", "nothing")]) for at in (60, N - 1)])

N = 40
OF = dict(job="backup_metrics", instance="orders", source="catalog", tool="pgbackrest")
add("A backup with errors, and one whose chain is broken; the next good one ends it",
    [gateway(N), run(N, healthy("orders", N)),
     series("postgres_backup_last_has_errors", then(steady(0, 10), steady(1, 20), steady(0, 10)), **OF, type="full"),
     series("postgres_backup_last_has_errors", steady(0, N), **OF, type="incr"),
     series("postgres_backup_broken_chains", steady(0, N), **OF, type="diff"),
     series("postgres_backup_broken_chains", then(steady(0, 10), steady(1, 20), steady(0, 10)), **OF, type="incr")],
    quiet(14), fires(15, alert("BackupHasErrors", instance="orders", type_="full", tool="pgbackrest", fault="errors"),
                     alert("BackupHasErrors", instance="orders", type_="incr", tool="pgbackrest", fault="broken_chain")), quiet(30))
add("A backup with errors, in words",
    [series("backup_metrics_run_timestamp_seconds", clock(N), job="backup_metrics"), series("postgres_backup_last_has_errors", steady(1, N), **OF, type="full")],
    says(10, "BackupHasErrors", "orders: the newest full backup has errors in it",
         "pgbackrest finished the newest full backup of orders (job backup_metrics) and found errors in it, such as pages whose checksum is wrong: the database itself may be damaged. "
         "Keep the older backups, read the log of pgbackrest, and check the database (pg_amcheck).", **OF, type_="full", fault="errors", severity="critical"))
add("A broken chain, in words",
    [series("backup_metrics_run_timestamp_seconds", clock(N), job="backup_metrics"), series("postgres_backup_broken_chains", steady(2, N), **OF, type="incr")],
    says(10, "BackupHasErrors", "orders: 2 incr backups cannot be restored",
         "2 of the newest incr backups of orders (job backup_metrics, pgbackrest) build on a backup that is gone: the limit is 0, they cannot be restored. Take a full backup now.",
         **OF, type_="incr", fault="broken_chain", severity="critical"))
STORED = {**OF, "type": "incr"}
add("A chain that is broken in one of two storages is a warning; in both, the tool's own fault",
    [gateway(N), run(N, healthy("orders", N)),
     series("postgres_backup_broken_chains", then(steady(0, 25), steady(2, 15)), **STORED),
     series("postgres_backup_storage_broken_chains", steady(0, N), **STORED, storage="repo1"),
     series("postgres_backup_storage_broken_chains", then(steady(0, 5), steady(2, 35)), **STORED, storage="repo2")],
    quiet(9), fires(12, alert("BackupHasErrors", "warning", instance="orders", type_="incr", tool="pgbackrest", fault="broken_chain")),
    fires(35, alert("BackupHasErrors", instance="orders", type_="incr", tool="pgbackrest", fault="broken_chain")))
add("A chain that is broken in one storage, in words",
    [series("backup_metrics_run_timestamp_seconds", clock(N), job="backup_metrics"), series("postgres_backup_storage_broken_chains", steady(2, N), **STORED, storage="repo2")],
    says(10, "BackupHasErrors", "orders: 2 incr backups cannot be restored from repo2",
         "2 of the newest incr backups of orders (job backup_metrics, pgbackrest) build on a backup that is not in repo2: the limit is 0, they cannot be restored from there. "
         "Take a full backup into repo2 now.",
         **OF, type_="incr", storage="repo2", fault="broken_chain", severity="warning"))
add("A backup of less than half the usual size; an incremental one may be small",
    [gateway(N), run(N, healthy("orders", N)),
     series("postgres_backup_last_size_ratio", then(steady(1, 10), steady(0.49, 20), steady(0.5, 10)), **OF, type="full"),
     series("postgres_backup_last_size_ratio", steady(0.5, N), **OF, type="logical"), series("postgres_backup_last_size_ratio", steady(0.01, N), **OF, type="incr"),
     series("postgres_backup_last_size_ratio", steady(0.01, N), **OF, type="diff"),
     series("postgres_backup_last_size_ratio", then(gap(32), steady(0.2, 8)), **OF, type="base"),
     series("postgres_backup_last_size_ratio", then(gap(32), steady(0.2, 8)), **{**OF, "tool": "pg_dump"}, type="logical")],
    quiet(14), fires(15, alert("BackupSizeCollapsed", "warning", instance="orders", type_="full", tool="pgbackrest")), quiet(30), quiet(36),
    fires(37, alert("BackupSizeCollapsed", "warning", instance="orders", type_="base", tool="pgbackrest"), alert("BackupSizeCollapsed", "warning", instance="orders", type_="logical", tool="pg_dump")),
    says(20, "BackupSizeCollapsed", "orders: the newest full backup has 49 % of the usual size",
         "The newest full backup of orders (job backup_metrics, pgbackrest) has 49 % of the median size of those before it; the limit is 50 %. "
         "Look whether all databases, tablespaces and tables are still in it, before the older backups are deleted.", **OF, type_="full", severity="warning"))

N = 2 * HOUR
COPIES = dict(job="backup_metrics", instance="orders", team="payments")
add("The second repository falls behind, is caught up, cannot be read; one that was not asked for is no matter, and neither is what is not known",
    [gateway(N), run(N, healthy("orders", N, team="payments"), healthy("single", N), healthy("unknown", N)),
     series("postgres_backup_copies", then(steady(2, 10), steady(1, 30), steady(3, 20), steady(0, 60)), **COPIES),
     series("postgres_backup_copies_min", steady(2, N), **COPIES),
     series("postgres_backup_copies", steady(1, N), job="backup_metrics", instance="single"),
     series("postgres_backup_copies_min", steady(2, N), job="backup_metrics", instance="unknown")],
    quiet(24), fires(25, alert("BackupCopiesMissing", instance="orders")), fires(39, alert("BackupCopiesMissing", instance="orders")), quiet(40), quiet(74),
    fires(75, alert("BackupCopiesMissing", instance="orders")), fires(N - 1, alert("BackupCopiesMissing", instance="orders")),
    says(30, "BackupCopiesMissing", "orders: only 1 storage has a backup that is new enough",
         "Storages in which the newest backup of orders (job backup_metrics) is new enough, and which could be read: 1; copies are to be in 2. "
         "backup-metrics show says which one fell behind or cannot be read. Fix that, and take a backup into it.", **COPIES, severity="critical"),
    says(80, "BackupCopiesMissing", "orders: no storage has a backup that is new enough",
         "Storages in which the newest backup of orders (job backup_metrics) is new enough, and which could be read: 0; copies are to be in 2. "
         "backup-metrics show says which one fell behind or cannot be read. Fix that, and take a backup into it.", **COPIES, severity="critical"))
N = 40
add("Two copies where three are asked for, in words",
    [gateway(N), run(N, healthy("orders", N)), series("postgres_backup_copies", steady(2, N), job="backup_metrics", instance="orders"),
     series("postgres_backup_copies_min", steady(3, N), job="backup_metrics", instance="orders")],
    says(20, "BackupCopiesMissing", "orders: only 2 storages have a backup that is new enough",
         "Storages in which the newest backup of orders (job backup_metrics) is new enough, and which could be read: 2; copies are to be in 3. "
         "backup-metrics show says which one fell behind or cannot be read. Fix that, and take a backup into it.", instance="orders", job="backup_metrics", severity="critical"))

D = 86400


def reach_asked(name, n, shard=None, **limits_):
    return [series("postgres_recovery_window_min_seconds", steady(days * D, n), job="backup_metrics", instance=name, severity=severity, shard=shard)
            for severity, days in limits_.items()]


def reaches(name, times, tool="pgbackrest", source="catalog", **labels):
    return series("postgres_recovery_window_start_timestamp_seconds", times, job="backup_metrics", instance=name, source=source, tool=tool, **labels)


N = 5 * HOUR
add("A full backup expires too early: a restore reaches back 20 days, then 10; of two tools the one that reaches back further counts; a new cluster must reach back no further than it can",
    [gateway(N), run(N, *(healthy(name, N) for name in ("orders", "two", "new", "unknown", "unasked"))),
     *reach_asked("orders", N, warning=28, critical=14), reaches("orders", then(steady(-28 * D, 20), steady(-20 * D, 100), steady(-10 * D, 100), steady(-29 * D, 80))),
     *reach_asked("two", N, critical=14), reaches("two", steady(-3 * D, N)), reaches("two", steady(-15 * D, N), tool="wal-g"),
     *reach_asked("new", N, critical=1), reaches("new", steady(-D, N)), *reach_asked("unknown", N, critical=14), reaches("unasked", steady(0, N))],
    quiet(79), fires(80, alert("RecoveryWindowTooShort", "warning", instance="orders")), fires(176, alert("RecoveryWindowTooShort", "warning", instance="orders")),
    fires(180, both("RecoveryWindowTooShort", instance="orders")), fires(216, both("RecoveryWindowTooShort", instance="orders")), quiet(220),
    says(152, "RecoveryWindowTooShort", "orders: a restore reaches back 10d 2h 32m 0s only",
         "The oldest moment that orders (job backup_metrics) can be restored to is 10d 2h 32m 0s ago; the warning limit is 28d 0h 0m 0s. "
         "See for how long the backup tool keeps full backups and WAL, and whether somebody deleted some. What is deleted does not come back: the window grows with time.",
         instance="orders", job="backup_metrics", severity="warning"))

# ---- WAL ----

section("wal")

N = 3 * HOUR
add("WAL waits: ten minutes after each of the limits; once it is archived, all is well. The recovery point is as old, and five minutes later",
    [gateway(N),
     run(N, [*healthy("orders", N)[:-10], *archive("orders", N, ready=then(gap(60), steady(3600, 100), "stale")),
             *recovery("orders", then(clock(61), steady(3600, 99), clock(20, start=160)))[:1]])],
    quiet(85), fires(86, alert("LastWalArchive", "warning", instance="orders", type_="wal")),
    fires(90, alert("LastWalArchive", "warning", instance="orders", type_="wal")),
    fires(91, alert("LastWalArchive", "warning", instance="orders", type_="wal"), alert("RecoveryPointTooOld", "warning", instance="orders", type_="wal")),
    fires(130, alert("LastWalArchive", "warning", instance="orders", type_="wal"), alert("RecoveryPointTooOld", "warning", instance="orders", type_="wal")),
    fires(131, both("LastWalArchive", instance="orders", type_="wal"), alert("RecoveryPointTooOld", "warning", instance="orders", type_="wal")),
    fires(136, both("LastWalArchive", instance="orders", type_="wal"), both("RecoveryPointTooOld", instance="orders", type_="wal")),
    quiet(160),
    says(96, "LastWalArchive", "orders: WAL has been waiting for 36m 0s to be archived",
         "The oldest WAL segment of orders (job backup_metrics) that is not archived has been waiting for 36m 0s; the warning limit is 15m 0s. "
         "What was written since would be lost, and pg_wal grows. Look at archive_command: it fails, hangs or is too slow; its output is in the server's log.",
         instance="orders", job="backup_metrics", severity="warning", type_="wal"),
    says(96, "RecoveryPointTooOld", "orders: 36m 0s of work would be lost now",
         "If orders (job backup_metrics) died now, the last 36m 0s of work would be lost; the warning limit, that for WAL, is 15m 0s. "
         "If WAL waits, fix archive_command; if none does, set archive_timeout; if WAL is not archived at all, archive it or set the limit to none.",
         instance="orders", job="backup_metrics", severity="warning", type_="wal"))

N = 6 * HOUR
A = hourly(6)
add("An hourly job saw a segment wait for 2 s, and a recovery point 2 s ago: neither is an hour late, even when the job is dead",
    [gateway(N), run(N, [*limits("orders", N), *sources("orders", N, {"server": 1}), *probe("orders", N, at=A), *backup("orders", steady(0, N)),
                         *archive("orders", N, ready=hourly(6, behind=2), lag=5000), *recovery("orders", hourly(6, behind=2))], pushed=A, interval=3600)],
    *[quiet(t) for t in (30, 119, 200, 359)])

N = 2 * HOUR
add("An idle database on a Sunday: nothing is written, a segment hardly begun is no loss, whatever its recovery point",
    [gateway(N), run(N, healthy("still", N), [*healthy("idle", N)[:-3], *archive("idle", N, lag=1023)[-1:], *recovery("idle", ago(40, N))],
                     [*healthy("begun", N)[:-3], *archive("begun", N, lag=then(steady(1023, 60), steady(1024, 60)))[-1:], *recovery("begun", ago(40, N))])],
    quiet(16), quiet(74), fires(75, both("RecoveryPointTooOld", instance="begun", type_="wal")))

N = 5 * HOUR


def archiver(instance, minutes, files=True, wal=True, **labels):
    """What else is pushed of a server that archives, and of its pg_wal."""
    return [series(metric, steady(100, minutes), instance=instance, **labels)
            for metric, told in (("postgres_wal_archived_files_total", files), ("postgres_wal_directory_bytes", wal)) if told]


def answers(name, hours=None, **told):
    """A target that answers, and its limits."""
    return [*limits(name, N, hours), *sources(name, N, told or {"server": 1}), *probe(name, N)]


def listed_until(name, end):
    """A server that is found in a catalogue, until it is not any more."""
    told = [*limits(name, end), *sources(name, end, {"catalog": 1}), *backup(name, ago(1, end), source="catalog")]
    return [(metric, {"job": "backup_metrics", **labels}, values + " stale") for metric, labels, values in told]


def doubted(instance, *more, wal_limit=True, state="ok", taken=None, point=gone(N), files=True, wal=True):
    """A base backup is known, WAL is archived, and how far a restore would reach is not known."""
    return [*limits(instance, N, None if wal_limit else {("base", "critical"): 50}), *sources(instance, N, {"server": 1}), *probe(instance, N),
            *backup(instance, taken or ago(3, N)), *archive(instance, N, state), *archiver(instance, N, files, wal), *recovery(instance, point), *more]


add("After a failover, and after a crash, nobody knows what would be lost until the next base backup: an hour later that is told, unless it is meant so, or told already",
    [gateway(N),
     run(N, doubted("promoted", taken=then(ago(3, HOUR), gone(140), steady(200 * 60, 100)), point=then(clock(HOUR), gone(140), clock(100, start=200))),
         doubted("crashed", state={"ok": then(steady(1, 90), gone(10), steady(1, N - 100))}, point=then(clock(90), gone(N - 90))),
         doubted("well", point=clock(N)), doubted("failing", state="failing"), doubted("never", state="never"), doubted("discarded", state="discarded"),
         doubted("unlooked", wal=False), doubted("unlimited", wal_limit=False), doubted("standby", files=False))],
    *[fires(at, *[alert("WalArchiverFailing", instance=i) for i in ("failing", "never", "discarded")], *[alert("RecoveryPointUnknown", "warning", instance=i, type_="base") for i in unknown])
      for at, unknown in ((119, []), (120, ["promoted"]), (149, ["promoted"]), (150, ["promoted", "crashed"]), (199, ["promoted", "crashed"]), (200, ["crashed"]), (N - 1, ["crashed"]))],
    says(160, "RecoveryPointUnknown", [
        ("promoted: what would be lost now is not known",
         "promoted (job backup_metrics) has a base backup, 5h 40m 0s old, and archives WAL; whether all WAL since that backup is archived is not known, as after a failover, a crash or a time without archiving. "
         "A restore may end at that backup. backup-metrics show says why it is not known. Take a base backup.",
         dict(instance="promoted", job="backup_metrics", severity="warning", type="base")),
        ("crashed: what would be lost now is not known",
            "crashed (job backup_metrics) has a base backup, 5h 40m 0s old, and archives WAL; whether all WAL since that backup is archived is not known, as after a failover, a crash or a time without archiving. "
            "A restore may end at that backup. backup-metrics show says why it is not known. Take a base backup.",
            dict(instance="crashed", job="backup_metrics", severity="warning", type="base"))]))

WAL_ONLY = {("wal", "critical"): 1}
N = 9 * HOUR


def listed(instance, at, missing=0, storage="default"):
    """An archive that was listed then, and lacks so many segments."""
    of = {"instance": instance, "storage": storage}
    return [series("postgres_wal_archive_listed_timestamp_seconds", at, **of),
            series("postgres_wal_archive_missing_segments", missing if isinstance(missing, str) else steady(missing, N), **of)]


FAR = alert("WalArchiveHole", "warning", instance="copied")
add("The listing of an archive has a hole until the next full backup; of two archives the better one counts, and the other is a warning; where no backup can be restored nothing else is said",
    [gateway(N),
     run(N, [*healthy("orders", N), *listed("orders", clock(N), then(steady(0, HOUR), steady(4, HOUR), steady(0, N - 2 * HOUR)))],
         [*healthy("copied", N), *listed("copied", clock(N), 7, "far"), *listed("copied", clock(N), then(steady(0, 3 * HOUR), steady(1, HOUR), steady(0, N - 4 * HOUR)), "near")],
         [*healthy("lost", N)[:-2], *archiver("lost", N), *listed("lost", clock(N), then(steady(0, 5 * HOUR), steady(2, 3 * HOUR), steady(0, N - 8 * HOUR))),
          *recovery("lost", then(clock(5 * HOUR), gone(3 * HOUR), clock(N - 8 * HOUR, start=8 * HOUR))),
          series("postgres_backup_wal_missing", then(steady(0, 5 * HOUR), steady(1, 3 * HOUR), steady(0, N - 8 * HOUR)), instance="lost", source="catalog", tool="wal-g", type="full")])],
    quiet(4), fires(5, FAR), fires(64, FAR), fires(65, FAR, alert("WalArchiveHole", instance="orders")), fires(119, FAR, alert("WalArchiveHole", instance="orders")),
    fires(120, FAR), fires(179, FAR), quiet(180), quiet(184), fires(185, alert("WalArchiveHole", instance="copied")), quiet(4 * HOUR), quiet(244), fires(245, FAR), fires(304, FAR),
    fires(7 * HOUR, FAR, alert("WalArchiveHole", instance="lost"), alert("BackupWalMissing", "warning", instance="lost", type_="full", tool="wal-g")), fires(8 * HOUR, FAR),
    says(30, "WalArchiveHole", "copied: the WAL archive far has a hole: a restore needs another one",
         "The listing of the WAL archive far of copied (job backup_metrics) lacks 7 of the segments that a restore of its newest backup needs. A restore from it ends at the first of them, whatever was archived since. "
         "Another archive of this database has them: restore from that one, and do not lose it. A full backup makes this one whole again. backup-metrics show names the first segment that is missing; find out why it is.",
         instance="copied", job="backup_metrics", severity="warning", storage="far"),
    says(200, "WalArchiveHole", "copied: the WAL archive has a hole: nothing later can be restored",
         "The listing of the WAL archive of copied (job backup_metrics) lacks 1 of the segments that a restore of its newest backup needs. A restore ends at the first of them, whatever was archived since. "
         "Take a full backup now. backup-metrics show names the first segment that is missing; find out why it is.", instance="copied", job="backup_metrics", severity="critical"),
    says(7 * HOUR, "BackupWalMissing", "lost: 1 of the newest wal-g full backups cannot be restored",
         "Of the five newest wal-g full backups of lost (job backup_metrics), 1 lack WAL of their own, between their start and their end: it is not in the archive, and without it they cannot be restored. "
         "Take a full backup, and see that its WAL is archived.", instance="lost", job="backup_metrics", severity="warning", source="catalog", tool="wal-g", type="full"))

N = 10 * HOUR
SHORT = {("base", "warning"): 4, ("base", "critical"): 7}
add("An archive is no longer listed: by the limits for base backups; one of two is enough; without such a limit nobody is told",
    [gateway(N),
     run(N, [*healthy("orders", N, taken=clock(N), hours=SHORT), *listed("orders", then(clock(HOUR), steady(0, 7 * HOUR), clock(2 * HOUR, start=8 * HOUR)))],
         [*healthy("copied", N, taken=clock(N), hours=SHORT), *listed("copied", clock(N), 0, "near"), *listed("copied", steady(4 * 3600 + 60, N), 0, "far")],
         [*healthy("unlimited", N, hours={("wal", "critical"): 1}), *listed("unlimited", steady(0, N))])],
    quiet(4 * HOUR + 5), fires(4 * HOUR + 6, alert("WalArchiveListingStale", "warning", instance="orders", type_="base")),
    fires(7 * HOUR + 6, both("WalArchiveListingStale", instance="orders", type_="base")),
    quiet(8 * HOUR + 1), fires(8 * HOUR + 7, alert("WalArchiveListingStale", "warning", instance="copied", type_="base")),
    says(6 * HOUR, "WalArchiveListingStale", "orders: the WAL archive was last listed 6h 0m 0s ago",
         "The WAL archive of orders (job backup_metrics), or one of several, was last listed 6h 0m 0s ago, longer than the warning limit for base backups. Whether it has holes is not known any more. "
         "Run backup-metrics import archive by hand where it is run, and read what it says.", instance="orders", job="backup_metrics", severity="warning", type="base"))

N = 2 * HOUR
OFF = alert("WalArchiverFailing", "warning", instance="off")
add("WAL is not archived at all, which is a warning: the recovery point is the last backup. Without limits for WAL nobody is told; a server only found in a catalogue is not, either",
    [gateway(N),
     run(N, [*limits("off", N), *sources("off", N, {"server": 1}), *probe("off", N), *backup("off", steady(0, N)), *archive("off", N, "off", lag=None), *recovery("off", steady(0, N))],
         [*limits("meant", N, {("base", "critical"): 50}), *sources("meant", N, {"server": 1}), *probe("meant", N), *backup("meant", steady(0, N)),
          *archive("meant", N, "off", lag=None), *recovery("meant", steady(0, N))]),
     [(m, {"job": "backup_metrics", **l}, v) for m, l, v in
      [*limits("found", N), *sources("found", N, {"catalog": 1}), *backup("found", steady(0, N), age=clock(N), source="catalog", type_="full"),
       *recovery("found", steady(0, N), age=clock(N))]]],
    quiet(14), fires(15, OFF), fires(30, OFF), fires(31, OFF, alert("RecoveryPointTooOld", "warning", instance="off", type_="wal")), fires(76, OFF, both("RecoveryPointTooOld", instance="off", type_="wal")),
    says(30, "WalArchiverFailing", "off: WAL archiving is off",
         "off (job backup_metrics) does not archive its WAL (archive_mode is off): a restore ends at the last backup. Turn archive_mode on, or stream the WAL with pg_receivewal. "
         "Where that is meant, say so: --max-age wal=none.", instance="off", job="backup_metrics", severity="warning", state="off"))

N = 2 * HOUR
add("The database's clock is 10 minutes behind, or ahead: its WAL waits no longer, nor shorter, for that; the clock itself is told",
    [gateway(N),
     run(N, [*limits("behind", N, {("wal", "warning"): 0.25}), *sources("behind", N, {"server": 1}), *probe("behind", N, offset=-600), *archive("behind", N, ready=clock(N, behind=610))],
         [*limits("ahead", N, {("wal", "warning"): 0.25}), *sources("ahead", N, {"server": 1}), *probe("ahead", N, offset=600), *archive("ahead", N, ready=clock(N, behind=360))],
         [*limits("unclear", N, {("wal", "critical"): 1}), *sources("unclear", N, {"server": 1}), *probe("unclear", N)[:3], *archive("unclear", N, ready=steady(0, N))])],
    quiet(9), fires(10, *[alert("BackupClockSkew", "warning", instance=i) for i in ("behind", "ahead")], alert("LastWalArchive", "warning", instance="ahead", type_="wal")),
    fires(70, *[alert("BackupClockSkew", "warning", instance=i) for i in ("behind", "ahead")], alert("LastWalArchive", "warning", instance="ahead", type_="wal")),
    fires(71, *[alert("BackupClockSkew", "warning", instance=i) for i in ("behind", "ahead")], alert("LastWalArchive", "warning", instance="ahead", type_="wal"),
          alert("LastWalArchive", "critical", instance="unclear", type_="wal")))

N = 3 * HOUR
add("A query of the user's fails, so the probe does and has no time: WAL that waits, and what would be lost, is told nonetheless",
    [gateway(N),
     run(N, [*limits("orders", N), *sources("orders", N, {"server": 1, "query": 0}), *probe("orders", N, success=0, reason=("sql", 0)),
             *backup("orders", steady(0, N), age=clock(N)), *archive("orders", N, ready=steady(0, N)), *recovery("orders", steady(0, N), age=clock(N))], success=0)],
    fires(2 * HOUR, alert("BackupJobFailed", "warning"), alert("BackupTargetDown", instance="orders"), both("LastWalArchive", instance="orders", type_="wal"),
          both("RecoveryPointTooOld", instance="orders", type_="wal")))

N = 3 * HOUR
add("The archiver fails, or never worked; a state that changes within a quarter of an hour is not told, ok, streamed and standby are none of it, and off is a warning",
    [gateway(N),
     run(N, [*healthy("fails", N)[:-10], *archive("fails", N, {"ok": then(steady(1, 60), steady(0, 60), steady(1, 60)), "failing": then(steady(0, 60), steady(1, 60), steady(0, 60)), "never": steady(0, N)})],
         [*healthy("never", N)[:-10], *archive("never", N, "never")],
         [*healthy("briefly", N)[:-10], *archive("briefly", N, {"ok": then(steady(1, 60), steady(0, 15), steady(1, 105)), "failing": then(steady(0, 60), steady(1, 15), steady(0, 105))})],
         [*healthy("thrown", N)[:-10], *archive("thrown", N, "discarded")],
         *[[*healthy(s, N)[:-10], *archive(s, N, s)] for s in ("ok", "off", "streamed", "standby")])],
    quiet(14), fires(15, OFF, alert("WalArchiverFailing", instance="thrown")), *[fires(t, OFF, *[alert("WalArchiverFailing", instance=i) for i in ("never", "thrown")]) for t in (16, 75)],
    fires(76, OFF, *[alert("WalArchiverFailing", instance=i) for i in ("never", "thrown", "fails")]), fires(120, OFF, *[alert("WalArchiverFailing", instance=i) for i in ("never", "thrown")]),
    says(30, "WalArchiverFailing", [
        ("never: WAL archiving has never worked",
         "WAL of never (job backup_metrics) waits, and none was ever archived. What is written cannot be restored, and pg_wal grows until the disk is full. "
         "The output of archive_command is in the server's log: fix what it says.", dict(instance="never", job="backup_metrics", severity="critical", state="never")),
        ("thrown: WAL archiving throws WAL away",
         "archive_command of thrown (job backup_metrics) ends well although it stores nothing, or whatever happens. PostgreSQL takes the WAL for archived and deletes it: "
         "nothing later than the last backup can be restored. Set a command that stores the WAL and fails where it cannot, then take a base backup.",
         dict(instance="thrown", job="backup_metrics", severity="critical", state="discarded")),
        ("off: WAL archiving is off",
         "off (job backup_metrics) does not archive its WAL (archive_mode is off): a restore ends at the last backup. Turn archive_mode on, or stream the WAL with pg_receivewal. "
         "Where that is meant, say so: --max-age wal=none.", dict(instance="off", job="backup_metrics", severity="warning", state="off"))]))
N = 30
add("The archiver fails, in words",
    [gateway(N), run(N, [*healthy("orders", N)[:-10], *archive("orders", N, "failing")])],
    says(20, "WalArchiverFailing", "orders: WAL archiving fails",
         "WAL of orders (job backup_metrics) could not be archived at the last attempt, or has waited for more than 2 minutes without one success. What is written cannot be restored, and pg_wal grows until the disk is full. "
         "The output of archive_command is in the server's log: fix what it says.", instance="orders", job="backup_metrics", severity="critical", state="failing"))
# ---- The gateway ----

section("gateway")

N = 5 * HOUR
die, live = 2 * HOUR, 4 * HOUR
add("The gateway dies with everything in it: it is told, and so are its jobs; what fired before stays, what became late meanwhile is told, what was removed before is not",
    [gateway(values=then(steady(1, die), steady(0, live - die), steady(1, HOUR)), started=then(steady(-86400, die), gone(live - die), steady(-86400, HOUR))),
     [(m, l, then(v, gone(live - die), after)) for (m, l, v), (_, _, after) in zip(
         run(die, healthy("late", die, taken=ago(27, die)), healthy("soon", die, taken=ago(23.5, die)), run="x"),
         run(HOUR, healthy("late", HOUR, taken=ago(27, HOUR), at=clock(HOUR, start=live)), healthy("soon", HOUR, taken=ago(-3, HOUR), at=clock(HOUR, start=live)),
             run="x", pushed=clock(HOUR, start=live)))],
     [(m, {"job": "backup_metrics", "run": "x", **l}, v + " stale") for m, l, v in [*limits("removed", 90), *sources("removed", 90, {"server": 1}), *probe("removed", 90)[:1], *backup("removed", ago(27, 90))]]],
    fires(89, *[alert("LastBackup", "warning", instance=i, type_="base", run="x") for i in ("late", "removed")]),
    fires(die - 1, alert("LastBackup", "warning", instance="late", type_="base", run="x")),
    fires(die + 4, alert("LastBackup", "warning", instance="late", type_="base", run="x")),
    fires(die + 5, alert("LastBackup", "warning", instance="late", type_="base", run="x"), alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091")),
    fires(die + 15, alert("LastBackup", "warning", instance="late", type_="base", run="x"), alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091"), alert("BackupMetricsAbsent")),
    fires(215, alert("LastBackup", "warning", instance="late", type_="base", run="x"), alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091"), alert("BackupMetricsAbsent")),
    fires(216, *[alert("LastBackup", "warning", instance=i, type_="base", run="x") for i in ("late", "soon")],
          alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091"), alert("BackupMetricsAbsent")),
    fires(live, alert("LastBackup", "warning", instance="late", type_="base", run="x")),
    fires(N - 1, alert("LastBackup", "warning", instance="late", type_="base", run="x")),
    says(die + 30, "BackupMetricsAbsent", "backup_metrics: its metrics are gone",
         "Prometheus has nothing from job backup_metrics any more; its last run that is known was 31m 0s ago. Nobody watches these backups. "
         "Does the Pushgateway run, did it lose its data, does the job run, and push there?", job="backup_metrics", severity="critical"),
    says(die + 30, "PushgatewayDown", "The Pushgateway pushgateway:9091 does not answer, or not always, or is no longer scraped",
         "Prometheus cannot scrape the Pushgateway pushgateway:9091, or not always, or no longer has it as a target: what is known of the backups is what was known before. "
         "Start the gateway, or fix the scrape configuration (job pushgateway, honor_labels: true).", job="pushgateway", instance="pushgateway:9091", severity="critical"))

cut = 2 * HOUR
add("The scrape job is gone from Prometheus: what fired stays",
    [[(m, l, then(v, "stale")) for m, l, v in [*gateway(cut), *run(cut, healthy("late", cut, taken=ago(27, cut)))]]],
    fires(cut + 4, alert("LastBackup", "warning", instance="late", type_="base")),
    fires(cut + 5, alert("LastBackup", "warning", instance="late", type_="base"), alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091")),
    fires(cut + 15, alert("LastBackup", "warning", instance="late", type_="base"), alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091"), alert("BackupMetricsAbsent")),
    fires(cut + 40, alert("LastBackup", "warning", instance="late", type_="base"), alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091"), alert("BackupMetricsAbsent")),
    has(cut + 40, "backup_metrics:gateway_lost", ({"__name__": "backup_metrics:gateway_lost"}, 1)),
    says(cut + 30, "PushgatewayDown", "The Pushgateway pushgateway:9091 does not answer, or not always, or is no longer scraped",
         "Prometheus cannot scrape the Pushgateway pushgateway:9091, or not always, or no longer has it as a target: what is known of the backups is what was known before. "
         "Start the gateway, or fix the scrape configuration (job pushgateway, honor_labels: true).", job="pushgateway", instance="pushgateway:9091", severity="critical"))

N = 5 * HOUR
cut = 2 * HOUR
again = cut + 5
back = 4 * HOUR
REST = N - again
ALONE = alert("BackupMetricsAbsent", job="alone")
# One has a cluster of its own, as a label: its group has none.
BILLING = [alert("LastBackup", "warning", instance="billing", type_="base", run="billing", **own) for own in ({}, {"cluster": "own"})]
DROPPED = [alert("LastBackup", "warning", instance="dropped", type_="base", **of, **own) for own in ({}, {"cluster": "own"}) for of in (
    dict(run="orders"), dict(run="billing", job="nightly"), dict(run="billing", shard="0"))] + [
    alert("LastBackup", "warning", instance="dropped", type_="base", run="billing", **of) for of in ({"cluster": "eu"}, {})]  # The last one has another namespace.


def there_and_back(before, after):
    """Series, five minutes of an empty gateway, and the same series again, if `after` has them."""
    again_ = {(m, tuple(l.items())): v for m, l, v in after}
    return [(m, l, then(v, gone(5), again_[m, tuple(l.items())]) if (m, tuple(l.items())) in again_ else then(v, "stale")) for m, l, v in before]


add("The gateway restarts empty: one host comes back, one only two hours later. It is told after a quarter of an hour, and its late backup stays told; what was dropped meanwhile is not",
    [gateway(N, started=then(steady(-86400, cut), steady(cut * 60, N - cut))),
     *[there_and_back(run(cut, healthy("orders", cut, taken=ago(1, cut)), healthy("dropped", cut, taken=ago(27, cut)), healthy("dropped", cut, taken=ago(27, cut), cluster="own"), **of),
                      run(REST, healthy("orders", REST, taken=ago(1, REST), at=clock(REST, start=again)), pushed=clock(REST, start=again), **of))
       for of in (dict(run="orders"), dict(run="billing", job="nightly"), dict(run="billing", shard="0"))],
     *[there_and_back(run(cut, healthy("orders", cut, taken=ago(1, cut)), healthy("dropped", cut, taken=ago(27, cut)), run="billing", **of),
                      run(REST, healthy("orders", REST, taken=ago(1, REST), at=clock(REST, start=again)), pushed=clock(REST, start=again), run="billing", **of))
       for of in ({"cluster": "eu"}, {"namespace": "x"})],
     run(cut, healthy("orders", cut), job="alone", run="x", end="stale"), run(cut - 30, healthy("orders", cut - 30), job="alone", run="y", end="stale"),
     [(m, l, then(v, gone(back - cut), after)) for (m, l, v), (_, _, after) in zip(
         run(cut, healthy("billing", cut, taken=ago(27, cut)), healthy("billing", cut, taken=ago(27, cut), cluster="own"), run="billing"),
         run(HOUR, healthy("billing", HOUR, taken=ago(27, HOUR), at=clock(HOUR, start=back)), healthy("billing", HOUR, taken=ago(27, HOUR), at=clock(HOUR, start=back), cluster="own"), run="billing",
             pushed=clock(HOUR, start=back)))]],
    fires(cut - 1, BILLING, *DROPPED), fires(cut + 4, BILLING, *DROPPED), fires(again, BILLING),
    has(cut - 1, "backup_metrics:gateway_lost"), has(cut + 9, "backup_metrics:gateway_lost", ({"__name__": "backup_metrics:gateway_lost"}, 1)), has(cut + 10, "backup_metrics:gateway_lost"),
    fires(cut + 14, BILLING), fires(cut + 15, BILLING, ALONE), fires(cut + 19, BILLING, ALONE), fires(cut + 20, BILLING, ALONE, alert("BackupMetricsAbsent", run="billing")),
    fires(back - 1, BILLING, ALONE, alert("BackupMetricsAbsent", run="billing")), fires(back, BILLING, ALONE),
    says(cut + 61, "BackupMetricsAbsent", [
        (f"{job}{run_}: its metrics are gone",
         f"Prometheus has nothing from job {job}{run_} any more; its last run that is known was 1h 2m 0s ago. Nobody watches these backups. "
         "Does the Pushgateway run, did it lose its data, does the job run, and push there?", of)
        for job, run_, of in (("alone", "", dict(job="alone", severity="critical")), ("backup_metrics", ", run billing", dict(job="backup_metrics", run="billing", severity="critical")))]))

N = 150
cut = 120
add("A group is deleted at the gateway (a host that is no more): what fired for it ends at once; the job goes on with others, and a later restart of the gateway does not wake it",
    [gateway(N, started=then(steady(-86400, 130), steady(130 * 60, 20))), run(N, healthy("orders", N), run="orders"),
     run(cut, healthy("billing", cut, taken=ago(27, cut)), run="billing", end="stale")],
    fires(cut - 1, alert("LastBackup", "warning", instance="billing", type_="base", run="billing")), quiet(cut), quiet(N - 1))

N = HOUR
POD = dict(container="gateway", endpoint="web", service="gateway")
add("In Kubernetes the gateway's pod is replaced, and its labels with it: no job is lost for that",
    [gateway(N), run(30, healthy("orders", 30), **POD, pod="a", end="stale"),
     [(m, l, then(gap(30), v)) for m, l, v in run(30, healthy("orders", 30, at=clock(30, start=30)), pushed=clock(30, start=30), container="other", endpoint="http", service="other", pod="b")]],
    quiet(29), quiet(46), quiet(59))

N = 2 * HOUR
PART_MISSING = alert("BackupTargetsMissing", job="parts", missing="shards")
add("One of two jobs is lost: it is told, the other is not; one of two clusters is, too; back again all is well",
    [gateway(N), run(N, healthy("orders", N)), run(N, healthy("a", N), job="parts", shards=2, shard="0"),
     [(m, l, then(gap(80), v)) for m, l, v in run(N - 80, healthy("b", N - 80, at=clock(N - 80, start=80)), job="parts", shards=2, shard="1", pushed=clock(N - 80, start=80))],
     [(m, l, then(v, gone(40), after)) for (m, l, v), (_, _, after) in zip(
         run(HOUR, healthy("billing", HOUR), job="nightly"), run(20, healthy("billing", 20, at=clock(20, start=100)), job="nightly", pushed=clock(20, start=100)))],
     run(N, healthy("orders", N), job="many", cluster="eu"), run(HOUR, healthy("orders", HOUR), job="many", cluster="us", end="stale")],
    fires(74, PART_MISSING), fires(75, PART_MISSING, alert("BackupMetricsAbsent", "warning", job="nightly"), alert("BackupMetricsAbsent", "warning", job="many", cluster="us")),
    *[fires(at, alert("BackupMetricsAbsent", "warning", job="nightly"), alert("BackupMetricsAbsent", "warning", job="many", cluster="us")) for at in (82, 96)], fires(100, alert("BackupMetricsAbsent", "warning", job="many", cluster="us")))

N = 30
add("Nothing was ever pushed", [gateway(N)], quiet(14), fires(15, alert("BackupMetricsAbsent", job=None)),
    says(20, "BackupMetricsAbsent", "no job pushes backup metrics", "In the last 7 days no run of backup-metrics was seen. Nobody watches these backups. "
         "Does the Pushgateway run, did it lose its data, does the job run, and push there?", severity="critical"))

N = 130
DOWN = 40
KNOWN_BAD = [alert("BackupTargetDown", instance="down"), alert("BackupNeverMade", "warning", instance="new", type_="base")]
LIMIT = dict(type="base", severity="warning")
add("A database has never answered, and then its gateway dies: whether it has a backup is not known, and nothing is said of it; of one that has answered it is. The last limits count, and none that was taken away",
    [gateway(values=then(steady(1, DOWN), steady(0, N - DOWN)), started=then(steady(-86400, DOWN), gone(N - DOWN))),
     [(m, l, then(v, gone(N - DOWN))) for m, l, v in run(DOWN, [*limits("down", DOWN), *sources("down", DOWN, {"server": 0}), *probe("down", DOWN, success=0)],
                                                        [*limits("new", DOWN), *sources("new", DOWN, {"server": 1}), *probe("new", DOWN)],
                                                        *[[series("postgres_backup_max_age_seconds", limit, instance=name, **LIMIT), *sources(name, DOWN, {"server": 1}), *probe(name, DOWN), *backup(name, ago(taken, DOWN))]
                                                          for name, taken, limit in (("lowered", 25, then(steady(168 * 3600, 35), steady(26 * 3600, 5))), ("unlimited", 27, then(steady(26 * 3600, 8), gone(DOWN - 8))))])]],
    fires(DOWN - 1, *KNOWN_BAD), fires(DOWN + 10, *KNOWN_BAD, alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091")),
    *[fires(at, *KNOWN_BAD, alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091"), alert("BackupMetricsAbsent")) for at in (DOWN + 20, 118)],
    fires(N - 1, *KNOWN_BAD, alert("LastBackup", "warning", instance="lowered", type_="base"), alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091"), alert("BackupMetricsAbsent")))

N = HOUR
add("One of two gateways is down, and says so",
    [gateway(N), gateway(values=then(steady(1, 10), steady(0, 50)), started=steady(-86400, 60), instance="second:9091")[:1], run(N, healthy("orders", N))],
    quiet(14), fires(15, alert("PushgatewayDown", job="pushgateway", instance="second:9091")), fires(59, alert("PushgatewayDown", job="pushgateway", instance="second:9091")))

N = 4 * HOUR
cut = 2 * HOUR
add("Prometheus restarts, and misses eight minutes: nothing is told that is not so, and what fired stays",
    [[(m, l, then(v, gap(8), after)) for (m, l, v), (_, _, after) in zip(
        [*gateway(cut), *run(cut, healthy("late", cut, taken=ago(27, cut)), healthy("orders", cut, taken=ago(1, cut)))],
        [*gateway(N - cut - 8), *run(N - cut - 8, healthy("late", N - cut - 8, taken=ago(27, N - cut - 8), at=clock(N - cut - 8, start=cut + 8)),
                                     healthy("orders", N - cut - 8, taken=ago(1, N - cut - 8), at=clock(N - cut - 8, start=cut + 8)), pushed=clock(N - cut - 8, start=cut + 8))])]],
    *[fires(cut + t, alert("LastBackup", "warning", instance="late", type_="base")) for t in (0, 5, 7, 8, 20, 90)])

N = 3 * HOUR
cut = 10
W = -7 * 86400 + 7200
add("The gateway restarts empty, and a group of a job that was dead for long does not come back: a week after its last run it is given up",
    [gateway(N, started=then(steady(-86400, cut), steady(cut * 60, N - cut))), run(N, healthy("orders", N)),
     [s if s[0] != "push_failure_time_seconds" else (s[0], s[1], steady(W, cut) + " stale") for s in
      run(cut, [*limits("old", cut), *sources("old", cut, {"server": 1}), *probe("old", cut), *backup("old", ago(27, cut))], run="old", pushed=steady(W, cut), interval=None, end="stale")]],
    quiet(24), fires(25, alert("BackupMetricsAbsent", run="old")), fires(70, alert("BackupMetricsAbsent", run="old"), alert("LastBackup", "warning", run="old", instance="old", type_="base")),
    fires(119, alert("BackupMetricsAbsent", run="old"), alert("LastBackup", "warning", run="old", instance="old", type_="base")), quiet(120))

N = 100
END, DOWN = 58, 60  # What ends, ends two minutes before the gateway does.
LAST_BACKUP = "postgres_backup:last_success_timestamp_seconds"
add("What ended just before the gateway was lost stays ended: a fault, a database that was taken out, a backup and a group that were deleted",
    [gateway(values=then(steady(1, DOWN), steady(0, N - DOWN)), started=then(steady(-86400, DOWN), gone(N - DOWN))),
     [(m, l, then(v, gone(N - DOWN))) for m, l, v in run(
         DOWN, [*healthy("errors", DOWN), series("postgres_backup_last_has_errors", then(steady(1, END), steady(0, 2)), instance="errors", source="catalog", tool="pgbackrest", type="full")],
         [*limits("down", DOWN), *sources("down", DOWN, {"server": 1}), *probe("down", DOWN, success=then(steady(0, END), steady(1, 2)), at=clock(DOWN)), *backup("down", ago(1, DOWN))],
         [*limits("stuck", DOWN), *sources("stuck", DOWN, {"server": 1}), *probe("stuck", DOWN), *backup("stuck", ago(1, DOWN)),
          *archive("stuck", DOWN, {"ok": then(steady(0, END), steady(1, 2)), "failing": then(steady(1, END), steady(0, 2))})],
         [*limits("deleted", DOWN), *sources("deleted", DOWN, {"catalog": 1}), *probe("deleted", DOWN), *backup("deleted", then(ago(1, END), gone(2)), source="catalog", tool="barman", type_="full")],
         [(m, l, then(" ".join(expanded(v)[:END]), gone(2))) for m, l, v in healthy("removed", DOWN)]) if m != "backup_metrics_targets"],
     [(m, l, then(v, gone(N - END))) for m, l, v in run(END, healthy("x", END), run="deleted")]],
    fires(END - 1, alert("BackupHasErrors", instance="errors", tool="pgbackrest", type_="full", fault="errors"), alert("BackupTargetDown", instance="down"), alert("WalArchiverFailing", instance="stuck")),
    quiet(END + 2), *[fires(at, alert("BackupNeverMade", "warning", instance="deleted", type_="base")) for at in (END + 5, DOWN + 4)],
    fires(DOWN + 5, alert("BackupNeverMade", "warning", instance="deleted", type_="base"), alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091")),
    fires(N - 1, alert("BackupNeverMade", "warning", instance="deleted", type_="base"), alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091"), alert("BackupMetricsAbsent")),
    *[has(at, query) for at in (DOWN, N - 1) for query in (
        'postgres_backup_verdict{reason=~"BackupHasErrors|BackupTargetDown|WalArchiverFailing"}', LAST_BACKUP + '{instance="deleted"}',
        'postgres_backup:first_seen_timestamp_seconds{instance="removed"}', 'backup_metrics:lost_run_timestamp_seconds{run="deleted"}')])

# ---- A scrape that is missing when the group of every other minute looks ----

section("late")

N = 100
MISSED = {40, 41, 42, 43, 60, 61}
TOLD = [
    alert("LastWalArchive", "warning", instance="waits", type_="wal"), alert("WalArchiverFailing", instance="stuck"), alert("WalArchiverFailing", "warning", instance="off"), *[alert("WalArchiveHole", instance=i) for i in ("hole", "recent")],
    alert("BackupHasErrors", instance="broken", type_="full", tool="pgbackrest", fault="errors"), alert("BackupTargetDown", instance="down"), alert("BackupNeverMade", "warning", instance="new", type_="base"),
]
ENDED = [alert("BackupHasErrors", instance="mended", type_="full", tool="pgbackrest", fault="errors"), alert("WalArchiverFailing", instance="unstuck")]
VANISHED = alert("BackupServerVanished", "warning", instance="found")
EXPORTED, REMOVED = [alert("LastBackup", "warning", job="wal-g", instance=i, type_="base", tool="wal-g") for i in ("db", "removed")]
MISSED_WORLD = failing([s for some in [
    gateway(N), [series("walg_last_upload", then(ago(27, end), "stale"), job="wal-g", instance=i, type="basebackup") for i, end in (("db", N), ("removed", 70))], run(
        N, [*answers("waits"), *backup("waits", ago(1, N)), *archive("waits", N, ready=steady(0, N))], [*healthy("stuck", N)[:-10], *archive("stuck", N, "failing")],
        [*answers("off"), *backup("off", ago(1, N)), *archive("off", N, "off", lag=None)], [*healthy("hole", N, hours=WAL_ONLY), *listed("hole", steady(0, N), then(steady(2, 20), steady(0, N - 20)))],
        *[[*healthy(name, N, hours=WAL_ONLY), *listed(name, steady(at, N), then(steady(2, 20), steady(0, N - 20)))] for name, at in (("recent", -6 * 86400), ("forgotten", 42 * 60 - 7 * 86400))],
        [*healthy("broken", N), series("postgres_backup_last_has_errors", steady(1, N), instance="broken", source="catalog", tool="pgbackrest", type="full")],
        [*limits("down", N), *sources("down", N, {"server": 0}), *probe("down", N, success=0)], answers("new"), [*answers("standby"), *archive("standby", N, "standby", lag=None)],
        [*healthy("mended", N), series("postgres_backup_last_has_errors", then(steady(1, 50), steady(0, N - 50)), instance="mended", source="catalog", tool="pgbackrest", type="full")],
        [*healthy("unstuck", N)[:-10], *archive("unstuck", N, {"failing": then(steady(1, 50), steady(0, N - 50))})],
        [*answers("promoted", {}), *archive("promoted", N, {"standby": then(steady(1, 50), steady(0, N - 50))}), series("postgres_backup_warnings", steady(0, N), instance="promoted")]),
    [(m, l, then(gap(52), v)) for m, l, v in run(N - 52, healthy("orders", N - 52, at=clock(N - 52, start=52)), job="other", pushed=clock(N - 52, start=52))]] for s in some] + listed_until("found", 60),
    MISSED.__contains__)
add("Scrapes are missing just when the group of every other minute looks: nothing ends, and nothing begins anew; what vanished from a catalogue meanwhile is told; a standby stays one. Another job's first push holds nothing of this one" + LATE,
    [(m, l, packed(expanded(v))) for m, l, v in MISSED_WORLD],
    *[fires(at, *TOLD, *ENDED, *[alert("WalArchiveHole", instance="forgotten")][:at < 46]) for at in (36, 40, 42, 44, 46, 48, 50)], *[fires(at, *TOLD) for at in (52, 53, 58)], *[fires(at, *TOLD, EXPORTED, REMOVED) for at in (62, 64, 66)],
    *[fires(at, *TOLD, VANISHED, EXPORTED, alert("LastWalArchive", instance="waits", type_="wal")) for at in (84, N - 1)],
    *[has(at, 'postgres_backup_verdict{instance="standby"}', ({"__name__": "postgres_backup_verdict", "job": "backup_metrics", "instance": "standby"}, 4)) for at in (38, 40, 42, 44, 46, 60, 62, 98)],
    *[has(at, 'postgres_backup_verdict{instance="promoted"}', ({"__name__": "postgres_backup_verdict", "job": "backup_metrics", "instance": "promoted", **reason}, value))
      for at, reason, value in ((44, {}, 4), (50, {}, 4), (52, {"reason": "BackupNeverMade"}, 3))])

# ---- The verdict ----

section("verdict")

OK, WARNING, CRITICAL, UNKNOWN, NOT_ASSESSED = range(5)


def verdict(at, *rows, of="", job="backup_metrics"):
    """The verdicts of all targets: (instance, value, reason, more labels)."""
    return has(at, "postgres_backup_verdict" + of, *[({"__name__": "postgres_backup_verdict", "job": job, "instance": name, **({"reason": reason} if reason else {}), **labels}, value)
                                                for name, value, reason, labels in [(*row, {})[:4] for row in rows]])


N = 3 * HOUR
add("One verdict for each database, with all its labels: the worst that is wrong with it, known bad before unknown before a warning",
    [gateway(N),
     run(N, healthy("well", N, team="payments"), healthy("late", N, taken=ago(27, N)), healthy("too-late", N, taken=ago(51, N)),
         [*healthy("stuck", N)[:-10], *archive("stuck", N, "failing")],
         [*limits("down", N), *sources("down", N, {"server": 0}), *probe("down", N, success=0, reason=("dns", 0))],
         [*limits("unread", N), *sources("unread", N, {"catalog": 0, "server": 1}), *probe("unread", N), *backup("unread", ago(1, N), source="catalog")],
         [*limits("new", N), *sources("new", N, {"server": 1}), *probe("new", N)],
         [*limits("standby", N), *sources("standby", N, {"server": 1}), *probe("standby", N), *archive("standby", N, "standby", lag=None)],
         [*healthy("copied", N)[:-10], *archive("copied", N, "standby", lag=None)],
         [*limits("lost", N), *sources("lost", N, {"server": 1, "catalog": 0}), *probe("lost", N), *archive("lost", N, "standby", lag=None)],
         [*limits("free", N, {}), *sources("free", N, {"server": 1}), *probe("free", N), series("postgres_backup_warnings", steady(0, N), instance="free")],
         [*sources("keeper", N, {"catalog": 1}), *probe("keeper", N)],
         [*healthy("ill", N, taken=ago(51, N))[:-10], *archive("ill", N, "discarded")],
         [*healthy("shrunk", N), series("postgres_backup_last_size_ratio", steady(0.1, N), instance="shrunk", source="catalog", tool="barman", type="full")], success=0),
     series("walg_last_upload", ago(1, N), job="exporter", instance="db", type="basebackup"), series("walg_last_upload", ago(27, N), job="exporter", instance="old", type="basebackup")],
    verdict(2, ("well", OK, "", {"team": "payments"}), ("late", WARNING, "LastBackup"), ("too-late", CRITICAL, "LastBackup"), ("stuck", CRITICAL, "WalArchiverFailing"),
            ("down", UNKNOWN, "BackupTargetDown"), ("unread", UNKNOWN, "BackupSourceFailed"), ("new", WARNING, "BackupNeverMade"), ("standby", NOT_ASSESSED, ""),
            ("copied", NOT_ASSESSED, ""), ("lost", UNKNOWN, "BackupSourceFailed"), ("keeper", NOT_ASSESSED, ""),
            ("free", UNKNOWN, "BackupNeverMade"), ("ill", CRITICAL, "LastBackup"), ("shrunk", WARNING, "BackupSizeCollapsed"), of='{job="backup_metrics"}'),
    verdict(2, ("db", OK, ""), ("old", WARNING, "LastBackup"), of='{job="exporter"}', job="exporter"))

N = 3 * HOUR
A = dies(HOUR, N)
add("The job dies, or its gateway: all that it watched is unknown, and none of it stays well; what is known to be bad stays bad",
    [gateway(values=then(steady(1, 90), steady(0, 90)), started=then(steady(-86400, 90), gone(90))),
     [(m, l, then(v, gone(90))) for m, l, v in run(90, healthy("a", 90), healthy("b", 90, taken=ago(51, 90)))],
     run(N, healthy("c", N, at=A), pushed=A, job="dead")],
    *[verdict(t, ("a", OK, ""), ("b", CRITICAL, "LastBackup"), of='{job="backup_metrics"}') for t in (2, 89, 90, 100)],
    verdict(110, ("a", UNKNOWN, "PushgatewayDown"), ("b", CRITICAL, "LastBackup"), of='{job="backup_metrics"}'),
    verdict(76, ("c", OK, ""), of='{job="dead"}', job="dead"), verdict(78, ("c", UNKNOWN, "BackupMetricsStale"), of='{job="dead"}', job="dead"))

A = steady(0, 9)
add("A database that has never answered is unknown because it does not answer, from its first run on, and not for want of a backup",
    [gateway(9), run(9, [*limits("down", 9), *sources("down", 9, {"server": 0}), *probe("down", 9, success=0, reason=("dns", 0))],
                     [*limits("listed", 9), *sources("listed", 9, {"catalog": 0})],
                     [*limits("standby", 9), *sources("standby", 9, {"server": 1}), *probe("standby", 9, at=A), *archive("standby", 9, "standby", lag=None)], pushed=A)],
    *[verdict(t, ("down", UNKNOWN, "BackupTargetDown"), ("listed", UNKNOWN, "BackupSourceFailed"), ("standby", NOT_ASSESSED, "")) for t in (0, 1, 8)])

add("The first minute of a new Prometheus, which does not know the shortest limits yet: what is late then is late",
    [gateway(3), run(3, healthy("late", 3, taken=ago(27, 3)), [*healthy("point", 3)[:-2], *recovery("point", ago(2, 3))],
                     [*limits("listing", 3, {("base", "critical"): 26}), *sources("listing", 3, {"server": 1}), *probe("listing", 3), *backup("listing", ago(1, 3)),
                      series("postgres_wal_archive_listed_timestamp_seconds", ago(27, 3), instance="listing", storage="default")])],
    *[verdict(t, ("late", WARNING, "LastBackup"), ("point", CRITICAL, "RecoveryPointTooOld"), ("listing", CRITICAL, "WalArchiveListingStale")) for t in (0, 1, 2)])

N = 10
add("A new database, and its first backup: well from the minute in which that is known",
    [gateway(N), run(N, [*limits("new", N), *sources("new", N, {"server": 1}), *probe("new", N), *backup("new", then(gap(6), steady(300, 4)))])],
    verdict(5, ("new", WARNING, "BackupNeverMade")), verdict(6, ("new", OK, "")))

section("push")

N = HOUR
A = then(steady(0, 30), clock(30, start=30))
add("A push is refused: ours is told, a stranger's is not; the first ever, before there is any metric, is; the next good one ends it",
    [gateway(N), [s for s in run(N, healthy("orders", N, at=A), pushed=A, interval=3600) if s[0] != "push_failure_time_seconds"],
     series("push_failure_time_seconds", then(steady(0, 10), steady(600, 50)), job="backup_metrics"),
     [s for s in run(N, healthy("orders", N), job="nightly", run="x", interval=None, pushed=steady(0, N)) if s[0] != "push_failure_time_seconds"],
     series("push_failure_time_seconds", steady(60, N), job="nightly", run="x"),
     series("push_time_seconds", steady(0, N), job="stranger"), series("push_failure_time_seconds", steady(60, N), job="stranger"),
     series("push_time_seconds", steady(0, N), job="backup_metrics", shard="0"), series("push_failure_time_seconds", then(steady(0, 40), steady(2400, 20)), job="backup_metrics", shard="0")],
    quiet(4), fires(5, alert("BackupPushRejected", job="nightly", run="x")), fires(14, alert("BackupPushRejected", job="nightly", run="x")),
    fires(15, alert("BackupPushRejected"), alert("BackupPushRejected", job="nightly", run="x")), fires(30, alert("BackupPushRejected", job="nightly", run="x")),
    fires(45, alert("BackupPushRejected", job="nightly", run="x"), alert("BackupPushRejected", shard="0")))
N = 70
# The refused push is the page: it says what is wrong, and whoever fixes it fixes both. That the group is gone, while the gateway was up all the time and has
# others, is a warning here as elsewhere: somebody deleted it. (Within twelve minutes of its own start Prometheus cannot know that, and it is critical.)
add("The gateway lost a job's metrics, and refuses it since: it is known as ours by what it pushed within a week, and pages for the refusal",
    [gateway(N), run(N, healthy("orders", N)), [(m, l, v + " stale") for m, l, v in run(20, healthy("orders", 20), job="nightly") if not m.startswith("push_")],
     series("push_time_seconds", then(clock(20), steady(1200, N - 20)), job="nightly"), series("push_failure_time_seconds", then(steady(0, 21), steady(1260, 49)), job="nightly")],
    quiet(25), fires(26, alert("BackupPushRejected", job="nightly")), fires(N - 1, alert("BackupPushRejected", job="nightly"), alert("BackupMetricsAbsent", "warning", job="nightly")))
N = 3 * HOUR
add("A push is refused, in words",
    [gateway(N), series("push_time_seconds", steady(0, N), job="backup_metrics", run="x"), series("push_failure_time_seconds", steady(3600, N), job="backup_metrics", run="x")],
    says(2 * HOUR, "BackupPushRejected", "backup_metrics, run x: the Pushgateway refuses what it pushes",
         "The Pushgateway refused the newest push of job backup_metrics, run x, 1h 0m 0s ago; it shows what was pushed before that. "
         "The job's report quotes the gateway (exit code 76). Usually somebody else pushes one of these names with another type.",
         job="backup_metrics", run="x", severity="critical"))

# ---- Shards ----

section("shards")

N = 2 * HOUR
A = dies(60, N)
add("Three shards: one never pushed until an hour later; another dies, and is named",
    [gateway(N), run(N, healthy("a", N), shards=3, shard="0"), run(N, healthy("b", N, at=A), shards=3, shard="1", pushed=A),
     [(m, l, then(gap(60), v)) for m, l, v in run(60, healthy("c", 60, at=clock(60, start=60)), shards=3, shard="2", pushed=clock(60, start=60))]],
    quiet(14), fires(15, alert("BackupTargetsMissing", missing="shards")), fires(59, alert("BackupTargetsMissing", missing="shards")), quiet(60),
    fires(100, alert("BackupMetricsStale", shard="1")),
    says(30, "BackupTargetsMissing", "backup_metrics: 1 of its shards are missing",
         "1 shards of job backup_metrics have never pushed, so nobody watches their targets. Look at the pods or timers of the missing ones.",
         job="backup_metrics", missing="shards", severity="critical"))
N = HOUR
add("Shards of two jobs and of two clusters, and hosts with a run each, do not stand in for one another",
    [gateway(N), *[run(N, healthy("a", N), shards=2, shard=s) for s in "01"], run(N, healthy("a", N), shards=2, shard="0", job="nightly"),
     run(N, healthy("a", N), shards=2, shard="1", job="nightly", cluster="eu"), run(N, healthy("a", N), shards=3, shard="0", job="grown"), run(N, healthy("a", N), shards=2, shard="1", job="grown"), *[run(N, healthy("a", N), job="hosts", run=r) for r in "xyz"]],
    fires(30, alert("BackupTargetsMissing", job="nightly", missing="shards"), alert("BackupTargetsMissing", job="nightly", missing="shards", cluster="eu"),
          alert("BackupTargetsMissing", job="grown", missing="shards")))
add("Prometheus has fewer targets than the job, or none",
    [gateway(N), [s for s in run(N, healthy("a", N), healthy("b", N), healthy("c", N)) if not (s[0] == "postgres_backup_probe_success" and s[1]["instance"] != "a")],
     [s for s in run(N, healthy("a", N), job="nightly", run="x", shard="0") if s[0] != "postgres_backup_probe_success"],
     run(N, healthy("a", N), job="many", cluster="eu"), [s for s in run(N, healthy("a", N), job="many", cluster="us") if s[0] != "postgres_backup_probe_success"],
     run(N, healthy("a", N), job="nightly", run="y"), run(N, healthy("a", N), job="nightly", shard="0"), run(N, job="empty")],
    quiet(14), fires(15, alert("BackupTargetsMissing", missing="targets"), alert("BackupTargetsMissing", job="nightly", run="x", shard="0", missing="targets"),
                     alert("BackupTargetsMissing", job="many", missing="targets")))
add("Missing targets, in words",
    [gateway(N), [s for s in run(N, healthy("a", N), healthy("b", N), healthy("c", N)) if not (s[0] == "postgres_backup_probe_success" and s[1]["instance"] != "a")]],
    says(30, "BackupTargetsMissing", "backup_metrics: 2 of its targets are missing",
         "Job backup_metrics has 2 targets more than Prometheus knows of. Look at metric_relabel_configs, sample_limit and label limits of the scrape job pushgateway.",
         job="backup_metrics", missing="targets", severity="critical"))

N = 2 * HOUR
add("The catalogue that one shard reads has the backups of a server that another shard asks: how far back they reach, and in how many storages they are",
    [gateway(N), run(N, healthy("catalogue", N), shards=2, shard="0"), run(N, healthy("orders", N), healthy("stock", N), shards=2, shard="1"),
     *reach_asked("orders", N, shard="1", critical=14), reaches("orders", steady(-10 * D, N), shard="0"), reaches("orders", steady(-9 * D, N), shard="1"),
     *reach_asked("stock", N, shard="1", critical=14), reaches("stock", steady(-15 * D, N), shard="0"),
     *[series("postgres_backup_copies_min", steady(2, N), job="backup_metrics", instance=i, shard="1") for i in ("orders", "stock")],
     *[series("postgres_backup_copies", steady(n, N), job="backup_metrics", instance=i, shard=shard)
       for i, shard, n in (("orders", "0", 2), ("orders", "1", 1), ("stock", "0", 1), ("stock", "1", 1))]],
    quiet(14), fires(16, alert("BackupCopiesMissing", instance="stock", shard="1")), fires(58, alert("BackupCopiesMissing", instance="stock", shard="1")),
    fires(60, alert("BackupCopiesMissing", instance="stock", shard="1"), alert("RecoveryWindowTooShort", instance="orders", shard="1")))

def run_of(shard, some, **labels):
    return [(m, {"job": "backup_metrics", "shard": str(shard), **l, **labels}, v) for m, l, v in some]


def asked_by_one_shard(name, n, *told, taken=None, hours=None, cut=None):
    """A target of shard 1, and what the catalogue that shard 0 reads says of it, until some minute."""
    listed_ = [*sources(name, n, {"catalog": 1}), *told]
    return run_of(1, healthy(name, n, taken=taken, hours=hours)) + run_of(0, [(m, l, then(packed(expanded(v)[:cut]), gone(n - cut)) if cut else v) for m, l, v in listed_])


def in_catalogue(name, hours, n, type_="full", tool="barman"):
    return backup(name, ago(hours, n), source="catalog", tool=tool, type_=type_)


N = 3 * HOUR
cut = 100
add("The catalogue that one shard reads has the backups of the servers that another shard asks: the limits of these are for what it lists, and not for what they saw",
    [gateway(N), run(N, healthy("catalogue", N), shards=2, shard="0"), run(N, healthy("other", N), shards=2, shard="1"),
     *asked_by_one_shard("deleted", N, *in_catalogue("deleted", 27, N), taken=ago(1, N)), *asked_by_one_shard("elsewhere", N, *in_catalogue("elsewhere", 1, N), taken=ago(60, N)),
     *asked_by_one_shard("never", N, taken=ago(1, N), hours={("base", "critical"): 1.5}),
     *asked_by_one_shard("full", N, *in_catalogue("full", 30, N), *in_catalogue("full", 1, N, "incr"), hours={("base", "warning"): 26, ("full", "warning"): 28}),
     *asked_by_one_shard("running", N, *in_catalogue("running", 60, N), series("postgres_backup_running_since_timestamp_seconds", steady(-600, N), instance="running", source="catalog", tool="barman", type="full"),
                         series("postgres_backup_longest_duration_seconds", steady(4 * 3600, N), instance="running", source="catalog", tool="barman", type="full")),
     *asked_by_one_shard("stopped", N, *in_catalogue("stopped", 60, N, tool="pgbackrest"), *in_catalogue("stopped", 1, N), *limits("stopped", N)),
     *asked_by_one_shard("listing", N, *in_catalogue("listing", 1, N), *listed("listing", ago(60, N))), run_of(1, listed("listing", ago(30, N))),
     *asked_by_one_shard("untested", N, *in_catalogue("untested", 1, N), *restore_test("untested", ago(40, N)), hours={("base", "warning"): 26, ("restore_test", "warning"): 24}),
     *asked_by_one_shard("exact", N, *in_catalogue("exact", 1, N)), *reach_asked("exact", N, shard="1", critical=14), reaches("exact", steady(-14 * D + cut * 60, N), shard="0"),
     *asked_by_one_shard("tested", N, *in_catalogue("tested", 1, N, "logical", "pg_dump"), *restore_test("tested", ago(1, N)), hours={(of, "warning"): 26 for of in ("logical", "restore_test")}),
     *run_of(1, in_catalogue("tested", 30, N, "logical", "pg_dump")), *run_of(1, in_catalogue("elsewhere", 30, N)),
     *asked_by_one_shard("by-base", N, *in_catalogue("by-base", 1, N, "base"), taken=ago(60, N)), *asked_by_one_shard("by-diff", N, *in_catalogue("by-diff", 60, N), *in_catalogue("by-diff", 1, N, "diff")),
     *[(m, {**l, "pod": "a"}, v) for m, l, v in asked_by_one_shard("in-pod", N, *in_catalogue("in-pod", 1, N), *in_catalogue("in-pod", 1, N, "logical", "pg_dump"), *restore_test("in-pod", ago(1, N)),
                                                                   hours={(of, "warning"): 26 for of in ("base", "full", "logical", "restore_test")})],
     *asked_by_one_shard("dropped", N, *in_catalogue("dropped", 1, N), taken=ago(30, N), cut=cut)],
    fires(12, *both("WalArchiveListingStale", instance="listing", type_="base", shard="1"), alert("BackupNeverMade", "warning", instance="never", type_="base", shard="1")),
    *[fires(at, *[alert("LastBackup", "warning", instance=i, type_="base", shard="1") for i in ("deleted", "running")], alert("LastBackup", "warning", instance="full", type_="full", shard="1"),
            *both("BackupNeverMade", instance="never", type_="base", shard="1")[:1 + (at > 154)], *both("WalArchiveListingStale", instance="listing", type_="base", shard="1"),
            alert("BackupToolStopped", "warning", instance="stopped", tool="pgbackrest", shard="0"), alert("RestoreTestTooOld", "warning", instance="untested", type_="restore_test", shard="1"),
            *[alert("LastBackup", "warning", instance="dropped", type_="base", shard="1")][:at > cut + 60], *[alert("RecoveryWindowTooShort", instance="exact", shard="1")][:at < cut]) for at in (68, cut, N - 1)],
    *[has(at, 'postgres_backup_verdict{instance=~"deleted|elsewhere"}',
          *[({"__name__": "postgres_backup_verdict", "job": "backup_metrics", "instance": i, "shard": shard, **({"reason": reason} if reason else {})}, value)
            for i, shard, value, reason in (("deleted", "0", 0, None), ("deleted", "1", 1, "LastBackup"), ("elsewhere", "0", 0, None), ("elsewhere", "1", 0, None))]) for at in (68, N - 1)],
    *[has(at, 'backup_metrics:condition{alert="RecoveryWindowTooShort"}', *told) for at, told in ((cut, []), (cut - 4, [({
        "__name__": "backup_metrics:condition", "alert": "RecoveryWindowTooShort", "severity": "critical", "job": "backup_metrics", "shard": "1", "instance": "exact"}, 14 * D - 240)]))])

# ---- Clocks ----

section("clocks")

N = HOUR
add("Clocks: the database's, the job's, and a backup from the future; half a minute and five minutes are allowed",
    [gateway(N), run(N, healthy("fine", N, offset=30), healthy("early", N, offset=-30), healthy("ahead", N, offset=31), healthy("slow", N, offset=then(steady(-31, 30), steady(0, 30))),
                     [*healthy("future", N, taken=then(clock(30, behind=-301), steady(0, 30))), *backup("future", steady(0, N), source="query", tool="barman", type_="full")], healthy("near", N, taken=clock(N, behind=-300))),
     [s if s[0] != "backup_metrics_run_timestamp_seconds" else (s[0], s[1], clock(N, behind=-31)) for s in run(N, healthy("x", N), job="fast")],
     [s if s[0] != "backup_metrics_run_timestamp_seconds" else (s[0], s[1], clock(N, behind=-30)) for s in run(N, healthy("x", N), job="quick")]],
    quiet(9), fires(10, *[alert("BackupClockSkew", "warning", instance=i) for i in ("ahead", "slow", "future")], alert("BackupClockSkew", "warning", job="fast")),
    fires(30, alert("BackupClockSkew", "warning", instance="ahead"), alert("BackupClockSkew", "warning", job="fast")))
add("Clocks, in words", [gateway(N), run(N, healthy("ahead", N, offset=45))],
    says(20, "BackupClockSkew", "ahead: a clock is wrong by 45s",
         "The clock of ahead (job backup_metrics) is 45s ahead of that of the job or of Prometheus (behind, if negative); 30 seconds are the limit. "
         "Ages are wrong by as much, and a backup from the future is never late. Synchronise the clocks (NTP).", instance="ahead", job="backup_metrics", severity="warning"))
add("The job's clock, in words", [gateway(N), [s if s[0] != "backup_metrics_run_timestamp_seconds" else (s[0], s[1], clock(N, behind=-90)) for s in run(N, healthy("x", N))]],
    says(20, "BackupClockSkew", "backup_metrics: a clock is wrong by 1m 30s",
         "The clock of job backup_metrics is 1m 30s ahead of that of the Pushgateway; 30 seconds are the limit. "
         "Ages are wrong by as much, and a backup from the future is never late. Synchronise the clocks (NTP).", job="backup_metrics", severity="warning"))

add("A backup from the future, in words", [gateway(N), run(N, healthy("orders", N, taken=clock(N, behind=-600)))],
    says(20, "BackupClockSkew", "orders: a clock is wrong by 10m 0s",
         "The clock of orders (job backup_metrics) is 10m 0s ahead of that of the job or of Prometheus (behind, if negative); 30 seconds are the limit. "
         "Ages are wrong by as much, and a backup from the future is never late. Synchronise the clocks (NTP).", instance="orders", job="backup_metrics", severity="warning"))

N = 3 * HOUR
add("A job's clock is two hours ahead: no backup is older for that",
    [gateway(N), [s if s[0] != "backup_metrics_run_timestamp_seconds" else (s[0], s[1], clock(N, behind=-7200)) for s in run(N, healthy("orders", N, taken=ago(25, N)))]],
    *[fires(at, alert("BackupClockSkew", "warning")) for at in (20, 116)], fires(128, alert("BackupClockSkew", "warning"), alert("LastBackup", "warning", instance="orders", type_="base")))

# ---- The older names ----

section("older-names")

N = 3 * HOUR
LAST = "infra_federation:postgres_backup_last_upload"
X = dict(job="x", instance="db", type="basebackup")
add("wal-g and pghoard on one target, with equal labels, scraped directly: both are told; a zero of long ago is none",
    [gateway(N), series("walg_last_upload", steady(600, N), **X), series("pghoard_last_upload_age", clock(N), **X),
     series("walg_last_upload", steady(7200 - 10 * 365 * 86400, N), job="x", instance="never", type="basebackup"),
     series("walg_last_upload", steady(7201 - 10 * 365 * 86400, N), job="x", instance="old", type="basebackup")],
    has(2 * HOUR, "count(" + LAST + '{instance="old"})', ({}, 1)), has(2 * HOUR, LAST + '{instance="never"}'),
    has(2 * HOUR, LAST + '{instance="db"}', ({"__name__": LAST, **X, "tool": "wal-g"}, 600), ({"__name__": LAST, **X, "tool": "pghoard"}, 0)),
    has(2 * HOUR, LAST + '_age{instance="db"}', ({"__name__": LAST + "_age", **X, "tool": "wal-g"}, 6600), ({"__name__": LAST + "_age", **X, "tool": "pghoard"}, 7200)))

A = dies(60, N)
P = dict(type="basebackup", site="db")
NEW = {"__name__": LAST, "tool": "pghoard", **P}
add("A pushed age that froze is as old as its push: ours by the probe, or by the backup where the probe failed, else by its group; another's by its group",
    [gateway(N), run(N, healthy("db", N, at=A, tool="pghoard"), pushed=dies(60, N, behind=-60), run="db"), series("pghoard_last_upload_age", then(clock(61), steady(3600, 119)), job="backup_metrics", run="db", instance="db", **P),
     run(N, healthy("us", N, at=A), pushed=dies(60, N, behind=-60), interval=None, job="ours", cluster="us"), run(N, healthy("eu", N), job="ours", cluster="eu"),
     series("pghoard_last_upload_age", then(clock(61), steady(3600, 119)), job="ours", cluster="us", instance="us", **P),
     [(m, {"job": "ours", "cluster": "us", **l}, v) for m, l, v in backup("found", steady(0, N), age=then(clock(61), steady(3600, 119)), source="catalog", tool="pghoard", type_="full")],
     [(m, {"job": "ours", "cluster": "us", **l}, v) for m, l, v in backup("found", steady(-100, N), age=then(clock(61), steady(3600, 119)), source="query", tool="pghoard", type_="full")],
     series("pghoard_last_upload_age", then(clock(61), steady(3600, 119)), job="ours", cluster="us", instance="found", **P),
     series("push_time_seconds", A, job="theirs", instance="db"), series("push_time_seconds", steady(0, N), job="theirs", instance="db", empty="x"),
     series("push_time_seconds", clock(N), job="theirs", instance="db", site="other"), series("push_time_seconds", clock(N), job="whole", other="x"),
     series("push_time_seconds", clock(N), job="theirs", instance="second"), series("push_time_seconds", clock(N), job="others", instance="db"),
     series("push_time_seconds", A, job="parts", run="a", shard="0"), *[series("push_time_seconds", clock(N), job="parts", run=r, shard=i) for r, i in (("a", "1"), ("b", "0"))],
     series("pghoard_last_upload_age", then(clock(61), steady(3600, 119)), job="parts", run="a", shard="0", instance="db", **P), series("push_time_seconds", steady(0, N), job="theirs", instance="refused"),
     series("pghoard_last_upload_age", then(clock(61), steady(3600, 119)), job="theirs", instance="db", **P),
     series("push_time_seconds", A, job="whole"), series("push_time_seconds", steady(0, N), job="whole", empty="x"),
     series("pghoard_last_upload_age", then(clock(61), steady(3600, 119)), job="whole", instance="db", **P)],
    has(2 * HOUR, LAST + '{site="db"}', ({**NEW, "job": "backup_metrics", "run": "db", "instance": "db"}, 0), ({**NEW, "job": "ours", "cluster": "us", "instance": "us"}, 0),
        ({**NEW, "job": "ours", "cluster": "us", "instance": "found"}, 0), ({**NEW, "job": "theirs", "instance": "db"}, 0), ({**NEW, "job": "whole", "instance": "db"}, 0),
        ({**NEW, "job": "parts", "run": "a", "shard": "0", "instance": "db"}, 0)))

N = 3 * HOUR
FOREIGN = [dict(instance="foreign"), dict(instance="orders"), dict(instance="orders", cluster="eu")]
add("An exporter that pushes the older names alone is judged by 26 and 50 hours, each tool by itself; ours is not judged twice, nor where it has no limit for base backups",
    [gateway(N), *[series("walg_last_upload", ago(25, N), job="wal-g", instance="db", type=t) for t in ("basebackup", "xlog")],
     series("walg_last_upload", ago(49, N), job="wal-g", instance="orders", type="basebackup"),
     series("pghoard_last_upload_age", steady(60, N), job="wal-g", instance="db", type="basebackup", site="db"),
     run(N, [*limits("orders", N, {("base", "critical"): 100}), *sources("orders", N, {"server": 1}), *probe("orders", N), *backup("orders", ago(49, N), tool="wal-g")],
         [*limits("dumps", N, {}), *sources("dumps", N, {"server": 1}), *probe("dumps", N), *backup("dumps", ago(49, N), tool="wal-g")]),
     [(m, {"job": "backup_metrics", **l}, v) for m, l, v in [*limits("limited", N, {("base", "critical"): 100}), *sources("limited", N, {"server": 1}), *backup("limited", ago(49, N))]],
     *[series("walg_last_upload", ago(49, N), job="backup_metrics", instance=i, type="basebackup") for i in ("orders", "dumps", "limited", "foreign")],
     *[series("walg_last_upload", ago(49, N), job="backup_metrics", instance="orders", type="basebackup", **elsewhere) for elsewhere in ({"cluster": "eu"}, {"namespace": "x"})]],
    quiet(59), fires(60, alert("LastBackup", "warning", job="wal-g", instance="orders", type_="base", tool="wal-g"), *[alert("LastBackup", "warning", type_="base", tool="wal-g", **of) for of in FOREIGN]),
    fires(120, alert("LastBackup", "warning", job="wal-g", instance="orders", type_="base", tool="wal-g"), *[alert("LastBackup", "warning", type_="base", tool="wal-g", **of) for of in FOREIGN]),
    fires(121, both("LastBackup", job="wal-g", instance="orders", type_="base", tool="wal-g"), *[both("LastBackup", type_="base", tool="wal-g", **of) for of in FOREIGN],
          alert("LastBackup", "warning", job="wal-g", instance="db", type_="base", tool="wal-g")))

# ---- Told by nobody before ----

section("told")

N = 3 * HOUR
OF = dict(job="backup_metrics", instance="orders", source="catalog", tool="barman", type="full")
add("A backup that hangs: while it runs no longer than it may, late is a warning; an hour after twice the longest it is told, and late is critical again",
    [gateway(N), run(N, [*healthy("orders", N, taken=ago(51, N))]),
     series("postgres_backup_running_since_timestamp_seconds", steady(0, N), **OF), series("postgres_backup_longest_duration_seconds", steady(2400, N), **OF)],
    fires(79, alert("LastBackup", "warning", instance="orders", type_="base")), fires(139, alert("LastBackup", "warning", instance="orders", type_="base")),
    fires(140, both("LastBackup", instance="orders", type_="base")),
    fires(146, both("LastBackup", instance="orders", type_="base"), alert("BackupRunsTooLong", "warning", instance="orders", type_="full", tool="barman")),
    says(70, "LastBackup", "orders: the newest base backup is 2d 4h 10m 0s old",
         "The newest base backup of orders (job backup_metrics) is 2d 4h 10m 0s old; its warning limit is 1d 2h 0m 0s. A backup is running now, and not for longer than it may: that is why this is no more than a warning. "
         "Wait for it.", instance="orders", job="backup_metrics", severity="warning", type="base"),
    says(150, "BackupRunsTooLong", "orders: a barman full backup has been running for 2h 30m 0s",
         "The full backup that barman makes of orders (job backup_metrics) has been running for 2h 30m 0s, more than twice as long as any before it. "
         "It may hang: look at its process, its log, at locks and at the storage. No other backup begins before it ends.", instance="orders", job="backup_metrics", severity="warning", source="catalog", tool="barman", type="full"))

N = 3 * HOUR
add("One of two tools stopped: told while the other goes on, for two weeks; where both are late, LastBackup tells",
    [gateway(N), run(N, *[[*limits(name, N), *sources(name, N, {"catalog": 1}), *probe(name, N), *backup(name, ago(first, N), source="catalog", tool="wal-g", type_="full"),
                           *backup(name, ago(second, N), source="catalog", tool="barman", type_="full")]
                          for name, first, second in (("half", 49, 1), ("both", 60, 70), ("moved", 14 * 24 - 2, 1))])],
    fires(61, both("LastBackup", instance="both", type_="base"), alert("BackupToolStopped", "warning", instance="moved", tool="wal-g")),
    fires(120, both("LastBackup", instance="both", type_="base")),
    fires(121, both("LastBackup", instance="both", type_="base"), alert("BackupToolStopped", "warning", instance="half", tool="wal-g")),
    says(125, "BackupToolStopped", "half: the newest backup of wal-g is 2d 3h 5m 0s old, that of another tool is newer",
         "Several tools back up half (job backup_metrics), and wal-g made its newest backup 2d 3h 5m 0s ago. The others hide that from LastBackup. "
         "Fix it, or forget its backups if it was given up: backup-metrics catalog forget --server NAME --tool wal-g. Two weeks after its last backup this ends by itself.",
         instance="half", job="backup_metrics", severity="warning", tool="wal-g"))

N = 2 * HOUR
add("A backup that failed: told an hour later, until the next good one; one that has worked since is history, and a restore test is another matter",
    [gateway(N), run(N, *[[*healthy(name, N), series(FAILED, failed, instance=name, source="catalog", tool="barman", type=type_), *more] for name, type_, failed, more in (
        ("late", "full", then(gap(10), steady(300, N - 10)), backup("late", then(ago(5, 100), steady(6000, 20)), source="catalog", tool="barman", type_="full")),
        ("never", "logical", ago(2, N), backup("never", ago(1, N), source="catalog", tool="barman", type_="full")),
        ("history", "full", ago(5, N), backup("history", ago(5, N), source="catalog", tool="barman", type_="full")),
        ("again", "full", then(gap(10), steady(300, 30), steady(2400, 80)), backup("again", then(ago(5, 20), steady(1200, 100)), source="catalog", tool="barman", type_="full")),
        ("test", "restore_test", ago(5, N), backup("test", ago(1, N), source="catalog", type_="full") + restore_test("test", ago(4, N), tool="barman")))])],
    quiet(59), fires(60, alert("BackupFailed", "warning", instance="never", type_="logical", tool="barman")), fires(69, alert("BackupFailed", "warning", instance="never", type_="logical", tool="barman")),
    *[fires(at, *[alert("BackupFailed", "warning", instance=name, type_=type_, tool="barman") for name, type_ in (("never", "logical"), *more)])
      for at, more in ((70, [("late", "full")]), (99, [("late", "full")]), (100, [("again", "full")]), (N - 1, [("again", "full")]))],
    says(64, "BackupFailed", "never: the last barman logical backup failed",
         "The last logical backup that barman made of never (job backup_metrics) failed 3h 4m 0s ago, and none has worked since. The one before it may still be new enough: LastBackup fires when it is not. "
         "Read the log of barman, fix what stopped it, and take a backup.", instance="never", job="backup_metrics", severity="warning", source="catalog", tool="barman", type="logical"))

N = 70
add("What show warns of, and no rule of its own tells: an hour later. Where another alert has the database, that one tells",
    [gateway(N), run(N, *[[*healthy(name, N, taken=ago(taken, N)), series("postgres_backup_warnings", warnings if isinstance(warnings, str) else steady(warnings, N), instance=name)]
                          for name, taken, warnings in (("one", 1, 1), ("three", 1, 3), ("well", 1, 0), ("late", 27, 1), ("mended", 1, then(steady(1, 61), steady(0, 9))))])],
    quiet(59), fires(60, alert("LastBackup", "warning", instance="late", type_="base"), *[alert("BackupWarnings", "warning", instance=i) for i in ("one", "three", "mended")]),
    fires(61, alert("LastBackup", "warning", instance="late", type_="base"), *[alert("BackupWarnings", "warning", instance=i) for i in ("one", "three")]),
    says(65, "BackupWarnings", [
        (f"{name}: backup-metrics show warns of {what}", f"backup-metrics show warns of {what} for {name} (job backup_metrics), and no other alert does: a right that is missing, "
         "the listing of an archive that cannot be compared, or the like. Run it with the settings of the job: it says what is wrong and what to do. So does the job's report.",
         dict(instance=name, job="backup_metrics", severity="warning")) for name, what in (("one", "something"), ("three", "3 things"))]))

N = 3 * HOUR
cut = HOUR
YESTERDAY = alert("BackupServerVanished", "warning", instance="yesterday")
add("A server vanishes from a catalogue: told for a day. One that is configured and taken out is not, nor one that is labelled anew",
    [gateway(N), run(N, healthy("orders", N)), series("postgres_backup:vanished_timestamp_seconds", str(88 * 60 - 86400), job="backup_metrics", instance="yesterday"),
     [(m, {"job": "backup_metrics", **l}, v + " stale") for m, l, v in
      [*limits("eu-1", cut), *sources("eu-1", cut, {"catalog": 1}), *backup("eu-1", ago(1, cut), source="catalog"), *limits("eu-2", cut), *sources("eu-2", cut, {"catalog": 1}), *backup("eu-2", ago(1, cut), source="catalog"),
       *healthy("removed", cut)]],
     [(m, {"job": "backup_metrics", "team": "a", **l}, then(gap(cut), v)) for m, l, v in
      [*limits("eu-2", N - cut), *sources("eu-2", N - cut, {"catalog": 1}), *backup("eu-2", steady(0, N - cut), source="catalog")]]],
    fires(15, YESTERDAY), fires(cut + 14, YESTERDAY), fires(cut + 15, YESTERDAY, alert("BackupServerVanished", "warning", instance="eu-1")), fires(87, YESTERDAY, alert("BackupServerVanished", "warning", instance="eu-1")),
    *[fires(at, alert("BackupServerVanished", "warning", instance="eu-1")) for at in (88, 89)], fires(N - 1, alert("BackupServerVanished", "warning", instance="eu-1")),
    says(2 * HOUR, "BackupServerVanished", "eu-1: its catalogue does not list it any more",
         "eu-1 was found in a catalogue by job backup_metrics, and 1h 0m 0s ago it was not there any more: nobody watches its backups. "
         "Was it removed on purpose? Then this ends within a day. Else look who deleted it from the catalogue, and name it in the configuration, so that it is missed.",
         instance="eu-1", job="backup_metrics", severity="warning"))

N = 40
add("The settings of a scheduler cannot be read again",
    [gateway(N), run(N, healthy("orders", N), run="a"), series("backup_metrics_config_last_reload_successful", then(steady(1, 10), steady(0, 20), steady(1, 10)), job="backup_metrics", run="a")],
    quiet(24), fires(25, alert("BackupConfigReloadFailed", "warning", run="a")), fires(29, alert("BackupConfigReloadFailed", "warning", run="a")), quiet(30),
    says(27, "BackupConfigReloadFailed", "backup_metrics, run a: its settings are broken, and older ones are in use",
         "The scheduler of job backup_metrics, run a could not read its settings again: databases that were added since are not watched. Its log lists every problem, and so does "
         "backup-metrics check with the same settings.", job="backup_metrics", run="a", severity="warning"))

N = 30
add("A drill that came to no end, until the next verdict",
    [gateway(N), run(N, healthy("orders", N)), series("postgres_restore_test_unfinished_timestamp_seconds", then(gap(10), steady(600, 10), gone(10)), **DRILL)],
    quiet(14), fires(15, alert("RestoreTestUnfinished", "warning", instance="orders", tool="pgbackrest")), fires(19, alert("RestoreTestUnfinished", "warning", instance="orders", tool="pgbackrest")), quiet(20),
    says(18, "RestoreTestUnfinished", "orders: the last drill came to no end",
         "The last drill of orders (job backup_metrics, pgbackrest) ended 8m 0s ago without a verdict: it ran out of time or of space, or a setting or a program does not fit. "
         "Nothing is proved by it. Its log says why; fix that, and run it again.", job="backup_metrics", instance="orders", severity="warning", team="payments", tool="pgbackrest"))

# ---- A world that is not as it should be ----

section("world")

SLOT = 6 * HOUR
N = 8 * HOUR
A = then(steady(0, SLOT), steady(SLOT * 60, N - SLOT))
SLOW = {("base", "warning"): 6.5, ("base", "critical"): 12}
add("A job that runs every six hours, and a backup before each: until the job says so nobody knows of the new one, and nobody is called; one that was not made is told an hour after the job says so",
    [gateway(N), run(N, [*limits("made", N, SLOW), *sources("made", N, {"server": 1}), *probe("made", N, at=A), *backup("made", then(ago(3.8, SLOT), steady(SLOT * 60 - 13680, N - SLOT)))],
                     [*limits("missed", N, SLOW), *sources("missed", N, {"server": 1}), *probe("missed", N, at=A), *backup("missed", ago(3.8, N))], pushed=A, interval=SLOT * 60 + 1500)],
    *[quiet(t) for t in (3 * HOUR, 5 * HOUR, SLOT - 1, SLOT + 59)], fires(SLOT + 60, alert("LastBackup", "warning", instance="missed", type_="base")),
    fires(N - 1, alert("LastBackup", "warning", instance="missed", type_="base")))

N = 9 * HOUR
A = hourly(9)


def in_hours(*bad, good=1, wrong=0):
    return then(*[steady(wrong if hour in bad else good, 60) for hour in range(9)])


add("An hourly job, and one probe that was unlucky: a warning; two in a row, or the server's own time, or every second one: critical",
    [gateway(N), run(N, *[[*limits(name, N, {("base", "critical"): 50}), *sources(name, N, {"server": 1}), *probe(name, N, at=A, success=in_hours(*down)), *backup(name, ago(1, N)),
                           *archive(name, N, {"ok": in_hours(*failing), "failing": in_hours(*failing, good=0, wrong=1)}, ready=ready)]
                          for name, down, failing, ready in (
                              ("down-once", (2,), (), None), ("down-twice", (2, 3), (), None), ("stuck-once", (), (2,), None), ("stuck-twice", (), (2, 3), None), ("every-second", (), (1, 3, 5), None),
                              ("waits", (), (2,), then(gap(120), steady(7200 - 901, 60), "stale")))], pushed=A, interval=3600)],
    quiet(134), fires(135, alert("WalArchiverFailing", instance="waits")),
    fires(150, *[alert("BackupTargetDown", "warning", instance=i) for i in ("down-once", "down-twice")], *[alert("WalArchiverFailing", "warning", instance=i) for i in ("stuck-once", "stuck-twice")],
          alert("WalArchiverFailing", instance="waits")),
    fires(194), fires(195, alert("BackupTargetDown", instance="down-twice"), alert("WalArchiverFailing", instance="stuck-twice")),
    fires(239, alert("BackupTargetDown", instance="down-twice"), alert("WalArchiverFailing", instance="stuck-twice"), alert("WalArchiverFailing", "warning", instance="every-second")), quiet(240),
    fires(360, alert("WalArchiverFailing", instance="every-second")), fires(N - 1, alert("WalArchiverFailing", instance="every-second")),
    says(150, "BackupTargetDown", [
        (f"{name}: it could not be probed",
         f"Job backup_metrics cannot probe {name}, or not in full, or only now and then: the state of its backups is not known. Is PostgreSQL running? backup-metrics show says what is wrong and what to do. "
         "Only the newest run says so: one probe may be chance, the next one decides.", dict(instance=name, job="backup_metrics", severity="warning")) for name in ("down-once", "down-twice")]))

N = 3 * HOUR
often = then(*[then(steady(0, 5), steady(1, 5))] * 18)
seldom = then(*[then(steady(1, 5), steady(0, 5))] * 18)
add("The archiver fails at every second probe of a job that runs every five minutes",
    [gateway(N), run(N, [*healthy("orders", N)[:-10], *archive("orders", N, {"ok": often, "failing": seldom})], pushed=then(*[steady(t * 300, 5) for t in range(N // 5)]))],
    quiet(20), fires(60, alert("WalArchiverFailing", instance="orders")), fires(N - 1, alert("WalArchiverFailing", instance="orders")))

N = 6 * HOUR
add("A failover, back and forth, of two hosts that are a target each: a host that was a standby is warned of, and has as long to make a backup as it may be old",
    [gateway(N), run(N, [*limits("a", N, {("base", "critical"): 2}), *sources("a", N, {"server": 1}), *probe("a", N), *archive("a", N, {"standby": then(steady(0, HOUR), steady(1, HOUR), steady(0, HOUR), steady(1, 3 * HOUR))}),
                         *backup("a", then(ago(0.5, HOUR), gone(5 * HOUR)))],
                     [*limits("b", N, {("base", "critical"): 2}), *sources("b", N, {"server": 1}), *probe("b", N), *archive("b", N, {"standby": then(steady(1, HOUR), steady(0, HOUR), steady(1, HOUR), steady(0, 3 * HOUR))})])],
    *[quiet(t) for t in (59, 62, 150)], *[fires(at, alert("BackupNeverMade", "warning", instance="b", type_="base")) for at in (65, 119)], fires(182, both("LastBackup", instance="a", type_="base")[1:]),
    fires(185, both("LastBackup", instance="a", type_="base")[1:], alert("BackupNeverMade", "warning", instance="b", type_="base")),
    fires(239, both("LastBackup", instance="a", type_="base")[1:], alert("BackupNeverMade", "warning", instance="b", type_="base")), fires(299, both("LastBackup", instance="a", type_="base")[1:], alert("BackupNeverMade", "warning", instance="b", type_="base")),
    fires(358, both("LastBackup", instance="a", type_="base")[1:], alert("BackupNeverMade", "warning", instance="b", type_="base")))

N = 5 * HOUR
add("A new database without a backup: a warning five minutes later, critical when it has been known for as long as a backup may be old",
    [gateway(N), run(N, [*limits("new", N, {("base", "critical"): 2, ("restore_test", "critical"): 3}), *sources("new", N, {"server": 1}), *probe("new", N)])],
    quiet(2), fires(5, alert("BackupNeverMade", "warning", instance="new", type_="base")), fires(59, alert("BackupNeverMade", "warning", instance="new", type_="base")),
    fires(60, alert("BackupNeverMade", "warning", instance="new", type_="base"), alert("RestoreTestTooOld", "warning", instance="new", type_="restore_test")),
    fires(180, alert("BackupNeverMade", "warning", instance="new", type_="base"), alert("RestoreTestTooOld", "warning", instance="new", type_="restore_test")),
    fires(181, both("BackupNeverMade", instance="new", type_="base"), alert("RestoreTestTooOld", "warning", instance="new", type_="restore_test")),
    fires(241, both("BackupNeverMade", instance="new", type_="base"), both("RestoreTestTooOld", instance="new", type_="restore_test")))

N = 4 * HOUR
cut = 2 * HOUR
EU, US = gateway(values=then(steady(1, cut), "stale"), started=then(steady(-86400, cut), "stale"), instance="eu:9091"), gateway(N, instance="us:9091")
add("Two gateways, told apart by their label cluster: one falls out of the scrape configuration. It is told, what it had is remembered, and the other is not touched by it",
    [[(m, {**l, "cluster": "eu"}, v) for m, l, v in EU], [(m, {**l, "cluster": "us"}, v) for m, l, v in US],
     run(cut, healthy("late", cut, taken=ago(27, cut)), healthy("soon", cut, taken=ago(24, cut)), cluster="eu", end="stale"),
     run(N, healthy("orders", N), cluster="us"),
     [(m, {"job": "backup_metrics", "cluster": "us", **l}, v + " stale") for m, l, v in healthy("removed", cut + 30, taken=ago(27, cut + 30))]],
    fires(cut - 1, alert("LastBackup", "warning", instance="late", type_="base", cluster="eu"), alert("LastBackup", "warning", instance="removed", type_="base", cluster="us")),
    fires(cut + 5, alert("PushgatewayDown", cluster="eu", job="pushgateway", instance="eu:9091"), alert("LastBackup", "warning", instance="late", type_="base", cluster="eu"),
          alert("LastBackup", "warning", instance="removed", type_="base", cluster="us")),
    fires(cut + 31, *(GONE := [alert("PushgatewayDown", cluster="eu", job="pushgateway", instance="eu:9091"), alert("LastBackup", "warning", instance="late", type_="base", cluster="eu"),
                               alert("BackupMetricsAbsent", cluster="eu")])),
    fires(N - 1, *GONE, alert("LastBackup", "warning", instance="soon", type_="base", cluster="eu")))

N = 3 * HOUR
cut = HOUR
add("One of two gateways of the same cluster is no longer scraped: a warning, for a day",
    [gateway(N), gateway(values=then(steady(1, cut), "stale"), started=then(steady(-86400, cut), "stale"), instance="second:9091"), run(N, healthy("orders", N))],
    quiet(cut + 4), fires(cut + 5, alert("PushgatewayDown", "warning", job="pushgateway", instance="second:9091")), fires(N - 1, alert("PushgatewayDown", "warning", job="pushgateway", instance="second:9091")))

N = 3 * HOUR
DIRECT = [s for s in run(cut, healthy("late", cut, taken=ago(27, cut)), job="scheduler", end="stale") if not s[0].startswith("push_")]
AGAIN = [s for s in run(N - cut - 20, healthy("late", N - cut - 20, taken=ago(27, N - cut - 20), at=clock(N - cut - 20, start=cut + 20)), job="scheduler", pushed=clock(N - cut - 20, start=cut + 20)) if not s[0].startswith("push_")]
BUILD = series("backup_metrics_build_info", steady(1, N), job="scheduler", version="1", revision="a")
add("A scheduler that is scraped itself, without any gateway: no gateway is missed; it is started again, and what fired stays until its next run",
    [series("up", steady(1, N), job="scheduler", instance="host:9351"), [(m, l, then(v.removesuffix(" stale"), gone(20), after)) for (m, l, v), (_, _, after) in zip(DIRECT, AGAIN)], BUILD],
    fires(cut - 1), fires(cut, alert("LastBackup", "warning", job="scheduler", instance="late", type_="base")), fires(cut + 19, alert("LastBackup", "warning", job="scheduler", instance="late", type_="base")),
    fires(N - 1, alert("LastBackup", "warning", job="scheduler", instance="late", type_="base")))
add("A scheduler that is scraped itself is gone, with its host: it is told, and its databases stay known",
    [series("up", then(steady(1, cut), steady(0, N - cut)), job="scheduler", instance="host:9351"), DIRECT, series("backup_metrics_build_info", then(steady(1, cut), "stale"), job="scheduler", version="1", revision="a"),
     gateway(N), run(N, healthy("orders", N))],
    fires(cut + 15, alert("LastBackup", "warning", job="scheduler", instance="late", type_="base"), alert("BackupMetricsAbsent", job="scheduler")),
    fires(N - 1, alert("LastBackup", "warning", job="scheduler", instance="late", type_="base"), alert("BackupMetricsAbsent", job="scheduler")))

N = 7 * HOUR
cut = HOUR
dead = 4 * HOUR
A = then(clock(cut + 5), steady((cut + 4) * 60, dead - cut - 5))
add("A job is renamed, and its old group forgotten at the gateway, then deleted as told: warnings that say so, and nobody is called for the old group's backups",
    [gateway(N), run(dead, healthy("orders", dead, taken=ago(24, dead), at=A), pushed=A, job="old", end="stale"),
     [(m, l, then(gap(cut), v)) for m, l, v in run(N - cut, healthy("orders", N - cut, taken=steady(0, N - cut), at=clock(N - cut, start=cut)), job="new", pushed=clock(N - cut, start=cut))]],
    quiet(85), fires(87, alert("BackupMetricsStale", "warning", job="old")), fires(dead - 1, alert("BackupMetricsStale", "warning", job="old")), quiet(dead + 14),
    fires(dead + 15, alert("BackupMetricsAbsent", "warning", job="old")), fires(N - 1, alert("BackupMetricsAbsent", "warning", job="old")),
    has(3 * HOUR, "postgres_backup_verdict", ({"__name__": "postgres_backup_verdict", "job": "new", "instance": "orders"}, 0)),
    says(2 * HOUR, "BackupMetricsStale", "old: a group is left over, 56m 0s old",
         "Job old, pushed last 56m 0s ago; it should every 5m 0s, and twice that is the limit, and some minutes. Its databases are pushed by another group since, which is judged instead. "
         "Delete this one: backup-metrics delete.", job="old", severity="warning"),
    says(5 * HOUR, "BackupMetricsAbsent", "old: its metrics were deleted",
         "Prometheus has nothing from job old any more; its last run that is known was 3h 56m 0s ago. Nobody watches these backups. "
         "The Pushgateway answers and has other groups: these were deleted. If that was meant, silence this; it ends by itself a week after that run.", job="old", severity="warning"))

N = 100
back = 57
HERE = dict(job="back", run="r", shard="1", cluster="c", namespace="n")
AGAIN_WITHOUT = alert("BackupServerVanished", "warning", job="back", run="r", shard="1", cluster="c", instance="hours-ago")
add("A group comes back, and a server of its catalogue is not in it any more: told, unless the group was away for a day. Others are there all the time, each with one label that is different",
    [gateway(N), *[run(N, healthy("orders", N), **{**HERE, **other}) for other in (dict(job="backup_metrics"), dict(run="x"), dict(shard="2"), dict(cluster="d"), dict(namespace="m"))],
     *[series("postgres_backup:found_timestamp_seconds", str(at), **HERE, instance=name) for name, at in (("hours-ago", -60000), ("a-day-ago", 56 * 60 - 86400))],
     [(m, l, then(gap(back), v)) for m, l, v in run(N - back, healthy("billing", N - back, at=clock(N - back, start=back)), **HERE, pushed=clock(N - back, start=back))]],
    quiet(70), fires(84, AGAIN_WITHOUT), fires(N - 1, AGAIN_WITHOUT))

N = 5 * HOUR
A = then(steady(0, 60), steady(3600, 127), steady(187 * 60, 60), steady(247 * 60, 53))
add("An hourly job misses one slot, and the next comes seven minutes late: nobody is called",
    [gateway(N), run(N, healthy("orders", N, at=A), pushed=A, interval=3600)], *[quiet(t) for t in (186, 187, 200, N - 1)])

N = 4 * HOUR
cut = 90
add("In Kubernetes the gateway's pod is replaced, and its labels are kept: what waited goes on, what fired stays",
    [[(m, {**l, "pod": p}, v) for p, start in (("a", 0), ("b", cut)) for m, l, v in [
        (m, l, then(*([gap(start)] if start else []), steady(1 if m == "up" else -86400, cut if not start else N - cut), *(["stale"] if not start else []))) for m, l, _ in gateway(1, instance="10.0.0." + str(start))]],
     run(cut, healthy("late", cut, taken=ago(27, cut)), healthy("soon", cut, taken=ago(25, cut)), pod="a", end="stale"),
     [(m, l, then(gap(cut), v)) for m, l, v in run(N - cut, healthy("late", N - cut, taken=ago(27, N - cut), at=clock(N - cut, start=cut)), healthy("soon", N - cut, taken=ago(25, N - cut), at=clock(N - cut, start=cut)),
                                                   pushed=clock(N - cut, start=cut), pod="b")]],
    quiet(59), *[fires(t, alert("LastBackup", "warning", instance="late", type_="base")) for t in (60, cut - 1, cut, cut + 5, 120)],
    *[fires(t, *[alert("LastBackup", "warning", instance=i, type_="base") for i in ("late", "soon")]) for t in (121, N - 1)])

N = 4 * HOUR


def lowered(name, type_, before, after):
    """A limit, in hours, that is another one from the second hour on."""
    return series("postgres_backup_max_age_seconds", then(steady(round(before * 3600), HOUR), steady(round(after * 3600), N - HOUR)), instance=name, type=type_, severity="warning")


add("Limits are lowered: what is older is told by the new ones as soon as they say, whatever the shortest one was before",
    [gateway(N), run(N, [lowered("orders", "base", 168, 26), lowered("orders", "wal", 24, 0.25), *limits("orders", N, {("restore_test", "warning"): 720}), *sources("orders", N, {"server": 1}), *probe("orders", N),
                         *backup("orders", ago(30, N)), *restore_test("orders", ago(1, N), source="server"), *archive("orders", N), *recovery("orders", ago(1, N)), *listed("orders", ago(30, N))])],
    quiet(59), fires(68, alert("WalArchiveListingStale", "warning", instance="orders", type_="base")),
    *[fires(at, alert("WalArchiveListingStale", "warning", instance="orders", type_="base"), alert("RecoveryPointTooOld", "warning", instance="orders", type_="wal")) for at in (84, 116)],
    fires(128, alert("WalArchiveListingStale", "warning", instance="orders", type_="base"), alert("RecoveryPointTooOld", "warning", instance="orders", type_="wal"), alert("LastBackup", "warning", instance="orders", type_="base")))

N = 20
add("The listing of an archive is old, and nobody asks for WAL: it is told by the limit for base backups, though one for restore tests is longer",
    [gateway(N), run(N, [*limits("orders", N, {("base", "warning"): 26, ("restore_test", "warning"): 168}), *sources("orders", N, {"server": 1}), *probe("orders", N), *backup("orders", ago(1, N)),
                         *restore_test("orders", ago(1, N), source="server"), *listed("orders", ago(30, N))])],
    quiet(3), fires(10, alert("WalArchiveListingStale", "warning", instance="orders", type_="base")))

N = 3 * HOUR
ALL_TYPES = {(type_, "warning"): 26 for type_ in ("base", "full", "logical", "restore_test")}
KNOWN_BY = dict(source="catalog", tool="pgbackrest")


def since(minute, name, severity="warning", **labels):
    return minute, alert(name, severity, **labels)


# What is wrong, and from which minute on it is told.
WRONG = [
    since(66, "WalArchiveListingStale", instance="listing", type_="base"), since(26, "LastWalArchive", instance="waits", type_="wal"), since(71, "LastWalArchive", "critical", instance="waits", type_="wal"),
    since(31, "RecoveryPointTooOld", instance="point", type_="wal"), since(76, "RecoveryPointTooOld", "critical", instance="point", type_="wal"), since(121, "BackupToolStopped", instance="tools", tool="wal-g"),
    since(15, "WalArchiverFailing", instance="off"), since(60, "RecoveryPointUnknown", instance="unknown", type_="base"), *[since(3, "BackupNeverMade", instance="new", type_=t) for t in ("base", "full", "logical")],
    since(60, "RestoreTestTooOld", instance="new", type_="restore_test"), *[since(60, "LastBackup", instance="late", type_=t) for t in ("full", "logical")], since(60, "RestoreTestTooOld", instance="late", type_="restore_test"),
    since(5, "RestoreTooSlow", instance="drill", type_="rto"), since(5, "RestoreTestFailed", "critical", instance="drill", tool="pgbackrest"), since(5, "RestoreShortfall", "critical", instance="drill", tool="pgbackrest"),
    since(5, "RestoreTestUnfinished", instance="drill", tool="pgbackrest"), since(16, "WalArchiverFailing", "critical", instance="stuck"), since(16, "BackupTargetDown", "critical", instance="down"),
    since(16, "BackupSourceFailed", "critical", instance="unread"), since(146, "BackupRunsTooLong", instance="hangs", type_="full", tool="barman"), since(60, "LastBackup", instance="hangs", type_="base"),
    since(140, "LastBackup", "critical", instance="hangs", type_="base"), since(60, "BackupWarnings", instance="warned"), since(5, "BackupHasErrors", "critical", instance="broken", type_="full", tool="pgbackrest", fault="errors"),
    since(5, "WalArchiveHole", "critical", instance="hole"), since(56, "BackupServerVanished", instance="found"), since(3, "BackupNeverMade", instance="silent", type_="base"),
    since(121, "LastBackup", job="wal-g", instance="db", type_="base", tool="wal-g"), since(22, "BackupMetricsStale", "critical", job="dead"), since(15, "BackupTargetsMissing", "critical", job="parts", shard=None, missing="shards"),
    since(10, "BackupClockSkew", instance="skewed"),
]
OF_LISTING = [("postgres_wal_archive_listed_timestamp_seconds", 0), ("postgres_wal_archive_missing_segments", 2)]
DRILLED = {**DRILL, "instance": "drill", "drill": "drill"}
cut = 100
add("In Kubernetes what is scraped has the labels of its pod: all is told as elsewhere. The pod is replaced, and for four minutes both are scraped: nothing ends, and nothing begins anew",
    [[(m, {**l, "instance": "10.0.0." + l["pod"]}, v) for m, l, v in of_pods(gateway(N), cut, cut + 4)],
     of_pods([
         *run(N, [*answers("listing", {("base", "warning"): 1}), *backup("listing", clock(N)), *listed("listing", steady(0, N))],
              [*answers("waits"), *backup("waits", ago(1, N)), *archive("waits", N, ready=steady(0, N))], [*answers("point"), *backup("point", ago(1, N)), *archive("point", N), *recovery("point", steady(0, N))],
              [*answers("tools", catalog=1), *backup("tools", ago(49, N), source="catalog", tool="wal-g", type_="full"), *backup("tools", ago(1, N), source="catalog", tool="barman", type_="full")],
              [*answers("off"), *backup("off", ago(1, N)), *archive("off", N, "off", lag=None)], doubted("unknown", point=gone(N)), [*answers("new", ALL_TYPES)],
              [*answers("late", {of: 26 for of in ALL_TYPES if of[0] != "base"}, catalog=1), *[s for t in ("full", "logical") for s in backup("late", ago(26, N), **KNOWN_BY, type_=t)], *restore_test("late", ago(26, N))],
              [*healthy("drill", N), *limits("drill", N, {("rto", "warning"): 1})], [*healthy("stuck", N)[:-10], *archive("stuck", N, "failing")],
              [*limits("down", N), *sources("down", N, {"server": 0}), *probe("down", N, success=0, reason=("dns", 0))], answers("unread", catalog=0, server=1),
              [*healthy("hangs", N, taken=ago(51, N)), series("postgres_backup_running_since_timestamp_seconds", steady(0, N), instance="hangs", source="catalog", tool="barman", type="full"),
               series("postgres_backup_longest_duration_seconds", steady(2400, N), instance="hangs", source="catalog", tool="barman", type="full")],
              [*healthy("warned", N), series("postgres_backup_warnings", steady(1, N), instance="warned")],
              [*healthy("broken", N), series("postgres_backup_warnings", steady(1, N), instance="broken"), series("postgres_backup_last_has_errors", steady(1, N), instance="broken", **KNOWN_BY, type="full")],
              [*healthy("hole", N, hours=WAL_ONLY), *listed("hole", steady(0, N), then(steady(2, 40), steady(0, N - 40)))],
              [*healthy("repaired", N, hours=WAL_ONLY), *listed("repaired", then(steady(0, 60), steady(3600, N - 60)), then(steady(2, 60), steady(0, N - 60)))],
              [*healthy("renamed", N, hours=WAL_ONLY), *[(m, l, then(v, "stale")) for m, l, v in (series(m, steady(v, 60), instance="renamed", storage="a") for m, v in OF_LISTING)],
               *[(m, l, then(gap(60), v)) for m, l, v in listed("renamed", steady(3600, N - 60), steady(0, N - 60), "b")]],
              [*answers("silent", catalog=1, server=1), *backup("silent", ago(1, N))], [*answers("standby"), *archive("standby", N, "standby", lag=None)], healthy("skewed", N, offset=45)),
         *listed_until("found", 40), *run(N, job="dead", pushed=steady(0, N)), *run(N, job="parts", shards=2, shard="0"), series("walg_last_upload", ago(25, N), job="wal-g", instance="db", type="basebackup"),
         *[series(m, steady(value, N), **DRILLED) for m, value in (("postgres_restore_test_success", 0), ("postgres_restore_test_timestamp_seconds", 0), ("postgres_restore_test_shortfall_seconds", 7),
                                                                ("postgres_restore_test_unfinished_timestamp_seconds", 0))],
         series(DURATION, steady(4000, N), **DRILLED, phase="fetch"), series(DURATION, steady(3000, N), **{**DRILLED, "drill": "quick"}, phase="fetch")],
         cut, cut + 4, container="gateway", endpoint="web", service="gateway")],
    *[fires(at, *[wrong for minute, wrong in WRONG if minute <= at], *[alert("WalArchiveHole", instance=i) for i in ("repaired", "renamed") if at < 60]) for at in (6, 40, 48, 88, 100, 104, 108, 112, 132, 156, N - 1)],
    *[has(at, f"count by (pod, container, endpoint, service) ({of})", ({}, number)) for at in (60, 102, N - 1)
      for of, number in (("postgres_backup_verdict", 22), ("postgres_backup:first_seen_timestamp_seconds == 0", 21))])

N = HOUR
add("A gateway's pod is replaced just after the first start of Prometheus, by one at another address, and both are scraped for three minutes: nobody is called",
    [gateway(values=then(steady(1, 4), "stale"), started=then(steady(-86400, 4), "stale"), instance="10.0.0.1"),
     [(m, l, then(gap(1), v)) for m, l, v in gateway(N - 1, instance="10.0.0.2")], run(N, healthy("orders", N))],
    *[quiet(t) for t in (9, 10, 20, N - 1)])

N = 2 * HOUR
OLD, ORDERS, MOVED = dict(job="backup_metrics", run="old"), *[dict(job="backup_metrics", run=name, instance=name) for name in ("orders", "moved")]
add("Prometheus was away for hours, and a host did not come back meanwhile: what was remembered of it is told",
    [gateway(N), run(N, healthy("orders", N), run="orders"),
     series("backup_metrics:memory_run_timestamp_seconds", "-3600", **OLD), series("postgres_backup:memory_target_timestamp_seconds", "-90000", **OLD, instance="old"),
     *[series("postgres_backup:memory_max_age_seconds", str(h * 3600), **OLD, instance="old", type="base", severity=s) for s, h in (("warning", 26), ("critical", 50))],
     series("postgres_backup:memory_target_timestamp_seconds", "-90000", job="backup_metrics", run="back", instance="back"), [(m, l, "_ " + v) for m, l, v in run(N, healthy("back", N), run="back")],
     series("postgres_backup:memory_success_timestamp_seconds", "-97200", **OLD, instance="old", source="server", tool="wal-g", type="base"),
     # These are there from the first scrape on, before what was remembered of them is read: a new server of an old cluster does not know of its newest backup.
     series("postgres_backup:memory_target_timestamp_seconds", "-90000", **ORDERS), series("postgres_backup:memory_target_timestamp_seconds", "-90000", **MOVED),
     run(N, healthy("catalogue", N), shards=2, shard="0"), run(N, healthy("other", N), shards=2, shard="1"), *asked_by_one_shard("elsewhere", N, *in_catalogue("elsewhere", 1, N), taken=ago(30, N)),
     run(N, healthy("moved", N, taken=steady(-3 * 86400, N)), run="moved"), series("postgres_backup:memory_success_timestamp_seconds", "-3600", **MOVED, type="base")],
    *[has(10, f'postgres_backup:first_seen_timestamp_seconds{{run="{of["run"]}"}}', ({"__name__": "postgres_backup:first_seen_timestamp_seconds", **of}, -90000)) for of in (ORDERS, MOVED)],
    has(10, 'postgres_backup:first_seen_timestamp_seconds{run="back"}', ({"__name__": "postgres_backup:first_seen_timestamp_seconds", "job": "backup_metrics", "run": "back", "instance": "back"}, -90000)),
    has(N - 1, 'postgres_backup:memory_success_timestamp_seconds{instance="elsewhere"}',
        ({"__name__": "postgres_backup:memory_success_timestamp_seconds", "job": "backup_metrics", "shard": "0", "instance": "elsewhere", "source": "catalog", "tool": "barman", "type": "full"}, -3600)),
    quiet(14), fires(22, alert("BackupMetricsAbsent", run="old")), fires(67, alert("BackupMetricsAbsent", run="old"), alert("LastBackup", "warning", run="old", instance="old", type_="base")),
    fires(N - 1, alert("BackupMetricsAbsent", run="old"), alert("LastBackup", "warning", run="old", instance="old", type_="base")))

N = 3 * HOUR
cut = HOUR
NO_START = gateway(N)[:1]
add("Nobody scrapes when the gateway started: it restarts empty, one host comes back, and three do not. They are told",
    [NO_START, *[run(cut, healthy(name, cut), run=name, end="stale") for name in "bcd"],
     [(m, l, then(v, gone(2), after)) for (m, l, v), (_, _, after) in zip(run(cut, healthy("a", cut), run="a"),
                                                                         run(N - cut - 2, healthy("a", N - cut - 2, at=clock(N - cut - 2, start=cut + 2)), run="a", pushed=clock(N - cut - 2, start=cut + 2)))]],
    quiet(cut + 15), fires(cut + 17, *[alert("BackupMetricsAbsent", run=name) for name in "bcd"]), fires(N - 1, *[alert("BackupMetricsAbsent", run=name) for name in "bcd"]))

N = 2 * HOUR
add("The proof of a hole is gone with the files in pg_wal, and the listing is the same: the hole is still there, until a newer listing says that it is not",
    [gateway(N), run(N, [*healthy("orders", N), *[(m, l, v) for m, l, v in [
        series("postgres_wal_archive_listed_timestamp_seconds", then(steady(0, 80), steady(4800, 40)), instance="orders", storage="a"),
        series("postgres_wal_archive_missing_segments", then(steady(0, 10), steady(2, 30), steady(0, 80)), instance="orders", storage="a")]]])],
    quiet(14), fires(15, alert("WalArchiveHole", instance="orders")), fires(60, alert("WalArchiveHole", instance="orders")), fires(79, alert("WalArchiveHole", instance="orders")), quiet(80),
    *[says(at, "WalArchiveHole", "orders: the WAL archive has a hole: nothing later can be restored",
           f"The listing of the WAL archive of orders (job backup_metrics) lacks {lacks} of the segments that a restore of its newest backup needs. A restore ends at the first of them, whatever was archived since. "
           "Take a full backup now. backup-metrics show names the first segment that is missing; find out why it is.", instance="orders", job="backup_metrics", severity="critical")
      for at, lacks in ((30, 2), (60, "some"))])

N = 2 * HOUR
LOST = then(steady(1, 40), gone(30), steady(1, 50))
add("The gateway is down for half an hour: what a drill said stays, and so does what is missing",
    [gateway(values=then(steady(1, 40), steady(0, 30), steady(1, 50)), started=then(steady(-86400, 40), gone(30), steady(-86400, 50))), *[(m, l, v) for m, l, v in [
        series("postgres_restore_test_success", then(steady(0, 40), gone(30), steady(0, 50)), **DRILL), series("postgres_restore_test_timestamp_seconds", then(steady(0, 40), gone(30), steady(0, 50)), **DRILL),
        series("postgres_restore_test_shortfall_seconds", then(steady(7, 40), gone(30), steady(7, 50)), **DRILL)]],
     [(m, l, then(v, gone(30), after)) for (m, l, v), (_, _, after) in zip(
         run(40, healthy("orders", 40), shards=2, shard="0"), run(50, healthy("orders", 50, at=clock(50, start=70)), pushed=clock(50, start=70), shards=2, shard="0"))]],
    *[fires(t, alert("RestoreTestFailed", instance="orders", tool="pgbackrest"), alert("RestoreShortfall", instance="orders", tool="pgbackrest"), alert("BackupTargetsMissing", missing="shards"), *more)
      for t, more in ((39, []), (44, []), (50, [alert("PushgatewayDown", job="pushgateway", instance="pushgateway:9091")]), (70, []), (N - 1, []))])

# ---- A source that does not answer for one probe ----

section("silent")


def silent(some, minutes):
    """The same series, absent at these minutes."""
    return [(m, l, packed(["stale" if minute in minutes and value != "_" else value for minute, value in enumerate(expanded(values))])) for m, l, values in some]


def lapsing(n, minutes):
    """1, but 0 at these minutes."""
    return packed(["0" if minute in minutes else "1" for minute in range(n)])


def by_catalogue(name, n, minutes, *told, hours=None, taken=None, source=None, shard=None):
    """A target that always answers, and what a catalogue says of it, which does not at these minutes."""
    of = dict(shard=shard) if shard else {}
    return [*limits(name, n, hours, **of), *sources(name, n, {"server": 1, "catalog": source or lapsing(n, minutes)}, **of), *probe(name, n, **of), *archive(name, n, **of), *recovery(name, clock(n), **of),
            *silent([*backup(name, taken or ago(1, n), source="catalog", tool="barman", type_="full", **of), *told], minutes)]


def by_server(name, n, minutes, *told, hours=None, taken=None):
    """A target that is known by its server alone, which does not answer at these minutes."""
    up = lapsing(n, minutes)
    return [*limits(name, n, hours), *sources(name, n, {"server": up}), probe(name, n, success=up)[0], *silent([*([] if taken == "never" else backup(name, taken or ago(1, n))), *told], minutes)]


def in_pods(is_, some):
    """The same as it is scraped from a pod, whose labels change with it; of a gateway it has none."""
    return [(m, {**l, "pod": "a"}, v) if is_ and l.get("job") != "pushgateway" else (m, l, v) for m, l, v in some]


def faults_of_sources(n, minutes, until=None):
    """All that a source says is wrong, each of a target of its own; until some minute, and from then on all is well."""
    until = until or n

    def bad(value, well=0):
        return then(steady(value, until), gone(n - until) if well is None else steady(well, n - until)) if until < n else steady(value, n)

    def told(name, metric, value, well=0, tool="barman", type_="full", **more):
        return series(metric, bad(value, well), instance=name, source="catalog", tool=tool, type=type_, **more)

    listed_ = "postgres_wal_archive_listed_timestamp_seconds"
    limited = {**LIMITS, ("rto", "critical"): 1}
    at = [series("postgres_backup_probe_timestamp_seconds", clock(n))]
    return [
        by_catalogue("errors", n, minutes, told("errors", "postgres_backup_last_has_errors", 1)),
        by_catalogue("failed", n, minutes, told("failed", FAILED, -1800, -7200)),
        by_catalogue("small", n, minutes, told("small", "postgres_backup_last_size_ratio", 0.1, 1)),
        by_catalogue("unsafe", n, minutes, told("unsafe", "postgres_backup_wal_missing", 2)),
        by_catalogue("hangs", n, minutes, told("hangs", "postgres_backup_running_since_timestamp_seconds", -9000, None), told("hangs", "postgres_backup_longest_duration_seconds", 600, None)),
        [*by_catalogue("copies", n, minutes, series("postgres_backup_copies", bad(1, 2), instance="copies")), series("postgres_backup_copies_min", steady(2, n), instance="copies")],
        [*by_catalogue("window", n, minutes, *[(m, l, v) for m, l, v in [series("postgres_recovery_window_start_timestamp_seconds", bad(-10 * D, -30 * D), instance="window", source="catalog", tool="barman")]]),
         series("postgres_recovery_window_min_seconds", steady(14 * D, n), instance="window", severity="critical")],
        by_catalogue("hole", n, minutes, series(listed_, then(steady(0, until), steady(60 * until, n - until)) if until < n else steady(0, n), instance="hole", storage="default"),
                     series("postgres_wal_archive_missing_segments", bad(3), instance="hole", storage="default")),
        by_catalogue("listing", n, minutes, series(listed_, then(ago(60, until), clock(n - until, start=until)) if until < n else ago(60, n), instance="listing", storage="default")),
        by_catalogue("test", n, minutes, told("test", FAILED, -3600, -9000, type_="restore_test"), *restore_test("test", bad(-7200, -1800), tool="barman")),
        by_catalogue("short", n, minutes, series("postgres_restore_test_shortfall_seconds", bad(7), instance="short", tool="barman")),
        by_catalogue("slow", n, minutes, series("postgres_restore_test_duration_seconds", bad(4000, 1000), instance="slow", tool="barman", phase="fetch"), hours=limited),
        by_catalogue("warned", n, minutes, series("postgres_backup_warnings", bad(2), instance="warned")),
        [*limits("never", n, {**LIMITS, ("restore_test", "critical"): 720}), *sources("never", n, {"server": 1, "catalog": lapsing(n, minutes)}), *probe("never", n), *archive("never", n), *recovery("never", clock(n)),
         *silent([series("postgres_backup_last_success_timestamp_seconds", then(gap(until), steady(until * 60, n - until)), instance="never", source="catalog", tool="barman", type="full"),
                   *restore_test("never", then(gap(until), steady(until * 60, n - until)), tool="barman")] if until < n else [], minutes)],
        # What the catalogue's backup is to the recovery point: without it, how far a restore reaches is not known.
        [*by_catalogue("based", n, minutes, hours=WAL_ONLY)[:-3], *archiver("based", n),
         *silent([*backup("based", ago(1, n), source="catalog", tool="barman", type_="full"), *recovery("based", then(ago(2, until), clock(n - until, start=until)) if until < n else ago(2, n))], minutes)],
        by_server("waits", n, minutes, *probe("waits", n)[2:], *archive("waits", n, ready=bad(-7200, None)), hours=WAL_ONLY),
        by_server("loses", n, minutes, *probe("loses", n)[2:], *archive("loses", n), *recovery("loses", then(ago(2, until), clock(n - until, start=until)) if until < n else ago(2, n)), hours=WAL_ONLY),
        by_server("doubted", n, minutes, *probe("doubted", n)[2:], *archive("doubted", n), *archiver("doubted", n), *([series("postgres_recovery_point_timestamp_seconds", then(gap(until), clock(n - until, start=until)), instance="doubted")] if until < n else [])),
        by_server("stuck", n, minutes, *probe("stuck", n)[2:], *archive("stuck", n, {"ok": packed(["01"[m >= until] for m in range(n)]), "failing": bad(1)})),
        by_server("off", n, minutes, *probe("off", n)[2:], *archive("off", n, {"ok": packed(["01"[m >= until] for m in range(n)]), "off": bad(1)}, lag=None), *recovery("off", clock(n))),
        by_server("skewed", n, minutes, *probe("skewed", n, offset=bad(45))[2:], *archive("skewed", n), *recovery("skewed", clock(n))),
    ]


OF_CATALOGUE = dict(tool="barman", type_="full")
SOON = [
    alert("BackupHasErrors", instance="errors", **OF_CATALOGUE), alert("BackupSizeCollapsed", "warning", instance="small", **OF_CATALOGUE), alert("BackupWalMissing", "warning", instance="unsafe", **OF_CATALOGUE),
    alert("BackupRunsTooLong", "warning", instance="hangs", **OF_CATALOGUE), alert("BackupCopiesMissing", instance="copies"), alert("WalArchiveHole", instance="hole"), *both("WalArchiveListingStale", instance="listing", type_="base"),
    alert("RestoreTestFailed", instance="test", tool="barman"), alert("RestoreShortfall", instance="short", tool="barman"), alert("RestoreTooSlow", instance="slow", type_="rto"),
    alert("BackupNeverMade", "warning", instance="never", type_="base"), alert("LastWalArchive", instance="waits", type_="wal"), *[alert("RecoveryPointTooOld", instance=i, type_="wal") for i in ("loses", "based")],
    alert("WalArchiverFailing", instance="stuck"), alert("WalArchiverFailing", "warning", instance="off"), alert("BackupClockSkew", "warning", instance="skewed")]
SOON[0]["fault"] = "errors"
AFTER_AN_HOUR = [alert("BackupFailed", "warning", instance="failed", **OF_CATALOGUE), alert("RecoveryWindowTooShort", instance="window"), alert("BackupWarnings", "warning", instance="warned"),
                 alert("RecoveryPointUnknown", "warning", instance="doubted", type_="base"), alert("RestoreTestTooOld", "warning", instance="never", type_="restore_test")]


def every_five(n):
    """The time of a run every five minutes."""
    return then(*[steady(minute * 60, 5) for minute in range(0, n, 5)])


N = 100
TWICE = {*range(30, 35), *range(80, 85)}
for late in ("", LATE):
    add("A source, or the server, does not answer for one probe, and for another an hour later: what they said was wrong fires as if they had answered, and ends neither then nor when they answer again" + late,
        [gateway(N), in_pods(late, run(N, *faults_of_sources(N, TWICE), pushed=every_five(N)))],
        *[fires(at, *SOON) for at in (28, 30, 32, 34, 36, 38, 40, 56)], *[fires(at, *SOON, *AFTER_AN_HOUR) for at in (64, 78, 80, 82, 84, 86, 88, 90, N - 2)])

N = 80
for late in ("", LATE):
    add("What was put right while its source did not answer: it ends when that answers again" + late,
        [gateway(N), run(N, *faults_of_sources(N, set(range(65, 70)), until=65), pushed=every_five(N))],
        *[fires(at, *SOON, *AFTER_AN_HOUR) for at in (62, 64, 66, 68)[:3 if late else 4]], *[quiet(70)][:not late], quiet(72), quiet(N - 2))

N = 60
FAILS = set(range(20, N))
REPORTED = [*sources("errors", N, {"server": 1, "catalog": lapsing(N, FAILS)}), *limits("errors", N), *probe("errors", N), *archive("errors", N), *recovery("errors", clock(N)),
            *backup("errors", ago(1, N), source="catalog", tool="barman", type_="full"),
            series("postgres_backup_last_has_errors", then(steady(1, 46), steady(0, 14)), instance="errors", source="catalog", tool="barman", type="full")]
DENIED = [*sources("denied", N, {"server": lapsing(N, FAILS)}), *limits("denied", N, WAL_ONLY), probe("denied", N, success=lapsing(N, FAILS))[0], *backup("denied", ago(1, N)),
          *silent(probe("denied", N)[2:], FAILS), *archive("denied", N, ready=then(ago(2, 46), "stale", gap(13))),
          series("postgres_backup_age_seconds", clock(N, behind=-3600), instance="denied", source="server", tool="pg_basebackup", type="base")]
COUNTED = [*sources("copies", N, {"server": 1, "catalog": lapsing(N, FAILS)}), *limits("copies", N), *probe("copies", N), *archive("copies", N), *recovery("copies", clock(N)),
           *backup("copies", ago(1, N), source="catalog", tool="barman", type_="full"), series("postgres_backup_copies", then(steady(1, 46), steady(2, 14)), instance="copies"),
           series("postgres_backup_copies_min", steady(2, N), instance="copies")]
FEW = alert("BackupCopiesMissing", instance="copies")
for late in ("", LATE):
    add("A source that fails and reports nonetheless, such as a tool that cannot read one of its repositories, and a server that refuses one query: what they report counts, and not what they said before" + late,
        [gateway(N), in_pods(late, run(N, REPORTED, DENIED, COUNTED, pushed=every_five(N)))],
        *[fires(at, FEW, alert("BackupHasErrors", instance="errors", fault="errors", **OF_CATALOGUE), alert("LastWalArchive", instance="denied", type_="wal")) for at in (18, 24, 30)],
        *[fires(at, alert("BackupSourceFailed", instance="errors"), alert("BackupTargetDown", instance="denied"), *more) for at, more in (
            (44, [FEW, alert("BackupSourceFailed", instance="copies")] + [alert("BackupHasErrors", instance="errors", fault="errors", **OF_CATALOGUE), alert("LastWalArchive", instance="denied", type_="wal")]), (50, [alert("BackupSourceFailed", instance="copies")]), (N - 1, [alert("BackupSourceFailed", instance="copies")]))])

N = 60
OUTAGE = set(range(20, N))


def window_of(name, start, n, minutes=(), **labels):
    return [*silent([series("postgres_recovery_window_start_timestamp_seconds", start, instance=name, source="catalog", tool="barman", **labels)], minutes),
            series("postgres_recovery_window_min_seconds", steady(14 * D, n), instance=name, severity="critical", **labels)]


def taken_out(some, minute):
    return [(m, l, packed([value if at < minute else "stale" for at, value in enumerate(expanded(v))])) for m, l, v in some]


add("A catalogue is silent for long: what it said was wrong is critical before it is unknown, what was well is unknown, and what is taken out of the configuration meanwhile is quiet",
    [gateway(N), run(N, [*by_catalogue("short", N, OUTAGE), *window_of("short", steady(-10 * D, N), N, OUTAGE)], [*by_catalogue("well", N, OUTAGE), *window_of("well", steady(-30 * D, N), N, OUTAGE)],
                     [*by_catalogue("two", N, OUTAGE), *window_of("two", steady(-30 * D, N), N, OUTAGE), *sources("two", N, {"pgmonitor": 1}), *backup("two", ago(1, N), source="pgmonitor", tool="pgbackrest", type_="full"),
                      series("postgres_recovery_window_start_timestamp_seconds", steady(-10 * D, N), instance="two", source="pgmonitor", tool="pgbackrest")],
                     [*by_catalogue("reports", N, (), source=lapsing(N, OUTAGE)), *window_of("reports", then(steady(-30 * D, 30), steady(-10 * D, 30)), N)],
                     by_server("stuck", N, OUTAGE, *probe("stuck", N)[2:], *archive("stuck", N, "failing")), by_server("down", N, OUTAGE, *probe("down", N)[2:], *archive("down", N)),
                     taken_out([*by_catalogue("removed", N, OUTAGE), *window_of("removed", steady(-10 * D, N), N, OUTAGE)], 40), pushed=every_five(N))],
    *[verdict(at, ("short", CRITICAL, "RecoveryWindowTooShort"), ("stuck", CRITICAL, "WalArchiverFailing"), *([("removed", CRITICAL, "RecoveryWindowTooShort")] if at < 40 else []),
              ("reports", CRITICAL, "RecoveryWindowTooShort") if at > 30 else ("reports", *is_), ("well", *is_), ("two", *is_), ("down", *of_))
      for at, is_, of_ in [(at, (OK, ""), (OK, "")) for at in (18, 20, 21, 24)] + [(at, (UNKNOWN, "BackupSourceFailed"), (UNKNOWN, "BackupTargetDown")) for at in (25, 39, 40, 41, N - 1)]])

N = 60
SPOILT = set(range(30, 35))
add("A catalogue that cannot be trusted, and for one probe its target does not answer either: the catalogue's fault does not begin anew",
    [gateway(N), run(N, [*limits("orders", N), *sources("orders", N, {"server": lapsing(N, SPOILT), "catalog": 0}), probe("orders", N, success=lapsing(N, SPOILT))[0],
                         *silent([*probe("orders", N)[2:], *archive("orders", N), *recovery("orders", clock(N))], SPOILT)], pushed=every_five(N))],
    *[fires(at, alert("BackupSourceFailed", instance="orders")) for at in (20, 29, 30, 33, 35, 36, 40, N - 1)])

N = 2 * HOUR
BROKEN = set(range(70, 110))


def one_of_two_shards(name, n, start, minutes=(), copies=2, state="ok", hours=None, **labels):
    """A target of shard 1, whose catalogue is read by shard 0."""
    return [*run_of(1, [*healthy(name, n, hours=hours)[:-10], *archive(name, n, state, lag=None), *recovery(name, clock(n)), series("postgres_recovery_window_min_seconds", steady(14 * D, n), instance=name, severity="critical"),
                        series("postgres_backup_copies", steady(1, n), instance=name), series("postgres_backup_copies_min", steady(2, n), instance=name)], **labels),
            *run_of(0, [*sources(name, n, {"catalog": lapsing(n, minutes)}), *silent([
                *backup(name, ago(1, n), source="catalog", tool="barman", type_="full"), *([series("postgres_recovery_window_start_timestamp_seconds", start, instance=name, source="catalog", tool="barman")] if start else []),
                series("postgres_backup_copies", steady(copies, n), instance=name)], minutes)], **labels)]


def counted_elsewhere(name, n, minutes, mended):
    """A target of shard 1 whose server does not answer at these minutes, while shard 0 reads its catalogue, and counts one copy, then two."""
    up = lapsing(n, minutes)
    return [*run_of(1, [*limits(name, n), *sources(name, n, {"server": up}), probe(name, n, success=up)[0], series("postgres_backup_copies_min", steady(2, n), instance=name),
                        *silent([*probe(name, n)[2:], *archive(name, n), *recovery(name, clock(n)), *backup(name, ago(1, n)), series("postgres_backup_copies", steady(1, n), instance=name)], minutes)]),
            *run_of(0, [*sources(name, n, {"catalog": 1}), *backup(name, ago(1, n), source="catalog", tool="barman", type_="full"),
                        series("postgres_backup_copies", then(steady(1, mended), steady(2, n - mended)), instance=name)])]


ELSEWHERE = alert("BackupCopiesMissing", instance="elsewhere", shard="1")
SHARDED = [alert("RecoveryWindowTooShort", instance="short", shard="1"), alert("RecoveryWindowTooShort", "warning", instance="off", shard="1", fault="unknown"),
           alert("RecoveryWindowTooShort", "warning", instance="unknown", shard="1", fault="unknown")]
NOT_ARCHIVED = [*[alert("WalArchiverFailing", instance=i, shard="1") for i in ("never", "discarded", "never-since", "discarded-since")], alert("BackupSourceFailed", instance="unread", shard="0"), alert("WalArchiveHole", instance="holed", shard="0")]
SAID = "Take a full backup that is not kept for ever, archive the WAL since then, and see that a source knows of it."
for late in ("", LATE):
    add("The catalogue is read by another shard, and fails: no copy is missing for that, and how far back a restore reaches is what was said last. Where the server does not archive WAL, or nobody knows, that is not known" + late,
        [gateway(N), in_pods(late, [s for some in [run(N, healthy("catalogue", N), shards=2, shard="0", pushed=every_five(N)), run(N, healthy("other", N), shards=2, shard="1", pushed=every_five(N)),
         one_of_two_shards("well", N, steady(-30 * D, N), BROKEN, team="a"), one_of_two_shards("short", N, steady(-10 * D, N), BROKEN), one_of_two_shards("few", N, steady(-30 * D, N), BROKEN, copies=1),
         one_of_two_shards("off", N, steady(-10 * D, N), state="off", hours={("base", "critical"): 50}), run_of(1, [series("postgres_recovery_window_min_seconds", steady(28 * D, N), instance="off", severity="warning")]), one_of_two_shards("unknown", N, None),
         counted_elsewhere("elsewhere", N, BROKEN, 104), one_of_two_shards("never", N, None, state="never"), one_of_two_shards("discarded", N, steady(-10 * D, N), state="discarded"),
         one_of_two_shards("never-since", N, steady(-10 * D, N), state="never"), one_of_two_shards("discarded-since", N, None, state="discarded"), one_of_two_shards("unread", N, None, set(range(N))), run_of(1, backup("unread", ago(1, N), source="query")),
         one_of_two_shards("holed", N, None), run_of(0, listed("holed", steady(0, N), steady(2, N))),
         one_of_two_shards("further", N, steady(-30 * D, N), BROKEN, copies=3), run_of(1, [reaches("further", steady(-10 * D, N), source="query")])] for s in some])],
        *[fires(at, alert("BackupCopiesMissing", instance="few", shard="1"), *NOT_ARCHIVED, ELSEWHERE, *more)
          for at, more in ((56, []), (66, SHARDED), (72, SHARDED), (78, SHARDED))],
        *[fires(at, alert("BackupCopiesMissing", instance="few", shard="1"), *NOT_ARCHIVED, *SHARDED,
                *[alert("BackupSourceFailed", instance=i, shard="0") for i in ("well", "short", "few", "further")][:4 * failed], *[alert("BackupTargetDown", instance="elsewhere", shard="1")][:failed], *[ELSEWHERE][:at < 104]) for at, failed in ((96, 1), (100, 1), (106, 1), (116, 0))],
        *[says(80, "RecoveryWindowTooShort", [
            ("short, shard 1: a restore reaches back 10d 1h 8m 0s only",
             "The oldest moment that short (job backup_metrics) can be restored to is 10d 1h 8m 0s ago; the critical limit is 14d 0h 0m 0s. "
             "See for how long the backup tool keeps full backups and WAL, and whether somebody deleted some. What is deleted does not come back: the window grows with time.",
             dict(instance="short", job="backup_metrics", shard="1", severity="critical")),
            *[(f"{i}, shard 1: how far back a restore reaches is not known",
               f"How far back {i} (job backup_metrics) can be restored is not known; it must be {days}d 0h 0m 0s. No source knows a full backup after which the WAL is kept, or the server does not archive its WAL. " + SAID,
               dict(instance=i, job="backup_metrics", shard="1", severity="warning", fault="unknown")) for i, days in (("off", 28), ("unknown", 14))]])][:not late],
        *[has(at, 'backup_metrics:condition{alert="RecoveryWindowTooShort",instance=~"further|unread"}') for at in (40, 80)])
