"""Queries shared by panels. $job and $instance are dashboard variables; series recorded by backup.rules.yml are used as they are."""

BACKUP = 'type=~"base|full|logical"'
BY = "by (job, instance)"


def state(where):
    """The worst state of a target, as a number; panels.STATES has the texts."""
    age = f"(time() - postgres_backup:last_success_timestamp_seconds{{{where}}})"

    def late(severity):
        limit = f'postgres_backup:max_age_seconds{{{where}, {BACKUP}, severity="{severity}"}}'
        return f"count {BY} ({age} > ignoring (severity) group_right () {limit})"

    never = (
        f"count {BY} (postgres_backup:max_age_seconds{{{where}, {BACKUP}}} unless ignoring (severity) postgres_backup:last_success_timestamp_seconds{{{where}}})"
        f' unless on (job, instance) (postgres_wal_archive_state{{{where}, state="standby"}} == 1)'
    )
    wal = f'count {BY} (postgres_wal_archive_state{{{where}, state=~"failing|never|discarded"}} == 1)'
    return "\n".join([
        f"(min {BY} (postgres_backup_source_success{{{where}}}) == 0) + 5",
        f"or ({never}) * 0 + 4",
        f"or {late('critical')} * 0 + 3",
        f"or {wal} * 0 + 2",
        f"or {late('warning')} * 0 + 1",
        # Without the rules nothing can be late, which does not mean that all is ok.
        f"or (count {BY} (postgres_backup_source_success{{{where}}}) * 0 and on () backup_metrics:run_timestamp_seconds)",
    ])


def age(where):
    return f"time() - max {BY} (postgres_backup:last_success_timestamp_seconds{{{where}, {BACKUP}}})"


def used(where):
    """The used part of the limit; with several limits, the largest."""
    return (
        f"max {BY} ((time() - postgres_backup:last_success_timestamp_seconds{{{where}}})"
        f" / ignoring (severity) group_right () postgres_backup:max_age_seconds{{{where}, {BACKUP}}})"
    )
