#include "CJSON.h"

typedef signed char bytes64 __attribute__((vector_size(64)));
typedef bool bits64 __attribute__((ext_vector_type(64)));

/// One bit for each byte of a comparison.
#define BITS(comparison, mask) \
    do { \
        bits64 found = __builtin_convertvector(comparison, bits64); \
        memcpy(&mask, &found, sizeof mask); \
    } while (0)

#if defined(__x86_64__) && defined(__ELF__)
__attribute__((target_clones("avx2", "default")))
#endif
size_t json_plain_and_simple_escapes_end(const uint8_t *base, size_t offset, size_t end, bool *has_escapes) {
    const uint64_t even_bits = 0x5555555555555555;
    uint64_t carry = 0;  // 1: the last byte of the block before is a backslash that escapes the first of this one
    uint64_t seen = 0;
    for (; offset + 64 <= end; offset += 64) {
        bytes64 values;
        memcpy(&values, base + offset, 64);
        uint64_t quotes, backslashes, letters, others;
        BITS(values == '"', quotes);
        BITS(values == '\\', backslashes);
        BITS((values == 'n') | (values == 't') | (values == 'r'), letters);
        BITS(values < 0x20, others);  // signed: everything above 0x7F too

        // Bytes that a backslash escapes: of each run of backslashes every second, and what follows a run of odd length.
        uint64_t starting = backslashes & ~carry;
        uint64_t following = starting << 1 | carry;
        uint64_t odd_starts = starting & ~even_bits & ~following;
        uint64_t even_sequences;
        uint64_t carry_out = __builtin_add_overflow(odd_starts, starting, &even_sequences);
        uint64_t escaped = (even_bits ^ even_sequences << 1) & following;

        uint64_t rare = escaped & ~(quotes | backslashes | letters);
        uint64_t stops = (quotes & ~escaped) | others | rare;
        if (stops != 0) {
            int stop = __builtin_ctzll(stops);
            *has_escapes |= (seen | (backslashes & ((1ull << stop) - 1))) != 0;
            return offset + stop - (escaped >> stop & 1);
        }
        seen |= backslashes;
        carry = carry_out;
    }
    *has_escapes |= seen != 0;
    return offset - carry;
}

/// What the letter behind a backslash means, where it is not the letter itself.
static const uint8_t meanings[256] = {['n'] = '\n', ['t'] = '\t', ['r'] = '\r', ['b'] = '\b', ['f'] = '\f'};

size_t json_unescape_simple(const uint8_t *escaped, size_t count, uint8_t *output, size_t *written) {
    size_t from = 0, to = 0;
    while (from < count) {
        if (from + 16 <= count) {
            // Beyond the run too: there is room, and what follows is written over it.
            uint32_t backslashes = json_copy_16_and_find_backslashes(escaped + from, output + to);
            size_t run = backslashes == 0 ? 16 : __builtin_ctz(backslashes);
            from += run;
            to += run;
            if (backslashes == 0) continue;
        } else if (escaped[from] != '\\') {
            output[to++] = escaped[from++];
            continue;
        }
        if (from + 1 == count || escaped[from + 1] == 'u') break;
        uint8_t letter = escaped[from + 1];
        output[to++] = meanings[letter] != 0 ? meanings[letter] : letter;
        from += 2;
    }
    *written = to;
    return from;
}
