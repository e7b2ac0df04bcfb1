#include "CJSON.h"

typedef signed char bytes64 __attribute__((vector_size(64)));
typedef bool bits64 __attribute__((ext_vector_type(64)));

// The loader chooses among the clones by a function of the compiler's, in front of everything else that runs. The thread
// sanitizer instruments that function too, and it ends the process.
#if defined(__x86_64__) && defined(__ELF__) && !__has_feature(thread_sanitizer)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

/// One bit for each byte of a comparison.
#define BITS(comparison, mask) \
    do { \
        bits64 found = __builtin_convertvector(comparison, bits64); \
        memcpy(&mask, &found, sizeof mask); \
    } while (0)

/// The bytes of a block that a backslash escapes: of each run of backslashes every second, and what follows a run of odd length.
/// `carry` is 1 when a backslash at the end of a block escapes the first byte of the next.
static inline uint64_t escaped_bytes(uint64_t backslashes, uint64_t *carry) {
    const uint64_t even_bits = 0x5555555555555555;
    uint64_t starting = backslashes & ~*carry;
    uint64_t following = starting << 1 | *carry;
    uint64_t odd_starts = starting & ~even_bits & ~following;
    uint64_t even_sequences;
    *carry = __builtin_add_overflow(odd_starts, starting, &even_sequences);
    return (even_bits ^ even_sequences << 1) & following;
}

FOR_EVERY_PROCESSOR
size_t json_plain_and_simple_escapes_end(const uint8_t *base, size_t offset, size_t end, bool *has_escapes) {
    uint64_t carry = 0;
    uint64_t seen = 0;
    for (; offset + 64 <= end; offset += 64) {
        bytes64 values;
        memcpy(&values, base + offset, 64);
        uint64_t quotes, backslashes, letters, others;
        BITS(values == '"', quotes);
        BITS(values == '\\', backslashes);
        BITS((values == 'n') | (values == 't') | (values == 'r'), letters);
        BITS(values < 0x20, others);  // signed: everything above 0x7F too

        uint64_t escaped = escaped_bytes(backslashes, &carry);
        uint64_t rare = escaped & ~(quotes | backslashes | letters);
        uint64_t stops = (quotes & ~escaped) | others | rare;
        if (stops != 0) {
            int stop = __builtin_ctzll(stops);
            *has_escapes |= (seen | (backslashes & ((1ull << stop) - 1))) != 0;
            return offset + stop - (escaped >> stop & 1);
        }
        seen |= backslashes;
    }
    *has_escapes |= seen != 0;
    return offset - carry;
}

/// What the letter behind a backslash means, where it is not the letter itself.
static const uint8_t meanings[256] = {['n'] = '\n', ['t'] = '\t', ['r'] = '\r', ['b'] = '\b', ['f'] = '\f'};

static inline uint8_t meaning(uint8_t letter) { return meanings[letter] != 0 ? meanings[letter] : letter; }

/// Copies by 32 bytes, up to 31 too many.
static inline void copy_run(uint8_t *to, const uint8_t *from, size_t count) {
    for (size_t done = 0; done < count; done += 32) memcpy(to + done, from + done, 32);
}

FOR_EVERY_PROCESSOR
size_t json_unescape_simple(const uint8_t *escaped, size_t count, uint8_t *output, size_t *written) {
    size_t from = 0, to = 0;
    // The places of all backslashes of a block first: none then waits for the one before it. 96: a copy reads beyond its block,
    // and what it writes too much is written over, for the output never is ahead.
    while (from + 96 <= count) {
        bytes64 values;
        memcpy(&values, escaped + from, 64);
        uint64_t backslashes, carry = 0;
        BITS(values == '\\', backslashes);
        uint64_t block_escaped = escaped_bytes(backslashes, &carry);
        size_t end = from + 64;
        for (uint64_t starts = block_escaped >> 1 | carry << 63; starts != 0; starts &= starts - 1) {
            size_t start = end - 64 + __builtin_ctzll(starts);
            copy_run(output + to, escaped + from, start - from);
            to += start - from;
            from = start;
            if (escaped[start + 1] == 'u') goto stopped;
            output[to++] = meaning(escaped[start + 1]);
            from += 2;
        }
        if (from < end) {
            copy_run(output + to, escaped + from, end - from);
            to += end - from;
            from = end;
        }
    }
    while (from < count) {
        if (escaped[from] != '\\') {
            output[to++] = escaped[from++];
            continue;
        }
        if (from + 1 == count || escaped[from + 1] == 'u') break;
        output[to++] = meaning(escaped[from + 1]);
        from += 2;
    }
stopped:
    *written = to;
    return from;
}
