/// Which names an object may have: a bit for each, of which many names share one. Most look-ups are for optional members that
/// are not there, and one look here says so.
///
/// The index keeps it in the first name of an object, whose `next` nobody needs.
@usableFromInline
enum MemberFilter {
    /// A name that is spelled with escapes may be any.
    static let any = UInt32.max

    /// The bit of a name by its length and its outer bytes, chosen so that the names of the APIs here seldom share one.
    @inlinable @inline(__always)
    static func bit(count: Int, first: UInt8, last: UInt8) -> UInt32 {
        1 &<< (UInt32(truncatingIfNeeded: count) &+ 2 &* UInt32(first) &+ 7 &* UInt32(last))
    }

    @inlinable @inline(__always)
    static func bit(of name: StaticString) -> UInt32 {
        let count = name.utf8CodeUnitCount
        // In a text its quotes stand there.
        guard count > 0 else { return bit(count: 0, first: 0x22, last: 0x22) }
        return bit(count: count, first: name.utf8Start[0], last: name.utf8Start[count &- 1])
    }
}
