import Testing

@testable import Translation

@Suite struct GenerationRequestTests {
    @Test func `a changed copy leaves the request it was made from as it was`() {
        var request = GenerationRequest(clientModel: "a")
        request.choiceCount = 2
        var copy = request
        copy.clientModel = "b"
        copy.turns.append(Turn(role: .user, parts: []))
        copy.choiceCount += 1
        #expect(request.clientModel == "a")
        #expect(request.turns.isEmpty)
        #expect(request.choiceCount == 2)
        #expect(copy.clientModel == "b")
        #expect(copy.turns.count == 1)
        #expect(copy.choiceCount == 3)
    }

    @Test func `a request that nobody shares is changed in place`() {
        var request = GenerationRequest(clientModel: "a")
        let box = ObjectIdentifier(request.box)
        request.streams = true
        request.prompts.append([])
        #expect(ObjectIdentifier(request.box) == box)
    }
}
