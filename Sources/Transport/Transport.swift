// Server connection and libcurl client on the event loop.
