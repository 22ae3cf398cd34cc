"""Changes of the rules that make no difference, and why: (rule, part of the description, reason)."""

MORE = "more is looked at than must be"
FOLLOWS = "the comparison with the limit itself follows"

EQUIVALENT = [
    ("infra_federation:postgres_backup_last_upload", ": 0 -> 1", "nobody pushed in the first second of 1970"),
    ("RestoreTestTooOld", ": 0 -> 1", "infinity is infinity, whatever the limit before it"),
    ("BackupTargetsMissing", "max by (job, run, shard) (backup_metrics_targets) * 0", "times zero"),
    ("BackupTargetsMissing", '{state!="configured"}', "the ok and the failed are the configured"),
    ("BackupPushRejected", "vector(2)", "only the labels matter there"),
    ("BackupPushRejected", "vector(0)", "only the labels matter there"),
    ("postgres_backup:least_max_age_seconds", "type -> ", f"without a shortest limit of that type {MORE}"),
    ("postgres_backup:least_max_age_seconds", "or -> and", f"without a shortest limit {MORE}"),
    *[(f"postgres_backup:{name}_timestamp_seconds", part, why) for name in ("maybe_late", "old_recovery_point", "old_listing") for part, why in (
        ("< -> <=", FOLLOWS),
        ("[4320m]", f"a shortest limit that is gone: {MORE}"),
        ("[480m]", f"without a shortest limit {MORE}"),
        ("vector(1)", "no limit is below a second"),
        ("- -> +", f"{MORE}, and {FOLLOWS}"))],
]
