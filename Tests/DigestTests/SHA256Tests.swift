import Digest
import Testing

@Suite struct SHA256Tests {
    @Test func `known answers`() {
        #expect(
            Hex.encode(SHA256.hash("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
