import Glibc
import Testing

@testable import Supervisor

@Suite struct TunnelFolderTests {
    private func mode(_ path: String) -> mode_t? {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts.st_mode & 0o777 : nil
    }

    @Test func `what cloudflared reads is private, and gone afterwards`() throws {
        let base = try TemporaryFolder()
        let folder = TunnelFolder(besides: base.file("control.sock"))
        #expect(folder.path == base.file("tunnel"))
        try folder.prepare(token: "secret")
        #expect(mode(folder.path) == 0o700 && mode(folder.configPath) == 0o600 && mode(folder.tokenPath) == 0o600)
        // Of a tunnel without a token there is none, whatever was there before.
        try folder.prepare(token: nil)
        #expect(mode(folder.configPath) == 0o600 && mode(folder.tokenPath) == nil)
        folder.clean()
        #expect(mode(folder.path) == nil)
        folder.clean()
    }

    @Test func `a link in the place of the token leads nowhere`() throws {
        let base = try TemporaryFolder()
        let folder = TunnelFolder(path: base.file("tunnel"))
        try folder.prepare(token: nil)
        #expect(symlink(base.file("elsewhere"), folder.tokenPath) == 0)
        try folder.prepare(token: "secret")
        #expect(mode(base.file("elsewhere")) == nil && mode(folder.tokenPath) == 0o600)
        folder.clean()
    }
}
