/// The command line.
nonisolated struct SandboxOptions: Sendable, Equatable {
    var host = "127.0.0.1"
    /// 0 lets the kernel choose.
    var port: UInt16 = 0
    /// Pause between the events of a default answer.
    var paceMilliseconds = 45
    var wantsHelp = false
    var wantsRules = false

    struct WrongUsage: Error, Equatable {
        let text: String
    }

    init(arguments: [String]) throws(WrongUsage) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let halves = argument.split(separator: "=", maxSplits: 1).map(String.init)
            func value() throws(WrongUsage) -> String {
                if halves.count > 1 { return halves[1] }
                guard let next = rest.popFirst() else { throw WrongUsage(text: "\(argument) needs a value") }
                return next
            }
            switch halves.first ?? "" {
            case "--help", "-h": wantsHelp = true
            case "--rules": wantsRules = true
            case "--host": host = try value()
            case "--port":
                guard let number = UInt16(try value()) else { throw WrongUsage(text: "--port takes 0 to 65535") }
                port = number
            case "--pace":
                guard let number = Int(try value()), (0...60_000).contains(number) else {
                    throw WrongUsage(text: "--pace takes 0 to 60000 milliseconds")
                }
                paceMilliseconds = number
            default: throw WrongUsage(text: "unknown argument \(argument)")
            }
        }
    }
}
