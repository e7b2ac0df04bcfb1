// JSON on the request path: a flat index over the bytes, an ordered tree, a writer.
