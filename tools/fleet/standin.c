// A stand-in for PostgreSQL that costs almost nothing, so that measurements show the client. It speaks protocol 3.0, refuses TLS and
// GSS, requires SCRAM-SHA-256 with 4096 iterations (PBKDF2 for the client, but only two HMACs for the server), and replays the
// recorded responses of a real server.
//
//   standin record PORT FILE                      a proxy for the real server at 127.0.0.1:PORT; appends each response to FILE
//   standin replay FILE PASSWORD [DELAY_MS]       responds from FILE, each batch after a delay; any user, this password
//   standin silent                                accepts connections, and never responds
//
// Prints its port. A query that is not in FILE is an error and is also reported on stderr. Ignores digits in queries (time limits).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 18, ANSWERS = 256, ITERATIONS = 4096, THREADS = 128 };
static const unsigned char salt[16] = "a salt like this";

typedef struct {
    char *data;
    size_t used, room;
} bytes;

// A recorded response: to a query (described and executed) or, with an empty key, to the start of a session.
typedef struct {
    bytes key, described, executed;
} answer;

static answer answers[ANSWERS];
static int known;
static pthread_mutex_t learning = PTHREAD_MUTEX_INITIALIZER;
static FILE *file;
static int listener, real_port, delay_ms;
static unsigned char stored_key[32], server_key[32];

static void die(const char *what) {
    fprintf(stderr, "standin: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void add(bytes *to, const void *data, size_t length) {
    if (to->used + length > to->room) {
        to->room = (to->used + length) * 2 + 256;
        to->data = realloc(to->data, to->room);
        if (!to->data) die("memory");
    }
    if (length) memcpy(to->data + to->used, data, length);
    to->used += length;
}

static uint32_t number(const char *at) {
    uint32_t value;
    memcpy(&value, at, 4);
    return ntohl(value);
}

static void add_message(bytes *to, char type, const void *data, size_t length) {
    uint32_t size = htonl(length + 4);
    add(to, &type, 1);
    add(to, &size, 4);
    add(to, data, length);
}

// A query's key in the file: its text without digits, and the requested result formats ('Q': a simple query).
static void start_key(bytes *key, char kind, const char *sql) {
    size_t length = strlen(sql);
    key->used = 0;
    add(key, &kind, 1);
    add(key, sql, length);
    key->used = 1;
    for (size_t i = 0; i < length; i++)
        if (sql[i] < '0' || sql[i] > '9') key->data[key->used++] = sql[i];
}

static void add_formats(bytes *key, const char *bind) {
    bind += strlen(bind) + 1;
    bind += strlen(bind) + 1;
    int formats = (unsigned char)bind[0] << 8 | (unsigned char)bind[1];
    bind += 2 + 2 * formats;
    int parameters = (unsigned char)bind[0] << 8 | (unsigned char)bind[1];
    bind += 2;
    while (parameters-- > 0) {
        int32_t length = number(bind);
        bind += 4 + (length > 0 ? length : 0);
    }
    int results = (unsigned char)bind[0] << 8 | (unsigned char)bind[1];
    add(key, "|", 1);
    add(key, bind + 2, 2 * results);
}

static answer *find(const bytes *key) {
    for (int i = 0; i < known; i++)
        if (answers[i].key.used == key->used && !memcmp(answers[i].key.data, key->data, key->used)) return &answers[i];
    return NULL;
}

static void learn(const bytes *key, const bytes *described, const bytes *executed) {
    pthread_mutex_lock(&learning);
    if (!find(key) && known < ANSWERS) {
        answer *next = &answers[known];
        const bytes *parts[] = {key, described, executed};
        bytes *copies[] = {&next->key, &next->described, &next->executed};
        for (int i = 0; i < 3; i++) {
            uint32_t length = parts[i]->used;
            add(copies[i], parts[i]->data, length);
            if (file) {
                fwrite(&length, 4, 1, file);
                fwrite(parts[i]->data, 1, length, file);
            }
        }
        known++;
        if (file) fflush(file);
    }
    pthread_mutex_unlock(&learning);
}

static void load(const char *path) {
    FILE *from = fopen(path, "rb");
    if (!from) die(path);
    uint32_t length;
    while (fread(&length, 4, 1, from) == 1) {
        bytes parts[3] = {0};
        for (int i = 0; i < 3; i++) {
            if (i && fread(&length, 4, 1, from) != 1) die(path);
            parts[i].data = malloc(length + 1);
            parts[i].used = parts[i].room = length;
            if (length && fread(parts[i].data, length, 1, from) != 1) die(path);
        }
        learn(&parts[0], &parts[1], &parts[2]);
    }
    fclose(from);
}

static int send_all(int fd, const char *data, size_t length) {
    while (length) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
        if (sent <= 0) return 0;
        data += sent;
        length -= sent;
    }
    return 1;
}

