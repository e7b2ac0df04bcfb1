/// Settings of an image model: what the body says, then what the model's name says.
public struct ImageWish: Sendable, Equatable {
    /// One of `aspectRatios`.
    public var aspectRatio: String?
    /// One of `sizes`.
    public var size: String?
    /// For requests that name no ratio anywhere; nil leaves it to the model.
    public var fallbackAspectRatio: String?
    /// True for Gemini bodies, whose clients fill in `1K` without thinking: it does not lower a larger size in the name.
    public var yieldsSmallestSize = false

    /// Gemini API, "Image generation: aspect ratios".
    public static let aspectRatios = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"]
    /// Of the Gemini 3 image models; older ones have one size.
    public static let sizes = ["1K", "2K", "4K"]

    public init(aspectRatio: String? = nil, size: String? = nil) {
        self.aspectRatio = aspectRatio
        self.size = size
    }

    /// Whether `completed(by:)` would change nothing: so it is for nearly every request that wants no image.
    func isComplete(without name: ImageWish) -> Bool {
        name.aspectRatio == nil && name.size == nil && fallbackAspectRatio == nil
    }

    /// The settings that are sent: the body's, and those of the model's name where the body has none.
    public func completed(by name: ImageWish) -> ImageWish {
        var wish = self
        wish.aspectRatio = aspectRatio ?? name.aspectRatio ?? fallbackAspectRatio
        if size == nil || yieldsSmallestSize && size == Self.sizes[0] { wish.size = name.size ?? size }
        return wish
    }
}
