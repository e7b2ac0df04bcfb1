/// Where one attempt goes: facts that are only known once a lease is granted. Its members stand in `TargetFacts`.
///
/// Like a `GenerationRequest` a value whose members live in one shared box until one of two copies is changed: everything that
/// writes a request for its upstream has one.
@dynamicMemberLookup
public struct UpstreamTarget: Sendable {
    @usableFromInline
    final class Box: @unchecked Sendable {  // changed only while one value holds it
        @usableFromInline var facts: TargetFacts

        @usableFromInline
        init(_ facts: TargetFacts) { self.facts = facts }
    }

    @usableFromInline var box: Box

    public init(
        model: TargetModel, project: String?, requestID: String, sessionID: String? = nil,
        signatures: KnownSignatures = .none, repair: RequestRepair? = nil, settings: TranslationSettings = .init(),
        api: TargetModel.API = .codeAssist
    ) {
        box = Box(
            TargetFacts(
                model: model, project: project?.isEmpty == true ? nil : project, requestID: requestID,
                sessionID: sessionID, signatures: signatures, repair: repair, settings: settings, api: api))
    }

    @inlinable @inline(__always)
    public subscript<Value>(dynamicMember member: WritableKeyPath<TargetFacts, Value>) -> Value {
        get { box.facts[keyPath: member] }
        _modify {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.facts) }
            yield &box.facts[keyPath: member]
        }
    }

    /// Whether it takes what Google keeps: media by address (`fileData`), contents by name (`cachedContent`).
    var takesReferences: Bool { self.api == .gemini }
}

/// The members of an `UpstreamTarget`.
public struct TargetFacts: Sendable {
    public var model: TargetModel
    /// `nil`: the key is left out. Never an empty string.
    public var project: String?
    /// Unique per upstream call: a UUID.
    public var requestID: String
    /// Stable per conversation (`SessionKey.upstreamSessionID`).
    public var sessionID: String?
    public var signatures: KnownSignatures
    /// What to leave out after the upstream refused this request once.
    public var repair: RequestRepair?
    public var settings: TranslationSettings
    /// Which of Google's APIs is asked.
    public var api: TargetModel.API
}
