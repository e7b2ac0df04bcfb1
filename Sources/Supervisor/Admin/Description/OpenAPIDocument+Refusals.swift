import JSON

/// What every operation may be refused with, besides what its own line tells.
nonisolated extension OpenAPIDocument {
    /// The refusals of one operation with the same status.
    struct Group {
        let status: Int
        var codes: [AdminError.Code]
    }

    /// Refusals with the same codes stand in the description once.
    static func refusals(of operations: [Operation]) -> JSONObject {
        var responses: JSONObject = [:]
        for group in operations.flatMap(groups) where responses[name(of: group)] == nil {
            let codes = group.codes.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            var response: JSONObject = ["description": .string(codes)]
            if group.codes.contains(.unauthorized) {
                response.append("headers", ["WWW-Authenticate": ["schema": ["type": "string"]]])
            }
            response.append("content", ["application/json": ["schema": .object(schema(of: group))]])
            responses.append(name(of: group), .object(response))
        }
        return responses
    }

    static func groups(of operation: Operation) -> [Group] {
        // Any body is read within its bounds, whatever becomes of it.
        var codes: [AdminError.Code] = [.invalidRequest, .requestTimeout, .payloadTooLarge]
        switch operation.access {
        case .open: break
        case .health, .metrics: codes.append(.unauthorized)
        case .adminToken: codes.append(.unauthorized)
        }
        if operation.isParsed { codes += [.invalidJSON, .unsupportedMediaType] }
        if !operation.ids.isEmpty { codes.append(.notFound) }
        codes += operation.refusals
        var groups: [Group] = []
        for code in AdminError.Code.allCases where codes.contains(code) {
            if let index = groups.firstIndex(where: { $0.status == code.status }) {
                groups[index].codes.append(code)
            } else {
                groups.append(Group(status: code.status, codes: [code]))
            }
        }
        return groups.sorted { $0.status < $1.status }
    }

    static func name(of group: Group) -> String {
        ([String(group.status)] + group.codes.map(\.rawValue)).joined(separator: ".")
    }

    static func schema(of group: Group) -> JSONObject {
        [
            "allOf": [
                .object(Shape.named(.error).json),
                ["properties": ["code": .object(Shape.word(group.codes.map(\.rawValue)).json)]],
            ]
        ]
    }
}
