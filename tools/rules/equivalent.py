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
    ("postgres_backup:maybe_late_timestamp_seconds", "wal|rto -> ", f"a shorter limit than must be: {MORE}"),
    ("postgres_backup:lost_max_age_seconds", "and -> or", "all are kept then, and who reads them asks again which are lost"),
    ("postgres_backup:candidate_probe_timestamp_seconds", ": and -> or | or (postgres_wal_archive_oldest", "more is looked at; what has no probe has then waited for 0 s, and loses 0 s"),
    ("postgres_backup:candidate_limit_seconds", ": and -> or", f"{MORE}: each that reads it asks again for what"),
    *[(f"postgres_backup:{name}", ": max -> min", "two pods that are scraped for some minutes say the same, or one of them what was some minutes ago")
      for name in ("exporter_upload_timestamp_seconds", "other_max_age_seconds", "hole_listed_timestamp_seconds")],
    ("postgres_backup:lost_max_age_seconds", "and -> unless", "promtool cannot tell: it evaluates the group at each step, and what is read back to before the loss has all limits; a Prometheus would have forgotten some"),
    ("postgres_backup:unmet_limit_seconds", ": severity -> ", f"{MORE}, and who reads it asks again what is known"),
    ("postgres_backup:physical_source", "tool, type -> tool | group without (tool) (postgres_backup:success_timestamp_seconds{type!=", "who reads it ignores the type"),
    *[(f"postgres_backup:memory_{name}_timestamp_seconds", part, "promtool cannot tell: it evaluates this group at each step, so that what it reads is never old")
      for name in ("target", "success") for part in ("[120m]", "[1080m]")],
    ("postgres_backup:reporting_source", 'postgres_wal_archive_state{state!="ok"}', "a server that tells one state tells all of them"),
    ("postgres_backup:reporting_source", "job, run, shard, instance, cluster, namespace -> ", "a server that is silent has no state, and one that does not fail is asked by nobody whether it reports"),
    ("postgres_backup:maybe_stale_listing_limit_seconds", "< -> <=", FOLLOWS),
    ("postgres_backup:other_shard_success_timestamp_seconds", "max -> min", "the same time for each severity"),
    ("postgres_backup:older_tool_limit_seconds", "and -> or", f"{MORE}: who reads it joins it with the tool that stopped"),
    ("postgres_backup:reported_success_timestamp_seconds", "job, run, shard, instance, cluster, namespace -> ", f"{MORE}: only of what fails is asked whether it reports, and only what has no probe time needs another"),
    # What was remembered over an absence of Prometheus is restored once, and is then carried by what reads it.
    *[(name, part, "what is restored is the same for as long as it is, and is carried by then") for name in (
        "postgres_backup:new_target_timestamp_seconds", "postgres_backup:gone", "postgres_backup:first_seen_timestamp_seconds",
        "postgres_backup:success_timestamp_seconds", "postgres_backup:last_success_timestamp_seconds", "postgres_backup:other_max_age_seconds")
      for part in ("[6m] -> [18m]", "last_over_time -> max_over_time")],
]
