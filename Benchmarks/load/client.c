// Load generator of the benchmarks: one thread, epoll, HTTP/1.1.
//
// Usage: client MODE ADDRESS PORT REQUEST_FILE CONNECTIONS AMOUNT
//   keep     AMOUNT seconds of requests on kept connections, the next one when the last is answered
//   renew    the same, each request on a connection of its own
//   hold     opens one endless stream a connection and reads; when every stream has begun, counts for AMOUNT seconds
//   rounds   AMOUNT times: the connections begin a stream one after the other, 2 ms apart, and read it to its end
//   pour     one stream a connection, read to its end as fast as it comes; AMOUNT is not used
// The file holds the whole request, head and body. Prints "begin", then "end" and the numbers as one JSON line: who measures
// the program in between reads its clocks at these two lines. An event is "@" and 20 digits, the sender's clock.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_SIZE = 262144, SAMPLES_MAX = 1 << 21, CARRY_MAX = 32, LINE_MAX_BYTES = 8192, STAMP_DIGITS = 20, MILLISECOND = 1000000 };
enum Mode { KEEP, RENEW, HOLD, ROUNDS, POUR };
enum Part { HEAD, BODY, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILER };

typedef struct {
    int fd;
    size_t sent;                     // of the request
    enum Part part;
    char line[LINE_MAX_BYTES];       // head so far, or the line of a chunk's size
    size_t line_length;
    int status;
    size_t left;                     // of the body or chunk
    char carry[CARRY_MAX];           // a stamp cut by the end of a read
    size_t carry_length;
    int is_open, is_waiting, has_event, wants_write, is_last;
    uint64_t started;
} Connection;

static enum Mode mode;
static struct sockaddr_in target;
static char *request;
static size_t request_length;
static Connection *connections;
static int connection_count, epoll_fd;
static double amount;
static unsigned long answered, failed, events, running, begun;
static float *first_samples, *event_samples;   // microseconds
static size_t first_count, event_count;
static int is_counting;

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void sample(float *samples, size_t *count, uint64_t from, uint64_t to) {
    if (*count < SAMPLES_MAX) samples[(*count)++] = (float)((double)(to - from) / 1000.0);
}

static void interest(Connection *c, int operation, uint32_t events_wanted) {
    struct epoll_event event = {.events = events_wanted, .data.ptr = c};
    epoll_ctl(epoll_fd, operation, c->fd, &event);
}

static void hang_up(Connection *c) {
    close(c->fd);
    c->is_open = 0;
}

static void flush_request(Connection *c) {
    while (c->sent < request_length) {
        ssize_t sent = send(c->fd, request + c->sent, request_length - c->sent, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EAGAIN && !c->wants_write) {
                c->wants_write = 1;
                interest(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            }
            return;
        }
        c->sent += (size_t)sent;
    }
    if (c->wants_write) {
        c->wants_write = 0;
        interest(c, EPOLL_CTL_MOD, EPOLLIN);
    }
}

