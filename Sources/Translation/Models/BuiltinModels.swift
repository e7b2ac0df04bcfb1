/// Client names that mean an upstream model although nobody configured it: data, to be read like a manual.
public struct BuiltinModels: Sendable {
    /// Exact names.
    public var exact: [String: String]
    /// Patterns, tried after the exact names.
    public var patterns: [(pattern: ModelPattern, target: String)]

    public init(exact: [String: String], patterns: [(pattern: ModelPattern, target: String)]) {
        self.exact = exact
        self.patterns = patterns
    }

    public func target(of name: String) -> String? {
        exact[name] ?? patterns.first { $0.pattern.matches(name) }?.target
    }

    /// Image model names with a size and a ratio, as lists offer them.
    public static let imageNames: [String] = ["", "-2k", "-4k"].flatMap { size in
        ["", "-1x1", "-4x3", "-3x4", "-16x9", "-9x16", "-21x9"].map { "gemini-3-pro-image" + size + $0 }
    }

    public static let standard = BuiltinModels(
        exact: Dictionary(
            rows.flatMap { target, names in names.map { ($0, target) } }, uniquingKeysWith: { first, _ in first }),
        patterns: [
            (ModelPattern("gemini-1.5-pro*"), "gemini-3-pro-high"),
            (ModelPattern("gemini-1.5-flash*"), "gemini-2.5-flash"),
        ])

    private static let rows: [(target: String, names: [String])] = [
        (
            "gemini-2.5-flash",
            [
                "gpt-4", "gpt-4-turbo", "gpt-4-turbo-preview", "gpt-4-0125-preview", "gpt-4-1106-preview", "gpt-4-0613",
                "gpt-4o", "gpt-4o-2024-05-13", "gpt-4o-2024-08-06", "gpt-4o-mini", "gpt-4o-mini-2024-07-18",
                "gpt-3.5-turbo", "gpt-3.5-turbo-16k", "gpt-3.5-turbo-0125", "gpt-3.5-turbo-1106", "gpt-3.5-turbo-0613",
                "gemini-2.5-flash", "gemini-2.5-flash-lite", "whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe",
                "internal-background-task",
            ]
        ),
        ("gemini-2.5-flash-thinking", ["gemini-2.5-flash-thinking"]),
        ("gemini-3-pro-high", ["gemini-3-pro", "gemini-3-pro-preview", "gemini-3-pro-high"]),
        ("gemini-3-pro-low", ["gemini-3-pro-low"]),
        ("gemini-3-flash", ["gemini-3-flash", "gemini-3-flash-preview"]),
        (
            "gemini-3-pro-image",
            ["gemini-3-pro-image", "gemini-3-pro-image-preview", "dall-e-2", "dall-e-3", "gpt-image-1"]
        ),
        (
            "claude-sonnet-4-5",
            [
                "claude-sonnet-4-5", "claude-3-5-sonnet-20241022", "claude-3-5-sonnet-20240620", "claude-haiku-4",
                "claude-3-haiku-20240307", "claude-haiku-4-5-20251001",
            ]
        ),
        ("claude-sonnet-4-5-thinking", ["claude-sonnet-4-5-thinking", "claude-sonnet-4-5-20250929"]),
        ("claude-sonnet-4-6", ["claude-sonnet-4-6"]),
        ("claude-sonnet-4-6-thinking", ["claude-sonnet-4-6-thinking"]),
        ("claude-opus-4-5-thinking", ["claude-opus-4-5-thinking", "claude-opus-4", "claude-opus-4-5-20251101"]),
        ("claude-opus-4-6-thinking", ["claude-opus-4-6-thinking", "claude-opus-4-6", "claude-opus-4.6"]),
    ]
}
