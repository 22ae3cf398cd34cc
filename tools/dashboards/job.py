"""The job itself: does it run, do pushes arrive, does it keep its interval."""
from .panels import adhoc, dashed, dashboard, fixed, graph, queries, row, stat, steps, table, timeline, values, variable
from .queries import ALERTS, J

GROUP = "by (cluster, namespace, job, run, shard)"
YES_NO = values(("no", "red"), ("yes", "green"))
COLORED = {"custom_cellOptions": {"type": "color-text"}}


def rows():
    yield [
        stat("Gateway", "Whether Prometheus can scrape the Pushgateway. If not, all data is out of date.", 'min(up{job="pushgateway"})', mappings=values(("down", "red"), ("up", "green")), no_value="not scraped"),
        stat("Since the oldest push", "The age of the oldest push relative to its interval: above 2, the job counts as dead.", f"max((time() - push_time_seconds{{{J}}}) / backup_metrics_interval_seconds{{{J}}})", "percentunit",
             decimals=0, thresholds=steps((None, "green"), (1.5, "yellow"), (2, "red")), no_value="no interval known"),
        stat("Groups", "A group is pushed and replaced as a whole: a job, a run, or a shard.", f"count(backup_metrics_run_timestamp_seconds{{{J}}})", no_value="none"),
        stat("Missing shards", "Shards of the job that are missing at the gateway.", f"sum(max by (job, run) (backup_metrics_shards{{{J}}}) - count by (job, run) (backup_metrics_shards{{{J}}}) > 0) or count(backup_metrics_shards{{{J}}}) * 0",
             thresholds=steps((None, "green"), (1, "red"))),
        stat("Failed targets", "Databases that the last runs could not probe completely.", f'sum(backup_metrics_targets{{{J}, state="failed"}})', thresholds=steps((None, "green"), (1, "red"))),
        stat("Settings", "Whether the last reload of the settings succeeded (schedule mode); if not, the previous ones are in use.", f"min(backup_metrics_config_last_reload_successful{{{J}}})",
             mappings=values(("invalid", "red"), ("valid", "green")), no_value="not in schedule mode"),
    ]
    yield [table(
        "Alerts about jobs and gateways", "Firing and pending alerts that are about no single database: then nobody watches, or what is known is out of date.",
        [(None, f'max by (alertname, severity, alertstate, job, run, shard, instance) ({ALERTS}, alertname=~"Push.+|Backup(Metrics|Targets|Job|Push|Clock).+"}})', None)],
        [("alertname", "Alert"), ("severity", "Severity"), ("alertstate", "Now"), ("job", "Job"), ("run", "Run"), ("shard", "Shard"), ("instance", "Instance")], height=5, no_value="No alert",
    )]
    yield [table(
        "What is pushed", "One line per group.",
        [
            ("Pushed", f"time() - max {GROUP} (push_time_seconds{{{J}}} > 0)", "s", {"decimals": 0}),
            ("Every", f"max {GROUP} (backup_metrics_interval_seconds{{{J}}})", "s", {"decimals": 0}),
            ("Took", f"max {GROUP} (backup_metrics_run_duration_seconds{{{J}}})", "s", {"decimals": 2}),
            ("Targets", f'sum {GROUP} (backup_metrics_targets{{{J}, state="configured"}})', "none"),
            ("Failed", f'sum {GROUP} (backup_metrics_targets{{{J}, state="failed"}})', "none", {"thresholds": steps((None, "green"), (1, "red")), **COLORED}),
            ("Refused", f"max {GROUP} (push_failure_time_seconds{{{J}}} > bool push_time_seconds{{{J}}})", None, {"mappings": values(("no", "green"), ("yes", "red")), **COLORED}),
        ],
        [("job", "Job"), ("run", "Run"), ("shard", "Shard"), ("cluster", "Cluster"), ("namespace", "Namespace")], height=7, sort="Pushed", no_value="",
    )]
    yield [
        graph("Duration against interval", "A run that takes longer than its interval delays the next one.", queries(
            (f"max {GROUP} (backup_metrics_run_duration_seconds{{{J}}})", "{{job}} {{run}}{{shard}}"),
            (f"max {GROUP} (backup_metrics_interval_seconds{{{J}}})", "{{job}} {{run}}{{shard}} interval"),
        ), "s", overrides=[dashed(".*interval", "text")]),
        graph("Since the last push", "After two intervals without a push, BackupMetricsStale fires.", queries((f"time() - max {GROUP} (push_time_seconds{{{J}}} > 0)", "{{job}} {{run}}{{shard}}")), "s"),
    ]
    yield [
        graph("Targets", "As of the last runs.", queries((f'sum by (state) (backup_metrics_targets{{{J}, state!="configured"}})', "{{state}}")), "none", width=8, stacked=True, decimals=0,
              overrides=[fixed("ok", "green"), fixed("failed", "red")]),
        timeline("Runs that reached all their targets", "By group.", queries((f"min {GROUP} (backup_metrics_run_success{{{J}}})", "{{job}} {{run}}{{shard}}")), mappings=YES_NO, width=8, height=8),
        graph("Probe durations", "90 % of the databases take less than the upper line.", queries(
            (f"quantile(0.9, postgres_backup_probe_duration_seconds{{{J}}})", "90 %"),
            (f"quantile(0.5, postgres_backup_probe_duration_seconds{{{J}}})", "half"),
        ), "s", width=8),
    ]
    yield [row("The Pushgateway")]
    yield [
        graph("Responses to pushes", "All pushes to this gateway, by HTTP status: 200 is stored, 400 refused.", queries(('sum by (code) (increase(pushgateway_http_requests_total{job="pushgateway", handler="push"}[$__rate_interval]))', "{{code}}")), "none", width=8),
        graph("Uptime", "A gateway without persistence loses all data at a restart.", queries(('time() - process_start_time_seconds{job="pushgateway"}', "{{instance}}")), "s", width=8),
        table("Versions", "Of the job.", [("Groups", f"count by (job, version, revision) (backup_metrics_build_info{{{J}}})", "none")], [("job", "Job"), ("version", "Version"), ("revision", "Revision")], width=8, height=8, no_value=""),
    ]


def make():
    return dashboard("backup-job", "Backups: the job itself", "Whether the job runs, its pushes arrive, and it keeps its interval.",
                     [variable("cluster", "Cluster", "label_values(backup_metrics_run_timestamp_seconds, cluster)", several=True),
                      variable("namespace", "Namespace", "label_values(backup_metrics_run_timestamp_seconds, namespace)", several=True),
                      variable("job", "Job", "label_values(backup_metrics_run_timestamp_seconds, job)", several=True),
                      variable("run", "Run", "label_values(backup_metrics_run_timestamp_seconds, run)", several=True),
                      adhoc("filter", "Any label")], list(rows()), f'{ALERTS}, instance="", alertstate="firing"}}')
