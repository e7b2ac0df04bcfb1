#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// What Swift cannot say: one bit for each of many bytes, taken from the processor's comparisons, and plain `malloc`.

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

/// Reads on in a string by 64 bytes: offset of its closing quote, of the first byte that is neither plain nor part of a common
/// escape sequence of two bytes, or of one that stands less than 64 bytes before `end`. `has_escapes` becomes true when there
/// was an escape sequence before it.
size_t json_plain_and_simple_escapes_end(const uint8_t *base, size_t offset, size_t end, bool *has_escapes);

/// Copies the inside of a JSON string, with what its escape sequences of two bytes mean, up to a `\u` or the end. `output` has
/// room for `count` bytes. Returns how many bytes were read; `written` tells how many they became.
size_t json_unescape_simple(const uint8_t *escaped, size_t count, uint8_t *output, size_t *written);

/// Room for the index of a text, or more of it; to be given back by `json_free`. `UnsafeMutablePointer.allocate` asks for aligned
/// memory, which takes four times as long.
static inline void *json_resize(void *room, size_t size) { return realloc(room, size); }

static inline void json_free(void *room) { free(room); }
