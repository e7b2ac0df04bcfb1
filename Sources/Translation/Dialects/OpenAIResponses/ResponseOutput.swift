import JSON

/// The output of a response under way: complete items, and at most one that is open.
///
/// A reasoning item stays open until something else begins, since its signature may come late.
struct ResponseOutput: Sendable {
    enum Open {
        case nothing, reasoning, message
    }

    private let identifiers: IdentifierSource
    /// Nil: no events are written.
    var events: ResponseEvents?
    /// Complete items.
    private(set) var done: [[UInt8]] = []
    private(set) var open = Open.nothing
    /// Of the open item, in escaped form.
    private(set) var text: [UInt8] = []
    /// Of the open reasoning item.
    var signature: JSONString?
    /// What the open or the next message rests on.
    var grounding: Grounding?
    private var itemID = ""
    private var deltaFrame: ResponseEvents.DeltaFrame?

    init(identifiers: @escaping IdentifierSource, writesEvents: Bool) {
        self.identifiers = identifiers
        events = writesEvents ? ResponseEvents() : nil
    }

    mutating func openReasoning(_ bytes: inout [UInt8]) {
        open(.reasoning, id: "rs_", &bytes)
        deltaFrame = ResponseEvents.summaryFrame(item: itemID, index: done.count)
        appendItem(isDone: false, &bytes) { [itemID] in
            ResponseItem.reasoning(itemID, summary: [], signature: nil, isDone: false, into: &$0)
        }
    }

    mutating func openMessage(_ bytes: inout [UInt8]) {
        open(.message, id: "msg_", &bytes)
        deltaFrame = ResponseEvents.textFrame(item: itemID, index: done.count)
        appendItem(isDone: false, &bytes) { [itemID] in ResponseItem.message(itemID, part: nil, into: &$0) }
        append("response.content_part.added", "content_index", &bytes) { writer in
            writer.name("part")
            writer.raw(ResponseItem.textPart(JSONString(escaped: []), annotations: []))
        }
    }

    /// More text of the open item.
    mutating func append(_ piece: JSONString, _ bytes: inout [UInt8]) {
        if open == .reasoning, text.isEmpty {
            append("response.reasoning_summary_part.added", "summary_index", &bytes) { writer in
                writer.name("part")
                ResponseItem.summaryPart(JSONString(escaped: []), into: &writer)
            }
        }
        text += piece.escaped
        if let deltaFrame { events?.append(piece, in: deltaFrame, to: &bytes) }
    }

    /// A call, whole.
    mutating func append(_ call: ResponseCallItem, _ bytes: inout [UInt8]) {
        close(&bytes)
        appendItem(isDone: false, &bytes) { call.write(isDone: false, into: &$0) }
        if let words = call.events {
            let index = done.count
            events?.append(words.delta, to: &bytes) { writer in
                Self.place(call.id, index, into: &writer)
                writer.field("delta", call.input)
            }
            events?.append(words.done, to: &bytes) { writer in
                Self.place(call.id, index, into: &writer)
                if let name = call.repeatedName { writer.field("name", name) }
                writer.field(words.member, call.input)
            }
        }
        appendItem(isDone: true, &bytes) { call.write(isDone: true, into: &$0) }
    }

    mutating func append(search queries: [String], _ bytes: inout [UInt8]) {
        close(&bytes)
        let id = "ws_" + identifiers(CallIdentifierForm.randomCount)
        for isDone in [false, true] {
            appendItem(isDone: isDone, &bytes) {
                ResponseItem.search(id, queries: queries, isDone: isDone, into: &$0)
            }
        }
    }

    mutating func close(_ bytes: inout [UInt8]) {
        switch open {
        case .nothing: return
        case .reasoning: closeReasoning(&bytes)
        case .message: closeMessage(&bytes)
        }
        open = .nothing
        deltaFrame = nil
        text = []
        signature = nil
    }

    private mutating func open(_ kind: Open, id prefix: String, _ bytes: inout [UInt8]) {
        close(&bytes)
        open = kind
        itemID = prefix + identifiers(CallIdentifierForm.randomCount)
    }

    private mutating func closeReasoning(_ bytes: inout [UInt8]) {
        if !text.isEmpty {
            let summary = JSONString(escaped: text)
            append("response.reasoning_summary_text.done", "summary_index", &bytes) { $0.field("text", summary) }
            append("response.reasoning_summary_part.done", "summary_index", &bytes) { writer in
                writer.name("part")
                ResponseItem.summaryPart(summary, into: &writer)
            }
        }
        appendItem(isDone: true, &bytes) { [itemID, text, signature] in
            ResponseItem.reasoning(itemID, summary: text, signature: signature, isDone: true, into: &$0)
        }
    }

    private mutating func closeMessage(_ bytes: inout [UInt8]) {
        let annotations = grounding.map { ResponseAnnotations.annotations(of: $0, text: text) } ?? []
        grounding = nil
        for (index, annotation) in annotations.enumerated() {
            append("response.output_text.annotation.added", "content_index", &bytes) { writer in
                writer.field("annotation_index", index)
                writer.name("annotation")
                writer.raw(annotation)
            }
        }
        let whole = JSONString(escaped: text)
        append("response.output_text.done", "content_index", &bytes) { writer in
            writer.field("text", whole)
            writer.name("logprobs")
            writer.beginArray()
            writer.endArray()
        }
        let part = ResponseItem.textPart(whole, annotations: annotations)
        append("response.content_part.done", "content_index", &bytes) { writer in
            writer.name("part")
            writer.raw(part)
        }
        appendItem(isDone: true, &bytes) { [itemID] in ResponseItem.message(itemID, part: part, into: &$0) }
    }

    /// An event about the only part of the open item.
    private mutating func append(
        _ type: StaticString, _ part: StaticString, _ bytes: inout [UInt8], _ members: (inout JSONWriter) -> Void
    ) {
        let (id, index) = (itemID, done.count)
        events?.append(type, to: &bytes) { writer in
            Self.place(id, index, into: &writer)
            writer.field(part, 0)
            members(&writer)
        }
    }

    /// The beginning of an item, or its end, which puts it among the complete ones.
    private mutating func appendItem(
        isDone: Bool, _ bytes: inout [UInt8], _ write: (inout JSONWriter) -> Void
    ) {
        guard isDone || events != nil else { return }
        var item = JSONWriter()
        write(&item)
        let index = done.count
        events?.append(isDone ? "response.output_item.done" : "response.output_item.added", to: &bytes) { writer in
            writer.field("output_index", index)
            writer.name("item")
            writer.raw(item.bytes)
        }
        if isDone { done.append(item.bytes) }
    }

    private static func place(_ id: String, _ index: Int, into writer: inout JSONWriter) {
        writer.field("item_id", id)
        writer.field("output_index", index)
    }
}
