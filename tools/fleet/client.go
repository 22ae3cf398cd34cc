// The work of a run of backup-metrics over many targets, in idiomatic Go: lib/pq, one connection per target, as many goroutines as
// the others have threads, the same queries and number of samples, one PUT. The text is written directly, which costs less than client_golang.
//
//	client-go THREADS LIST SQL_FOLDER GATEWAY_PORT     LIST: one line per target: name, space, connection string; port 0: no PUT
package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "github.com/lib/pq"
)

// lib/pq sends unknown keywords as session settings with the login.
const settings = "&default_transaction_read_only=on&statement_timeout=15000&lock_timeout=2000&search_path=pg_catalog&jit=off"

type result struct {
	name, tool                                string
	session, now, finished, begun, took, at   float64
	archived, failures, directory, ready, lag int64
	replay                                    int64
	lastArchived, newestDone, lastWrite       sql.NullFloat64
	ok                                        bool
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(66)
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixNano()) / 1e9 }

func probe(r *result, connection string, queries []string) error {
	started := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	database, err := sql.Open("postgres", connection+settings)
	if err != nil {
		return err
	}
	defer database.Close()
	one, err := database.Conn(ctx)
	if err != nil {
		return err
	}
	defer one.Close()
	var unused interface{}
	var lag, replay sql.NullInt64
	for i, columns := range [][]interface{}{
		{&r.session, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused},
		{&unused, &unused, &unused, &unused, &r.archived, &r.lastArchived, &r.failures, &unused, &unused, &unused, &unused, &unused},
		{&r.directory, &r.ready, &unused, &unused, &lag, &r.newestDone, &unused, &r.lastWrite, &unused, &replay, &unused, &unused, &unused, &r.now, &unused, &unused, &unused, &unused, &unused, &unused, &unused, &unused},
		{&r.finished, &r.begun, &r.tool, &unused},
	} {
		if err := one.QueryRowContext(ctx, queries[i]).Scan(columns...); err != nil {
			return err
		}
	}
	r.lag, r.replay = lag.Int64, replay.Int64
	r.at = seconds(time.Now())
	r.took = time.Since(started).Seconds()
	r.ok = true
	return nil
}

var body bytes.Buffer
var samples int

func family(name string, results []result, labels string, value func(*result) float64) {
	for i := range results {
		if r := &results[i]; r.ok {
			body.WriteString(name)
			body.WriteString(`{instance="`)
			body.WriteString(r.name)
			body.WriteByte('"')
			body.WriteString(labels)
			body.WriteString(`,team="payments"} `)
			body.WriteString(strconv.FormatFloat(value(r), 'g', -1, 64))
			body.WriteByte('\n')
			samples++
		}
	}
}

func gauge(name string, results []result, labels string, value func(*result) float64) {
	fmt.Fprintf(&body, "# HELP %s The same.\n# TYPE %s gauge\n", name, name)
	family(name, results, labels, value)
}

func constant(value float64) func(*result) float64 { return func(*result) float64 { return value } }

func loss(r *result) float64 {
	if r.lag == 0 {
		return 0
	}
	return math.Max(0, r.lastWrite.Float64-r.newestDone.Float64)
}

