/// The open exchanges of a client, in no order; entering and leaving cost the same however many there are.
@MainActor struct ExchangeList {
    private(set) var all: [ClientExchange] = []

    mutating func insert(_ exchange: ClientExchange) {
        exchange.place = all.count
        all.append(exchange)
    }

    mutating func remove(_ exchange: ClientExchange) {
        precondition(all[exchange.place] === exchange, "an exchange leaves once")
        all.swapAt(exchange.place, all.count - 1)
        all[exchange.place].place = exchange.place
        all.removeLast()
    }
}
