#pragma once
#include <stdint.h>
#include <string.h>

// What Swift cannot say: one bit for each of 64 bytes, taken from the processor's comparisons of 16 at once.

/// A bit for every byte of the 64 at `bytes` that is `"`, `\`, below 0x20 or above 0x7F; bit 0 is the first byte's.
static inline uint64_t json_special_bytes(const uint8_t *bytes) {
    uint64_t mask = 0;
#if defined(__SSE2__)
    typedef signed char lanes __attribute__((vector_size(16)));
    for (int part = 0; part < 4; part++) {
        lanes values;
        memcpy(&values, bytes + 16 * part, 16);
        // Signed, so that everything above 0x7F is below 0x20 too.
        lanes found = (lanes)(values < 0x20) | (lanes)(values == '"') | (lanes)(values == '\\');
        mask |= (uint64_t)(uint16_t)__builtin_ia32_pmovmskb128(found) << (16 * part);
    }
#else
    for (int index = 0; index < 64; index++) {
        uint8_t byte = bytes[index];
        mask |= (uint64_t)(byte < 0x20 || byte > 0x7f || byte == '"' || byte == '\\') << index;
    }
#endif
    return mask;
}
