/// From a client's words for size and quality to what image models take.
enum ImageForm {
    /// How far a size may be from a listed ratio, as a factor: e to the power of 0.06.
    private static let toleranceFactor = 1.061_836_546_545_359_6
    /// Longest size that is looked at, in bytes.
    private static let sizeTextMaxBytes = 32

    /// The ratio that is meant by `size`: a listed one as it stands, the nearest listed one for pixels, square for pixels that
    /// are near none. Nil for `auto` and for what cannot be read.
    static func aspectRatio(size: String) -> String? {
        guard size.utf8.count <= sizeTextMaxBytes else { return nil }
        if ImageWish.aspectRatios.contains(size) { return size }
        let sides = size.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        guard sides.count == 2, let width = Int(sides[0]), let height = Int(sides[1]), width > 0, height > 0 else {
            return nil
        }
        let ratio = Double(width) / Double(height)
        let nearest = ImageWish.aspectRatios.map { (name: $0, distance: distance(ratio, from: $0)) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance < toleranceFactor else { return "1:1" }
        return nearest.name
    }

    /// The greater of the two quotients: 1 for equal ratios.
    private static func distance(_ ratio: Double, from listed: String) -> Double {
        let sides = listed.split(separator: ":").compactMap { Double($0) }
        let quotient = ratio / (sides[0] / sides[1])
        return max(quotient, 1 / quotient)
    }

    /// The size that is meant by `image_size`, in any case; nil for words that no model takes.
    static func size(named word: String) -> String? {
        let size = word.uppercased()
        return ImageWish.sizes.contains(size) ? size : nil
    }

    /// The size that is meant by `quality`; nil for `auto` and unknown words. Pixels in `size` do not choose it.
    static func size(quality: String) -> String? {
        switch quality.lowercased() {
        case "hd", "high", "4k": "4K"
        case "medium", "2k": "2K"
        case "standard", "low", "1k": "1K"
        default: nil
        }
    }
}
