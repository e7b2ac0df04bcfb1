// Stand-in for Google in benchmarks: one thread, epoll, canned answers. Does as little as it can, so that the program in
// front of it is what gets measured. The sandbox (Sources/Sandbox) is the strict one; this is the fast one.
//
// Usage: upstream PORT
//   POST .../token, GET .../userinfo, POST ...:loadCodeAssist, :onboardUser, :fetchAvailableModels   account set-up
//   POST ...:generateContent            one answer
//   POST ...:streamGenerateContent      events of 343 bytes; how many and how fast is set by
//   GET /control?events=N&interval_us=U N = 0: without end; U = 0: as fast as the reader takes them
//   GET /stats                          {"answers":..,"streams":..,"events":..,"open":..}
// Each event carries "@" and the sender's monotonic clock in nanoseconds, 20 digits, so that a reader can tell its age.
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
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MAX = 16384, READ_SIZE = 65536, FIREHOSE_BATCH = 128, CONNECTIONS_MAX = 65536, EVENT_MAX = 640 };

typedef struct Connection {
    int fd;
    char head[HEAD_MAX];
    size_t head_length;
    size_t body_left;          // of the current request, thrown away
    int is_waiting_for_body;
    char path[256];
    long events_left;          // of the current stream, -1: without end
    int is_streaming, is_queued, wants_write;
    uint64_t due;              // nanoseconds, next event of a paced stream
    char *pending;             // what the socket did not take
    size_t pending_length, pending_offset;
    struct Connection *next;   // queue of paced streams, by due time
} Connection;

static Connection *connections[CONNECTIONS_MAX];
static Connection *queue_first, *queue_last;
static int epoll_fd, timer_fd;
static long events_wanted = 10;
static uint64_t interval_ns = 100000000;
static unsigned long answers, streams, events, open_count;

static const char event_template[] =
    "data: {\"response\":{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"@%020llu the parser reads the "
    "bytes once and leaves \"}]},\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":1204,\"candidatesTokenCount\":37,"
    "\"totalTokenCount\":1241},\"modelVersion\":\"gemini-3-flash\",\"responseId\":\"b7Qkaf3SCY2Lz9\"},"
    "\"traceId\":\"4f1c09e2a7b35d86\"}\r\n\r\n";
static const char last_event[] =
    "data: {\"response\":{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"end\"}]},\"finishReason\":"
    "\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":1204,\"candidatesTokenCount\":80,\"totalTokenCount\":1284},"
    "\"modelVersion\":\"gemini-3-flash\",\"responseId\":\"b7Qkaf3SCY2Lz9\"},\"traceId\":\"4f1c09e2a7b35d86\"}\r\n\r\n";
static const char generate_body[] =
    "{\"response\":{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"Hello! The gateway reads your request, "
    "asks for an account and passes the answer on.\"}]},\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":"
    "{\"promptTokenCount\":24,\"candidatesTokenCount\":17,\"totalTokenCount\":41},\"modelVersion\":\"gemini-3-flash\","
    "\"responseId\":\"b7Qkaf3SCY2Lz9\"},\"traceId\":\"4f1c09e2a7b35d86\"}";
static const char token_body[] =
    "{\"access_token\":\"ya29.benchmark\",\"expires_in\":3599,\"scope\":\"cloud-platform\",\"token_type\":\"Bearer\"}";
static const char userinfo_body[] =
    "{\"id\":\"1\",\"email\":\"bench@example.org\",\"verified_email\":true,\"name\":\"Bench\"}";
static const char load_body[] =
    "{\"cloudaicompanionProject\":\"bench-project\",\"currentTier\":{\"id\":\"free-tier\",\"name\":\"Free\"},"
    "\"allowedTiers\":[{\"id\":\"free-tier\",\"isDefault\":true}]}";
static const char onboard_body[] = "{\"done\":true,\"response\":{\"cloudaicompanionProject\":{\"id\":\"bench-project\"}}}";
static const char models_body[] =
    "{\"models\":{\"gemini-3-flash\":{\"displayName\":\"Gemini 3 Flash\",\"quotaInfo\":{\"remainingFraction\":1,\"resetTime\":"
    "\"2036-03-01T05:00:00Z\"},\"supportsThinking\":true,\"maxTokens\":1048576,\"maxOutputTokens\":65536}}}";

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void watch(Connection *c, int operation, uint32_t interest) {
    struct epoll_event event = {.events = interest, .data.fd = c->fd};
    if (epoll_ctl(epoll_fd, operation, c->fd, &event) < 0) die("epoll_ctl");
}

