import JSON

/// Contents and their parts. Every part has exactly one payload, as the upstream demands.
extension GeminiRequestWriter {
    func writeContents(into writer: inout JSONWriter) {
        writer.tokens(#""contents":["#)
        for content in plan.contents {
            if content.isModel {
                writer.tokens(#"{"role":"model","parts":["#)
            } else {
                writer.tokens(#"{"role":"user","parts":["#)
            }
            for part in content.parts { write(part, into: &writer) }
            writer.tokens("]}")
        }
        writer.tokens("]")
    }

    private func write(_ part: Content.Part, into writer: inout JSONWriter) {
        switch part {
        case .text(let text, let signature):
            writer.tokens(#"{"text":"#)
            writer.text(text)
            if let signature { writer.field("thoughtSignature", signature) }
        case .thought(let text, let signature):
            writer.tokens(#"{"text":"#)
            writer.text(text)
            writer.tokens(#""thought":true,"thoughtSignature":"#)
            writer.text(signature)
        case .media(let media):
            writer.beginObject()
            write(media, into: &writer)
        case .call(let call): write(call, into: &writer)
        case .response(let id, let name, let result): writeResponse(id, name, result, into: &writer)
        case .native(let part): return write(part, into: &writer)
        }
        writer.tokens("}")
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
        writer.tokens(#""inlineData":{"mimeType":"#)
        writer.string(media.mimeType)
        writer.tokens(#""data":""#)
        media.data.append(to: &writer.bytes)
        writer.endString()
        writer.tokens("}")
    }

    private func write(_ call: ToolCall, into writer: inout JSONWriter) {
        writer.tokens(#"{"functionCall":{"name":"#)
        writer.string(plan.names.safeName(of: call.name))
        writer.name("args")
        writer.raw(call.arguments.bytes)
        writer.field("id", call.id)
        writer.tokens("}")
        if let signature = call.signature { writer.field("thoughtSignature", signature) }
    }

    private func writeResponse(_ id: String, _ name: String, _ result: ToolResult?, into writer: inout JSONWriter) {
        writer.tokens(#"{"functionResponse":{"id":"#)
        writer.string(id)
        writer.field("name", plan.names.safeName(of: name))
        writer.name("response")
        if let result { writeOutput(result, into: &writer) } else { writeInterruption(into: &writer) }
        if let result, !result.media.isEmpty, target.model.takesMediaInResults {
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
