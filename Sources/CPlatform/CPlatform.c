#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int platform_accept4(int fd, void *address, unsigned *length) {
    return accept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

long platform_peer_user(int fd) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? (long)peer.uid : -1;
}

int platform_pipe_cloexec(int fds[2]) { return pipe2(fds, O_CLOEXEC); }

int platform_duplicate(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); }

int platform_open_path(const char *path) { return open(path, O_PATH | O_CLOEXEC); }

int platform_set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int platform_drop_new_connections(int fd) {
    enum { FLAGS_OFFSET = 13, SYN = 0x02 };  // of the TCP header, RFC 9293 section 3.1; the filter sees it from its first byte
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, FLAGS_OFFSET),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, SYN, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

ssize_t platform_send_message(int fd, const void *pieces, size_t piece_count, const int *fds, size_t fd_count) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * PLATFORM_MESSAGE_DESCRIPTORS_MAX)];
    struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = piece_count};
    if (fd_count > PLATFORM_MESSAGE_DESCRIPTORS_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (fd_count > 0) {
        memset(control, 0, sizeof control);
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * fd_count);
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

ssize_t platform_receive_message(int fd, void *buffer, size_t size, int *fds, size_t *fd_count, int *flags) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * PLATFORM_MESSAGE_DESCRIPTORS_MAX)];
    struct iovec piece = {.iov_base = buffer, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    *fd_count = 0;
    *flags = 0;
    ssize_t count = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (count < 0) return count;
    *flags = message.msg_flags;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t length = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds + *fd_count, CMSG_DATA(header), length * sizeof(int));
        *fd_count += length;
    }
    return count;
}

int platform_disconnect(int fd) {
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    return connect(fd, &none, sizeof none);
}

int platform_tcp_facts(int fd, struct platform_tcp_counters *out) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) return -1;
    if (length < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received) {
        errno = ENOTSUP;
        return -1;
    }
    out->bytes_acked = info.tcpi_bytes_acked;
    out->bytes_received = info.tcpi_bytes_received;
    if (ioctl(fd, SIOCOUTQ, &out->send_queue) < 0 || ioctl(fd, FIONREAD, &out->unread) < 0) return -1;
    return 0;
}

int platform_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int platform_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int platform_wait_pidfd(int pidfd, int *code, int *status) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid((idtype_t)3 /* P_PIDFD */, (id_t)pidfd, &info, WEXITED | WNOHANG) < 0) return -1;
    if (info.si_pid == 0) return 0;
    *code = info.si_code;
    *status = info.si_status;
    return 1;
}

/// Runs in the child, which borrows the parent's memory until exec: only system calls, no allocation, no locks.
static int become(const struct platform_spawn_request *request, pid_t parent, int *moved, int error_pipe) {
    int first_free = 3;
    for (size_t i = 0; i < request->descriptor_count; i++)
        if (request->targets[i] >= first_free) first_free = request->targets[i] + 1;
    int executable = request->path ? -1 : fcntl(request->executable, F_DUPFD_CLOEXEC, first_free);
    int report = fcntl(error_pipe, F_DUPFD_CLOEXEC, first_free);
    if ((executable < 0 && !request->path) || report < 0) return error_pipe;
    for (size_t i = 0; i < request->descriptor_count; i++) {
        moved[i] = fcntl(request->sources[i], F_DUPFD_CLOEXEC, first_free);
        if (moved[i] < 0) return report;
    }
    // Everything of ours is close-on-exec already; this also catches what a library opened without it. Kernels before
    // 5.11 refuse the flag, and then our own care has to be enough.
    (void)syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
    for (size_t i = 0; i < request->descriptor_count; i++)
        if (dup2(moved[i], request->targets[i]) < 0) return report;
    if (request->new_session && setsid() < 0) return report;
    if (request->death_signal != 0) {
        if (prctl(PR_SET_PDEATHSIG, request->death_signal) < 0) return report;
        // A parent that ended before that call has sent nothing (prctl(2)).
        if (getppid() != parent) {
            errno = ESRCH;
            return report;
        }
    }
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++) (void)sigaction(signal, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (request->path)
        execve(request->path, request->arguments, request->environment);
    else
        syscall(SYS_execveat, executable, "", request->arguments, request->environment, AT_EMPTY_PATH);
    return report;
}

pid_t platform_spawn(const struct platform_spawn_request *request) {
    int report[2], moved[PLATFORM_MESSAGE_DESCRIPTORS_MAX], failure = 0;
    if (request->descriptor_count > PLATFORM_MESSAGE_DESCRIPTORS_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (pipe2(report, O_CLOEXEC) < 0) return -1;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of ours may run in the child
    pid_t parent = getpid();
    pid_t pid = vfork();
    if (pid == 0) {
        int pipe = become(request, parent, moved, report[1]);
        int reason = errno;
        ssize_t ignored = write(pipe, &reason, sizeof reason);
        (void)ignored;
        _exit(127);
    }
    int reason = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (pid > 0) {
        ssize_t count;
        do count = read(report[0], &failure, sizeof failure);
        while (count < 0 && errno == EINTR);
        if (count == sizeof failure) {
            while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
            reason = failure;
            pid = -1;
        }
    }
    close(report[0]);
    errno = reason;
    return pid;
}

int platform_memfd_create(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int platform_add_seals(int fd, int seals) { return fcntl(fd, F_ADD_SEALS, seals); }

int platform_get_seals(int fd) { return fcntl(fd, F_GET_SEALS); }

const int platform_seal_size = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
const int platform_seal_content = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL | F_SEAL_WRITE;

void platform_name_thread(const char *name) { (void)pthread_setname_np(pthread_self(), name); }

int platform_affinity_count(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) < 0 ? -1 : CPU_COUNT(&set);
}

void platform_trim_memory(void) { malloc_trim(0); }

int platform_get_random(void *buffer, size_t size) {
    char *next = buffer;
    while (size > 0) {
        ssize_t count = getrandom(next, size, 0);
        if (count < 0 && errno != EINTR) return -1;
        if (count > 0) next += count, size -= (size_t)count;
    }
    return 0;
}

ssize_t platform_write_at_once(int fd, const void *bytes, size_t size) {
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    if (poll(&room, 1, 0) != 1 || !(room.revents & POLLOUT)) {
        errno = EAGAIN;
        return -1;
    }
    struct stat facts;
    if (fstat(fd, &facts) == 0 && (S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode))) {
        // Another writer may have taken the room meanwhile. Kernels before 6.4 do not know this for pipes and sockets.
        struct iovec piece = {.iov_base = (void *)bytes, .iov_len = size};
        ssize_t count = pwritev2(fd, &piece, 1, -1, RWF_NOWAIT);
        if (count >= 0 || errno == EAGAIN || errno == EPIPE) return count;
    }
    return write(fd, bytes, size);
}

int platform_is_file(int fd, uint64_t device, uint64_t inode) {
    struct stat facts;
    return fstat(fd, &facts) == 0 && facts.st_dev == device && facts.st_ino == inode;
}

int platform_set_allocator_thresholds(int mapped_block_size_min, int free_tail_max) {
    return mallopt(M_MMAP_THRESHOLD, mapped_block_size_min) && mallopt(M_TRIM_THRESHOLD, free_tail_max);
}
