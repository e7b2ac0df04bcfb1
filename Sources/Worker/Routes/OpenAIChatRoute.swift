import Translation

/// The dialect of `/v1/chat/completions`, made once.
enum OpenAIChatRoute {
    static let dialect: any ClientDialect = OpenAIChat()
}