static void ask(Connection *c) {
    c->sent = 0;
    c->part = HEAD;
    c->line_length = c->carry_length = 0;
    c->status = c->has_event = 0;
    c->is_waiting = 1;
    c->started = now_ns();
    running++;
    if (!c->is_open) {
        int one = 1;
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (connect(c->fd, (struct sockaddr *)&target, sizeof target) < 0 && errno != EINPROGRESS) {
            perror("connect");
            exit(1);
        }
        c->is_open = c->wants_write = 1;
        interest(c, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
        return;
    }
    flush_request(c);
}

static void finish(Connection *c, int is_good) {
    uint64_t time = now_ns();
    c->is_waiting = 0;
    running--;
    if (c->is_last || !is_good || mode == RENEW) hang_up(c);
    if (is_good && c->status == 200) answered++; else failed++;
    if (mode <= RENEW) {
        sample(first_samples, &first_count, c->started, time);
        if (failed < 1000) ask(c);
    }
}

static void count_event(Connection *c, const char *stamp, uint64_t time) {
    char digits[STAMP_DIGITS + 1] = {0};
    memcpy(digits, stamp, STAMP_DIGITS);
    events++;
    if (is_counting && mode != POUR) sample(event_samples, &event_count, strtoull(digits, NULL, 10), time);
    if (c->has_event) return;
    c->has_event = 1;
    begun++;
    sample(first_samples, &first_count, c->started, time);
}

// Finds the stamps of events; a stamp cut by the end of a read waits for the next one.
static void scan(Connection *c, const char *bytes, size_t length) {
    uint64_t time = now_ns();
    while (c->carry_length && length) {
        c->carry[c->carry_length++] = *bytes++;
        length--;
        if (c->carry_length < 1 + STAMP_DIGITS) continue;
        c->carry_length = 0;
        count_event(c, c->carry + 1, time);
    }
    const char *end = bytes + length, *at;
    while ((at = memchr(bytes, '@', (size_t)(end - bytes)))) {
        if (end - at < 1 + STAMP_DIGITS) {
            c->carry_length = (size_t)(end - at);
            memcpy(c->carry, at, c->carry_length);
            return;
        }
        count_event(c, at + 1, time);
        bytes = at + 1 + STAMP_DIGITS;
    }
}

static int end_of_head(Connection *c) {
    c->line[c->line_length] = 0;
    c->status = atoi(c->line + 9);
    if (c->status != 200 && failed < 3) fprintf(stderr, "answer: %.60s\n", c->line);
    char *length = strcasestr(c->line, "\r\ncontent-length:");
    c->is_last = strcasestr(c->line, "\r\nconnection: close") != NULL;
    c->line_length = 0;
    if (length) {
        c->left = (size_t)atol(length + 17);
        c->part = BODY;
        return c->left == 0;
    }
    c->part = CHUNK_SIZE;
    return 0;
}

// Takes what was read. Returns 1 when the answer is complete, -1 when it makes no sense.
static int take(Connection *c, const char *bytes, size_t length) {
    while (length) {
        if (c->part == BODY || c->part == CHUNK_DATA) {
            size_t piece = length < c->left ? length : c->left;
            scan(c, bytes, piece);
            bytes += piece;
            length -= piece;
            c->left -= piece;
            if (c->left == 0) {
                if (c->part == BODY) return 1;
                c->part = CHUNK_END;
                c->left = 2;
            }
        } else if (c->part == CHUNK_END) {
            size_t piece = length < c->left ? length : c->left;
            bytes += piece;
            length -= piece;
            c->left -= piece;
            if (c->left == 0) c->part = CHUNK_SIZE;
        } else {
            if (c->line_length == LINE_MAX_BYTES - 1) return -1;
            char byte = *bytes++;
            length--;
            c->line[c->line_length++] = byte;
            if (byte != '\n') continue;
            if (c->part == HEAD) {
                if (c->line_length >= 4 && memcmp(c->line + c->line_length - 4, "\r\n\r\n", 4) == 0 && end_of_head(c)) return 1;
            } else if (c->part == CHUNK_SIZE) {
                c->line[c->line_length] = 0;
                c->line_length = 0;
                c->left = strtoul(c->line, NULL, 16);
                c->part = c->left ? CHUNK_DATA : TRAILER;
            } else {
                int is_last = c->line_length == 2;
                c->line_length = 0;
                if (is_last) return 1;
            }
        }
    }
    return 0;
}

static void on_readable(Connection *c) {
    static char buffer[READ_SIZE];
    while (c->is_open) {
        ssize_t got = recv(c->fd, buffer, sizeof buffer, 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            if (c->is_waiting) finish(c, 0); else hang_up(c);
            return;
        }
        int state = take(c, buffer, (size_t)got);
        if (state) {
            finish(c, state > 0);
            return;
        }
        if ((size_t)got < sizeof buffer) return;
    }
}

static void turn(uint64_t longest_ns) {
    struct epoll_event ready[256];
    struct timespec longest = {(time_t)(longest_ns / 1000000000u), (long)(longest_ns % 1000000000u)};
    int count = epoll_pwait2(epoll_fd, ready, 256, &longest, NULL);
    for (int i = 0; i < count; i++) {
        Connection *c = ready[i].data.ptr;
        if (!c->is_open) continue;
        if (ready[i].events & EPOLLOUT && c->sent < request_length) flush_request(c);
        if (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
    }
}

static int ascending(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static void print_samples(const char *name, float *samples, size_t count) {
    double sum = 0;
    qsort(samples, count, sizeof *samples, ascending);
    for (size_t i = 0; i < count; i++) sum += samples[i];
    printf(",\"%s\":{\"count\":%zu,\"mean_us\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f}", name, count, count ? sum / (double)count : 0,
        count ? samples[count / 2] : 0, count ? samples[count * 99 / 100] : 0);
}

static void say(const char *word) {
    printf("%s\n", word);
    fflush(stdout);
}

static void ask_all(uint64_t apart_ns) {
    uint64_t due = now_ns();
    for (int i = 0; i < connection_count; i++) {
        for (uint64_t time; (time = now_ns()) < due;) turn(due - time);
        ask(&connections[i]);
        due += apart_ns;
    }
}

// Waits until `*counter` is at least `wanted`; gives up after 60 s.
static void await(unsigned long *counter, unsigned long wanted) {
    for (uint64_t limit = now_ns() + 60000000000u; *counter < wanted && now_ns() < limit;) turn(100 * MILLISECOND);
}

static void drain_running(void) {
    for (uint64_t limit = now_ns() + 120000000000u; running && now_ns() < limit;) turn(100 * MILLISECOND);
}

static void count_for(double seconds) {
    for (uint64_t limit = now_ns() + (uint64_t)(seconds * 1e9); now_ns() < limit && failed < 1000;) turn(10 * MILLISECOND);
}

static void read_request(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    request_length = (size_t)ftell(file);
    rewind(file);
    request = malloc(request_length);
    if (fread(request, 1, request_length, file) != request_length) exit(1);
    fclose(file);
}

int main(int argc, char **argv) {
    static const char *const names[] = {"keep", "renew", "hold", "rounds", "pour"};
    for (mode = KEEP; argc == 7 && mode <= POUR && strcmp(argv[1], names[mode]);) mode++;
    if (argc != 7 || mode > POUR) {
        fprintf(stderr, "usage: %s keep|renew|hold|rounds|pour ADDRESS PORT REQUEST_FILE CONNECTIONS AMOUNT\n", argv[0]);
        return 2;
    }
    target = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[3]))};
    inet_pton(AF_INET, argv[2], &target.sin_addr);
    read_request(argv[4]);
    connection_count = atoi(argv[5]);
    amount = atof(argv[6]);
    connections = calloc((size_t)connection_count, sizeof *connections);
    first_samples = malloc(SAMPLES_MAX * sizeof *first_samples);
    event_samples = malloc(SAMPLES_MAX * sizeof *event_samples);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);

    if (mode == POUR) say("begin");
    uint64_t start = now_ns();
    if (mode == HOLD) {
        // A few at a time, so that the listener's queue is not what is measured.
        for (int i = 0; i < connection_count; i++) {
            ask(&connections[i]);
            if (i % 16 == 15) turn(2 * MILLISECOND);
        }
        await(&begun, (unsigned long)connection_count);
        count_for(0.5);
    } else {
        ask_all(0);
        if (mode <= RENEW) count_for(0.3);
        if (mode == ROUNDS) drain_running();
    }
    if (mode != POUR) {
        say("begin");
        start = now_ns();
        answered = events = 0;
        first_count = mode == HOLD ? first_count : 0;
    }
    is_counting = 1;
    if (mode == ROUNDS) {
        for (int round = 0; round < (int)amount && failed == 0; round++) {
            ask_all(2 * MILLISECOND);
            drain_running();
        }
    } else if (mode == POUR) {
        drain_running();
    } else {
        count_for(amount);
    }
    double seconds = (double)(now_ns() - start) / 1e9;
    say("end");
    printf("{\"seconds\":%.3f,\"answered\":%lu,\"failed\":%lu,\"events\":%lu,\"streams\":%lu", seconds, answered, failed, events, begun);
    print_samples("first", first_samples, first_count);
    print_samples("event", event_samples, event_count);
    printf("}\n");
    fflush(stdout);
    if (mode == HOLD) {
        // The measuring program looks at memory while the streams are open, then closes our input.
        char byte;
        while (read(0, &byte, 1) > 0) {}
    }
    return failed ? 1 : 0;
}
