/// What a client's model name came to.
public struct ResolvedModel: Sendable, Equatable {
    /// The upstream model: a lease is asked for its `id`.
    public var target: TargetModel
    /// Wishes written into the name.
    public var wantsSearch = false
    public var thinking: ThinkingWish?
    public var image = ImageWish()
}
