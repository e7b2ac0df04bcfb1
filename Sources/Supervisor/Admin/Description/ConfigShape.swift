import JSON

/// The shape of the configuration document, read from the settings table.
nonisolated enum ConfigShape {
    /// As `GET /api/config` shows it: every member with a default is there.
    static let shown = shape { setting in
        if case .absent = setting.fallback { return false }
        return setting.member?.hasPrefix("gateway.") == false
    }

    /// As `POST /api/config` takes it.
    static let taken = shape(isRequired: \.isRequired)

    private static func shape(isRequired: (Setting) -> Bool) -> Shape {
        var root = Group()
        for setting in SettingsTable.members {
            guard let path = setting.member else { continue }
            var shape = setting.form.shape.says(setting.help)
            if case .value(let value) = setting.fallback { shape = shape.byDefault(value) }
            root.add(path.split(separator: ".")[...], shape, isRequired: isRequired(setting))
        }
        return root.shape
    }

    /// An object on the way to members.
    private struct Group {
        var names: [String] = []
        var groups: [String: Group] = [:]
        var leaves: [String: Shape] = [:]
        var required: [String] = []

        mutating func add(_ path: ArraySlice<Substring>, _ shape: Shape, isRequired: Bool) {
            guard let first = path.first else { return }
            let name = String(first)
            if !names.contains(name) { names.append(name) }
            if isRequired, !required.contains(name) { required.append(name) }
            if path.count == 1 {
                leaves[name] = shape
            } else {
                groups[name, default: Group()].add(path.dropFirst(), shape, isRequired: isRequired)
            }
        }

        /// Members that the table does not know are kept, so every object is open.
        var shape: Shape {
            let members = names.compactMap { name in (leaves[name] ?? groups[name]?.shape).map { (name, $0) } }
            let needed = members.filter { required.contains($0.0) }
            let others = members.filter { !required.contains($0.0) }
            return .object(members: needed, optional: others, isOpen: true)
        }
    }
}

nonisolated extension SettingForm {
    /// What `check` takes, as far as a schema can say it.
    var shape: Shape {
        switch self {
        case .flag: .flag
        case .integer(let range): .whole(range)
        case .port: .whole(1...65535)
        case .number(let range):
            Shape(["type": "number", "minimum": .double(range.lowerBound), "maximum": .double(range.upperBound)])
        case .text(let lengthMax): .bounded(0...lengthMax)
        case .word: .text
        case .token(let canBeEmpty): .matching("^[!-~]{\(canBeEmpty ? 0 : 1),256}$")
        case .choice(let words): .word(words)
        case .reasoningMode: .word(ReasoningMode.allCases.map(\.rawValue))
        case .unknownModel: .matching("^(passthrough|reject|fallback:.{1,256})$")
        case .thinkingBudget: .matching("^(auto|passthrough|custom:[0-9]{1,7})$")
        case .path: .bounded(1...4096)
        case .address: .bounded(1...2048)
        case .addresses: .list(of: .bounded(1...2048), countMax: 16)
        case .hosts, .origins: .list(of: .text, countMax: Self.namesMax)
        case .strings(let countMax): .list(of: .bounded(1...256), countMax: countMax)
        case .integers(let range, let countMax): .list(of: .whole(range), countMax: countMax)
        case .mapping:
            Shape([
                "type": "object", "maxProperties": 1000, "propertyNames": .object(Shape.bounded(1...256).json),
                "additionalProperties": .object(Shape.bounded(1...256).json),
            ])
        case .anything: .anything
        case .optional(let form): form.shape.orNull
        }
    }
}
