// The work of a run of backup-metrics over many targets, in C with libpq: one connection per target, the same statements in the same two
// round trips after the login (pipeline mode, binary results), the same 27 samples per target, one PUT over a plain socket.
//
//   client -t THREADS LIST SQL_FOLDER GATEWAY_PORT     LIST: one line per target: name, space, connection string; port 0: no PUT
//
// Prints the numbers of targets read and failed, samples and bytes, the gateway's response, and the program's peak memory (VmHWM).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    char *name, *connection;
    int ok;
    double finished, now, offset, duration, started_backup, archived, failures, last_archived;
    double directory, ready, lag, last_write, newest_done, replay, took, at;
    char tool[32];
} target;

static target *targets;
static int count;
static atomic_int next_target;
static char *session_sql, *archiver_sql, *wal_sql, *base_backup_sql;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static char *read_file(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s%s", folder, *name ? "/" : "", name);
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

static double float8(PGresult *row, int column) {
    if (PQgetisnull(row, 0, column)) return 0;
    uint64_t bits;
    memcpy(&bits, PQgetvalue(row, 0, column), 8);
    bits = be64toh(bits);
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

static double int8(PGresult *row, int column) {
    if (PQgetisnull(row, 0, column)) return 0;
    int64_t value;
    memcpy(&value, PQgetvalue(row, 0, column), 8);
    return (double)(int64_t)be64toh((uint64_t)value);
}

// Sends the statements as one batch and returns the results; 0 if one failed.
static int batch(PGconn *connection, int statements, const char *const *sql, PGresult **results) {
    for (int i = 0; i < statements; i++) {
        results[i] = NULL;
        if (!PQsendQueryParams(connection, sql[i], 0, NULL, NULL, NULL, NULL, 1)) return 0;
    }
    if (!PQpipelineSync(connection)) return 0;
    int good = 1;
    for (int i = 0; i < statements; i++) {
        results[i] = PQgetResult(connection);
        ExecStatusType status = PQresultStatus(results[i]);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) good = 0;
        PGresult *end = PQgetResult(connection);
        if (end) PQclear(end), good = 0;
    }
    PGresult *sync = PQgetResult(connection);
    if (PQresultStatus(sync) != PGRES_PIPELINE_SYNC) good = 0;
    PQclear(sync);
    return good;
}

static void probe(target *t) {
    double started = now();
    PGresult *first[3] = {0}, *second[4] = {0};
    PGconn *connection = PQconnectdb(t->connection);
    if (PQstatus(connection) == CONNECTION_OK && PQenterPipelineMode(connection)) {
        double asked = now();
        static const char *settings =
            "SELECT set_config('statement_timeout', '15000', true), set_config('lock_timeout', '2000', true), "
            "set_config('search_path', 'pg_catalog', true), set_config('jit', 'off', true)";
        if (batch(connection, 3, (const char *[]){"BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", settings, session_sql}, first)) {
            double answered = now();
            t->offset = float8(first[2], 0) - (asked + answered) / 2;
            if (batch(connection, 4, (const char *[]){archiver_sql, wal_sql, base_backup_sql, "COMMIT"}, second) && PQntuples(second[2]) == 1) {
                t->archived = int8(second[0], 4);
                t->last_archived = float8(second[0], 5);
                t->failures = int8(second[0], 6);
                t->directory = int8(second[1], 0);
                t->ready = int8(second[1], 1);
                t->lag = int8(second[1], 4);
                t->newest_done = float8(second[1], 5);
                t->last_write = float8(second[1], 7);
                t->replay = int8(second[1], 9);
                t->now = float8(second[1], 13);
                t->finished = float8(second[2], 0);
                t->started_backup = float8(second[2], 1);
                snprintf(t->tool, sizeof t->tool, "%s", PQgetvalue(second[2], 0, 2));
                t->ok = 1;
            }
        }
    }
    if (!t->ok) fprintf(stderr, "%s: %s", t->name, PQerrorMessage(connection));
    for (int i = 0; i < 3; i++) PQclear(first[i]);
    for (int i = 0; i < 4; i++) PQclear(second[i]);
    PQfinish(connection);
    t->at = now();
    t->took = t->at - started;
}

static void *work(void *unused) {
    (void)unused;
    for (int i; (i = atomic_fetch_add(&next_target, 1)) < count;) probe(&targets[i]);
    return NULL;
}

static char *body;
static size_t used, room;
static int samples;

#define write_text(...) \
    do { \
        if (room - used < 1024) body = realloc(body, room = room * 2 + 65536); \
        used += snprintf(body + used, room - used, __VA_ARGS__); \
    } while (0)

#define family(metric, type, help) write_text("# HELP %s %s\n# TYPE %s %s\n", metric, help, metric, type)

#define each(metric, labels, value) \
    for (target *t = targets; t < targets + count; t++) \
        if (t->ok) { \
            write_text("%s{instance=\"%s\"%s,team=\"payments\"} %.16g\n", metric, t->name, labels, (double)(value)); \
            samples++; \
        }

#define gauge(metric, labels, value, help) \
    family(metric, "gauge", help); \
    each(metric, labels, value)

static void render(double started) {
    const char *base = ",source=\"server\",tool=\"pg_basebackup\",type=\"base\"";
    gauge("postgres_backup_last_success_timestamp_seconds", base, t->finished, "When the newest good backup finished.");
    gauge("postgres_backup_age_seconds", base, t->now > t->finished ? t->now - t->finished : 0, "Age of the newest good backup.");
    gauge("postgres_backup_last_duration_seconds", base, t->finished - t->started_backup, "How long the newest good backup took.");
    gauge("postgres_backup_max_age_seconds", ",type=\"wal\",severity=\"warning\"", 900, "The limit configured.");
    each("postgres_backup_max_age_seconds", ",type=\"wal\",severity=\"critical\"", 3600);
    each("postgres_backup_max_age_seconds", ",type=\"base\",severity=\"warning\"", 93600);
    each("postgres_backup_max_age_seconds", ",type=\"base\",severity=\"critical\"", 180000);
    gauge("postgres_wal_archive_state", ",state=\"ok\"", t->last_archived > 0, "State of WAL archiving.");
    each("postgres_wal_archive_state", ",state=\"failing\"", 0);
    each("postgres_wal_archive_state", ",state=\"never\"", 0);
    each("postgres_wal_archive_state", ",state=\"discarded\"", 0);
    each("postgres_wal_archive_state", ",state=\"off\"", 0);
    each("postgres_wal_archive_state", ",state=\"streamed\"", 0);
    each("postgres_wal_archive_state", ",state=\"standby\"", 0);
    gauge("postgres_wal_directory_bytes", "", t->directory, "Size of the files in pg_wal.");
    gauge("postgres_wal_archive_last_success_timestamp_seconds", "", t->last_archived, "When the archiver last succeeded.");
    family("postgres_wal_archived_files_total", "counter", "Files archived.");
    each("postgres_wal_archived_files_total", "", t->archived);
    family("postgres_wal_archive_failures_total", "counter", "Failed attempts to archive.");
    each("postgres_wal_archive_failures_total", "", t->failures);
    gauge("postgres_wal_archive_ready_segments", "", t->ready, "WAL segments waiting to be archived.");
    gauge("postgres_wal_archive_lag_bytes", "", t->lag, "WAL written but not archived.");
    gauge("postgres_recovery_point_timestamp_seconds", "", t->lag > 0 ? t->newest_done : t->at, "The newest moment to restore to.");
    gauge("postgres_recovery_point_age_seconds", "", t->lag > 0 && t->last_write > t->newest_done ? t->last_write - t->newest_done : 0, "How much would be lost.");
    gauge("postgres_recovery_point_evidence", ",evidence=\"server\"", 1, "By whose word.");
    gauge("postgres_recovery_replay_bytes", "", t->replay, "WAL that a restore would replay.");
    gauge("postgres_backup_probe_success", "", 1, "1 if the database could be probed.");
    gauge("postgres_backup_probe_duration_seconds", "", t->took, "How long the probe took.");
    gauge("postgres_backup_probe_timestamp_seconds", "", t->at, "When the database was last probed.");
    gauge("postgres_backup_clock_offset_seconds", "", t->offset, "The database's clock minus the job's.");
    gauge("postgres_backup_source_success", ",source=\"server\"", 1, "1 if this source answered.");
    family("backup_metrics_run_duration_seconds", "gauge", "How long this run took.");
    write_text("backup_metrics_run_duration_seconds %.16g\n", now() - started);
    samples++;
}

static int put(int port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) return 0;
    char text[512];
    int length = snprintf(text, sizeof text,
        "PUT /metrics/job/bench_c HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", used);
    if (write(fd, text, length) != length) return 0;
    for (size_t sent = 0; sent < used;) {
        ssize_t n = write(fd, body + sent, used - sent);
        if (n <= 0) return 0;
        sent += n;
    }
    int status = 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    if (got > 0) {
        text[got] = 0;
        sscanf(text, "HTTP/%*s %d", &status);
    }
    close(fd);
    return status;
}

