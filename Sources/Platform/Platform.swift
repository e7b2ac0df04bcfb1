// The event loop and everything that is a system call.
