#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The processor's own instructions for SHA-256, which Swift cannot name. Where there are none, `Digest` folds in Swift.

/// Whether `sha256_fold` may be called on this processor.
bool sha256_is_in_hardware(void);

/// Folds `count` blocks of 64 bytes into the eight words `state`, `constants` being the 64 of FIPS 180-4 section 4.2.2.
void sha256_fold(uint32_t state[8], const uint32_t constants[64], const uint8_t *blocks, size_t count);
