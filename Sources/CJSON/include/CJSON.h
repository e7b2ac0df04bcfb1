#pragma once
#include <stdint.h>
#include <string.h>

// What Swift cannot say: one bit for each of many bytes, taken from the processor's comparisons of 16 at once.

/// A bit for every byte of the 16 at `bytes` that is `"`, `\`, below 0x20 or above 0x7F; bit 0 is the first byte's.
static inline uint32_t json_special_bytes_of_16(const uint8_t *bytes) {
#if defined(__SSE2__)
    typedef signed char lanes __attribute__((vector_size(16)));
    lanes values;
    memcpy(&values, bytes, 16);
    // Signed, so that everything above 0x7F is below 0x20 too.
    lanes found = (lanes)(values < 0x20) | (lanes)(values == '"') | (lanes)(values == '\\');
    return (uint32_t)__builtin_ia32_pmovmskb128(found);
#else
    uint32_t mask = 0;
    for (int index = 0; index < 16; index++) {
        uint8_t byte = bytes[index];
        mask |= (uint32_t)(byte < 0x20 || byte > 0x7f || byte == '"' || byte == '\\') << index;
    }
    return mask;
#endif
}

/// A bit for every byte of the 64 at `bytes` that is `"`, `\`, below 0x20 or above 0x7F; bit 0 is the first byte's.
static inline uint64_t json_special_bytes(const uint8_t *bytes) {
    uint64_t mask = 0;
    for (int part = 0; part < 4; part++) {
        mask |= (uint64_t)json_special_bytes_of_16(bytes + 16 * part) << (16 * part);
    }
    return mask;
}