// The length of the first complete message; 0 if more must be read. A session's first message has no type.
static size_t whole(const char *data, size_t used, int typed) {
    if (used < (size_t)typed + 4) return 0;
    size_t length = number(data + typed) + typed;
    return used >= length ? length : 0;
}

// ---- record

typedef struct {
    bytes keys[64];
    int first, next, started;
    bytes text, described, executed, settings;
} lesson;

static void hear_client(lesson *l, const char *message) {
    if (message[0] == 'P') {
        const char *sql = message + 5 + strlen(message + 5) + 1;
        start_key(&l->text, 'P', sql);
    } else if (message[0] == 'B') {
        add_formats(&l->text, message + 5);
    } else if (message[0] == 'Q') {
        start_key(&l->text, 'Q', message + 5);
    }
    if (message[0] == 'E' || message[0] == 'Q') {
        bytes *key = &l->keys[l->next++ % 64];
        key->used = 0;
        add(key, l->text.data, l->text.used);
    }
}

static void hear_server(lesson *l, const char *message, size_t length) {
    switch (message[0]) {
        case 'S':
            if (!l->started) add(&l->settings, message, length);
            break;
        case 'Z':
            if (!l->started) learn(&(bytes){.data = ""}, &(bytes){.data = ""}, &l->settings);
            l->started = 1;
            break;
        case 'T':
        case 'n':
            add(&l->described, message, length);
            break;
        case 'D':
            add(&l->executed, message, length);
            break;
        case 'C':
        case 'I':
            add(&l->executed, message, length);
            if (l->first < l->next) learn(&l->keys[l->first++ % 64], &l->described, &l->executed);
            l->described.used = l->executed.used = 0;
            break;
        case 'E':
            if (l->started) fprintf(stderr, "standin: the real server refused a query\n");
            break;
    }
}

