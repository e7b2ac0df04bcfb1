import HTTP
import JSON
import Platform

/// The description of the admin API for programs, as OpenAPI 3.1 has it: what `Operations` tells, with what follows from the
/// way every request gets in.
nonisolated enum OpenAPIDocument {
    static let bytes = JSONValue.object(json(of: Operations.sections)).serialized

    static func json(of sections: [Operations.Section]) -> JSONObject {
        var paths: JSONObject = [:]
        for section in sections {
            for operation in section.operations {
                let path = Self.path(operation.pattern)
                var methods = paths[path]?.object ?? [:]
                methods.append(operation.method.name.lowercased(), .object(json(of: operation, in: section)))
                paths[path] = .object(methods)
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Antigravity Gateway: admin API", "version": .string(ProductVersion.text),
                "description": .string(text),
            ],
            "servers": [["url": "/"]],
            "tags": .array(sections.map { ["name": .string($0.name)] }),
            "security": .array(tokenPlaces),
            "paths": .object(paths),
            "components": [
                "schemas": .object(JSONObject(Shape.Name.allCases.map { ($0.rawValue, .object($0.shape.json)) })),
                "responses": .object(refusals(of: sections.flatMap(\.operations))),
                "securitySchemes": .object(securitySchemes),
            ],
        ]
    }

    private static let text = """
        Everything below `/api` takes the admin token. Members of request bodies may also be written in snake_case, members \
        that nobody knows are ignored, and an empty body counts as `{}`. HEAD is taken where GET is. A request that cannot be \
        read as HTTP gets the status of that fault and the code `invalid_request`, an unknown path 404 `not_found`, a method \
        that a path does not have 405 `method_not_allowed` with `Allow`.
        """

    // MARK: Operations

    /// `/api/accounts/:id` -> `/api/accounts/{id}`
    static func path(_ pattern: String) -> String {
        pattern.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
    }

    private static func json(of operation: Operation, in section: Operations.Section) -> JSONObject {
        var json: JSONObject = [
            "operationId": .string(name(of: operation)), "summary": .string(operation.summary),
            "tags": [.string(section.name)],
        ]
        let parameters =
            operation.ids.map { parameter($0, in: "path", .id, nil) }
            + operation.query.map { parameter($0.name, in: "query", $0.shape, $0.text) }
        if !parameters.isEmpty { json.append("parameters", .array(parameters)) }
        if let body = Self.json(of: operation.body) { json.append("requestBody", body) }
        json.append("responses", .object(responses(of: operation)))
        switch operation.access {
        case .adminToken: break
        case .open: json.append("security", [])
        case .health: json.append("security", .array([[:]] + keyPlaces))
        case .metrics: json.append("security", .array(tokenPlaces + [[:]]))
        }
        return json
    }

    /// `getApiAccountsId`
    private static func name(of operation: Operation) -> String {
        operation.pattern.split { !$0.isLetter && !$0.isNumber }
            .reduce(into: operation.method.name.lowercased()) { $0 += $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    private static func parameter(_ name: String, in place: String, _ shape: Shape, _ text: String?) -> JSONValue {
        var json: JSONObject = ["name": .string(name), "in": .string(place), "schema": .object(shape.json)]
        if let text { json.append("description", .string(text)) }
        if place == "path" { json.append("required", true) }
        return .object(json)
    }

    private static func json(of body: Operation.Body) -> JSONValue? {
        switch body {
        case .none: nil
        case .json(let shape, let example):
            [
                "required": .bool(shape.needsMembers),
                "content": ["application/json": ["schema": .object(shape.json), "example": example]],
            ]
        case .upload:
            [
                "required": true,
                "content": [
                    "application/octet-stream": [:],
                    "application/json": ["schema": [:], "example": [["refresh_token": "1//0abc"]]],
                    "multipart/form-data": [
                        "schema": [
                            "type": "object", "required": ["file"],
                            "properties": ["file": ["type": "string", "contentMediaType": "application/octet-stream"]],
                        ]
                    ],
                ],
            ]
        case .ignored:
            ["content": ["application/json": ["schema": ["type": "object"], "example": ["events": []]]]]
        }
    }

    // MARK: Answers

    private static func responses(of operation: Operation) -> JSONObject {
        let answer = operation.answer
        var responses: JSONObject = [:]
        let outcomes = [(answer.status, answer.text)] + (answer.other.map { [($0.status, $0.text)] } ?? [])
        for (status, text) in outcomes {
            var response: JSONObject = ["description": .string(text)]
            if !answer.fields.isEmpty {
                response.append(
                    "headers",
                    .object(
                        JSONObject(
                            answer.fields.map { field in
                                (
                                    field.name,
                                    ["description": .string(field.text), "schema": .object(field.shape.json)]
                                )
                            })))
            }
            if let type = answer.contentType {
                var content: JSONObject = ["schema": .object(answer.shape.json)]
                if status == answer.status, let example = answer.example { content.append("example", example) }
                response.append("content", [type: .object(content)])
            }
            responses.append(String(status), .object(response))
        }
        for group in groups(of: operation) {
            let refusal: JSONValue = ["$ref": .string("#/components/responses/\(name(of: group))")]
            if let other = responses[String(group.status)]?.object {
                responses[String(group.status)] = .object(merged(other, group))
            } else {
                responses.append(String(group.status), refusal)
            }
        }
        return responses
    }

    /// A status that stands for an answer as well as for refusals.
    private static func merged(_ answer: JSONObject, _ group: Group) -> JSONObject {
        var answer = answer
        var content = answer["content"]?.object ?? [:]
        let refusal = JSONValue.object(schema(of: group))
        if let own = content["application/json"]?["schema"] {
            content["application/json"] = ["schema": ["anyOf": [own, refusal]]]
        } else {
            content["application/json"] = ["schema": refusal]
        }
        answer["content"] = .object(content)
        return answer
    }

    // MARK: Secrets

    private static let places = ["adminTokenField", "bearer", "apiKeyField", "googleKeyField"]
    /// Where the admin token may stand; each of them is enough.
    private static let tokenPlaces: [JSONValue] = places.map { [$0: []] }
    /// Where the API key may stand.
    private static let keyPlaces = Array(tokenPlaces.dropFirst())

    private static let securitySchemes: JSONObject = [
        "adminTokenField": ["type": "apiKey", "in": "header", "name": "x-admin-token"],
        "bearer": [
            "type": "http", "scheme": "bearer",
            "description": "The bare token in `Authorization`, without a scheme, is taken as well.",
        ],
        "apiKeyField": ["type": "apiKey", "in": "header", "name": "x-api-key"],
        "googleKeyField": ["type": "apiKey", "in": "header", "name": "x-goog-api-key"],
    ]
}

nonisolated extension Shape {
    /// An empty object does not do.
    fileprivate var needsMembers: Bool { ["required", "anyOf", "oneOf"].contains { json[$0] != nil } }
}
