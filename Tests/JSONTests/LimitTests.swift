import JSON
import Testing

@Suite struct LimitTests {
    @Test func `one level above the depth limit is refused, the limit itself is not`() {
        for depth in [0, 1, 5, 512, 1024] {
            let limits = JSONLimits(depthMax: depth)
            #expect(
                reason(String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth), limits) == nil
            )
            #expect(reason(String(repeating: "[", count: depth + 1), limits) == .tooDeep)
        }
        #expect(JSONLimits(depthMax: .max).depthMax == JSONLimits.depthCeiling)
    }

    @Test func `names count as nodes, one node too many is refused`() {
        let text = #"{"a":[1,2],"b":{}}"#
        for count in 1...10 {
            #expect((reason(text, JSONLimits(nodeCountMax: count)) == .tooManyNodes) == (count < 7), "\(count)")
        }
    }

    @Test func `a path stays a short line whatever the names are`() throws {
        let long = String(repeating: "n", count: 300)
        let deep = (0..<200).map { _ in "{\"\(long)\":" }.joined()
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array(deep.utf8))
        } catch {
            #expect(error.path.utf8.count < 700 && error.path.hasSuffix("…") && !error.path.contains("\n"))
            #expect(error.description == "unexpected end of JSON text at byte \(deep.utf8.count)")
        }
    }

    private func reason(_ text: String, _ limits: JSONLimits) -> JSONError.Reason? {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array(text.utf8), limits: limits)
            return nil
        } catch {
            return error.reason
        }
    }
}
