#include "CTestLoop.h"
#include <string.h>

// Provided by Platform (EventLoop+Install.swift); weak, so that test targets without a loop link as well.
extern void antigravity_install_event_loop(void) __attribute__((weak));

/// Swift Testing runs its tests as tasks: they only ever finish if the loop is installed before the first task exists.
/// Async XCTest deadlocks with the loop installed, hence the check of the arguments.
__attribute__((constructor)) static void boot(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strstr(argv[i], "swift-testing") != NULL && antigravity_install_event_loop) {
            antigravity_install_event_loop();
            return;
        }
    }
}
