// SHA-256, hexadecimal, constant-time compare.
