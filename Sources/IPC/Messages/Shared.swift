/// A large part of a message that copies of it share: a message is handed on and kept by several values on its way, and each
/// copy of a part with a dozen texts counts them all up and down again.
@propertyWrapper public struct Shared<Value: Sendable & Equatable>: Sendable, Equatable, CustomReflectable {
    @usableFromInline
    final class Storage: Sendable {
        @usableFromInline let value: Value

        @usableFromInline
        init(_ value: Value) { self.value = value }
    }

    @usableFromInline var storage: Storage

    @inlinable
    public init(wrappedValue: Value) { storage = Storage(wrappedValue) }

    /// Changing a member of it makes a new part, which is meant to be rare.
    @inlinable
    public var wrappedValue: Value {
        get { storage.value }
        set { storage = Storage(newValue) }
    }

    @inlinable
    public static func == (one: Self, other: Self) -> Bool {
        one.storage === other.storage || one.storage.value == other.storage.value
    }

    /// Printed as the part itself.
    public var customMirror: Mirror { Mirror(reflecting: storage.value) }
}
