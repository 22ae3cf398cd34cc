// What backup-metrics does for one database, in Go with lib/pq and client_golang's push: one connection, four queries, one push.
//
//	run-go CONNECTION GATEWAY SQL_FOLDER
package main

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"time"

	_ "github.com/lib/pq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"
)

// lib/pq sends what it does not know as settings of the session, with the login.
const settings = "&default_transaction_read_only=on&statement_timeout=15000&lock_timeout=2000&search_path=pg_catalog&jit=off&connect_timeout=10"

var registry = prometheus.NewRegistry()

func must(err error, code int) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(code)
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixNano()) / 1e9 }

func vector(name, help string, labels ...string) *prometheus.GaugeVec {
	of := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	registry.MustRegister(of)
	return of
}

func gauge(name, help string, value float64) {
	vector(name, help, "instance", "team").WithLabelValues("orders", "payments").Set(value)
}

func counter(name, help string, value float64) {
	of := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{"instance", "team"})
	registry.MustRegister(of)
	of.WithLabelValues("orders", "payments").Add(value)
}

func ofTheRun(name, help string, value float64) {
	of := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	registry.MustRegister(of)
	of.Set(value)
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "run-go CONNECTION GATEWAY SQL_FOLDER")
		os.Exit(64)
	}
	started := time.Now()
	database, err := sql.Open("postgres", os.Args[1]+settings)
	must(err, 78)
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	connection, err := database.Conn(ctx)
	must(err, 69)
	query := func(name string, columns ...interface{}) {
		text, err := os.ReadFile(os.Args[3] + "/" + name + ".sql")
		must(err, 66)
		must(connection.QueryRowContext(ctx, string(text)).Scan(columns...), 69)
	}

	var unused interface{}
	var serverNow, finished, begun, walNow float64
	var tool string
	var archived, failures, directory, ready int64
	var lastArchived, newestDone, lastWrite sql.NullFloat64
	var lag, replay sql.NullInt64
	asked := time.Now()
	query("session", &serverNow, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused)
	offset := serverNow - (seconds(asked)+seconds(time.Now()))/2
	query("archiver", &unused, &unused, &unused, &unused, &archived, &lastArchived, &failures, &unused, &unused, &unused, &unused, &unused)
	query("wal", &directory, &ready, &unused, &unused, &lag, &newestDone, &unused, &lastWrite, &unused, &replay, &unused, &unused, &unused, &walNow, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused)
	query("base_backup", &finished, &begun, &tool, &unused)
	must(connection.Close(), 69)
	must(database.Close(), 69)

	at := time.Now()
	loss := 0.0
	if lag.Int64 > 0 {
		loss = math.Max(0, lastWrite.Float64-newestDone.Float64)
	}
	base := func(name, help string, value float64) {
		vector(name, help, "instance", "source", "tool", "type", "team").WithLabelValues("orders", "server", tool, "base", "payments").Set(value)
	}
	base("postgres_backup_last_success_timestamp_seconds", "When the newest good backup finished, in seconds since 1970.", finished)
	base("postgres_backup_age_seconds", "Age of the newest good backup at the probe, in seconds. It freezes when the job dies: alert on the timestamp.", walNow-finished)
	base("postgres_backup_last_duration_seconds", "How long the newest good backup took, in seconds.", finished-begun)
	limits := vector("postgres_backup_max_age_seconds", "The limit configured for the age of the newest backup, in seconds; published whether the database answers or not.",
		"instance", "type", "severity", "team")
	limits.WithLabelValues("orders", "base", "warning", "payments").Set(93600)
	limits.WithLabelValues("orders", "base", "critical", "payments").Set(180000)
	limits.WithLabelValues("orders", "wal", "warning", "payments").Set(900)
	limits.WithLabelValues("orders", "wal", "critical", "payments").Set(3600)
	states := vector("postgres_wal_archive_state", "State of WAL archiving: 1 for the state that holds, 0 for the others.", "instance", "state", "team")
	for i, state := range []string{"ok", "failing", "never", "discarded", "off", "streamed", "standby"} {
		value := 0.0
		if i == 0 {
			value = 1
		}
		states.WithLabelValues("orders", state, "payments").Set(value)
	}
	gauge("postgres_wal_directory_bytes", "Size of the files in pg_wal, in bytes.", float64(directory))
	gauge("postgres_wal_archive_last_success_timestamp_seconds", "When the archiver last succeeded, in seconds since 1970.", lastArchived.Float64)
	counter("postgres_wal_archived_files_total", "Files archived since the server's statistics began, history files included.", float64(archived))
	counter("postgres_wal_archive_failures_total", "Failed attempts to archive since the server's statistics began.", float64(failures))
	gauge("postgres_wal_archive_ready_segments", "WAL segments waiting to be archived.", float64(ready))
	gauge("postgres_wal_archive_lag_bytes", "WAL written but not archived, in bytes.", float64(lag.Int64))
	gauge("postgres_recovery_point_timestamp_seconds", "The newest moment this database could be restored to from its backups, in seconds since 1970 by the job's clock.", seconds(at)-loss)
	gauge("postgres_recovery_point_age_seconds", "How much work would have been lost at the probe, in seconds; an upper bound.", loss)
	vector("postgres_recovery_point_evidence", "1 for the evidence behind the recovery point: server means that its archiver reported success.", "instance", "evidence", "team").WithLabelValues("orders", "server", "payments").Set(1)
	gauge("postgres_recovery_replay_bytes", "WAL that a restore would replay, from the newest full backup's start to the archive's end, in bytes.", float64(replay.Int64))
	gauge("postgres_backup_probe_success", "1 if the database could be probed in full, else 0.", 1)
	gauge("postgres_backup_probe_duration_seconds", "How long the probe took, in seconds.", at.Sub(started).Seconds())
	gauge("postgres_backup_probe_timestamp_seconds", "When the database was last probed successfully, in seconds since 1970 by the job's clock.", seconds(at))
	gauge("postgres_backup_clock_offset_seconds", "The database's clock minus the job's, in seconds.", offset)
	vector("postgres_backup_source_success", "1 if this source of facts answered in full, else 0.", "instance", "source", "team").WithLabelValues("orders", "server", "payments").Set(1)
	ofTheRun("backup_metrics_run_timestamp_seconds", "When this run started, in seconds since 1970.", seconds(started))
	ofTheRun("backup_metrics_run_duration_seconds", "How long this run took until the push, in seconds.", time.Since(started).Seconds())
	ofTheRun("backup_metrics_run_success", "1 if every target could be probed, else 0.", 1)
	targets := vector("backup_metrics_targets", "Targets of this run by state.", "state")
	targets.WithLabelValues("configured").Set(1)
	targets.WithLabelValues("ok").Set(1)
	targets.WithLabelValues("failed").Set(0)
	ofTheRun("backup_metrics_shards", "How many shards this job has; 1 where it is not sharded.", 1)
	vector("backup_metrics_build_info", "1, with the version and revision of backup-metrics.", "version", "revision").WithLabelValues("0.1.0", "go").Set(1)
	must(push.New(os.Args[2], "bench_go").Grouping("run", "orders").Gatherer(registry).Push(), 75)
}
