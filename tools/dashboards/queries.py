"""Queries shared by panels. $job, $instance, ... are dashboard variables; series recorded by backup.rules.yml are used as they are."""

BACKUP = 'type=~"base|full|logical"'

# Two databases of one name, of two runs or clusters, are two rows. A label that nobody uses is no column.
KEY = "cluster, namespace, job, run, shard, instance"
BY = f"by ({KEY})"
PLACE = 'cluster=~"$cluster", namespace=~"$namespace"'
J = f'{PLACE}, job=~"$job", run=~"$run"'
# What a drill pushed has no run.
OF_DRILLS = f'{PLACE}, job=~"$job", drill!=""'
ALERT = 'alertname=~"(Last|Recovery|Restore|Wal|Pushgateway|Backup).+"'
# Alerts about the gateway, or about what is gone, have another job, or none.
ALERTS = f'ALERTS{{{ALERT}, {PLACE}, job=~"$job|pushgateway|", run=~"$run|"'


def verdict(where):
    """0 ok, 1 warning, 2 critical, 3 unknown, 4 not assessed, with the alert that decides. A database without a verdict, as without the rules, is unknown."""
    return (
        f"(max by ({KEY}, reason) (postgres_backup_verdict{{{where}}})"
        f" or (group {BY} (postgres_backup_source_success{{{where}}}) + 2 unless on ({KEY}) postgres_backup_verdict{{{where}}}))"
    )


def rank(where):
    """The verdict in an order for sorting: -1 not assessed, 0 ok, 1 warning, 2 unknown, 3 critical; panels.VERDICTS has the texts."""
    of = verdict(where)
    return f"({of} == 2) + 1\nor ({of} == 3) - 1\nor ({of} == 4) - 5\nor {of}"


def known(expr, where):
    """What was measured at a probe, unless nobody knows whether it still holds: a dead job's last word is frozen."""
    return f"{expr} unless on ({KEY}) (postgres_backup_verdict{{{where}}} == 3)"


def age(where):
    return f"time() - max {BY} (postgres_backup:last_success_timestamp_seconds{{{where}, {BACKUP}}})"


def limits(where):
    """As the job pushes them, or as the rules keep them where it cannot."""
    return (
        f"(max without (pod, container, endpoint, service) (postgres_backup_max_age_seconds{{{where}}})"
        f" or postgres_backup:other_max_age_seconds{{{where}}})"
    )


def used(where):
    """The used part of the limit; with several limits, the largest."""
    return (
        f"max {BY} ((time() - postgres_backup:last_success_timestamp_seconds{{{where}}})"
        f" / ignoring (severity) group_right () {limits(where + ', ' + BACKUP)})"
    )


def loss(where):
    return known(f"max {BY} (postgres_recovery_point_age_seconds{{{where}}})", where)


def word(where):
    """By whose word: server, archive, or the backup tool, which has no series of its own."""
    told = f"max by ({KEY}, evidence) (postgres_recovery_point_evidence{{{where}}} == 1)"
    tool = f"max {BY} (postgres_recovery_point_age_seconds{{{where}}}) * 0 + 1 unless on ({KEY}) postgres_recovery_point_evidence{{{where}}}"
    return known(f'({told} or label_replace({tool}, "evidence", "tool", "", ""))', where)


def oldest(where):
    """A date in milliseconds, as Grafana has them."""
    return f"1000 * min {BY} (postgres_backup_oldest_timestamp_seconds{{{where}}})"


def restorable_since(where):
    """The same of the oldest moment from which on any other can be restored."""
    return f"1000 * min {BY} (postgres_recovery_window_start_timestamp_seconds{{{where}}})"


def drilled(metric, where, drills=OF_DRILLS, phases=False):
    """What a run or a drill says of the last restore. A drill names no run: where two runs have a database of that name, it is nobody's."""
    on = "cluster, namespace, job, instance"
    targets = f"group {BY} (postgres_backup_source_success{{{where}}})"

    def of(labels, selector):
        if not phases:
            return f"max by ({labels}) ({metric}{{{selector}}})"
        return f'max by ({labels}) (sum by ({labels}, drill, tool) ({metric}{{{selector}, phase=~"fetch|replay"}}))'

    own = of(KEY, f'{where}, drill=""')
    return f"{own}\nor ({targets} * 0 + on ({on}) group_left () {of(on, drills)} unless on ({on}) count by ({on}) ({targets}) > 1)"