static void unqueue(Connection *c) {
    Connection *before = NULL;
    for (Connection *each = queue_first; each; before = each, each = each->next) {
        if (each != c) continue;
        if (before) before->next = c->next; else queue_first = c->next;
        if (queue_last == c) queue_last = before;
        break;
    }
    c->is_queued = 0;
}

static void drop(Connection *c) {
    if (c->is_queued) unqueue(c);
    connections[c->fd] = NULL;
    close(c->fd);
    free(c->pending);
    free(c);
    open_count--;
}

// Sends, and keeps what the socket does not take. Returns 0 when the peer is gone.
static int deliver(Connection *c, const char *bytes, size_t length) {
    ssize_t sent = 0;
    if (!c->pending) {
        sent = send(c->fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN) return 0;
            sent = 0;
        }
        if ((size_t)sent == length) return 1;
    }
    size_t rest = length - (size_t)sent, kept = c->pending_length - c->pending_offset;
    char *joined = malloc(kept + rest);
    if (kept) memcpy(joined, c->pending + c->pending_offset, kept);
    memcpy(joined + kept, bytes + sent, rest);
    free(c->pending);
    c->pending = joined;
    c->pending_length = kept + rest;
    c->pending_offset = 0;
    if (!c->wants_write) {
        c->wants_write = 1;
        watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    }
    return 1;
}

static size_t put_event(char *out, uint64_t time) {
    char text[512];
    int length = snprintf(text, sizeof text, event_template, (unsigned long long)time);
    return (size_t)snprintf(out, EVENT_MAX, "%x\r\n%s\r\n", (unsigned)length, text);
}

static size_t put_end(Connection *c, char *out) {
    c->is_streaming = 0;
    return (size_t)snprintf(out, 2 * EVENT_MAX, "%x\r\n%s\r\n0\r\n\r\n", (unsigned)strlen(last_event), last_event);
}

// As many events as the socket takes, behind the head if that has not been sent yet; a short stream leaves in one write.
static int pour(Connection *c, const char *head) {
    static char batch[HEAD_MAX + FIREHOSE_BATCH * EVENT_MAX];
    while (c->is_streaming && !c->pending) {
        size_t length = head ? (size_t)sprintf(batch, "%s", head) : 0;
        uint64_t time = now_ns();
        head = NULL;
        for (int i = 0; i < FIREHOSE_BATCH && c->events_left != 0; i++) {
            length += put_event(batch + length, time);
            events++;
            if (c->events_left > 0) c->events_left--;
        }
        if (c->events_left == 0) length += put_end(c, batch + length);
        if (!deliver(c, batch, length)) return 0;
    }
    return 1;
}

static void enqueue(Connection *c, uint64_t due) {
    c->due = due;
    c->next = NULL;
    c->is_queued = 1;
    if (queue_last) queue_last->next = c; else queue_first = c;
    queue_last = c;
}

static int send_paced(Connection *c) {
    char out[2 * EVENT_MAX];
    if (c->events_left == 0) return deliver(c, out, put_end(c, out));
    if (!deliver(c, out, put_event(out, now_ns()))) return 0;
    events++;
    if (c->events_left > 0) c->events_left--;
    enqueue(c, c->due + interval_ns);
    return 1;
}

