extension JSONWriter {
    @inlinable @inline(__always)
    public mutating func field(_ name: StaticString, _ value: String) {
        self.name(name)
        string(value)
    }

    /// A constant that needs no escaping.
    @inlinable @inline(__always)
    public mutating func field(_ name: StaticString, literal value: StaticString) {
        self.name(name)
        string(value)
    }

    @inlinable @inline(__always)
    public mutating func field(_ name: StaticString, _ value: Int) {
        self.name(name)
        int(value)
    }

    @inlinable @inline(__always)
    public mutating func field(_ name: StaticString, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    @inlinable @inline(__always)
    public mutating func field(_ name: StaticString, _ value: JSONNode) {
        self.name(name)
        node(value)
    }

    @inlinable @inline(__always)
    public mutating func field(_ name: StaticString, _ value: JSONString) {
        self.name(name)
        text(value)
    }

    @inlinable @inline(__always)
    public mutating func field(_ name: StaticString, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }
}
