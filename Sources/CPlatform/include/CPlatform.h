#pragma once
// What the Glibc module does not show to Swift: epoll, signalfd, control messages, pidfds, variadic calls. No logic beyond
// what a single kernel service needs. Every function returns what the system call returns and leaves errno alone, unless
// its comment says otherwise.

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/types.h>

// No header here that the Glibc module has as well: whichever module is loaded first would own its names, and files that
// import the other would not always compile. Hence `void *` for addresses and vectors.

/// Descriptors one message may carry. The kernel takes 253; the channel between our processes sends at most 64.
enum { PLATFORM_MESSAGE_DESCRIPTORS_MAX = 64 };

int platform_accept4(int fd, void *address, unsigned *length);
int platform_pipe_cloexec(int fds[2]);
int platform_duplicate(int fd);
int platform_open_path(const char *path);  // O_PATH | O_CLOEXEC
int platform_set_nonblocking(int fd);
/// The user at the other end of a Unix socket, or -1.
long platform_peer_user(int fd);
/// Makes a listening TCP socket deaf to segments that would begin a connection; handshakes under way go on. 0 or -1.
int platform_drop_new_connections(int fd);

/// sendmsg with MSG_NOSIGNAL; `fds` travel as SCM_RIGHTS.
ssize_t platform_send_message(int fd, const void *pieces, size_t piece_count, const int *fds, size_t fd_count);
/// recvmsg with MSG_CMSG_CLOEXEC. Fills `fds` (room for PLATFORM_MESSAGE_DESCRIPTORS_MAX); `flags` gets msg_flags.
ssize_t platform_receive_message(int fd, void *buffer, size_t size, int *fds, size_t *fd_count, int *flags);
/// connect(AF_UNSPEC): on TCP this resets the connection, whoever else holds the socket.
int platform_disconnect(int fd);

struct platform_tcp_counters {
    uint64_t bytes_acked, bytes_received;
    int send_queue, unread;
};
/// 0, or -1 if the descriptor is no TCP socket or the kernel's answer is too short to contain the counters.
int platform_tcp_facts(int fd, struct platform_tcp_counters *out);

int platform_pidfd_open(pid_t pid);
int platform_pidfd_send_signal(int pidfd, int signal);
/// waitid(P_PIDFD, WEXITED | WNOHANG). 1: ended, `code` and `status` as in siginfo_t; 0: still running; -1: errno.
int platform_wait_pidfd(int pidfd, int *code, int *status);

struct platform_spawn_request {
    int executable;              // any descriptor of the program, O_PATH will do; not used if there is a path
    const char *path;            // NULL, or the program's path: a script can be started by nothing else
    char *const *arguments;      // NULL at the end
    char *const *environment;    // NULL at the end
    const int *sources;          // descriptor `sources[i]` becomes `targets[i]` in the child
    const int *targets;
    size_t descriptor_count;
    int new_session;
    int death_signal;            // what the child gets when the thread that starts it has ended; 0: nothing
};
/// Starts a child with vfork and execveat: signals reset, only 0-2 and the mapped descriptors open.
/// Returns the pid, or -1 with errno of the step that failed, exec included.
pid_t platform_spawn(const struct platform_spawn_request *request);

int platform_memfd_create(const char *name);
int platform_add_seals(int fd, int seals);
int platform_get_seals(int fd);
extern const int platform_seal_size;     // F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL
extern const int platform_seal_content;  // the same and F_SEAL_WRITE

void platform_name_thread(const char *name);
/// Number of CPUs this process may run on, or -1.
int platform_affinity_count(void);
/// Gives free memory of the allocator back to the system.
void platform_trim_memory(void);
int platform_get_random(void *buffer, size_t size);
/// write(2) of at most PIPE_BUF bytes that does not wait, whatever the flags of the descriptor: -1 with EAGAIN where it would have to.
ssize_t platform_write_at_once(int fd, const void *bytes, size_t size);
/// 1 if `fd` is the socket or file with this device and inode.
int platform_is_file(int fd, uint64_t device, uint64_t inode);

/// mallopt(3) with the two thresholds for large blocks; 0 if the allocator refuses them.
int platform_set_allocator_thresholds(int mapped_block_size_min, int free_tail_max);
