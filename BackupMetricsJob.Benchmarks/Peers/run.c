// What backup-metrics does for one database, in C on libpq and libcurl: one connection, four queries (the settings travel with the login), the same
// samples, one PUT. The queries go one after the other, or, with -DPIPELINE, all in one round trip.
//
//   run-c CONNECTION GATEWAY SQL_FOLDER
#include <curl/curl.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef PIPELINE
#define JOB "bench_c_pipeline"
#else
#define JOB "bench_c"
#endif

enum { SESSION, ARCHIVER, WAL, BACKUP, QUERIES };
static const char *const names[] = {"session", "archiver", "wal", "base_backup"};
static const char *const settings =
    "-c default_transaction_read_only=on -c statement_timeout=15s -c lock_timeout=2s -c search_path=pg_catalog -c jit=off";

static char body[16384];
static size_t used;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static char *read_file(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.sql", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(66);
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    text[fread(text, 1, size, file)] = 0;
    fclose(file);
    return text;
}

static void fail(PGconn *connection) {
    fprintf(stderr, "%s", PQerrorMessage(connection));
    exit(69);
}

static PGresult *one_row(PGconn *connection, PGresult *result) {
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) fail(connection);
    return result;
}

static void ask(PGconn *connection, char **sql, PGresult **rows, double *answered) {
#ifdef PIPELINE
    if (!PQenterPipelineMode(connection)) fail(connection);
    for (int i = 0; i < QUERIES; i++)
        if (!PQsendQueryParams(connection, sql[i], 0, NULL, NULL, NULL, NULL, 0)) fail(connection);
    if (!PQpipelineSync(connection)) fail(connection);
#endif
    for (int i = 0; i < QUERIES; i++) {
#ifdef PIPELINE
        rows[i] = one_row(connection, PQgetResult(connection));
        if (PQgetResult(connection)) fail(connection);
#else
        rows[i] = one_row(connection, PQexec(connection, sql[i]));
#endif
        if (i == SESSION) *answered = now();
    }
}

static double number(PGresult *row, int column) {
    return PQgetisnull(row, 0, column) ? 0 : atof(PQgetvalue(row, 0, column));
}

static void write_text(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    used += vsnprintf(body + used, sizeof body - used, format, arguments);
    va_end(arguments);
    if (used >= sizeof body) abort();
}

