/// Every message that the service parses, as proto-JSON: what is not listed here is an unknown name.
///
/// A field is `name:type`. Types: `string bytes int number bool object any`, a message's name, `[type]` a list, `{type}` a
/// map. The snake_case spelling of each name is accepted too. Sources: Gemini API reference, "GenerateContentRequest";
/// the schema keywords are the subset that Code Assist takes.
nonisolated enum ProtoMessages {
    static let table: [String: String] = [
        "Envelope": """
        project:string requestId:string model:string userAgent:string requestType:string request:Request \
        userPromptId:string enabledCreditTypes:[string]
        """,
        "Request": """
        contents:[Content] systemInstruction:Content tools:[Tool] toolConfig:ToolConfig \
        generationConfig:GenerationConfig safetySettings:[SafetySetting] sessionId:string cachedContent:string \
        labels:{string}
        """,
        "CountTokensEnvelope": "request:CountTokensRequest",
        "CountTokensRequest": "model:string contents:[Content] systemInstruction:Content tools:[Tool]",
        "PublicRequest": """
        contents:[Content] systemInstruction:Content tools:[PublicTool] toolConfig:ToolConfig \
        generationConfig:PublicGenerationConfig safetySettings:[SafetySetting] cachedContent:string
        """,
        "PublicCountRequest": "contents:[Content] generateContentRequest:PublicCountedRequest",
        "PublicCountedRequest": """
        model:string contents:[Content] systemInstruction:Content tools:[PublicTool] toolConfig:ToolConfig \
        generationConfig:PublicGenerationConfig safetySettings:[SafetySetting] cachedContent:string
        """,
        "EmbedContentRequest": "model:string content:Content taskType:string title:string outputDimensionality:int",
        "BatchEmbedContentsRequest": "requests:[EmbedContentRequest]",
        "Content": "role:string parts:[Part]",
        "Part": """
        text:string inlineData:Blob fileData:FileData functionCall:FunctionCall functionResponse:FunctionResponse \
        executableCode:ExecutableCode codeExecutionResult:CodeExecutionResult thought:bool thoughtSignature:bytes \
        videoMetadata:VideoMetadata mediaResolution:PartMediaResolution
        """,
        "Blob": "mimeType:string data:bytes displayName:string",
        "FileData": "mimeType:string fileUri:string displayName:string",
        "FunctionCall": "name:string args:object id:string",
        "FunctionResponse":
            "name:string id:string response:object parts:[FunctionResponsePart] willContinue:bool scheduling:string",
        "FunctionResponsePart": "inlineData:Blob fileData:FileData",
        "ExecutableCode": "language:string code:string",
        "CodeExecutionResult": "outcome:string output:string",
        "PartMediaResolution": "level:string",
        "VideoMetadata": "startOffset:string endOffset:string fps:number",
        "Tool": """
        functionDeclarations:[FunctionDeclaration] googleSearch:GoogleSearch \
        googleSearchRetrieval:GoogleSearchRetrieval codeExecution:Empty urlContext:Empty
        """,
        "PublicTool": """
        functionDeclarations:[FunctionDeclaration] googleSearch:PublicGoogleSearch \
        googleSearchRetrieval:GoogleSearchRetrieval codeExecution:Empty urlContext:Empty
        """,
        "Empty": "",
        "PublicGoogleSearch": "timeRangeFilter:Interval",
        "GoogleSearch":
            "enhancedContent:EnhancedContent includedDomains:[string] timeRangeFilter:Interval excludeDomains:[string]",
        "EnhancedContent": "imageSearch:ImageSearch",
        "ImageSearch": "maxResultCount:int",
        "Interval": "startTime:string endTime:string",
        "GoogleSearchRetrieval": "dynamicRetrievalConfig:DynamicRetrievalConfig",
        "DynamicRetrievalConfig": "mode:string dynamicThreshold:number",
        "FunctionDeclaration": "name:string description:string parameters:Schema response:Schema behavior:string",
        "Schema":
            "type:string description:string properties:{Schema} required:[string] items:Schema enum:[string] nullable:bool title:string",
        "ToolConfig": "functionCallingConfig:FunctionCallingConfig retrievalConfig:RetrievalConfig",
        "FunctionCallingConfig": "mode:string allowedFunctionNames:[string]",
        "RetrievalConfig": "latLng:LatLng languageCode:string",
        "LatLng": "latitude:number longitude:number",
        "GenerationConfig": """
        temperature:number topP:number topK:number candidateCount:int maxOutputTokens:int stopSequences:[string] \
        seed:int presencePenalty:number frequencyPenalty:number responseMimeType:string responseSchema:Schema \
        responseJsonSchema:any responseModalities:[string] responseLogprobs:bool logprobs:int \
        mediaResolution:string speechConfig:object audioTimestamp:bool thinkingConfig:ThinkingConfig \
        imageConfig:ImageConfig
        """,
        "PublicGenerationConfig": """
        temperature:number topP:number topK:number candidateCount:int maxOutputTokens:int stopSequences:[string] \
        seed:int presencePenalty:number frequencyPenalty:number responseMimeType:string responseSchema:Schema \
        responseJsonSchema:any responseModalities:[string] responseLogprobs:bool logprobs:int \
        mediaResolution:string speechConfig:object thinkingConfig:ThinkingConfig imageConfig:ImageConfig
        """,
        "ThinkingConfig": "includeThoughts:bool thinkingBudget:int thinkingLevel:string",
        "ImageConfig": "aspectRatio:string imageSize:string",
        "SafetySetting": "category:string threshold:string",
        "LoadCodeAssistRequest": "cloudaicompanionProject:string metadata:ClientMetadata mode:string",
        "OnboardUserRequest": "tierId:string cloudaicompanionProject:string metadata:ClientMetadata",
        "ClientMetadata": """
        ideType:string ideVersion:string pluginVersion:string platform:string updateChannel:string \
        duetProject:string pluginType:string ideName:string
        """,
        "FetchAvailableModelsRequest": "project:string",
    ]

    /// The table, read once. A mistake in it is a bug of ours and stops the process.
    static let all: [String: ProtoMessage] = table.mapValues { text in
        var fields: [String: ProtoField] = [:]
        for word in text.split(separator: " ") {
            let halves = word.split(separator: ":")
            precondition(halves.count == 2, "a field of the table is name:type")
            let field = ProtoField(camel: String(halves[0]), type: ProtoType(halves[1]))
            fields[field.camel] = field
            fields[field.snake] = field
        }
        return ProtoMessage(fields: fields)
    }

    static func message(_ name: String) -> ProtoMessage {
        guard let message = all[name] else { preconditionFailure("the table of messages refers to \(name)") }
        return message
    }
}