static long peak_kilobytes(void) {
    char line[256];
    long peak = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &peak);
    if (status) fclose(status);
    return peak;
}

int main(int argc, char **argv) {
    if (argc != 6 || strcmp(argv[1], "-t")) {
        fprintf(stderr, "client -t THREADS LIST SQL_FOLDER GATEWAY_PORT\n");
        return 64;
    }
    double started = now();
    int threads = atoi(argv[2]);
    char *list = read_file(argv[3], "");
    session_sql = read_file(argv[4], "capabilities.sql");
    archiver_sql = read_file(argv[4], "archiver.sql");
    wal_sql = read_file(argv[4], "wal.sql");
    base_backup_sql = read_file(argv[4], "base_backup.sql");
    for (char *line = strtok(list, "\n"); line; line = strtok(NULL, "\n")) {
        if (count % 1024 == 0) targets = realloc(targets, (count + 1024) * sizeof *targets);
        char *blank = strchr(line, ' ');
        if (!blank) continue;
        *blank = 0;
        targets[count++] = (target){.name = line, .connection = blank + 1};
    }

    pthread_t *pool = malloc(threads * sizeof *pool);
    for (int i = 0; i < threads; i++) pthread_create(&pool[i], NULL, work, NULL);
    for (int i = 0; i < threads; i++) pthread_join(pool[i], NULL);

    int ok = 0;
    for (int i = 0; i < count; i++) ok += targets[i].ok;
    render(started);
    int port = atoi(argv[5]), status = port ? put(port) : 0;
    printf("ok %d failed %d samples %d bytes %zu status %d peak_kb %ld\n", ok, count - ok, samples, used, status, peak_kilobytes());
    return ok == count && (!port || status == 200 || status == 202) ? 0 : 69;
}
