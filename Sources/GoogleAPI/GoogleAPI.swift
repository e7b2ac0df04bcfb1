// Google's side on the wire, as values.
