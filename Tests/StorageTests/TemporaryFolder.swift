import Foundation
import Testing

@testable import Storage

/// Gives each test of a suite a folder of its own, which is removed after it.
struct TemporaryFolder: SuiteTrait, TestTrait, TestScoping {
    @TaskLocal static var path = ""

    let isRecursive = true

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        let folder = FileManager.default.temporaryDirectory.path + "/coffer-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            // A test that took the right to write from its folder has to give it back; what is left is of no use.
            try? FileManager.default.removeItem(atPath: folder)
        }
        try await TemporaryFolder.$path.withValue(folder) { try await function() }
    }

    /// A data folder that does not exist yet.
    static var data: String { path + "/data" }
}

extension Trait where Self == TemporaryFolder {
    static var temporaryFolder: Self { TemporaryFolder() }
}
