/// `GET /api/openapi.json`: what this API is, for programs.
enum DescriptionAPI {
    static func read(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        AdminAnswer(body: OpenAPIDocument.bytes)
    }
}