static void *record_one(void *argument) {
    int ends[2] = {(int)(intptr_t)argument, socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(real_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(ends[1], (struct sockaddr *)&address, sizeof address)) die("the real server");
    bytes heard[2] = {0};
    lesson l = {0};
    int typed = 0;
    for (;;) {
        struct pollfd waits[2] = {{.fd = ends[0], .events = POLLIN}, {.fd = ends[1], .events = POLLIN}};
        poll(waits, 2, -1);
        for (int from = 0; from < 2; from++) {
            if (!waits[from].revents) continue;
            char data[16384];
            ssize_t got = recv(ends[from], data, sizeof data, 0);
            if (got <= 0) {
                close(ends[0]);
                close(ends[1]);
                return NULL;
            }
            add(&heard[from], data, got);
            size_t length, at = 0;
            while ((length = whole(heard[from].data + at, heard[from].used - at, from || typed))) {
                const char *message = heard[from].data + at;
                if (from) {
                    hear_server(&l, message, length);
                } else if (typed) {
                    hear_client(&l, message);
                } else {
                    if (number(message + 4) != 196608) fprintf(stderr, "standin: record without TLS and GSS (sslmode=disable gssencmode=disable)\n");
                    typed = 1;
                }
                at += length;
            }
            memmove(heard[from].data, heard[from].data + at, heard[from].used - at);
            heard[from].used -= at;
            send_all(ends[!from], data, got);
        }
    }
}

// ---- replay

static void hmac(const unsigned char *key, const void *data, size_t length, unsigned char *out) {
    unsigned size = 32;
    HMAC(EVP_sha256(), key, 32, data, length, out, &size);
}

static void prepare_password(const char *password) {
    unsigned char salted[32], client_key[32];
    PKCS5_PBKDF2_HMAC(password, strlen(password), salt, sizeof salt, ITERATIONS, EVP_sha256(), 32, salted);
    hmac(salted, "Client Key", 10, client_key);
    hmac(salted, "Server Key", 10, server_key);
    SHA256(client_key, 32, stored_key);
}

typedef struct {
    int fd;
    bytes in, out;
    size_t at;
} session;

// The next message, or NULL at the end of the session. Flushes pending output first.
static char *next_message(session *s, int typed, size_t *length) {
    for (;;) {
        if ((*length = whole(s->in.data + s->at, s->in.used - s->at, typed))) {
            s->at += *length;
            return s->in.data + s->at - *length;
        }
        if (s->out.used) {
            if (delay_ms) nanosleep(&(struct timespec){delay_ms / 1000, delay_ms % 1000 * 1000000L}, NULL);
            if (!send_all(s->fd, s->out.data, s->out.used)) return NULL;
            s->out.used = 0;
        }
        memmove(s->in.data, s->in.data + s->at, s->in.used - s->at);
        s->in.used -= s->at;
        s->at = 0;
        if (s->in.used == BUFFER) return NULL;
        ssize_t got = recv(s->fd, s->in.data + s->in.used, BUFFER - s->in.used, 0);
        if (got <= 0) return NULL;
        s->in.used += got;
    }
}

static void add_authentication(bytes *out, uint32_t code, const char *data, size_t length) {
    bytes body = {0};
    code = htonl(code);
    add(&body, &code, 4);
    add(&body, data, length);
    add_message(out, 'R', body.data, body.used);
    free(body.data);
}

static int refuse(session *s, const char *state, const char *why) {
    char body[300];
    int length = snprintf(body, sizeof body, "SERROR%cVERROR%cC%s%cM%s%c", 0, 0, state, 0, why, 0);
    add_message(&s->out, 'E', body, length + 1);
    return 0;
}

static int authenticate(session *s) {
    size_t length;
    add_authentication(&s->out, 10, "SCRAM-SHA-256\0", 15);
    char *message = next_message(s, 1, &length);
    if (!message || message[0] != 'p') return 0;

    // mechanism, length, then "n,,n=,r=NONCE"
    const char *first = message + 5 + strlen(message + 5) + 1 + 4;
    char bare[256], nonce[256], server_first[512], auth[1536];
    int first_length = message + length - first;
    int prefix = memcmp(first, "y,,", 3) && memcmp(first, "n,,", 3) ? -1 : 3;
    if (prefix < 0 || first_length > 200) return refuse(s, "08P01", "only SCRAM without channel binding");
    snprintf(bare, sizeof bare, "%.*s", first_length - prefix, first + prefix);
    unsigned char random[18], encoded[64];
    RAND_bytes(random, sizeof random);
    EVP_EncodeBlock(encoded, random, sizeof random);
    char *theirs = strstr(bare, "r=");
    if (!theirs) return refuse(s, "08P01", "no nonce");
    snprintf(nonce, sizeof nonce, "%s%s", theirs + 2, encoded);
    EVP_EncodeBlock(encoded, salt, sizeof salt);
    snprintf(server_first, sizeof server_first, "r=%s,s=%s,i=%d", nonce, encoded, ITERATIONS);
    add_authentication(&s->out, 11, server_first, strlen(server_first));

    message = next_message(s, 1, &length);
    if (!message || message[0] != 'p' || length > 600) return 0;
    char last[600];
    snprintf(last, sizeof last, "%.*s", (int)length - 5, message + 5);
    char *proof = strstr(last, ",p=");
    if (!proof || !strstr(last, nonce)) return refuse(s, "08P01", "no proof");
    *proof = 0;
    int auth_length = snprintf(auth, sizeof auth, "%s,%s,%s", bare, server_first, last);
    unsigned char signature[32], client_key[48], hash[32];
    hmac(stored_key, auth, auth_length, signature);
    if (EVP_DecodeBlock(client_key, (unsigned char *)proof + 3, 44) < 0) return 0;
    for (int i = 0; i < 32; i++) client_key[i] ^= signature[i];
    SHA256(client_key, 32, hash);
    if (memcmp(hash, stored_key, 32)) return refuse(s, "28P01", "password authentication failed");

    char final[80] = "v=";
    hmac(server_key, auth, auth_length, signature);
    EVP_EncodeBlock((unsigned char *)final + 2, signature, 32);
    add_authentication(&s->out, 12, final, strlen(final));
    add_authentication(&s->out, 0, "", 0);
    return 1;
}

static void answer_queries(session *s) {
    char *message, state = 'I';
    size_t length;
    bytes key = {0};
    answer *found = NULL;
    while ((message = next_message(s, 1, &length)) && message[0] != 'X') {
        switch (message[0]) {
            case 'P':
                start_key(&key, 'P', message + 5 + strlen(message + 5) + 1);
                add_message(&s->out, '1', "", 0);
                break;
            case 'B':
                add_formats(&key, message + 5);
                found = find(&key);
                add_message(&s->out, '2', "", 0);
                break;
            case 'Q':
                start_key(&key, 'Q', message + 5);
                found = find(&key);
                break;
        }
        if (message[0] == 'D' && found) add(&s->out, found->described.data, found->described.used);
        if (message[0] == 'Q' && found) add(&s->out, found->described.data, found->described.used);
        if (message[0] == 'E' || message[0] == 'Q') {
            if (!found) {
                fprintf(stderr, "standin: not recorded: %.*s\n", (int)key.used, key.data);
                refuse(s, "0A000", "this query was not recorded");
                send_all(s->fd, s->out.data, s->out.used);
                break;
            }
            add(&s->out, found->executed.data, found->executed.used);
            if (!strncmp(key.data + 1, "BEGIN", 5)) state = 'T';
            if (!strncmp(key.data + 1, "COMMIT", 6)) state = 'I';
        }
        if (message[0] == 'S' || message[0] == 'Q') add_message(&s->out, 'Z', &state, 1);
    }
    free(key.data);
}

static void serve(session *s) {
    size_t length;
    char *message;
    for (;;) {
        if (!(message = next_message(s, 0, &length))) return;
        if (number(message + 4) == 196608) break;
        if (number(message + 4) == 80877102) return; // a cancel request
        add(&s->out, "N", 1);
    }
    if (!authenticate(s)) {
        send_all(s->fd, s->out.data, s->out.used);
        return;
    }
    answer *start = find(&(bytes){.data = ""});
    if (start) add(&s->out, start->executed.data, start->executed.used);
    add_message(&s->out, 'K', "\0\0\0\1\0\0\0\2", 8);
    add_message(&s->out, 'Z', "I", 1);
    answer_queries(s);
}

static void *replay(void *argument) {
    (void)argument;
    session s = {.in.data = malloc(BUFFER)};
    while ((s.fd = accept(listener, NULL, NULL)) >= 0) {
        setsockopt(s.fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        s.at = s.in.used = s.out.used = 0;
        serve(&s);
        close(s.fd);
    }
    die("accept");
    return NULL;
}

static void *say_nothing(void *argument) {
    char data[4096];
    int fd = (int)(intptr_t)argument;
    while (recv(fd, data, sizeof data, 0) > 0) {}
    close(fd);
    return NULL;
}

int main(int count, char **arguments) {
    const char *mode = count > 1 ? arguments[1] : "";
    int records = !strcmp(mode, "record") && count == 4, replays = !strcmp(mode, "replay") && (count == 4 || count == 5);
    if (!records && !replays && !(!strcmp(mode, "silent") && count == 2)) {
        fprintf(stderr, "standin record PORT FILE | replay FILE PASSWORD [DELAY_MS] | silent\n");
        return 64;
    }
    if (records) {
        real_port = atoi(arguments[2]);
        if (!(file = fopen(arguments[3], "wb"))) die(arguments[3]);
    } else if (replays) {
        load(arguments[2]);
        prepare_password(arguments[3]);
        delay_ms = count == 5 ? atoi(arguments[4]) : 0;
    }

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096) || getsockname(listener, (struct sockaddr *)&address, &size)) die("listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    pthread_t thread;
    if (replays) {
        for (int i = 1; i < THREADS; i++) pthread_create(&thread, &small, replay, NULL);
        replay(NULL);
    }
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) die("accept");
        pthread_create(&thread, &small, records ? record_one : say_nothing, (void *)(intptr_t)fd);
    }
}