static void family(const char *name, const char *type, const char *help) { write_text("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type); }

static void sample(const char *name, const char *labels, double value) { write_text("%s{instance=\"orders\"%s,team=\"payments\"} %.16g\n", name, labels, value); }

static void gauge(const char *name, const char *labels, double value, const char *help) {
    family(name, "gauge", help);
    sample(name, labels, value);
}

static void render(PGresult **rows, double started, double asked, double answered) {
    PGresult *session = rows[SESSION], *archiver = rows[ARCHIVER], *wal = rows[WAL], *backup = rows[BACKUP];
    double at = now(), finished = number(backup, 0), lag = number(wal, 4), last_write = number(wal, 7), newest_done = number(wal, 5);
    double loss = lag > 0 && last_write > newest_done ? last_write - newest_done : 0;
    char base[256];
    snprintf(base, sizeof base, ",source=\"server\",tool=\"%s\",type=\"base\"", PQgetvalue(backup, 0, 2));

    gauge("postgres_backup_last_success_timestamp_seconds", base, finished, "When the newest good backup finished, in seconds since 1970.");
    gauge("postgres_backup_age_seconds", base, number(wal, 13) - finished, "Age of the newest good backup at the probe, in seconds. It freezes when the job dies: alert on the timestamp.");
    gauge("postgres_backup_last_duration_seconds", base, finished - number(backup, 1), "How long the newest good backup took, in seconds.");
    family("postgres_backup_max_age_seconds", "gauge", "The limit configured for the age of the newest backup, in seconds; published whether the database answers or not.");
    sample("postgres_backup_max_age_seconds", ",type=\"base\",severity=\"warning\"", 93600);
    sample("postgres_backup_max_age_seconds", ",type=\"base\",severity=\"critical\"", 180000);
    sample("postgres_backup_max_age_seconds", ",type=\"wal\",severity=\"warning\"", 900);
    sample("postgres_backup_max_age_seconds", ",type=\"wal\",severity=\"critical\"", 3600);
    family("postgres_wal_archive_state", "gauge", "State of WAL archiving: 1 for the state that holds, 0 for the others.");
    static const char *const states[] = {"ok", "failing", "never", "discarded", "off", "streamed", "standby"};
    for (int i = 0; i < 7; i++) {
        char label[64];
        snprintf(label, sizeof label, ",state=\"%s\"", states[i]);
        sample("postgres_wal_archive_state", label, i == 0);
    }
    gauge("postgres_wal_directory_bytes", "", number(wal, 0), "Size of the files in pg_wal, in bytes.");
    gauge("postgres_wal_archive_last_success_timestamp_seconds", "", number(archiver, 5), "When the archiver last succeeded, in seconds since 1970.");
    family("postgres_wal_archived_files_total", "counter", "Files archived since the server's statistics began, history files included.");
    sample("postgres_wal_archived_files_total", "", number(archiver, 4));
    family("postgres_wal_archive_failures_total", "counter", "Failed attempts to archive since the server's statistics began.");
    sample("postgres_wal_archive_failures_total", "", number(archiver, 6));
    gauge("postgres_wal_archive_ready_segments", "", number(wal, 1), "WAL segments waiting to be archived.");
    gauge("postgres_wal_archive_lag_bytes", "", lag, "WAL written but not archived, in bytes.");
    gauge("postgres_recovery_point_timestamp_seconds", "", at - loss, "The newest moment this database could be restored to from its backups, in seconds since 1970 by the job's clock.");
    gauge("postgres_recovery_point_age_seconds", "", loss, "How much work would have been lost at the probe, in seconds; an upper bound.");
    gauge("postgres_recovery_point_evidence", ",evidence=\"server\"", 1, "1 for the evidence behind the recovery point: server means that its archiver reported success.");
    gauge("postgres_recovery_replay_bytes", "", number(wal, 9), "WAL that a restore would replay, from the newest full backup's start to the archive's end, in bytes.");
    gauge("postgres_backup_probe_success", "", 1, "1 if the database could be probed in full, else 0.");
    gauge("postgres_backup_probe_duration_seconds", "", at - started, "How long the probe took, in seconds.");
    gauge("postgres_backup_probe_timestamp_seconds", "", at, "When the database was last probed successfully, in seconds since 1970 by the job's clock.");
    gauge("postgres_backup_clock_offset_seconds", "", number(session, 0) - (asked + answered) / 2, "The database's clock minus the job's, in seconds.");
    gauge("postgres_backup_source_success", ",source=\"server\"", 1, "1 if this source of facts answered in full, else 0.");
    family("backup_metrics_run_timestamp_seconds", "gauge", "When this run started, in seconds since 1970.");
    write_text("backup_metrics_run_timestamp_seconds %.16g\n", started);
    family("backup_metrics_run_duration_seconds", "gauge", "How long this run took until the push, in seconds.");
    write_text("backup_metrics_run_duration_seconds %.16g\n", now() - started);
    family("backup_metrics_run_success", "gauge", "1 if every target could be probed, else 0.");
    write_text("backup_metrics_run_success 1\n");
    family("backup_metrics_targets", "gauge", "Targets of this run by state.");
    write_text("backup_metrics_targets{state=\"configured\"} 1\nbackup_metrics_targets{state=\"ok\"} 1\nbackup_metrics_targets{state=\"failed\"} 0\n");
    family("backup_metrics_shards", "gauge", "How many shards this job has; 1 where it is not sharded.");
    write_text("backup_metrics_shards 1\n");
    family("backup_metrics_build_info", "gauge", "1, with the version and revision of backup-metrics.");
    write_text("backup_metrics_build_info{version=\"0.1.0\",revision=\"c\"} 1\n");
}

static int put(const char *gateway) {
    char url[1024];
    snprintf(url, sizeof url, "%s/metrics/job/" JOB "/run/orders", gateway);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/plain; version=0.0.4; charset=utf-8");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)used);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) fprintf(stderr, "%s\n", curl_easy_strerror(code));
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return code == CURLE_OK ? 0 : 75;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "run-c CONNECTION GATEWAY SQL_FOLDER\n");
        return 64;
    }
    double started = now();
    char *sql[QUERIES];
    for (int i = 0; i < QUERIES; i++) sql[i] = read_file(argv[3], names[i]);

    PGconn *connection = PQconnectdbParams((const char *[]){"dbname", "options", "connect_timeout", NULL}, (const char *[]){argv[1], settings, "10", NULL}, 1);
    if (PQstatus(connection) != CONNECTION_OK) fail(connection);
    double asked = now(), answered;
    PGresult *rows[QUERIES];
    ask(connection, sql, rows, &answered);
    render(rows, started, asked, answered);
    for (int i = 0; i < QUERIES; i++) PQclear(rows[i]);
    PQfinish(connection);
    return put(argv[2]);
}
