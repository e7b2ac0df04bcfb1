// HTTP/1.1 messages as values: parsers, serializers, server-sent events, routes.