static void arm_timer(void) {
    struct itimerspec when = {0};
    if (queue_first) {
        when.it_value.tv_sec = (time_t)(queue_first->due / 1000000000u);
        when.it_value.tv_nsec = (long)(queue_first->due % 1000000000u);
    }
    timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void run_due(void) {
    uint64_t expirations, time = now_ns();
    if (read(timer_fd, &expirations, sizeof expirations) < 0 && errno != EAGAIN) die("timerfd");
    while (queue_first && queue_first->due <= time) {
        Connection *c = queue_first;
        queue_first = c->next;
        if (!queue_first) queue_last = NULL;
        c->is_queued = 0;
        if (!send_paced(c)) drop(c);
    }
}

static int answer(Connection *c, const char *body) {
    char out[4096];
    int length = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\n"
        "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    return deliver(c, out, (size_t)length);
}

static int begin_stream(Connection *c) {
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    streams++;
    c->is_streaming = 1;
    c->events_left = events_wanted == 0 ? -1 : events_wanted;
    if (interval_ns == 0) return pour(c, head);
    if (!deliver(c, head, sizeof head - 1)) return 0;
    c->due = now_ns();
    return send_paced(c);
}

static int respond(Connection *c) {
    char body[256];
    if (strstr(c->path, ":streamGenerateContent")) return begin_stream(c);
    answers++;
    if (strstr(c->path, ":generateContent")) return answer(c, generate_body);
    if (strstr(c->path, "/control")) {
        char *wanted = strstr(c->path, "events="), *interval = strstr(c->path, "interval_us=");
        if (wanted) events_wanted = atol(wanted + 7);
        if (interval) interval_ns = (uint64_t)atol(interval + 12) * 1000;
        return answer(c, "{}");
    }
    if (strstr(c->path, "/stats")) {
        snprintf(body, sizeof body, "{\"answers\":%lu,\"streams\":%lu,\"events\":%lu,\"open\":%lu}", answers, streams, events,
            open_count);
        return answer(c, body);
    }
    if (strstr(c->path, "userinfo")) return answer(c, userinfo_body);
    if (strstr(c->path, ":loadCodeAssist")) return answer(c, load_body);
    if (strstr(c->path, ":onboardUser")) return answer(c, onboard_body);
    if (strstr(c->path, ":fetchAvailableModels")) return answer(c, models_body);
    if (strstr(c->path, "token")) return answer(c, token_body);
    return answer(c, "{}");
}

// Takes what was read; requests come one after the other. Returns 0 when the connection is over.
static int take(Connection *c, const char *bytes, size_t length) {
    while (length) {
        if (c->is_waiting_for_body) {
            size_t part = length < c->body_left ? length : c->body_left;
            c->body_left -= part;
            bytes += part;
            length -= part;
        } else {
            size_t part = HEAD_MAX - 1 - c->head_length, before = c->head_length;
            if (length < part) part = length;
            memcpy(c->head + c->head_length, bytes, part);
            c->head_length += part;
            c->head[c->head_length] = 0;
            char *end = strstr(c->head, "\r\n\r\n");
            if (!end) {
                if (c->head_length == HEAD_MAX - 1) return 0;
                bytes += part;
                length -= part;
                continue;
            }
            size_t used = (size_t)(end + 4 - c->head) - before;
            bytes += used;
            length -= used;
            if (sscanf(c->head, "%*15s %255s", c->path) != 1) return 0;
            end[2] = 0;
            char *field = strcasestr(c->head, "\r\ncontent-length:");
            c->body_left = field ? (size_t)atol(field + 17) : 0;
            c->is_waiting_for_body = 1;
            c->head_length = 0;
        }
        if (c->is_waiting_for_body && c->body_left == 0) {
            c->is_waiting_for_body = 0;
            if (!respond(c)) return 0;
        }
    }
    return 1;
}

static int on_readable(Connection *c) {
    static char buffer[READ_SIZE];
    for (;;) {
        ssize_t got = recv(c->fd, buffer, sizeof buffer, 0);
        if (got == 0) return 0;
        if (got < 0) return errno == EAGAIN;
        if (!take(c, buffer, (size_t)got)) return 0;
        if ((size_t)got < sizeof buffer) return 1;
    }
}

static int on_writable(Connection *c) {
    while (c->pending) {
        ssize_t sent = send(c->fd, c->pending + c->pending_offset, c->pending_length - c->pending_offset, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN;
        c->pending_offset += (size_t)sent;
        if (c->pending_offset < c->pending_length) continue;
        free(c->pending);
        c->pending = NULL;
        c->pending_length = c->pending_offset = 0;
    }
    c->wants_write = 0;
    watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP);
    return interval_ns == 0 ? pour(c, NULL) : 1;
}

static void accept_all(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
        if (fd < 0) return;
        if (fd >= CONNECTIONS_MAX) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        Connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        connections[fd] = c;
        open_count++;
        watch(c, EPOLL_CTL_ADD, EPOLLIN | EPOLLRDHUP);
    }
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s PORT\n", argv[0]);
        return 2;
    }
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
    if (listen(listener, 4096) < 0) die("listen");
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct epoll_event first = {.events = EPOLLIN, .data.fd = listener}, second = {.events = EPOLLIN, .data.fd = timer_fd};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &first) < 0) die("epoll_ctl");
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &second) < 0) die("epoll_ctl");
    for (;;) {
        struct epoll_event ready[256];
        arm_timer();
        int count = epoll_wait(epoll_fd, ready, 256, -1);
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener) accept_all(listener);
            else if (fd == timer_fd) run_due();
            else {
                Connection *c = connections[fd];
                if (!c) continue;
                int alive = !(ready[i].events & (EPOLLHUP | EPOLLERR));
                if (alive && ready[i].events & (EPOLLIN | EPOLLRDHUP)) alive = on_readable(c);
                if (alive && ready[i].events & EPOLLOUT) alive = on_writable(c);
                if (!alive) drop(c);
            }
        }
    }
}
