import GoogleAPI

/// Wishes that a client writes into the model name, and the name without them.
///
/// `-online` wants search, `(8192)` or `(high)` at the end an amount of thinking, and on image models `-16x9`, `-4k`, `-hd` and
/// their like a form of the picture, in any order.
struct ModelSuffixes: Equatable {
    var base: String
    var wantsSearch = false
    var thinking: ThinkingWish?
    var image = ImageWish()

    static let sizes = ["1k": "1K", "2k": "2K", "4k": "4K", "hd": "4K"]

    init(parsing name: String) {
        base = name
        var goesOn = true
        while goesOn {
            goesOn = takeThinking() || takeSearch() || takeImageForm()
        }
    }

    private mutating func takeThinking() -> Bool {
        guard thinking == nil, base.hasSuffix(")"), let open = base.lastIndex(of: "(") else { return false }
        let word = base[base.index(after: open)...].dropLast().lowercased()
        if let budget = Int(word), budget >= -1 {
            thinking = budget == 0 ? .off : .budget(budget)
        } else if let wish = ThinkingWish(word: word) {
            thinking = wish
        } else {
            return false
        }
        base = String(base[..<open])
        return true
    }

    private mutating func takeSearch() -> Bool {
        guard !wantsSearch, base.hasSuffix("-online"), base != "-online" else { return false }
        wantsSearch = true
        base = String(base.dropLast("-online".count))
        return true
    }

    private mutating func takeImageForm() -> Bool {
        guard base.hasWord("-image") else { return false }
        for ratio in ImageWish.aspectRatios where image.aspectRatio == nil {
            for mark in ["x", "-"] as [Character] {
                let suffix = "-" + String(ratio.map { $0 == ":" ? mark : $0 })
                guard base.hasSuffix(suffix) else { continue }
                image.aspectRatio = ratio
                base = String(base.dropLast(suffix.count))
                return true
            }
        }
        for (word, size) in Self.sizes where image.size == nil && base.lowercased().hasSuffix("-" + word) {
            image.size = size
            base = String(base.dropLast(word.count + 1))
            return true
        }
        return false
    }
}