func render(results []result) {
	base := `,source="server",tool="pg_basebackup",type="base"`
	gauge("postgres_backup_last_success_timestamp_seconds", results, base, func(r *result) float64 { return r.finished })
	gauge("postgres_backup_age_seconds", results, base, func(r *result) float64 { return math.Max(0, r.now-r.finished) })
	gauge("postgres_backup_last_duration_seconds", results, base, func(r *result) float64 { return r.finished - r.begun })
	gauge("postgres_backup_max_age_seconds", results, `,type="wal",severity="warning"`, constant(900))
	family("postgres_backup_max_age_seconds", results, `,type="wal",severity="critical"`, constant(3600))
	family("postgres_backup_max_age_seconds", results, `,type="base",severity="warning"`, constant(93600))
	family("postgres_backup_max_age_seconds", results, `,type="base",severity="critical"`, constant(180000))
	gauge("postgres_wal_archive_state", results, `,state="ok"`, constant(1))
	for _, state := range []string{"failing", "never", "discarded", "off", "streamed", "standby"} {
		family("postgres_wal_archive_state", results, `,state="`+state+`"`, constant(0))
	}
	gauge("postgres_wal_directory_bytes", results, "", func(r *result) float64 { return float64(r.directory) })
	gauge("postgres_wal_archive_last_success_timestamp_seconds", results, "", func(r *result) float64 { return r.lastArchived.Float64 })
	gauge("postgres_wal_archived_files_total", results, "", func(r *result) float64 { return float64(r.archived) })
	gauge("postgres_wal_archive_failures_total", results, "", func(r *result) float64 { return float64(r.failures) })
	gauge("postgres_wal_archive_ready_segments", results, "", func(r *result) float64 { return float64(r.ready) })
	gauge("postgres_wal_archive_lag_bytes", results, "", func(r *result) float64 { return float64(r.lag) })
	gauge("postgres_recovery_point_timestamp_seconds", results, "", func(r *result) float64 { return r.at - loss(r) })
	gauge("postgres_recovery_point_age_seconds", results, "", loss)
	gauge("postgres_recovery_point_evidence", results, `,evidence="server"`, constant(1))
	gauge("postgres_recovery_replay_bytes", results, "", func(r *result) float64 { return float64(r.replay) })
	gauge("postgres_backup_probe_success", results, "", constant(1))
	gauge("postgres_backup_probe_duration_seconds", results, "", func(r *result) float64 { return r.took })
	gauge("postgres_backup_probe_timestamp_seconds", results, "", func(r *result) float64 { return r.at })
	gauge("postgres_backup_clock_offset_seconds", results, "", func(r *result) float64 { return r.session - r.at })
	gauge("postgres_backup_source_success", results, `,source="server"`, constant(1))
}

func put(port string) int {
	request, err := http.NewRequest("PUT", "http://127.0.0.1:"+port+"/metrics/job/bench_go", &body)
	must(err)
	request.Header.Set("Content-Type", "text/plain; version=0.0.4")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

func peak() string {
	status, err := os.ReadFile("/proc/self/status")
	must(err)
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	return strings.Fields(rest)[0]
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "client-go THREADS LIST SQL_FOLDER GATEWAY_PORT")
		os.Exit(64)
	}
	threads, err := strconv.Atoi(os.Args[1])
	must(err)
	list, err := os.ReadFile(os.Args[2])
	must(err)
	var queries []string
	for _, name := range []string{"capabilities", "archiver", "wal", "base_backup"} {
		text, err := os.ReadFile(os.Args[3] + "/" + name + ".sql")
		must(err)
		queries = append(queries, string(text))
	}

	lines := strings.Split(strings.TrimSpace(string(list)), "\n")
	results := make([]result, len(lines))
	work := make(chan int)
	var group sync.WaitGroup
	for i := 0; i < threads; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for target := range work {
				name, connection, _ := strings.Cut(lines[target], " ")
				results[target].name = name
				if err := probe(&results[target], strings.Replace(connection, "&gssencmode=disable", "", 1), queries); err != nil {
					fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
				}
			}
		}()
	}
	for i := range lines {
		work <- i
	}
	close(work)
	group.Wait()

	render(results)
	ok := 0
	for i := range results {
		if results[i].ok {
			ok++
		}
	}
	size, status := body.Len(), 0
	if os.Args[4] != "0" {
		status = put(os.Args[4])
	}
	fmt.Printf("ok %d failed %d samples %d bytes %d status %d peak_kb %s\n", ok, len(results)-ok, samples, size, status, peak())
	if ok < len(results) || (os.Args[4] != "0" && status != 200 && status != 202) {
		os.Exit(69)
	}
}
