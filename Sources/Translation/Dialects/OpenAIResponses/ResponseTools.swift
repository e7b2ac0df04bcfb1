import JSON

/// The declared tools whose calls are not simply functions, as the answer needs them. Keeps nothing of the client's body.
struct ResponseTools: Sendable {
    enum Shape: Sendable {
        case function(place: ToolDeclaration.Place?)
        case custom(place: ToolDeclaration.Place?)
        case localShell
    }

    private var shapes: [String: Shape] = [:]

    init(_ tools: [ToolDeclaration]) {
        for tool in tools {
            switch tool.form {
            case .function: if let place = tool.place { shapes[tool.name] = .function(place: place) }
            case .custom: shapes[tool.name] = .custom(place: tool.place)
            case .localShell: shapes[tool.name] = .localShell
            }
        }
    }

    func shape(of name: String) -> Shape { shapes[name] ?? .function(place: nil) }
}
