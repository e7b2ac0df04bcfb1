/// Whether two secrets, or their digests, are the same. Takes as long for a difference in the first byte as for one in the
/// last, so that a guesser learns nothing from the time; unequal lengths are told apart at once.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}
