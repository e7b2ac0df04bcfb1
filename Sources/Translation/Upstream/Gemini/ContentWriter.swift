import JSON

/// Writes contents and their parts. Every part has exactly one payload, as the upstream demands.
struct ContentWriter {
    let plan: RequestPlan
    let model: TargetModel

    func write(_ content: Content, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("role", literal: content.isModel ? "model" : "user")
        writer.name("parts")
        writer.beginArray()
        for part in content.parts { write(part, into: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private func write(_ part: Content.Part, into writer: inout JSONWriter) {
        if case .native(let part) = part { return write(part, into: &writer) }
        writer.beginObject()
        switch part {
        case .text(let text, let signature):
            writer.field("text", text)
            if let signature { writer.field("thoughtSignature", signature) }
        case .thought(let text, let signature):
            writer.field("text", text)
            writer.field("thought", true)
            writer.field("thoughtSignature", signature)
        case .media(let media): write(media, into: &writer)
        case .call(let history): write(history.call, into: &writer)
        case .response(let id, let name, let result): writeResponse(id, name, result, into: &writer)
        case .native: break
        }
        writer.endObject()
    }

    private func write(_ part: NativePart, into writer: inout JSONWriter) {
        guard let signature = part.signature else { return writer.raw(part.json.bytes) }
        var signed = JSONWriter(appendingTo: Array(part.json.bytes.dropLast()))
        signed.bytes.append(UInt8(ascii: ","))
        signed.field("thoughtSignature", signature)
        signed.endObject()
        writer.raw(signed.bytes)
    }

    private func write(_ media: Media, into writer: inout JSONWriter) {
        writer.name("inlineData")
        writer.beginObject()
        writer.field("mimeType", media.mimeType)
        writer.name("data")
        writer.beginString()
        media.data.append(to: &writer.bytes)
        writer.endString()
        writer.endObject()
    }

    private func write(_ call: ToolCall, into writer: inout JSONWriter) {
        writer.name("functionCall")
        writer.beginObject()
        writer.field("name", plan.names.safeName(of: call.name))
        writer.name("args")
        writer.raw(call.arguments.bytes)
        writer.field("id", call.id)
        writer.endObject()
        if let signature = call.signature { writer.field("thoughtSignature", signature) }
    }

    private func writeResponse(_ id: String, _ name: String, _ result: ToolResult?, into writer: inout JSONWriter) {
        writer.name("functionResponse")
        writer.beginObject()
        writer.field("id", id)
        writer.field("name", plan.names.safeName(of: name))
        writer.name("response")
        if let result { writeOutput(result, into: &writer) } else { writeInterruption(into: &writer) }
        if let result, !result.media.isEmpty, model.takesMediaInResults {
            writer.name("parts")
            writer.beginArray()
            for media in result.media {
                writer.beginObject()
                write(media, into: &writer)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    private func writeOutput(_ result: ToolResult, into writer: inout JSONWriter) {
        switch result.output {
        case .object(let object): writer.raw(object.bytes)
        case .text(let text):
            writer.beginObject()
            writer.field(result.isError ? "error" : "result", text)
            writer.endObject()
        }
    }

    private func writeInterruption(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("error", Conversation.interrupted)
        writer.endObject()
    }
}
