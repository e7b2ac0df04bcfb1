// Which account serves a request: a pure state machine over values.
