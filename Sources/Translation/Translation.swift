// One request, one event stream, and the dialects on both sides of them.
