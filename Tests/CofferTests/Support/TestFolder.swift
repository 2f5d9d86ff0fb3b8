import Foundation
import Glibc
import Synchronization

/// A folder of one test, removed with everything in it when the test is over.
final class TestFolder: Sendable {
    let path: String
    private static let made = Atomic(0)

    init() throws {
        let number = TestFolder.made.add(1, ordering: .relaxed).newValue
        path = FileManager.default.temporaryDirectory.path + "/coffer-test-\(getpid())-\(number)"
        try? FileManager.default.removeItem(atPath: path)  // Of an earlier process with this number, if any.
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // What remains in the temporary folder is no reason to fail a test that has passed.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try write([UInt8](text.utf8), to: name)
    }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let place = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: place))
        return place
    }

    /// The bytes of a file in it.
    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }
}
