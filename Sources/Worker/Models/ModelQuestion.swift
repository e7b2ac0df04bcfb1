/// What a client may ask about models; it is answered in the form of the client's family.
nonisolated enum ModelQuestion: Sendable {
    case list
    case one
    /// The names that contain `claude`, in OpenAI's form.
    case claude
}
