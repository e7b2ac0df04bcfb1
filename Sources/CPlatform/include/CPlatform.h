#pragma once
// What the Glibc module does not show to Swift: epoll, signalfd, control messages, pidfds, variadic calls. No logic.
