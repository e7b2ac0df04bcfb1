import JSON

/// What the model is told about a recording: there is no switch for it.
enum TranscriptionInstruction {
    private static let wish = """
        Write down what is said in the recording, word for word, in the language that is spoken. Answer with those words and \
        nothing else: no introduction, no remarks, no names of speakers, no description of sounds. If nobody speaks, answer \
        with nothing.
        """

    private static let timedWish = """
        Write each sentence or phrase on a line of its own, in front of it the times at which it begins and ends, counted from \
        the start of the recording, in exactly this form:
        00:00:01.000 --> 00:00:03.500 The words.
        """

    private static let contextWish = """
        The following is context for the recording, such as names, spellings or what was said before it. Do not repeat it:
        """

    static func text(isTimed: Bool, language: String?) -> JSONString {
        var text = wish
        if isTimed { text += "\n" + timedWish }
        if let language { text += "\nThe language spoken is: \(language)" }
        return JSONString(text)
    }

    static func context(_ prompt: JSONString) -> JSONString {
        JoinedText.concatenation([JSONString(contextWish + "\n"), prompt])
    }
}
